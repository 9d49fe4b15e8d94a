"""Withdrawal, hold, restoration and erasure: what readers meet changes at once, and nothing is forgotten."""

from datetime import timedelta

import pytest

from faq import verify, workflow
from faq.content.state import load_state
from faq.content.words import read_words
from faq.models import Answer, Change, Edit, Erasure, Publication, Submission
from faq.workflow import TransitionRefused
from tests.admin_client import see, verb_of
from tests.factories import NOW, a, make_author, make_publication, make_reviewer, make_standing_texts, make_text, make_user

pytestmark = pytest.mark.django_db


def again(publication: Publication) -> Publication:
    """Return the version as the database has it."""
    return Publication.objects.select_related("last_change").get(pk=publication.pk)


def withdraw(publication: Publication, **arguments: object) -> list[Publication]:
    """Withdraw as the reviewer would."""
    told = {"by": a("reviewer"), "at": NOW, "reason": "outdated"}
    return workflow.withdraw(publication, **told | arguments)  # type: ignore[arg-type]


def test_one_reviewer_of_any_scope_withdraws_at_once() -> None:
    publication = make_publication()
    withdraw(publication, by=make_reviewer(languages=["es"]))
    assert (again(publication).status, again(publication).ended_at) == ("withdrawn", NOW)


def test_withdrawing_needs_a_reviewer() -> None:
    with pytest.raises(TransitionRefused, match="active reviewer"):
        withdraw(make_publication(), by=a("publisher"))


def test_a_withdrawal_tells_reason_notice_and_replacement() -> None:
    make_publication("better")
    publication = make_publication("worse")
    withdraw(publication, reason="duplicate", replacement="better")
    change = again(publication).last_change
    assert (change.kind, change.reason, change.replacement) == ("withdrawn", "duplicate", "better")
    ended = load_state(change.state).how_it_ended()
    assert (ended.reason, ended.notice, ended.replacement) == ("duplicate", "withdrawn", "better")


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({"reason": "boring"}, "Choose a reason"),
        ({"replacement": "nowhere"}, "no other current entry"),
        ({"replacement": "her2"}, "no other current entry"),
        ({"withhold": [9]}, "no version 9"),
        ({"notice": "unheard-of"}, "no approved notice"),
        ({"keep_translations": {"nowhere": "Fine."}}, "no current translation"),
    ],
)
def test_a_withdrawal_that_cannot_be_meant_is_refused_and_nothing_changes(arguments: dict[str, object], text: str) -> None:
    publication = make_publication("her2")
    with pytest.raises(TransitionRefused, match=text):
        withdraw(publication, **arguments)
    assert again(publication).status == "current"


def test_withheld_versions_are_withheld_whatever_their_age() -> None:
    first, second = make_publication("her2"), make_publication("her2")
    withdraw(second, reason="unsafe", withhold=[1])
    assert (again(first).is_withheld, again(second).is_withheld) == (True, False)


def test_more_can_be_withheld_after_a_withdrawal() -> None:
    publication = make_publication("her2")
    withdraw(publication)
    withdraw(again(publication), reason="unsafe", withhold=[1], at=NOW + timedelta(days=1))
    assert again(publication).is_withheld
    assert again(publication).ended_at == NOW


def test_a_withdrawn_version_with_a_newer_one_after_it_is_left_as_it_is() -> None:
    publication = make_publication("her2")
    withdraw(publication)
    newer = make_publication("her2")
    with pytest.raises(TransitionRefused, match="newer version came after"):
        withdraw(again(publication), reason="unsafe")
    assert again(newer).status == "current"


def test_translations_go_too() -> None:
    publication = make_publication("her2")
    make_standing_texts("es")
    translation = make_publication("her2-es", language="es", translation_of={"slug": "her2", "version": 1})
    assert [each.slug for each in withdraw(publication)] == ["her2", "her2-es"]
    assert again(translation).status == "withdrawn"


def test_a_translation_stays_only_with_a_reason() -> None:
    publication = make_publication("her2")
    make_standing_texts("es")
    translation = make_publication("her2-es", language="es", translation_of={"slug": "her2", "version": 1})
    with pytest.raises(TransitionRefused, match="why the translation her2-es stays"):
        withdraw(publication, keep_translations={"her2-es": " "})
    withdraw(publication, keep_translations={"her2-es": "The fault is in the English words alone."})
    assert again(translation).status == "current"


def test_a_notice_in_somebodys_own_words_waits_for_a_second_person() -> None:
    publication = make_publication()
    withdraw(publication, notice_text="The dose named here was wrong.")
    assert load_state(again(publication).last_change.state).how_it_ended().notice_text == ""
    with pytest.raises(TransitionRefused, match="second person"):
        workflow.confirm(again(publication), by=a("reviewer"), at=NOW)
    workflow.confirm(again(publication), by=make_reviewer(), at=NOW)
    assert load_state(again(publication).last_change.state).how_it_ended().notice_text == "The dose named here was wrong."


def test_a_held_entry_stays_current_under_an_approved_warning() -> None:
    publication = make_publication()
    workflow.hold(publication, by=a("reviewer"), at=NOW, comment="A reader wrote.")
    held = load_state(again(publication).last_change.state).held
    assert (again(publication).status, again(publication).is_held) == ("current", True)
    assert held is not None
    assert (held.since, held.notice) == (NOW, "held")


def test_a_release_takes_the_warning_off() -> None:
    publication = make_publication()
    workflow.hold(publication, by=a("reviewer"), at=NOW, comment="A reader wrote.")
    workflow.release(again(publication), by=make_reviewer(), at=NOW, comment="The words are right.")
    assert (again(publication).is_held, again(publication).last_change.kind) == (False, "released")


