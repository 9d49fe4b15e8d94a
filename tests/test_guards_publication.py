"""The database keeps the read side: approved bytes only, versions without gap, State only with a Change, chains that only grow."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from faq import workflow
from faq.integrity.guards.publications import CAUSES
from faq.models import AudiencePolicy, Change, Ledger, Publication, ReviewDecision, Reviewer
from tests.factories import NOW, a, make_publication, make_text
from tests.guarding import World, all_of, append_change, decide, insert, passes, refuses, run, tell, update, world_of

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    yield from world_of(django_db_blocker)


@pytest.mark.parametrize(
    ("guard", "statement"),
    [
        ("publication_kept", "DELETE FROM faq_publication WHERE id = {old}"),
        ("publication_fixed", "UPDATE faq_publication SET decided_by_role = 'Professor' WHERE id = {current}"),
        ("publication_fixed", "UPDATE faq_publication SET slug = 'other' WHERE id = {current}"),
        ("publication_fixed", "UPDATE faq_publication SET version = 7 WHERE id = {current}"),
        ("publication_words", "UPDATE faq_publication SET words = '{{}}' WHERE id = {current}"),
        ("publication_words", "UPDATE faq_publication SET words = '' WHERE id = {asked}"),
        ("publication_words", "UPDATE faq_publication SET wording = 'What else?' WHERE id = {current}"),
        ("publication_words", "UPDATE faq_publication SET words = '{{}}' WHERE id = {erased}"),
        ("publication_words", "UPDATE faq_publication SET wording = 'What else?' WHERE id = {erased}"),
        ("publication_state", "UPDATE faq_publication SET next_review_due_on = '2099-01-01' WHERE id = {current}"),
        ("publication_state", "UPDATE faq_publication SET is_held = NOT is_held WHERE id = {current}"),
        ("publication_state", "UPDATE faq_publication SET status = 'withdrawn', ended_at = published_at WHERE id = {current}"),
        ("publication_state", "UPDATE faq_publication SET last_change_id = last_change_id + 1 WHERE id = {current}"),
        ("change_kept", "DELETE FROM faq_change WHERE sequence = 1"),
        ("change_fixed", "UPDATE faq_change SET reason = 'other' WHERE sequence = 1"),
        ("change_fixed", "UPDATE faq_change SET sequence = 999999 WHERE sequence = 1"),
        ("ledger_kept", "DELETE FROM faq_ledger"),
        ("ledger_forward", "UPDATE faq_ledger SET last_sequence = last_sequence - 1"),
        ("ledger_forward", "UPDATE faq_ledger SET decision_sequence = 0"),
        ("ledger_forward", "UPDATE faq_ledger SET standing_sequence = 0"),
        ("ledger_forward", "UPDATE faq_ledger SET moved_at = NULL"),
        ("ledger_forward", "UPDATE faq_ledger SET moved_at = '2001-01-01 00:00:00'"),
        ("ledger_forward", "UPDATE faq_ledger SET moved_at = '2099-01-01 00:00:00'"),
        ("ledger_heads", "UPDATE faq_ledger SET last_sequence = last_sequence + 1"),
        ("ledger_heads", "UPDATE faq_ledger SET change_head = ''"),
        ("ledger_heads", "UPDATE faq_ledger SET decision_head = 'x'"),
        ("ledger_heads", "UPDATE faq_ledger SET standing_sequence = last_sequence"),
    ],
)
def test_the_database_refuses(world: World, guard: str, statement: str) -> None:
    refuses(guard, run(world, statement))


# A new version. `born` is what a valid publication writes; each case spoils one thing.


def born(world: World, **columns: Any) -> Any:
    """Return the attack that publishes the approved words by raw SQL, its Change told, with other `columns`."""
    return all_of(append_change(world), insert(world["version"], **columns))


def test_the_publication_that_the_cases_below_spoil_would_pass(world: World) -> None:
    assert passes(born(world))


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("words", '{"body":"Take twice as much."}'),
        ("content_hash", "0" * 64),
        ("schema_version", 2),
        ("language", "es"),
        ("audience", "clinician"),
        ("origin", "ai_generated"),
        ("decision_kind", "attest"),
        ("decision_kind", "submit"),
    ],
)
def test_only_approved_bytes_are_published(world: World, column: str, value: Any) -> None:
    refuses("publication_approved", born(world, **{column: value}))


@pytest.mark.parametrize("kind", ["submit", "object"])
def test_nothing_is_published_on_another_decision_than_an_approval(world: World, kind: str) -> None:
    decision = ReviewDecision.objects.filter(kind=kind).order_by("-sequence")[0]
    refuses("publication_approved", born(world, decision_id=decision.sequence, decision_kind=kind))


def test_nothing_is_published_on_the_approval_of_other_words(world: World) -> None:
    refuses("publication_approved", born(world, decision_id=world["current"].decision_id))


def test_words_approved_for_one_question_do_not_appear_under_another(world: World) -> None:
    other = world["draft"].question
    place = {"question_id": other.pk, "slug": other.slug}
    refuses("publication_approved", all_of(append_change(world, **place), insert(world["version"], **place)))


def test_an_approval_by_somebody_who_turns_out_an_editor_publishes_nothing(world: World) -> None:
    editor = world["submission_editor"]
    insert(editor, submission_id=world["approved"].pk, user_id=world["reviewer"].pk)()
    refuses("publication_approved", born(world))


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("decided_by_role", "Professor"),
        ("decided_by_name", "the-reviewer"),
        ("decided_by_name", "Dr Nobody"),
        ("decided_at", NOW.replace(year=2020)),
        ("attested_by", "Dr Nobody"),
        ("document", "Minutes 8"),
    ],
)
def test_a_publication_does_not_claim_another_reviewer(world: World, column: str, value: Any) -> None:
    refuses("publication_named", born(world, **{column: value}))


def test_words_that_were_sent_back_after_approval_are_not_published(world: World) -> None:
    answer = world["approved"].answer
    workflow.request_changes(world["approved"], by=a("reviewer"), at=NOW, comment="Not yet.")
    answer.refresh_from_db()
    assert answer.status == "draft"
    refuses("publication_not_taken_back", born(world))


def test_words_that_their_author_took_back_after_approval_are_not_published(world: World) -> None:
    workflow.recall(world["approved"].answer, by=a("author"), at=NOW)
    refuses("publication_not_taken_back", born(world))


def test_every_sign_off_that_an_audience_needs_is_given(world: World) -> None:
    AudiencePolicy.objects.create(audience="patient", sign_off="clinical")
    assert passes(born(world))
    AudiencePolicy.objects.create(audience="patient", sign_off="patient_reader")
    refuses("publication_signed_off", born(world))


def test_an_audience_without_a_policy_needs_the_clinical_sign_off(world: World) -> None:
    submitted = world["submitted"]
    reviewer = world["reviewer"].reviewer
    reviewer.sign_offs = ["plain_language"]
    reviewer.save()
    decision = world["decision"]
    insert(decision, sign_off="plain_language")()
    update(Ledger.objects.get(), decision_sequence=decision.sequence, decision_head=decision.row_hash, moved_at=decision.at)()
    place = {"question_id": submitted.question_id, "slug": submitted.question.slug}
    bytes_ = {"submission_id": submitted.pk, "decision_id": decision.sequence, "words": submitted.words}
    told = append_change(world, **place)
    version = insert(world["version"], content_hash=submitted.content_hash, decided_at=decision.at, **place, **bytes_)
    refuses("publication_signed_off", all_of(told, version))


def test_an_open_objection_blocks_publication_and_a_resolved_one_does_not(world: World) -> None:
    approved = world["approved"]
    workflow.object(approved, by=a("reviewer"), at=NOW, comment="Is that so?")
    refuses("publication_no_objection", born(world))
    workflow.resolve(approved, by=a("reviewer"), at=NOW, comment="It is.")
    assert passes(born(world))


@pytest.mark.parametrize("kind", ["withdraw", "hold", "confirm_erasure"])
def test_what_was_approved_before_its_entry_was_stopped_is_not_published(world: World, kind: str) -> None:
    approved = world["approved"]
    stop = decide(world, kind=kind, by_id=world["reviewer"].pk, question_id=approved.question_id, submission_id=None)
    refuses("publication_asked_again", all_of(stop, born(world)))


def test_what_a_reviewer_approved_who_was_revoked_since_is_not_published(world: World) -> None:
    Reviewer.objects.filter(user=world["reviewer"]).update(revoked_at=NOW)
    refuses("publication_asked_again", born(world))


def test_words_that_were_asked_about_again_need_every_sign_off_again(world: World) -> None:
    again = decide(world, kind="reopen", by_id=world["reviewer"].pk)
    assert not passes(all_of(again, born(world)))


def test_a_restored_version_is_born_held(world: World) -> None:
    """The words were approved for another version, as those of every restored one were."""

    def told(**columns: Any) -> Any:
        change = world["change"]
        head = {"last_sequence": change.sequence, "change_head": change.row_hash, "moved_at": change.at}
        moved = tell(world, kind="restored"), lambda: update(Ledger.objects.get(), **head)()
        return all_of(decide(world, kind="restore", by_id=world["reviewer"].pk), *moved, insert(world["version"], **columns))

    assert passes(told(is_held=True))
    refuses("publication_restored_held", told(is_held=False))


def test_a_restored_version_is_let_go_only_once_another_person_confirmed_it(world: World) -> None:
    restored = workflow.restore(world["old"], by=a("reviewer"), at=NOW, comment="It was better.")
    place = {"question_id": restored.question_id, "slug": restored.slug, "version": restored.version}

    def let_go(kind: str, by: int) -> Any:
        change, about = world["change"], {name: place[name] for name in ("question_id", "version")}

        def move() -> None:
            head = {"sequence": restored.last_change_id + 1, "previous_hash": restored.last_change.row_hash}
            tell(world, kind="released", state=restored.last_change.state, **place, **head)()
            update(Ledger.objects.get(), last_sequence=head["sequence"], change_head=change.row_hash, moved_at=change.at)()
            update(restored, is_held=False, last_change_id=head["sequence"])()

        return all_of(decide(world, kind=kind, by_id=by, submission_id=restored.submission_id, **about), move)

    refuses("publication_confirmed", let_go("release", a("reviewer").pk))
    assert passes(let_go("confirm", world["editor"].pk))


def test_versions_have_no_gap(world: World) -> None:
    refuses("publication_numbered", all_of(append_change(world, version=2), insert(world["version"], version=2)))


def test_a_version_has_the_slug_of_its_question(world: World) -> None:
    refuses("publication_numbered", born(world, slug="other"))


def test_a_version_number_is_used_once(world: World) -> None:
    workflow.publish(world["approved"], by=a("publisher"), at=NOW)
    assert not passes(insert(world["version"]))


def test_a_version_is_not_published_without_its_change(world: World) -> None:
    refuses("publication_told", insert(world["version"], last_change_id=Ledger.objects.get().last_sequence))


def test_a_change_of_another_entry_publishes_nothing(world: World) -> None:
    question = world["question"]
    refuses("publication_told", all_of(append_change(world, question_id=question.pk, slug=question.slug), insert(world["version"])))


def test_a_change_of_another_version_publishes_nothing(world: World) -> None:
    refuses("publication_told", all_of(append_change(world, version=2), insert(world["version"])))


def test_a_version_is_not_born_ended(world: World) -> None:
    refuses("publication_told", born(world, status="superseded", ended_at=NOW))


def test_a_second_current_version_is_refused(world: World) -> None:
    """The constraint does it, as the entry's first version stays current."""
    before = Publication.objects.filter(question=world["question"], status="current").count()
    assert not passes(insert(world["current"], version=3))
    assert before == 1


