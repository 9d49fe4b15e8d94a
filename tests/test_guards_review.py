"""The database keeps four eyes: frozen words, decisions by others than the editors, waivers and erasures as they were given."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from faq import workflow
from faq.models import Erasure, Ledger, Reviewer, User, Waiver
from tests.factories import NOW, make_user
from tests.guarding import World, all_of, insert, passes, refuses, run, update, world_of

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    yield from world_of(django_db_blocker)


@pytest.mark.parametrize(
    ("guard", "statement"),
    [
        ("submission_fixed", "UPDATE faq_submission SET words = '{{}}' WHERE id = {submitted}"),
        ("submission_fixed", "UPDATE faq_submission SET words = '' WHERE id = {submitted}"),
        ("submission_fixed", "UPDATE faq_submission SET content_hash = 'x' WHERE id = {submitted}"),
        ("submission_fixed", "UPDATE faq_submission SET origin = 'human' WHERE id = {generated}"),
        ("submission_fixed", "UPDATE faq_submission SET submitted_by_id = {editor} WHERE id = {submitted}"),
        ("submissioneditor_fixed", "UPDATE faq_submissioneditor SET user_id = {root} WHERE id = {submission_editor}"),
        ("submissioneditor_kept", "DELETE FROM faq_submissioneditor WHERE user_id = {editor}"),
        ("submission_kept", "DELETE FROM faq_submission WHERE id = {submitted}"),
        ("reviewdecision_fixed", "UPDATE faq_reviewdecision SET by_id = {root} WHERE sequence = 1"),
        ("reviewdecision_fixed", "UPDATE faq_reviewdecision SET comment = 'Never said.' WHERE kind = 'object'"),
        ("reviewdecision_kept", "DELETE FROM faq_reviewdecision WHERE kind = 'object'"),
        ("waiver_fixed", "UPDATE faq_waiver SET reason = 'Because.' WHERE id = {waiver}"),
        ("waiver_fixed", "UPDATE faq_waiver SET sentence = 'Another.' WHERE id = {waiver}"),
        ("waiver_kept", "DELETE FROM faq_waiver WHERE id = {waiver}"),
        ("comment_fixed", "UPDATE faq_comment SET text = 'Fine.' WHERE id = {comment}"),
        ("erasure_fixed", "UPDATE faq_erasure SET legal_basis = 'None.' WHERE id = {order}"),
        ("erasure_fixed", "UPDATE faq_erasure SET version = 2 WHERE id = {order}"),
        ("erasure_fixed", "UPDATE faq_erasure SET confirmed_by_id = {editor} WHERE id = {confirmed_order}"),
        ("reviewer_fixed", "UPDATE faq_reviewer SET user_id = {root} WHERE user_id = {editor}"),
        ("alert_triaged_once", "UPDATE faq_evidencealert SET outcome = 'unaffected' WHERE id = {alert_triaged}"),
        ("alert_triaged_once", "UPDATE faq_evidencealert SET publication_id = {current} WHERE id = {alert_open}"),
    ],
)
def test_the_database_refuses(world: World, guard: str, statement: str) -> None:
    refuses(guard, run(world, statement))


# Submissions.


def test_what_is_submitted_is_a_draft(world: World) -> None:
    refuses("submission_of_draft", insert(world["submitted"], number=2))


def test_a_submission_stays_with_the_question_of_its_answer(world: World) -> None:
    refuses("submission_of_draft", insert(world["submitted"], answer_id=world["draft"].pk, number=2))


@pytest.mark.parametrize(("column", "value"), [("origin", "human"), ("audience", "clinician"), ("language", "es")])
def test_a_submission_says_of_its_words_what_they_say(world: World, column: str, value: str) -> None:
    draft = world["draft"]
    place = {"answer_id": draft.pk, "question_id": draft.question_id, "number": 2, "last_edit_id": draft.edits.last().pk}
    assert passes(insert(world["generated"], **place))
    refuses("submission_columns", insert(world["generated"], **place, **{column: value}))


def test_a_submission_names_the_last_edit_of_its_answer(world: World) -> None:
    returned = world["returned"]
    assert passes(insert(returned, number=2))
    refuses("submission_of_draft", insert(returned, number=2, last_edit_id=world["draft_edit"].pk))
    insert(world["draft_edit"], answer_id=returned.answer_id)()
    refuses("submission_of_draft", insert(returned, number=2))


# Approval.


def test_the_approval_that_the_cases_below_spoil_would_pass(world: World) -> None:
    assert passes(insert(world["decision"]))
    assert passes(insert(world["attestation"]))


@pytest.mark.parametrize("person", ["author", "editor"])
def test_nobody_approves_words_of_their_own(world: World, person: str) -> None:
    reviewer = world["editor"].reviewer
    if person == "author":
        insert(reviewer, user_id=world["author"].pk)()
    refuses("decision_second_person", insert(world["decision"], by_id=world[person].pk))


def test_an_edit_row_alone_makes_an_editor(world: World) -> None:
    """As where an edit slipped past the list that `submit` makes: the list is not what the guard trusts alone."""
    late = world["returned"].answer
    insert(world["draft_edit"], answer_id=late.pk, by_id=world["editor"].pk)()
    all_of(insert(world["returned"], number=2, last_edit_id=late.edits.last().pk), update(late, status="submitted"))()
    newest = late.submissions.order_by("-pk")[0]
    columns = {"submission_id": newest.pk, "question_id": late.question_id, "content_hash": newest.content_hash}
    assert passes(insert(world["decision"], **columns))
    refuses("decision_second_person", insert(world["decision"], by_id=world["editor"].pk, **columns))


def test_who_submitted_the_words_does_not_approve_them(world: World) -> None:
    answer = world["returned"].answer
    all_of(insert(world["returned"], number=2, submitted_by_id=world["editor"].pk), update(answer, status="submitted"))()
    newest = answer.submissions.order_by("-pk")[0]
    columns = {"submission_id": newest.pk, "question_id": answer.question_id, "content_hash": newest.content_hash}
    refuses("decision_second_person", insert(world["decision"], by_id=world["editor"].pk, **columns))


@pytest.mark.parametrize("kind", ["approve", "resolve", "request_changes", "restore", "release", "reaffirm"])
def test_no_decision_that_needs_a_second_person_is_taken_by_an_editor(world: World, kind: str) -> None:
    refuses("decision_second_person", insert(world["decision"], kind=kind, by_id=world["editor"].pk))


@pytest.mark.parametrize("kind", ["approve", "object", "withdraw", "release", "confirm", "mark_source", "approve_text", "hold"])
def test_a_superuser_without_a_review_scope_decides_nothing(world: World, kind: str) -> None:
    refuses("decision_reviewer", insert(world["decision"], kind=kind, by_id=world["root"].pk))


def test_a_revoked_reviewer_approves_nothing(world: World) -> None:
    Reviewer.objects.filter(user=world["reviewer"]).update(revoked_at=NOW)
    refuses("decision_reviewer", insert(world["decision"]))


def test_a_reviewer_whose_account_is_off_approves_nothing(world: World) -> None:
    User.objects.filter(pk=world["reviewer"].pk).update(is_active=False)
    refuses("decision_reviewer", insert(world["decision"]))


@pytest.mark.parametrize("kind", ["approve", "hold"])
def test_the_clock_approves_and_holds_nothing(world: World, kind: str) -> None:
    refuses("decision_reviewer", insert(world["decision"], kind=kind, by_id=None))


CLINICAL = ["resolve", "restore", "release", "reaffirm", "confirm", "mark_source", "triage_alert", "approve_text"]


@pytest.mark.parametrize("kind", CLINICAL)
def test_what_brings_words_nearer_to_readers_takes_the_clinical_sign_off(world: World, kind: str) -> None:
    Reviewer.objects.filter(user=world["reviewer"]).update(sign_offs=["patient_reader", "translation"])
    refuses("decision_clinical", insert(world["decision"], kind=kind, sign_off=""))


@pytest.mark.parametrize("kind", ["withdraw", "hold", "object", "request_changes"])
def test_what_stops_words_takes_any_sign_off(world: World, kind: str) -> None:
    Reviewer.objects.filter(user=world["reviewer"]).update(sign_offs=["patient_reader"])
    assert passes(insert(world["decision"], kind=kind, sign_off=""))


def about_restored(world: World) -> dict[str, Any]:
    """Restore the entry's first version; return the columns of a decision about the version that came of it."""
    restored = workflow.restore(world["old"], by=world["reviewer"], at=NOW, comment="It was better.")
    columns = {"question_id": restored.question_id, "submission_id": restored.submission_id, "version": restored.version}
    head = Ledger.objects.get()
    chained = {"sequence": head.decision_sequence + 1, "previous_hash": head.decision_head, "at": head.moved_at}
    return columns | chained | {"kind": "confirm", "content_hash": restored.content_hash, "sign_off": ""}


