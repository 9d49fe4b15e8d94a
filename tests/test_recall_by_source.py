"""Recall by source: every entry in force that cites it stands under a warning with one action, or none does."""

import pytest

from faq import verify, workflow
from faq.models import Change, Publication, ReviewDecision, Source
from faq.workflow import TransitionRefused
from tests.admin_client import done, page_of, see, send, signed_in, verb_of
from tests.factories import NOW, a, make_approved, make_publication, make_publisher, make_reviewer, make_revision, make_source

pytestmark = pytest.mark.django_db


def cited() -> Source:
    return Source.objects.get(key="s1")


def hold() -> list[Publication]:
    """Recall as the reviewer does it."""
    return workflow.hold_citing(cited(), by=a("reviewer"), at=NOW, comment="The trial was retracted.")


def held() -> set[str]:
    return set(Publication.objects.current().filter(is_held=True).values_list("slug", flat=True))


def test_all_entries_in_force_that_cite_it_are_held_and_no_others() -> None:
    make_source("s2")
    make_publication("one")
    make_publication("two")
    make_publication("other", body="Cells grow [^s2].", citations=[{"key": "s2"}])
    gone = make_publication("gone")
    workflow.withdraw(gone, by=a("reviewer"), at=NOW, reason="error")
    hold()
    assert held() == {"one", "two"}
    assert set(Change.objects.filter(kind="held").values_list("slug", flat=True)) == {"one", "two"}
    assert set(ReviewDecision.objects.filter(kind="hold").values_list("details", "comment")) == {
        ('{"source": "s1"}', "The trial was retracted.")
    }
    assert list(verify.faults()) == []


def test_what_stands_under_a_warning_already_keeps_its_own() -> None:
    first = make_publication("one")
    make_publication("two")
    workflow.hold(first, by=a("reviewer"), at=NOW, comment="Another thing.")
    assert [each.slug for each in hold()] == ["two"]
    with pytest.raises(TransitionRefused, match="does not stand under a warning already"):
        hold()


def test_it_needs_a_reviewer_and_a_word() -> None:
    make_publication("one")
    with pytest.raises(TransitionRefused, match="active reviewer"):
        workflow.hold_citing(cited(), by=make_publisher(), at=NOW, comment="Wrong.")
    with pytest.raises(TransitionRefused, match="Say what is being checked"):
        workflow.hold_citing(cited(), by=a("reviewer"), at=NOW, comment=" ")
    assert held() == set()


def test_where_one_language_has_no_warning_none_is_held() -> None:
    make_publication("one")
    with pytest.raises(TransitionRefused, match="no approved notice “unheard-of” in en"):
        workflow.hold_citing(cited(), by=a("reviewer"), at=NOW, comment="Wrong.", notice="unheard-of")
    assert held() == set()


def test_new_words_that_were_approved_are_asked_about_again() -> None:
    make_publication("one")
    approved = make_approved(make_revision("one", short_answer="Cells are small."))
    hold()
    approved.answer.refresh_from_db()
    assert approved.answer.status == "submitted"
    assert ReviewDecision.objects.get(kind="reopen").comment.startswith("entries that cite s1 were held under a warning")


def test_it_is_a_button_on_the_page_of_the_source() -> None:
    publication, reviewer = make_publication("one"), make_reviewer()
    assert "Hold all entries that cite it" in see(reviewer, page_of(cited()))
    opened = see(reviewer, verb_of(cited(), "hold_citing"))
    assert publication.wording in opened
    done(send(reviewer, verb_of(cited(), "hold_citing"), comment="The trial was retracted."))
    assert held() == {"one"}
    assert "held under a warning" in see(reviewer, page_of(cited()))
    assert "Hold all entries that cite it" not in see(reviewer, page_of(cited()))
    assert signed_in(make_publisher()).get(verb_of(cited(), "hold_citing")).status_code == 302
