"""The next review: what is offered, and the last day that any decision may name."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from faq import workflow
from faq.admin.action_forms import AttestForm, ReaffirmForm, ReaffirmSeveralForm
from faq.admin.approve_form import ApproveForm
from faq.clock import LATEST, local_date
from faq.interchange.options import Stage
from faq.models import Publication
from faq.workflow import ExternalReview, NewEntry, TransitionRefused
from faq.workflow.review_dates import check_review_day, latest_review_day, offered_review_day
from tests.factories import BODY, NOW, a, approve, make_publication, make_source, make_standing_texts, make_submission
from tests.interchange import Heard, counts, entry, lines, make_importer, run

pytestmark = pytest.mark.django_db
TODAY = local_date(NOW)
LONGEST = 366
REVIEWED: dict[str, Any] = {"attested_by": "Dr Roe", "attested_on": TODAY, "document": "Minutes 7"}


def reaffirm(due_on: date) -> None:
    publication = make_publication(review_in_days=10)
    workflow.reaffirm({publication.pk: publication.content_hash}, by=a("reviewer"), at=NOW, next_review_due_on=due_on)


def publish_new(due_on: date) -> None:
    make_standing_texts()
    make_source()
    words = {"question": "What is HER2?", "audience": "patient", "origin": "human", "body": BODY, "citations": [{"key": "s1"}]}
    new = NewEntry("her2", "en", words, {}, [], ExternalReview(**REVIEWED, next_review_due_on=due_on))
    by = make_importer()
    workflow.publish_new([new], by=by, at=NOW)


VERBS: dict[str, Callable[[date], Any]] = {
    "approve": lambda due_on: approve(make_submission(), next_review_due_on=due_on),
    "attest": lambda due_on: workflow.attest(make_submission(), by=a("importer"), at=NOW, next_review_due_on=due_on, **REVIEWED),
    "reaffirm": reaffirm,
    "publish_new": publish_new,
}


@pytest.mark.parametrize("verb", VERBS)
def test_no_decision_puts_the_next_review_off_for_longer_than_the_library_allows(verb: str) -> None:
    with pytest.raises(TransitionRefused, match="on 2027-03-03 at the latest"):
        VERBS[verb](TODAY + timedelta(days=LONGEST + 1))


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("due_on", [TODAY, date.min, date(2040, 1, 1), date.max])
def test_a_day_that_has_passed_or_lies_far_ahead_is_refused_in_words(verb: str, due_on: date) -> None:
    with pytest.raises(TransitionRefused, match=r"^The next review m(ust lie ahead|ay be on 2027-03-03 at the latest)"):
        VERBS[verb](due_on)


@pytest.mark.parametrize("verb", VERBS)
def test_the_last_day_itself_is_taken(verb: str, settings: Any) -> None:
    settings.REVIEW_LONGEST_DAYS = 40
    VERBS[verb](TODAY + timedelta(days=40))


def test_the_distance_is_measured_from_the_decision_and_where_the_library_is(settings: Any) -> None:
    settings.LIBRARY_TIME_ZONE = "Pacific/Auckland"  # where it is 3 March
    assert latest_review_day(NOW) == date(2027, 3, 4)
    assert latest_review_day(NOW - timedelta(days=100)) == date(2026, 11, 24)


def test_no_distance_leads_out_of_the_calendar(settings: Any) -> None:
    settings.REVIEW_LONGEST_DAYS = 3660
    at = NOW.replace(year=2098)
    check_review_day(LATEST, at)
    with pytest.raises(TransitionRefused, match="on 2100-12-31 at the latest"):
        check_review_day(LATEST + timedelta(days=1), at)


def test_half_a_year_is_offered_and_half_of_that_for_text_of_ai_origin() -> None:
    offered = {origin: (offered_review_day(origin, NOW) - TODAY).days for origin in ("human", "ai_assisted", "ai_generated")}
    assert offered == {"human": 182, "ai_assisted": 91, "ai_generated": 91}


MODEL = {"name": "A model", "generated_on": "2026-01-02", "grounded_in": ["A sheet"]}


def test_the_forms_offer_it_and_name_the_last_day() -> None:
    human, generated = make_submission(), make_submission(origin="ai_generated", generator=MODEL)
    publication = make_publication()
    forms = [
        ApproveForm(thing=human, by=a("reviewer"), at=NOW),
        ApproveForm(thing=generated, by=a("reviewer"), at=NOW),
        AttestForm(thing=human, by=a("importer"), at=NOW),
        ReaffirmForm(thing=publication, by=a("reviewer"), at=NOW),
    ]
    offered = [form["next_review_due_on"].value() for form in forms]
    assert [(day - TODAY).days for day in offered] == [182, 91, 182, 182]
    assert all("2027-03-03 at the latest" in form.fields["next_review_due_on"].help_text for form in forms)


def test_several_at_once_are_offered_the_day_of_the_soonest() -> None:
    generated = make_publication(origin="ai_generated", generator=MODEL)
    for chosen, days in (([make_publication(), generated], 91), ([], LONGEST)):
        form = ReaffirmSeveralForm(thing=chosen, by=a("reviewer"), at=NOW)
        assert (form["next_review_due_on"].value() - TODAY).days == days


@pytest.mark.parametrize("is_rehearsal", [True, False])
@pytest.mark.parametrize("stage", [Stage.ATTESTED, Stage.PUBLISHED])
def test_an_import_refuses_such_a_day_with_its_line(tmp_path: Path, is_rehearsal: bool, stage: Stage) -> None:
    today, heard = local_date(timezone.now()), Heard()
    late = (today + timedelta(days=LONGEST + 1)).isoformat()
    path = lines(tmp_path / "rows.jsonl", [entry(), entry("late", next_review_due_on=late)])
    assert run(path, stage=stage, heard=heard, is_rehearsal=is_rehearsal, skip_invalid=True) == counts(created=1, refused=1)
    latest = today + timedelta(days=LONGEST)
    told = f"The next review may be on {latest} at the latest; choose that day or an earlier one."
    assert heard.errors == [f"rows.jsonl:2: next_review_due_on: {told}"]


def test_a_draft_may_name_any_day_of_the_calendar(tmp_path: Path) -> None:
    path = lines(tmp_path / "rows.jsonl", [entry(next_review_due_on="2100-12-31"), entry("far", next_review_due_on="9999-12-31")])
    heard = Heard()
    assert run(path, heard=heard, skip_invalid=True) == counts(created=1, refused=1)
    assert heard.errors == ["rows.jsonl:2: next_review_due_on: must lie in the years 1900 to 2100"]


def test_words_that_were_restored_keep_the_day_that_was_decided_for_them() -> None:
    first = make_publication("her2", review_in_days=100)
    make_publication("her2", short_answer="HER2 is a protein on cells.")
    restored = workflow.restore(Publication.objects.get(pk=first.pk), by=a("reviewer"), at=NOW, comment="The first was right.")
    assert restored.next_review_due_on == first.next_review_due_on