def test_a_restored_version_is_confirmed_by_another_person_who_wrote_none_of_it(world: World) -> None:
    columns, editor = about_restored(world), world["editor"]
    refuses("decision_confirms", insert(world["decision"], **columns, by_id=world["reviewer"].pk))
    assert passes(insert(world["decision"], **columns, by_id=editor.pk))
    insert(world["submission_editor"], submission_id=columns["submission_id"], user_id=editor.pk)()
    refuses("decision_confirms", insert(world["decision"], **columns, by_id=editor.pk))


@pytest.mark.parametrize("sign_off", ["", "plain_language", "%", "clinical_"])
def test_a_reviewer_gives_no_sign_off_outside_their_scope(world: World, sign_off: str) -> None:
    refuses("decision_sign_off", insert(world["decision"], sign_off=sign_off))


@pytest.mark.parametrize("row", ["decision", "attestation"])
def test_nobody_decides_about_words_with_another_hash(world: World, row: str) -> None:
    refuses("decision_seen_words", insert(world[row], content_hash="0" * 64))


def test_nobody_approves_an_answer_that_went_back_to_draft(world: World) -> None:
    returned = world["returned"]
    about = {"submission_id": returned.pk, "question_id": returned.question_id, "content_hash": returned.content_hash}
    refuses("decision_seen_words", insert(world["decision"], **about))


