"""The pages of an entry tell its whole story: every decision about it, with what it was about and what was recorded beside it."""

import re

import pytest
from django.utils.html import strip_tags

from faq import workflow
from faq.models import EvidenceAlert, Publication, Question, ReviewDecision, Source
from tests.admin_client import page_of, see
from tests.factories import (
    NOW,
    a,
    make_author,
    make_draft,
    make_publication,
    make_reviewer,
    make_revision,
    make_submission,
    make_topic,
    words,
)

pytestmark = pytest.mark.django_db


def story(thing: Question | Publication) -> str:
    """Return what the page of `thing` says was decided, newest first on a question's, without markup."""
    page = see(make_author(), page_of(thing))
    told = re.search(r'id="decisions">(.*?)</section>', page, re.DOTALL)
    assert told
    return " ".join(strip_tags(told[1].replace("<", " <")).split())


@pytest.fixture
def triaged() -> Publication:
    """An entry whose source was superseded and looked at."""
    publication = make_publication("entry", body="Cells grow [^s9].", citations=[{"key": "s9"}])
    workflow.mark_source(Source.objects.get(key="s9"), by=a("reviewer"), at=NOW, state="superseded", comment="A newer one is out.")
    workflow.triage_alert(EvidenceAlert.objects.get(), by=a("reviewer"), at=NOW, outcome="minor", note="One figure moved a little.")
    return Publication.objects.get(pk=publication.pk)


def test_what_a_moved_source_means_for_an_entry_stands_in_its_story(triaged: Publication) -> None:
    for thing in (triaged.question, triaged):
        assert "Triage Alert , version 1: the-reviewer (Oncology nurse)" in story(thing)
        assert "about source s9, outcome: minor One figure moved a little." in story(thing)


def test_a_withdrawal_says_why_and_what_was_withheld() -> None:
    make_publication("other")
    publication = make_publication("entry")
    workflow.withdraw(publication, by=a("reviewer"), at=NOW, reason="unsafe", replacement="other", withhold=[1])
    assert "reason: unsafe, notice: withdrawn, replacement: other, withhold: 1, with: entry" in story(publication.question)
    assert "keep translations" not in story(publication.question)


def test_the_question_tells_every_decision_about_it() -> None:
    make_topic("pills")
    workflow.discard(make_draft("entry"), by=a("author"), at=NOW, reason="Not yet.")
    answer = workflow.start_revision(Question.objects.get(slug="entry"), by=a("author"), at=NOW)
    submission = make_submission(answer)
    workflow.object(submission, by=a("reviewer"), at=NOW, comment="Too short.")
    workflow.resolve(submission, by=a("reviewer"), at=NOW, comment="Long enough.")
    workflow.request_changes(submission, by=a("reviewer"), at=NOW, comment="A source is missing.")
    workflow.discard(answer, by=a("author"), at=NOW, reason="Begun anew.")
    publication = make_publication("entry", **words())
    workflow.hold(publication, by=a("reviewer"), at=NOW, comment="Checking.")
    workflow.reclassify(publication.question, by=a("author"), at=NOW, topics=["pills"], related=[])
    workflow.take_over(make_revision("entry"), by=make_author(), at=NOW)
    workflow.withdraw(Publication.objects.get(slug="entry"), by=make_reviewer(), at=NOW, reason="error")
    decisions = ReviewDecision.objects.filter(question__slug="entry")
    told = story(publication.question)
    kinds = [decision.get_kind_display() for decision in decisions.order_by("-sequence")]
    assert len(kinds) > 15
    assert re.findall("|".join(sorted(set(kinds), key=len, reverse=True)), told) == kinds
