"""On PostgreSQL many people work at once: whoever comes second waits, sees what the first did, and is refused or goes on from there.

In most tests the first one's transaction is held open until the others have run into it, so that they meet every time.
"""

from collections import Counter
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import F, Value
from django.db.models.functions import Replace

from faq import workflow
from faq.content.state import load_state
from faq.content.words import canonical_text, read_words
from faq.models import (
    Answer,
    AudiencePolicy,
    Citation,
    Document,
    Edit,
    EvidenceAlert,
    Ledger,
    Publication,
    Question,
    ReviewDecision,
    Source,
    StandingText,
    Submission,
    User,
)
from faq.public import documents
from faq.workflow import TransitionRefused, publishing
from faq.workflow.drafts import words_of
from tests import factories
from tests.factories import NOW, a, approve, make_approved, make_draft, make_publication, make_reviewer, make_submission, make_topic
from tests.guarding import insert, undone
from tests.racing import assert_chains_hold, assert_versions_hold, others, together

pytestmark = [
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one writer in at a time: test_races_sqlite.py"),
    pytest.mark.usefixtures("threads_see_it"),
]
FIFTY, THREADS = 50, 8


def kinds(outcomes: list[Any]) -> Counter[str]:
    """Return how often each sort of outcome came about."""
    return Counter(type(each).__name__ for each in outcomes)


def lock(question: Question) -> None:
    """Stand at the door of an entry, where all its verbs begin."""
    Question.objects.select_for_update(no_key=True).get(pk=question.pk)


# Two people decide.


def test_of_two_reviewers_who_approve_at_once_one_is_refused() -> None:
    for _ in range(3):
        submission, one, two = make_submission(), make_reviewer(), make_reviewer()
        with others(partial(approve, submission, by=one), partial(approve, submission, by=two)) as outcomes:
            lock(submission.question)
        assert kinds(outcomes) == {"ReviewDecision": 1, "TransitionRefused": 1}
        assert submission.decisions.filter(kind="approve").count() == 1
    assert_chains_hold()


def test_who_approves_while_another_asks_for_changes_is_refused() -> None:
    submission = make_submission()
    with others(partial(approve, submission, by=make_reviewer())) as outcomes:
        workflow.request_changes(submission, by=a("reviewer"), at=NOW, comment="Shorter.")
    assert kinds(outcomes) == {"TransitionRefused": 1}
    assert not submission.decisions.filter(kind="approve").exists()


def test_who_asks_for_changes_while_another_approves_has_the_last_word() -> None:
    submission = make_submission()
    ask = partial(workflow.request_changes, submission, by=make_reviewer(), at=NOW, comment="Shorter.")
    with others(ask, partial(workflow.publish, submission, by=a("publisher"), at=NOW)) as outcomes:
        approve(submission)
    answer = Answer.objects.get(pk=submission.answer_id)
    assert kinds(outcomes)["TransitionRefused"] == 1
    assert (answer.status == "published") != (answer.status == "draft")
    assert Publication.objects.filter(submission=submission).exists() is (answer.status == "published")


def test_of_two_who_want_one_slug_the_second_is_told_it_is_taken() -> None:
    create = partial(workflow.create_question, slug="her2", language="en", wording="What is it?", at=NOW)
    with others(partial(create, by=factories.make_author()), partial(create, by=factories.make_author())) as outcomes:
        Ledger.objects.select_for_update(no_key=True).get(pk=1)
    assert kinds(outcomes) == {"Answer": 1, "TransitionRefused": 1}
    assert_chains_hold()


def makers() -> dict[str, Any]:
    """Return by name the verbs that make something, each as somebody uses it whom no other call has made wait."""
    author, importer, lead = factories.make_author(), factories.make_importer(), factories.make_lead()
    topic = workflow.NewTopic("hearts", {"kind": "condition"}, [], [], {})
    return {
        "edit_topic": partial(workflow.edit_topic, slug="hearts", kind="condition", by=author, at=NOW),
        "edit_source": partial(workflow.edit_source, key="s1", title="A sheet", by=author, at=NOW),
        "create_topics_and_sources": partial(workflow.create_topics_and_sources, [topic], [], by=importer, at=NOW),
        "ask_sign_off": partial(workflow.ask_sign_off, audience="patient", sign_off="translation", by=lead, at=NOW),
    }


@pytest.mark.parametrize("verb", ["edit_topic", "edit_source", "create_topics_and_sources", "ask_sign_off"])
def test_of_two_who_make_the_same_at_once_the_second_is_told_so(verb: str) -> None:
    one, two = makers()[verb], makers()[verb]
    before = ReviewDecision.objects.count()
    with others(one, two) as outcomes:
        Ledger.objects.select_for_update(no_key=True).get(pk=1)
    assert kinds(outcomes)["TransitionRefused"] == 1
    assert ReviewDecision.objects.count() == before + 1
    assert_chains_hold()


