"""An erasure reaches every copy of the words: what was recalled, refused, given up or said on the way to them, and what brought them."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.utils import timezone

from faq import verify, workflow
from faq.content.words import digest, read_words
from faq.models import (
    Answer,
    Comment,
    Edit,
    Erasure,
    EvidenceAlert,
    ImportFile,
    ImportRun,
    Publication,
    Question,
    ReviewDecision,
    Submission,
    Waiver,
)
from faq.workflow import GivenWaiver, TransitionRefused
from faq.workflow.readiness_context import readiness_of
from tests.admin_client import page_of, see, verb_of
from tests.factories import (
    NOW,
    a,
    approve,
    make_draft,
    make_importer,
    make_publication,
    make_reviewer,
    make_revision,
    make_source,
    make_submission,
    words,
)
from tests.guarding import refuses, update

pytestmark = pytest.mark.django_db

NAME = "Zebrafinch-Smith"
"""Whose data is to go."""
PERSONAL: dict[str, Any] = {"body": f"{NAME} was treated here [^s1]. Her dose was 40 mg, and it always helped."}


def approve_with_reasons(submission: Submission) -> None:
    found = [each for each in readiness_of(submission, NOW) if each.grade == "concern"]
    approve(submission, waivers=[GivenWaiver(each.code, each.sentence, f"{NAME} agreed.") for each in found])


def publish(answer: Answer) -> Publication:
    submission = make_submission(answer)
    approve_with_reasons(submission)
    return workflow.publish(submission, by=a("publisher"), at=NOW)


def supersede() -> Publication:
    """Make version 2, without the name."""
    return publish(make_revision("her2", **words(), change_note="Without personal data."))


def order() -> Erasure:
    return workflow.erase(Publication.objects.get(slug="her2", version=1), by=a("lead"), at=NOW, legal_basis="GDPR, article 17")


def erase() -> None:
    workflow.confirm_erasure(order(), by=make_reviewer(), at=NOW)


def where_it_stands() -> set[str]:
    """Return the tables in which the name stands anywhere, bytes included."""
    return {
        model._meta.label
        for model in apps.get_models(include_auto_created=True)
        for row in model._base_manager.values()
        if any(NAME in (bytes(value).decode() if isinstance(value, bytes | memoryview) else str(value)) for value in row.values())
    }


def sent_back() -> Answer:
    """Make a draft whose words were submitted, recalled, submitted again and refused, with a remark beside them."""
    answer = make_draft("her2", **PERSONAL)
    workflow.comment(answer, by=a("author"), at=NOW, text=f"Ask {NAME} again.")
    make_submission(answer)
    workflow.recall(answer, by=a("author"), at=NOW)
    refused = make_submission(answer)
    workflow.request_changes(refused, by=a("reviewer"), at=NOW, comment="Name nobody.")
    return Answer.objects.get(pk=answer.pk)


def test_no_table_holds_the_words_after_an_erasure() -> None:
    publish(sent_back())
    workflow.discard(make_revision("her2", **PERSONAL), by=a("author"), at=NOW, reason="Not needed.")
    supersede()
    assert {"faq.Submission", "faq.Edit", "faq.Answer", "faq.Comment", "faq.Waiver", "faq.Publication"} <= where_it_stands()
    erase()
    assert where_it_stands() == set()
    assert list(verify.faults(html=True)) == []


def test_the_version_in_force_and_what_it_stands_on_stay() -> None:
    publish(sent_back())
    second = supersede()
    erase()
    kept = Publication.objects.select_related("submission__answer").get(pk=second.pk)
    assert kept.words == kept.submission.words
    assert read_words(kept.words).question == kept.submission.answer.wording
    assert kept.submission.answer.citations.count() == 1


def test_each_row_stays_with_who_and_when() -> None:
    publish(sent_back())
    supersede()
    kept = (Answer, Comment, Edit, Submission, Waiver)
    before = [model.objects.count() for model in kept]
    erase()
    assert [model.objects.count() for model in kept] == before


@pytest.mark.parametrize("stage", ["draft", "submitted", "approved"])
def test_no_erasure_is_confirmed_while_a_draft_may_hold_the_words(stage: str) -> None:
    publish(make_draft("her2", **PERSONAL))
    workflow.withdraw(Publication.objects.get(), by=a("reviewer"), at=NOW, reason="legal", withhold=[1])
    draft = make_revision("her2", **words(short_answer="Shorter."))
    if stage != "draft":
        submission = make_submission(draft)
    if stage == "approved":
        approve_with_reasons(submission)
    erasure = order()
    with pytest.raises(TransitionRefused, match="may hold these words too: have it discarded or published first"):
        workflow.confirm_erasure(erasure, by=make_reviewer(), at=NOW)
    assert Publication.objects.get().words


def test_what_is_written_afterwards_is_not_touched_and_can_be_published() -> None:
    publish(make_draft("her2", **PERSONAL))
    workflow.withdraw(Publication.objects.get(), by=a("reviewer"), at=NOW, reason="legal", withhold=[1])
    erase()
    answer = workflow.start_revision(Question.objects.get(), by=a("author"), at=NOW)
    answer = workflow.edit(answer, by=a("author"), at=NOW, changes=words(question="What is HER2?"))
    assert publish(answer).version == 2
    assert list(verify.faults(html=True)) == []


def test_words_submitted_after_it_by_a_clock_that_is_a_little_behind_are_no_fault() -> None:
    publish(make_draft("her2", **PERSONAL))
    supersede()
    erase()
    earlier = NOW - timedelta(minutes=2)
    make_submission(make_revision("her2", at=earlier), at=earlier)
    assert list(verify.faults(html=True)) == []


def test_a_note_on_evidence_goes() -> None:
    publish(make_draft("her2", **PERSONAL))
    workflow.mark_source(make_source(), by=a("reviewer"), at=NOW, state="superseded", comment="A newer one.")
    workflow.triage_alert(EvidenceAlert.objects.get(), by=a("reviewer"), at=NOW, outcome="unaffected", note="Her dose was the same.")
    workflow.withdraw(Publication.objects.get(), by=a("reviewer"), at=NOW, reason="legal")
    erase()
    assert (EvidenceAlert.objects.get().note, EvidenceAlert.objects.get().outcome) == ("", "unaffected")


def test_what_was_said_with_decisions_goes_and_its_hash_stays_in_the_chain() -> None:
    answer = make_draft("her2", **PERSONAL)
    workflow.request_changes(make_submission(answer), by=a("reviewer"), at=NOW, comment=f"{NAME} did not agree.")
    publish(Answer.objects.get(pk=answer.pk))
    supersede()
    erase()
    refusal = ReviewDecision.objects.get(kind="request_changes")
    assert (refusal.comment, refusal.comment_hash) == ("", digest(f"{NAME} did not agree."))
    assert ReviewDecision.objects.get(kind="erase").comment == "GDPR, article 17"
    assert list(verify.faults()) == []
    assert "what was said with it was erased" in see(a("lead"), page_of(Submission.objects.get(decisions=refusal)))


def test_what_is_said_later_or_elsewhere_stays() -> None:
    publish(make_draft("her2", **PERSONAL))
    supersede()
    other = make_draft("other")
    workflow.discard(other, by=a("author"), at=NOW, reason="Not needed.")
    workflow.confirm_erasure(order(), by=make_reviewer(), at=NOW)
    later = make_revision("her2", at=NOW + timedelta(days=1))
    workflow.discard(later, by=a("author"), at=NOW + timedelta(days=1), reason="Not needed either.")
    assert {row.comment for row in ReviewDecision.objects.filter(kind="discard")} == {"Not needed.", "Not needed either."}


def test_files_that_wait_go_and_what_was_said_of_imports_too() -> None:
    publish(make_draft("her2", **PERSONAL))
    supersede()
    ImportFile.objects.create(
        name="her2.md", content=NAME.encode(), sha256="0" * 64, options={}, by=make_importer(), made_at=timezone.now()
    )
    told = {"entries": ["her2"], "warnings": [["her2.md", 3, "body", f"“{NAME}” is a link"]]}
    ImportRun.objects.create(path="her2.md", by=make_importer(), started_at=timezone.now(), told=told)
    erase()
    assert not ImportFile.objects.exists()
    assert ImportRun.objects.get().told == {"entries": ["her2"]}
    assert NAME not in json.dumps(list(ImportRun.objects.values_list("told", flat=True)))


def test_the_screen_says_where_an_erasure_cannot_reach() -> None:
    make_publication("her2")
    supersede()
    form = see(make_reviewer(), verb_of(Publication.objects.get(version=1), "erase"))
    for place in ("legal basis", "backups", "exported", "caches", "mails", "printed pages", "translations"):
        assert place in form


def test_a_reason_that_was_taken_on_again_goes_with_the_one_it_copies() -> None:
    """The words on which it was taken on stay, and so does the sentence, which is theirs."""
    body = "HER2 is a protein [^s1]. This helps for 5 years."
    figure = ("figure-without-mark", "This helps for 5 years.")
    for number, reason in enumerate([f"{NAME} agreed.", "", ""]):
        answer = make_revision("her2", body=f"{body} {number}") if number else make_draft("her2", body=body)
        submission = make_submission(answer)
        again = Waiver.objects.latest("pk").pk if number else None
        approve(submission, waivers=[GivenWaiver(*figure, reason, again)])
        workflow.publish(submission, by=a("publisher"), at=NOW)
    assert set(Waiver.objects.values_list("reason", flat=True)) == {f"{NAME} agreed."}
    erase()
    assert set(Waiver.objects.values_list("sentence", "reason")) == {("", ""), (figure[1], "")}
    assert list(verify.faults()) == []


def test_no_other_reason_is_blanked() -> None:
    publish(make_draft("her2", **PERSONAL))
    refuses("waiver_fixed", update(Waiver.objects.all()[0], reason=""))