def test_nobody_approves_any_but_the_newest_submission(world: World) -> None:
    answer, old = world["returned"].answer, world["returned"]
    all_of(insert(old, number=2), update(answer, status="submitted"))()
    about = {"submission_id": old.pk, "question_id": old.question_id, "content_hash": old.content_hash}
    refuses("decision_seen_words", insert(world["decision"], **about))


def test_an_approval_names_the_question_of_its_words(world: World) -> None:
    refuses("decision_seen_words", insert(world["decision"], question_id=world["question"].pk))


@pytest.mark.parametrize("lack", [{"attested_by": ""}, {"attested_on": None}, {"document": ""}])
def test_an_attestation_names_reviewer_date_and_document(world: World, lack: dict[str, Any]) -> None:
    refuses("decision_attest_human", insert(world["attestation"], **lack))


def test_text_of_ai_origin_is_never_attested(world: World) -> None:
    generated = world["generated"]
    about = {"submission_id": generated.pk, "question_id": generated.question_id, "content_hash": generated.content_hash}
    refuses("decision_attest_human", insert(world["attestation"], **about))


def test_only_an_objection_to_the_same_words_is_resolved(world: World) -> None:
    objection = world["objected"].decisions.get(kind="object")
    about = {"submission_id": world["objected"].pk, "resolves_id": objection.sequence}
    assert passes(insert(world["decision"], kind="resolve", **about))
    refuses("decision_resolves", insert(world["decision"], kind="resolve", resolves_id=objection.sequence))
    refuses("decision_resolves", insert(world["decision"], kind="submit", by_id=world["root"].pk, **about))


def test_a_comment_comes_with_its_hash(world: World) -> None:
    refuses("decision_comment", insert(world["decision"], comment="Fine."))
    refuses("decision_comment", insert(world["decision"], comment="", comment_hash="0" * 64))


@pytest.mark.parametrize(("column", "value"), [("sequence", 9_999), ("previous_hash", "0" * 64), ("at", NOW.replace(year=2020))])
def test_a_decision_continues_the_chain(world: World, column: str, value: Any) -> None:
    refuses("decision_chained", insert(world["decision"], **{column: value}))


def test_several_decisions_in_a_row_chain_on_each_other(world: World) -> None:
    first = world["decision"]
    following = {"sequence": first.sequence + 1, "previous_hash": first.row_hash, "kind": "object"}
    assert passes(all_of(insert(first), insert(first, **following)))
    for spoilt in ({"previous_hash": first.previous_hash}, {"sequence": first.sequence + 2}, {"at": NOW.replace(year=2020)}):
        refuses("decision_chained", all_of(insert(first), insert(first, **following | spoilt)))