def test_two_who_propose_the_same_text_at_once_get_two_numbers() -> None:
    propose = partial(workflow.propose, kind="notice", key="held", language="en", text="Held.", at=NOW)
    with others(partial(propose, by=factories.make_lead()), partial(propose, by=factories.make_lead())):
        Ledger.objects.select_for_update(no_key=True).get(pk=1)
    assert list(StandingText.objects.order_by("number").values_list("number", flat=True)) == [1, 2]


def test_of_two_who_drop_a_sign_off_at_once_one_decides() -> None:
    policy = workflow.ask_sign_off(audience="patient", sign_off="translation", by=a("lead"), at=NOW)
    drops = [
        partial(workflow.drop_sign_off, AudiencePolicy.objects.get(pk=policy.pk), by=factories.make_lead(), at=NOW, comment="Not needed.")
        for _ in range(2)
    ]
    with others(*drops) as outcomes:
        Ledger.objects.select_for_update(no_key=True).get(pk=1)
    assert kinds(outcomes) == {"ReviewDecision": 1, "TransitionRefused": 1}
    assert_chains_hold()


# Edits that go round the workflow.


def edits(answer: Answer, editor: User) -> dict[str, Any]:
    """Return by name what somebody could do to the words through the ORM, past the verbs."""
    return {
        "edit": lambda: Edit.objects.create(answer=answer, kind="edited", by=editor, by_name=str(editor), at=NOW, changes="{}"),
        "words": lambda: Answer.objects.filter(pk=answer.pk).update(
            words=Replace(F("words"), Value('"body":"'), Value('"body":"Slipped in. '))
        ),
        "citation": lambda: Citation.objects.create(answer=answer, source=Source.objects.exclude(citations__answer=answer)[0]),
        "citation gone": lambda: answer.citations.all().delete(),
    }


def test_an_edit_that_came_first_is_in_the_submission_and_its_editor_on_the_list() -> None:
    for _ in range(3):
        editor, answer = make_reviewer(user=factories.make_author()), make_draft()
        with others(partial(workflow.submit, answer, by=answer.author, at=NOW)) as outcomes:
            edits(answer, editor)["edit"]()
            edits(answer, editor)["words"]()
        submission = outcomes[0]
        assert submission.editors.filter(user=editor).exists()
        assert read_words(submission.words).body.startswith("Slipped in. ")
        with pytest.raises(TransitionRefused, match="You wrote part of these words"):
            approve(submission, by=editor)


def test_an_edit_that_came_second_meets_words_that_are_frozen() -> None:
    answer = make_draft()
    factories.make_source("uncited")
    steps = edits(answer, factories.make_author())
    with others(*steps.values()) as outcomes:
        submission = workflow.submit(answer, by=answer.author, at=NOW)
    assert dict(zip(steps, map(type, outcomes), strict=True)) == dict.fromkeys(steps, IntegrityError)
    assert submission.words == canonical_text(words_of(Answer.objects.get(pk=answer.pk)))


def test_nobody_approves_by_sql_what_is_being_taken_back_and_edited() -> None:
    submission = make_submission()
    with undone():
        decision = approve(submission)
    with others(insert(decision)) as outcomes:
        workflow.recall(submission.answer, by=a("author"), at=NOW)
        workflow.edit(submission.answer, by=a("author"), at=NOW, changes={"short_answer": "Something else."})
    assert isinstance(outcomes[0], IntegrityError)
    assert "approval is about the newest submitted words" in str(outcomes[0])


# Taking back and taking down against publishing.


def test_words_that_are_being_recalled_are_not_published_nor_the_other_way_round() -> None:
    recalled, published = make_approved(), make_approved()
    with others(partial(workflow.publish, recalled, by=a("publisher"), at=NOW)) as outcomes:
        workflow.recall(recalled.answer, by=a("author"), at=NOW)
    assert kinds(outcomes) == {"TransitionRefused": 1}
    with others(partial(workflow.recall, published.answer, by=a("author"), at=NOW)) as outcomes:
        workflow.publish(published, by=a("publisher"), at=NOW)
    assert kinds(outcomes) == {"TransitionRefused": 1}
    assert_chains_hold()


def test_a_version_that_is_being_replaced_is_not_withdrawn_in_place_of_the_new_one() -> None:
    old = make_publication("entry")
    new = make_approved(factories.make_revision("entry"))
    with others(partial(workflow.withdraw, old, by=a("reviewer"), at=NOW, reason="unsafe")) as outcomes:
        workflow.publish(new, by=a("publisher"), at=NOW)
    assert kinds(outcomes) == {"TransitionRefused": 1}
    assert Publication.objects.get(slug="entry", version=2).status == "current"