def restore(publication: Publication, **arguments: object) -> Publication:
    """Restore as the reviewer would."""
    told = {"by": a("reviewer"), "at": NOW, "comment": "The new one was wrong."}
    return workflow.restore(publication, **told | arguments)  # type: ignore[arg-type]


def test_a_restored_version_is_the_next_one_with_the_same_bytes() -> None:
    first, second = make_publication("her2"), make_publication("her2")
    restored = restore(again(first))
    assert (restored.version, restored.words, restored.content_hash) == (3, first.words, first.content_hash)
    assert (again(second).status, restored.last_change.kind) == ("superseded", "restored")


def test_withheld_text_is_not_restored() -> None:
    publication = make_publication("her2")
    withdraw(publication, reason="unsafe", withhold=[1])
    with pytest.raises(TransitionRefused, match="withheld"):
        restore(again(publication))


def test_words_on_a_retracted_source_are_not_restored() -> None:
    publication = make_publication("her2")
    withdraw(publication)
    workflow.mark_source(publication.sources.get(), by=a("reviewer"), at=NOW, state="retracted", comment="The journal says so.")
    with pytest.raises(TransitionRefused, match="retracted"):
        restore(again(publication))


def test_nobody_restores_their_own_words() -> None:
    author = make_reviewer(user=a("author"))
    publication = make_publication("her2")
    withdraw(publication)
    with pytest.raises(TransitionRefused, match="You wrote part"):
        restore(again(publication), by=author)


def erased(publication: Publication) -> Publication:
    """Have two people erase a withdrawn version."""
    erasure = workflow.erase(again(publication), by=a("lead"), at=NOW, legal_basis="GDPR, article 17")
    return workflow.confirm_erasure(erasure, by=a("reviewer"), at=NOW)


def test_an_erasure_blanks_every_copy_and_keeps_the_hash() -> None:
    publication = make_publication("her2")
    withdraw(publication)
    gone = erased(publication)
    assert (gone.words, gone.wording, gone.reading_grade, gone.content_hash) == ("", "", None, publication.content_hash)
    assert Submission.objects.get().words == Answer.objects.get().words == Edit.objects.latest("pk").changes == ""
    assert (gone.is_erased, gone.is_withheld) == (True, True)
    assert list(verify.faults(html=True)) == []


def test_an_erasure_is_told_in_public() -> None:
    publication = make_publication("her2")
    withdraw(publication)
    erased(publication)
    assert Change.objects.latest("sequence").kind == "erased"


def test_an_erasure_needs_a_second_person() -> None:
    publication = make_publication("her2")
    withdraw(publication)
    erasure = workflow.erase(again(publication), by=a("reviewer"), at=NOW, legal_basis="A court order")
    with pytest.raises(TransitionRefused, match="second person"):
        workflow.confirm_erasure(erasure, by=a("reviewer"), at=NOW)
    assert Publication.objects.get().words


def test_words_in_force_are_not_erased() -> None:
    with pytest.raises(TransitionRefused, match="withdraw the entry first"):
        workflow.erase(make_publication("her2"), by=a("lead"), at=NOW, legal_basis="GDPR")


def test_an_old_version_can_be_erased_beside_a_current_one() -> None:
    first, second = make_publication("her2"), make_publication("her2")
    erased(first)
    assert again(second).status == "current"
    assert read_words(again(second).words)
    assert Erasure.objects.get().version == 1
    assert list(verify.faults()) == []


def test_an_erasure_says_its_legal_basis() -> None:
    publication = make_publication("her2")
    withdraw(publication)
    with pytest.raises(TransitionRefused, match="legal basis"):
        workflow.erase(again(publication), by=a("lead"), at=NOW, legal_basis="")


def test_an_erasure_is_asked_for_by_a_lead_or_reviewer() -> None:
    publication = make_publication("her2")
    withdraw(publication)
    with pytest.raises(TransitionRefused, match="role of lead"):
        workflow.erase(again(publication), by=make_user(), at=NOW, legal_basis="GDPR")


def test_an_entry_taken_down_can_be_written_anew() -> None:
    publication = make_publication("her2")
    withdraw(publication, reason="unsafe", withhold=[1])
    newer = make_publication("her2", by=make_author())
    assert (newer.version, newer.status, load_state(newer.last_change.state).withheld) == (2, "current", [1])


@pytest.mark.parametrize("notice", ["withdrawn", "expired", "erased"])
def test_a_warning_says_nothing_of_an_entry_that_is_gone(notice: str) -> None:
    publication = make_publication()
    with pytest.raises(TransitionRefused, match=f"no approved notice “{notice}”"):
        workflow.hold(publication, by=a("reviewer"), at=NOW, comment="Checking.", notice=notice)
    assert not again(publication).is_held


@pytest.mark.parametrize("notice", ["held", "expired", "erased"])
def test_an_entry_that_is_gone_is_not_said_to_be_checked(notice: str) -> None:
    publication = make_publication()
    with pytest.raises(TransitionRefused, match=f"no approved notice “{notice}”"):
        withdraw(publication, notice=notice)
    assert again(publication).status == "current"


def test_notices_that_fit_are_offered_and_no_others() -> None:
    publication, reviewer = make_publication(), make_reviewer()
    make_text(key="held-dose", text="We check the dose.")
    for verb, keys in (("hold", ["held", "held-dose"]), ("withdraw", ["held-dose", "withdrawn"])):
        page = see(reviewer, verb_of(publication, verb))
        assert [key for key in ("expired", "erased", "held", "held-dose", "withdrawn") if f'<option value="{key}"' in page] == keys