# A version's further life.


def test_an_older_change_is_not_used_again(world: World) -> None:
    """A Change of the same entry, newer than the version's own, and yet not the one told just now."""
    change = workflow.hold(world["current"], by=a("reviewer"), at=NOW, comment="Checking.").last_change
    make_text(kind="glossary", key="cell", title="Cell", text="A cell.")
    refuses("publication_state", update(world["old"], is_withheld=True, last_change_id=change.sequence))


def test_the_change_of_another_entry_moves_nothing(world: World) -> None:
    other = make_publication("newest")
    refuses("publication_state", update(world["current"], is_held=True, last_change_id=other.last_change_id))


@pytest.mark.parametrize(
    ("row", "columns"),
    [
        ("old", {"status": "current", "ended_at": None}),
        ("old", {"status": "withdrawn"}),
        ("withdrawn", {"status": "current", "ended_at": None}),
        ("withdrawn", {"is_withheld": False}),
        ("erased", {"is_erased": False}),
        ("current", {"status": "hidden", "ended_at": NOW}),
    ],
)
def test_what_has_ended_stays_so(world: World, row: str, columns: dict[str, Any]) -> None:
    """Even with a Change told for it."""
    publication, change = world[row], world["change"]
    about = {"question_id": publication.question_id, "slug": publication.slug, "version": publication.version}
    current = Publication.objects.filter(question=publication.question_id, status="current").exclude(pk=publication.pk).first()
    told = append_change(world, **about)
    step = all_of(told, update(publication, last_change_id=change.sequence, **columns))
    if current and columns.get("status") == "current":
        ended = update(current, status="superseded", ended_at=NOW, last_change_id=change.sequence)
        step = all_of(told, ended, update(publication, last_change_id=change.sequence, **columns))
    refuses("publication_ended", step)