def test_a_translation_that_is_being_published_goes_with_its_original_or_the_withdrawal_is_asked_again() -> None:
    original = make_publication("entry")
    factories.make_standing_texts("es")
    translation = make_approved(make_draft("entrada", language="es", translation_of={"slug": "entry", "version": 1}))
    withdraw = partial(workflow.withdraw, original, by=a("reviewer"), at=NOW, reason="unsafe")
    with others(withdraw) as outcomes:
        workflow.publish(translation, by=a("publisher"), at=NOW)
    if kinds(outcomes) == {"TransitionRefused": 1}:
        withdraw()
    assert {each.status for each in Publication.objects.all()} == {"withdrawn"}


# Evidence and names.


def citing(slug: str) -> Submission:
    """Make approved words that cite the source s9."""
    return make_approved(make_draft(slug, body="Cells grow [^s9].", citations=[{"key": "s9"}]))


def retract() -> Source:
    """Mark the source s9 as retracted."""
    source = Source.objects.get(key="s9")
    return workflow.mark_source(source, by=a("reviewer"), at=NOW, state="retracted", comment="The journal says so.")


def test_words_are_not_published_while_a_source_of_theirs_is_retracted() -> None:
    submission = citing("entry")
    with others(partial(workflow.publish, submission, by=a("publisher"), at=NOW)) as outcomes:
        retract()
    assert kinds(outcomes) == {"TransitionRefused": 1}
    assert not Publication.objects.exists()


def test_a_version_is_not_restored_while_a_source_of_its_is_retracted() -> None:
    factories.make_source("s1")
    old = workflow.publish(citing("entry"), by=a("publisher"), at=NOW)
    submission = make_submission(factories.make_revision("entry", body="Cells grow [^s1].", citations=[{"key": "s1"}]))
    approve(submission, waivers=[factories.waive("source-lost", "Version 1: s9")])
    workflow.publish(submission, by=a("publisher"), at=NOW)
    old.refresh_from_db()
    with others(partial(workflow.restore, old, by=make_reviewer(), at=NOW, comment="It was better.")) as outcomes:
        retract()
    assert kinds(outcomes) == {"TransitionRefused": 1}


def test_an_entry_that_is_being_published_gets_its_alert_or_the_retraction_is_asked_again() -> None:
    submission = citing("entry")
    with others(retract) as outcomes:
        publication = workflow.publish(submission, by=a("publisher"), at=NOW)
    if kinds(outcomes) == {"TransitionRefused": 1}:
        retract()
    assert EvidenceAlert.objects.filter(publication=publication, state="retracted").count() == 1


def test_words_that_are_edited_while_a_source_is_retracted_are_not_approved() -> None:
    answer = make_draft(body="Cells grow [^s9].", citations=[{"key": "s9"}])
    with others(partial(workflow.edit, answer, by=a("author"), at=NOW, changes={"short_answer": "Cells grow."})) as outcomes:
        retract()
    assert kinds(outcomes) == {"Answer": 1}
    with pytest.raises(TransitionRefused, match="retracted"):
        approve(make_submission(answer))


def test_a_topics_new_name_reaches_an_entry_that_is_being_put_into_it() -> None:
    """Whichever of the two comes first."""
    topic, publication = make_topic("hearts"), make_publication("entry")
    names = [workflow.propose(by=a("lead"), at=NOW, topic=topic, language="en", name=name) for name in ("Heart", "Pump")]
    place = partial(workflow.reclassify, publication.question, by=a("author"), at=NOW, topics=["hearts"], related=[])
    with others(place):
        workflow.approve_text(names[0], by=a("reviewer"), at=NOW)
    assert named() == ["Heart"]
    workflow.reclassify(publication.question, by=a("author"), at=NOW, topics=[], related=[])
    with others(partial(workflow.approve_text, names[1], by=a("reviewer"), at=NOW)) as outcomes:
        place()
    if kinds(outcomes) == {"TransitionRefused": 1}:
        workflow.approve_text(names[1], by=a("reviewer"), at=NOW)
    assert named() == ["Pump"]


def test_an_advice_card_does_not_end_while_an_entry_that_needs_it_is_published() -> None:
    """Whichever of the two comes first."""
    submissions = [make_approved(advice_cards=[key]) for key in ("fever", "routine")]
    cards = [StandingText.objects.get(kind="advice_card", key=key) for key in ("fever", "routine")]
    end = [partial(workflow.end_text, card, by=a("reviewer"), at=NOW, comment="Not ours.") for card in cards]
    publish = [partial(workflow.publish, submission, by=a("publisher"), at=NOW) for submission in submissions]
    with others(publish[0]) as outcomes:
        end[0]()
    assert kinds(outcomes) == {"TransitionRefused": 1}
    with others(end[1]) as outcomes:
        publish[1]()
    assert kinds(outcomes) == {"TransitionRefused": 1}