def test_the_ledger_moves_to_the_last_of_several_decisions(world: World) -> None:
    first, ledger = world["decision"], Ledger.objects.get()
    second = {"sequence": first.sequence + 1, "previous_hash": first.row_hash, "kind": "object", "row_hash": "2" * 64}
    both = all_of(insert(first), insert(first, **second))
    assert passes(all_of(both, update(ledger, decision_sequence=second["sequence"], decision_head="2" * 64, moved_at=first.at)))
    halfway = update(ledger, decision_sequence=first.sequence, decision_head=first.row_hash, moved_at=first.at)
    refuses("ledger_heads", all_of(both, halfway))


def test_a_decision_is_not_taken_twice(world: World) -> None:
    decision = world["decision"]
    insert(decision)()
    moved = {"decision_sequence": decision.sequence, "decision_head": decision.row_hash, "moved_at": decision.at}
    update(Ledger.objects.get(), **moved)()
    assert not passes(insert(decision))


# Waivers and erasures.


def test_a_waiver_comes_with_its_decision_and_not_after(world: World) -> None:
    refuses("waiver_with_decision", insert(world["waiver"], code="personal-data"))


def test_no_waiver_is_added_to_the_last_decision(world: World) -> None:
    last = Waiver(submission=world["submitted"], decision_id=Ledger.objects.get().decision_sequence, code="personal-data", reason="Fine.")
    refuses("waiver_with_decision", insert(last))


def test_a_waiver_belongs_to_an_approval_of_its_submission(world: World) -> None:
    decision = world["decision"]
    waiver = Waiver(submission=world["submitted"], decision_id=decision.sequence, code="personal-data", reason="Fine.")
    assert passes(all_of(insert(waiver), insert(decision)))
    refuses("waiver_with_decision", all_of(insert(decision), insert(waiver)))
    refuses("decision_waivers", all_of(insert(waiver, submission_id=world["approved"].pk), insert(decision)))
    refuses("decision_waivers", all_of(insert(waiver), insert(decision, kind="request_changes")))


def test_a_waiver_whose_decision_never_comes_does_not_stay(world: World) -> None:
    alone = insert(Waiver(submission=world["submitted"], decision_id=99_999, code="personal-data", reason="Fine."))
    assert passes(alone)
    assert not passes(all_of(alone, connection.check_constraints))


def test_an_erasure_is_not_born_confirmed(world: World) -> None:
    publication = world["withdrawn"]
    about = {"question_id": publication.question_id, "submission_id": publication.submission_id}
    order = Erasure(requested_by=world["lead"], requested_at=NOW, legal_basis="An order.", version=1, **about)
    assert passes(insert(order))
    refuses("erasure_asked_first", insert(order, confirmed_by_id=world["reviewer"].pk, confirmed_at=NOW))
    refuses("erasure_asked_first", insert(order, version=2))
    refuses("erasure_asked_first", insert(order, submission_id=world["submitted"].pk))


def test_a_reviewer_confirms_an_erasure_and_nobody_else(world: World) -> None:
    refuses("erasure_confirmed", update(world["order"], confirmed_by_id=world["root"].pk, confirmed_at=NOW))


def test_who_asked_for_an_erasure_does_not_confirm_it(world: World) -> None:
    assert not passes(update(world["order"], confirmed_by_id=world["order"].requested_by_id, confirmed_at=NOW))


def test_words_in_force_are_not_erased(world: World) -> None:
    current = world["current"]
    about = {"question_id": current.question_id, "submission_id": current.submission_id, "version": current.version}
    insert(world["order"], **about)()
    order = Erasure.objects.get(submission=current.submission_id)
    refuses("erasure_confirmed", update(order, confirmed_by_id=world["reviewer"].pk, confirmed_at=NOW))


def test_a_confirmed_erasure_lets_words_become_blank_and_nothing_else(world: World) -> None:
    erased = world["erased"].submission
    assert erased.words == ""
    refuses("submission_fixed", update(erased, words="{}"))
    refuses("submission_fixed", update(erased, content_hash=""))


def test_an_erasure_that_was_only_asked_for_blanks_nothing(world: World) -> None:
    refuses("submission_fixed", update(world["asked"].submission, words=""))


def test_somebody_else_is_not_made_the_holder_of_an_alert(world: World) -> None:
    other = make_user()
    refuses("alert_triaged_once", update(world["alert_triaged"], triaged_by_id=other.pk))
