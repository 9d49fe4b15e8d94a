"""The first page and the lists: what waits, for whom, and at what cost to the database."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from faq import workflow
from faq.admin.dashboard import SHOWN
from faq.models import (
    AudiencePolicy,
    Checklist,
    Comment,
    EntryVectors,
    ImportFile,
    ImportRun,
    Publication,
    ReviewReminder,
    SignInAttempt,
    Source,
    Submission,
    User,
)
from tests.admin_client import page_of, see, signed_in
from tests.factories import (
    NOW,
    a,
    approve,
    make_approved,
    make_author,
    make_draft,
    make_publication,
    make_reviewer,
    make_submission,
    make_topic,
    make_user,
    waive,
)
from tests.inbox import fill_inbox

pytestmark = pytest.mark.django_db
CONCERN = "HER2 is a protein [^s1]. It is found in 15 of 100 people."


def waiting(user: User) -> dict[str, list[str]]:
    """Return what the first page lists for `user`: {title: addresses}."""
    return {queue.title: [row.url for row in queue.rows] for queue in signed_in(user).get("/admin/").context["queues"]}


def test_nothing_waits_in_an_empty_library() -> None:
    assert "Nothing waits for you." in see(make_reviewer(), "/admin/")


def test_a_submission_waits_for_others_but_not_for_its_author() -> None:
    submission = make_submission()
    assert waiting(make_reviewer()) == {"Waiting for my decision": [page_of(submission)]}
    assert waiting(submission.submitted_by) == {"Submitted by me": [page_of(submission)]}


def test_only_the_newest_submission_waits() -> None:
    first = make_submission()
    workflow.recall(first.answer, by=first.submitted_by, at=timezone.now())
    second = workflow.submit(first.answer, by=first.submitted_by, at=timezone.now())
    assert waiting(make_reviewer())["Waiting for my decision"] == [page_of(second)]


def test_approved_words_wait_for_a_publisher() -> None:
    submission = make_approved()
    assert waiting(make_user("publisher")) == {"Approved, awaiting publication": [page_of(submission)]}


def test_a_draft_waits_for_its_holder_alone() -> None:
    answer = make_draft()
    assert waiting(answer.author) == {"My drafts": [page_of(answer)]}
    assert waiting(make_author()) == {}


def test_alerts_and_due_reviews_wait() -> None:
    publication = make_publication(at=timezone.now(), review_in_days=5)
    workflow.mark_source(Source.objects.get(), by=a("reviewer"), at=timezone.now(), state="superseded", comment="New edition.")
    found = waiting(make_reviewer())
    assert found["Reviews due"] == [page_of(publication)]
    assert len(found["Evidence alerts to look at"]) == 1


def test_texts_names_restored_versions_and_erasures_wait_for_a_second_person() -> None:
    first = make_publication("what-is-her2")
    make_publication("what-is-her2")
    text = workflow.propose(by=a("lead"), at=timezone.now(), kind="glossary", key="g", language="en", title="G", text="T.")
    name = workflow.propose(by=a("lead"), at=timezone.now(), topic=make_topic(), language="es", name="HER2")
    second = Publication.objects.get(version=2)
    workflow.restore(first, by=a("reviewer"), at=timezone.now(), comment="Better.")
    erasure = workflow.erase(second, by=a("reviewer"), at=timezone.now(), legal_basis="Order.")
    found = waiting(make_reviewer())
    assert found["Texts awaiting a second person"] == [page_of(text), page_of(name)]
    assert found["To be confirmed by a second person"] == [page_of(Publication.objects.get(version=3)), page_of(erasure)]


def test_a_long_queue_shows_its_beginning_and_leads_to_all() -> None:
    for _ in range(SHOWN + 1):
        make_submission()
    page = see(make_reviewer(), "/admin/")
    assert f"See all {SHOWN + 1}" in page
    assert f'<span class="count">{SHOWN + 1}, oldest ' in page


def test_the_application_s_page_leads_to_the_first_page() -> None:
    assert signed_in(make_reviewer()).get("/admin/faq/").headers["Location"] == "/admin/"


def test_a_demonstration_says_so_on_every_page() -> None:
    assert "Demonstration: nothing here is medical advice." in see(make_reviewer(), "/admin/faq/question/")


def test_lists_can_be_searched() -> None:
    publication, other = make_publication("what-is-her2"), make_publication("when-to-call")
    for name, found, missed in (("question", publication.question, other.question), ("publication", publication, other)):
        page = see(make_reviewer(), f"/admin/faq/{name}/?q=what-is-her2")
        assert page_of(found) in page
        assert page_of(missed) not in page


def fill(slug: str) -> None:
    """Make rows of every sort: a published, a submitted and a withdrawn entry and all that hangs on them."""
    topic = make_topic(f"topic-{slug}", codes=[("MeSH", slug)])
    resources = [{"kind": "helpline", "name": "A line"}]
    made: dict[str, Any] = {"topics": [topic.slug], "citations": [{"key": slug}, {"key": "s1"}], "resources": resources}
    publication = make_publication(f"entry-{slug}", **made)
    submission = make_submission(body=CONCERN, **made)
    approve(submission, waivers=[waive("figure-without-mark", "It is found in 15 of 100 people.")])
    gone = make_publication(f"gone-{slug}", **made)
    workflow.withdraw(gone, by=a("reviewer"), at=NOW, reason="error")
    workflow.erase(gone, by=a("reviewer"), at=NOW, legal_basis="Order.")
    workflow.mark_source(Source.objects.get(key=slug), by=a("reviewer"), at=NOW, state="superseded", comment="New edition.")
    workflow.assign([make_submission()], by=a("lead"), at=NOW, reviewer=make_reviewer())
    make_draft()
    AudiencePolicy.objects.get_or_create(audience="clinician", sign_off="clinical")
    kind = {"one": "patient_reader", "two": "translation", "three": "plain_language"}[slug]
    Checklist.objects.create(sign_off=kind, items=["It reads well."])
    Comment.objects.create(answer=submission.answer, by=a("reviewer"), at=NOW, text="Look.")
    ImportRun.objects.create(path=slug, by=a("author"), started_at=NOW)
    ImportFile.objects.create(name=slug, content=b"", options={}, by=make_author(), made_at=NOW)
    SignInAttempt.objects.create(key="0" * 64, at=NOW)
    fill_inbox(publication, slug)
    EntryVectors.objects.create(slug=publication.slug, made_of="0" * 64, encoder="0" * 64, own=0, vectors=b"")
    soon = NOW + timedelta(days=9)
    ReviewReminder.objects.create(question=publication.question, version=1, state="due", due_on=soon.date(), claimed_at=NOW)


ADDRESSES = [f"/admin/faq/{model._meta.model_name}/" for model in apps.get_app_config("faq").get_models()]
ADDRESSES += ["/admin/", "/admin/faq/submission/?standing=all", "/admin/faq/publication/?status=all", "/admin/faq/answer/?status=all"]
ADDRESSES += ["/admin/auth/group/", "/admin/admin/logentry/"]


def queries(user: User) -> dict[str, int]:
    """Return how many queries each list takes."""
    client, counted = signed_in(user), {}
    for address in ADDRESSES:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200, address
        counted[address] = len(captured)
    return counted


def test_no_list_asks_more_often_when_it_is_longer() -> None:
    fill("one")
    auditor = make_user("auditor")
    before = queries(auditor)
    for slug in ("two", "three"):
        fill(slug)
    assert {address: count for address, count in queries(auditor).items() if count > before[address]} == {}
    assert max(before.values()) < 40


def test_every_row_has_a_page_that_opens() -> None:
    fill("one")
    auditor = signed_in(make_user("auditor"))
    for model in apps.get_app_config("faq").get_models():
        row = model._default_manager.order_by("-pk").first()
        assert row is not None, model
        assert auditor.get(page_of(row)).status_code == 200, model


def test_words_are_not_fetched_for_a_list() -> None:
    make_submission()
    client = signed_in(make_reviewer())
    with CaptureQueriesContext(connection) as captured:
        client.get("/admin/faq/submission/")
    rows = [query["sql"] for query in captured if 'FROM "faq_submission"' in query["sql"]]
    assert Submission.objects.count() == 1
    assert not any('"faq_submission"."words"' in sql for sql in rows)


@pytest.mark.parametrize(
    "asked",
    [
        *("submission/?submitted_at__year=9999", "submission/?submitted_at__gte=9999-12-31+23:59:59-10:00"),
        *("publication/?published_at__year=9999&published_at__month=12&published_at__day=31", "publication/?published_at__year=10000"),
        *("reviewer/?verified_until__year=0", "reviewer/?verified_until__year=10000", "reviewer/?verified_until__gte=9999-12-31"),
    ],
)
def test_a_day_that_nobody_can_reckon_with_in_an_address_leads_to_the_whole_list(asked: str) -> None:
    make_publication()
    answer = signed_in(make_reviewer()).get(f"/admin/faq/{asked}", follow=True)
    assert (answer.status_code, answer.redirect_chain[-1:] in ([], [(f"/admin/faq/{asked.split('?')[0]}?e=1", 302)])) == (200, True)


def test_standing_texts_are_listed_in_words() -> None:
    told: dict[str, Any] = {"by": a("lead"), "at": timezone.now(), "language": "es", "title": "T", "text": "T."}
    workflow.propose(**told, kind="disclaimer", key="d", placement="before", audience="patient", origin="ai_generated")
    workflow.propose(**told, kind="glossary", key="g")
    page = see(a("lead"), "/admin/faq/standingtext/")
    cells = [re.findall(r'class="field-(?:spoken|readers|origins)">([^<]*)<', row) for row in page.split("<tr>")]
    assert sorted(row for row in cells if row) == [["Spanish", "everybody", "of every origin"], ["Spanish", "patients", "AI draft"]]