def named() -> list[str]:
    """Return the names of the entry's topics as its State tells them."""
    publication = Publication.objects.get(slug="entry", status="current")
    return [place.name for place in load_state(publication.last_change.state).topics]


# Many at once.


def test_who_publishes_second_waits_for_the_ledger_and_continues_its_chain() -> None:
    first, second = make_approved(), make_approved()
    with others(partial(workflow.publish, second, by=a("publisher"), at=NOW)) as outcomes:
        workflow.publish(first, by=a("publisher"), at=NOW)
    assert kinds(outcomes) == {"Publication": 1}
    assert_chains_hold()


def test_fifty_publications_at_once_leave_no_gap_and_no_fork() -> None:
    with transaction.atomic():
        submissions = [make_approved() for _ in range(FIFTY)]
    outcomes = together([partial(workflow.publish, each, by=a("publisher"), at=NOW) for each in submissions], THREADS)
    assert kinds(outcomes) == {"Publication": FIFTY}
    assert_chains_hold()
    assert_versions_hold()


def test_composers_beside_publishers_withdrawals_and_standing_texts_leave_no_old_bytes() -> None:
    """Entries that name each other, composed by their verbs and by two catching up all the while."""
    slugs = [f"entry-{number}" for number in range(8)]
    with transaction.atomic():
        for place, slug in enumerate(slugs):
            make_publication(slug, related=[slugs[place - 1], slugs[(place + 1) % 8]])
        fresh = [make_approved(factories.make_revision(slug, short_answer=f"New words of {slug}.")) for slug in slugs[:4]]
    entries = {each.slug: each for each in Publication.objects.all()}
    steps: list[Any] = []
    for number in range(4):
        steps.append(partial(workflow.publish, fresh[number], by=a("publisher"), at=NOW))
        steps.append(partial(workflow.withdraw, entries[slugs[number + 4]], by=a("reviewer"), at=NOW, reason="unsafe"))
        steps.append(partial(workflow.hold, entries[slugs[number]], by=a("reviewer"), at=NOW, comment="Checking."))
        steps.append(partial(publishing.compose_outdated, NOW, everything=True))
        steps.append(partial(factories.make_text, kind="disclaimer", key=f"note-{number}", placement="after", text="Ask first."))
    outcomes = together([*steps, *(partial(publishing.compose_outdated, NOW, everything=True) for _ in range(4))], THREADS)
    assert not kinds(outcomes).keys() - {"Publication", "StandingText", "int", "list", "TransitionRefused"}
    assert list(documents.differing(slugs, NOW)) == []
    assert {slug for slug in slugs if Document.objects.get(slug=slug).status == 410} == set(slugs[4:])
    assert_chains_hold()


def test_who_composes_while_an_entry_is_withdrawn_waits_and_composes_what_became_of_it() -> None:
    published = make_publication("her2")
    with others(partial(publishing.compose_outdated, NOW, everything=True)) as outcomes:
        workflow.withdraw(published, by=a("reviewer"), at=NOW, reason="unsafe")
    assert outcomes == [1]
    assert Document.objects.get(slug="her2").status == 410


def test_a_storm_of_verbs_on_the_same_entries_meets_no_deadlock() -> None:
    factories.make_standing_texts("es")
    make_topic("hearts")
    originals = [make_publication(slug, body="Cells grow [^s9].", citations=[{"key": "s9"}]) for slug in ("one", "two")]
    for slug in ("one", "two"):
        make_publication(f"{slug}-es", language="es", translation_of={"slug": slug, "version": 1})
    everything = Publication.objects.order_by("pk")
    reviewer = a("reviewer")
    steps: list[Any] = []
    for each in everything:
        steps.append(partial(workflow.hold, each, by=reviewer, at=NOW, comment="Checking."))
        steps.append(partial(workflow.release, each, by=reviewer, at=NOW, comment="Fine."))
        steps.append(partial(workflow.reclassify, each.question, by=reviewer, at=NOW, topics=["hearts"], related=[]))
    seen = {each.pk: each.content_hash for each in everything}
    steps += [partial(workflow.reaffirm, seen, by=reviewer, at=NOW, next_review_due_on=NOW.date().replace(year=2027)) for _ in range(3)]
    steps += [retract, *(partial(workflow.withdraw, each, by=reviewer, at=NOW, reason="unsafe") for each in reversed(originals))]
    outcomes = together([*steps, *reversed(steps)], THREADS)
    assert not kinds(outcomes).keys() - {"Publication", "Question", "Source", "list", "TransitionRefused"}
    assert {each.status for each in everything.all()} == {"withdrawn"}
    assert_chains_hold()
    assert Ledger.objects.get().last_sequence > len(seen)