# The chain of Changes.


@pytest.mark.parametrize(("column", "value"), [("sequence", 9_999), ("previous_hash", "0" * 64), ("at", NOW.replace(year=2020))])
def test_a_change_continues_the_chain(world: World, column: str, value: Any) -> None:
    refuses("change_chained", all_of(decide(world), tell(world, **{column: value})))


@pytest.mark.parametrize("columns", [{"slug": "entry"}, {"slug": ""}, {"question_id": None}])
def test_a_change_has_the_slug_of_its_question(world: World, columns: dict[str, Any]) -> None:
    refuses("change_about", all_of(decide(world), tell(world, **columns)))


def test_a_change_comes_of_the_decision_before_it(world: World) -> None:
    assert passes(all_of(decide(world), tell(world)))
    refuses("change_caused", tell(world))  # of the last decision, which somebody took about something else
    refuses("change_caused", all_of(decide(world), tell(world, decision_hash="0" * 64)))


@pytest.mark.parametrize("columns", [{"kind": "withdrawn"}, {"kind": "reaffirmed"}, {"at": NOW + timedelta(hours=2)}])
def test_a_change_is_of_a_kind_that_its_decision_causes_and_of_its_moment(world: World, columns: dict[str, Any]) -> None:
    refuses("change_caused", all_of(decide(world), tell(world, **columns)))


def test_a_change_is_about_the_entry_that_was_decided_on(world: World) -> None:
    question = world["question"]
    refuses("change_caused", all_of(decide(world), tell(world, question_id=question.pk, slug=question.slug)))


def test_a_decision_causes_one_change_of_an_entry(world: World) -> None:
    change = world["change"]
    again = {"sequence": change.sequence + 1, "previous_hash": change.row_hash, "row_hash": "0" * 64}
    refuses("change_caused", all_of(append_change(world), tell(world, **again)))


def test_the_table_of_causes_knows_every_kind_of_change_and_of_decision() -> None:
    assert set(CAUSES) == set(Change.Kind.values)
    assert {kind for causes in CAUSES.values() for kind in causes} <= set(ReviewDecision.Kind.values)


def test_the_ledger_stands_alone(world: World) -> None:
    ledger = Ledger.objects.get()
    assert not passes(insert(ledger, id=2))
    assert not passes(insert(ledger, id=1))
