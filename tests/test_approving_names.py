"""A reviewer approves many proposed names of topics at once, all or none, each as if it had been approved alone."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from faq import workflow
from faq.admin.chosen import CHOSEN
from faq.content.state import load_state
from faq.models import Change, Document, ImportRun, Publication, ReviewDecision, Topic, TopicName, User
from faq.verify import faults
from faq.workflow import TransitionRefused, seen_names
from tests.admin_client import done, page_of, refusals, see, send, signed_in
from tests.factories import NOW, a, make_author, make_publication, make_reviewer, make_standing_texts, make_topic, place_topic

pytestmark = pytest.mark.django_db


def propose(slug: str, name: str, *, language: str = "en", by: User | None = None, **fields: Any) -> TopicName:
    """Propose a name of a topic, which is made without one where it is not there."""
    topic = Topic.objects.filter(slug=slug).first() or place_topic(slug, kind="condition")
    proposal = workflow.propose(by=by or a("lead"), at=NOW, topic=topic, language=language, name=name, **fields)
    assert isinstance(proposal, TopicName)
    return proposal


def approve(*names: TopicName, by: User | None = None, **seen: str) -> list[TopicName]:
    marks = seen_names(names) | {int(pk.removeprefix("name_")): mark for pk, mark in seen.items()}
    return workflow.approve_names(marks, by=by or a("reviewer"), at=NOW)


def in_force() -> set[tuple[str, str, str]]:
    return set(TopicName.objects.present().values_list("topic__slug", "language", "name"))


def refused(*names: TopicName, **arguments: Any) -> str:
    """Return why these names are not approved; fail where anything was written all the same."""
    arguments.setdefault("by", a("reviewer"))
    before = in_force(), ReviewDecision.objects.count(), Change.objects.count()
    with pytest.raises(TransitionRefused) as error:
        approve(*names, **arguments)
    assert (in_force(), ReviewDecision.objects.count(), Change.objects.count()) == before
    return str(error.value)


def places(slug: str) -> list[tuple[str, str]]:
    """Return (slug, name) of the topics that an entry tells."""
    change = Publication.objects.select_related("last_change").get(slug=slug).last_change
    return [(place.slug, place.name) for place in load_state(change.state).topics]


# The verb.


def test_all_come_into_force_with_a_decision_each() -> None:
    hearts, lungs = propose("hearts", "Heart", synonyms=["pump"]), propose("lungs", "Lung")
    approve(hearts, lungs)
    assert in_force() == {("hearts", "en", "Heart"), ("lungs", "en", "Lung")}
    decisions = ReviewDecision.objects.filter(kind="approve_text", about__in=["Heart (en)", "Lung (en)"])
    assert [each.about for each in decisions.order_by("sequence")] == ["Heart (en)", "Lung (en)"]
    assert {each.by for each in decisions} == {a("reviewer")}
    assert list(faults()) == []


def test_what_comes_of_it_is_what_comes_of_one_after_the_other() -> None:
    def outcome(slug: str) -> tuple[Any, ...]:
        make_topic(f"{slug}-topic", name="Old")
        make_publication(slug, topics=[f"{slug}-topic"])
        return (propose(f"{slug}-topic", "New", synonyms=["other"]),)

    [alone], [together] = outcome("one"), outcome("two")
    workflow.approve_text(alone, by=a("reviewer"), at=NOW)
    approve(together)
    kinds = [
        list(ReviewDecision.objects.filter(question__slug=slug).order_by("sequence").values_list("kind", "by_role"))
        for slug in ("one", "two")
    ]
    assert kinds[0] == kinds[1]
    told = [list(Change.objects.filter(slug=slug).order_by("sequence").values_list("kind", flat=True)) for slug in ("one", "two")]
    assert told[0] == told[1]
    rows = [list(TopicName.objects.filter(topic__slug=f"{slug}-topic").order_by("number")) for slug in ("one", "two")]
    assert [[(each.name, each.number, bool(each.approved_at), bool(each.ends_at)) for each in names] for names in rows] == [
        [("Old", 1, True, True), ("New", 2, True, False)]
    ] * 2


def test_readers_see_them_at_once_and_an_entry_of_two_topics_is_told_once() -> None:
    for slug in ("hearts", "lungs"):
        place_topic(slug, kind="condition")
    make_publication("entry", topics=["hearts", "lungs"])
    before = Change.objects.count()
    approve(propose("hearts", "Heart"), propose("lungs", "Lung"))
    assert places("entry") == [("hearts", "Heart"), ("lungs", "Lung")]
    assert [change.kind for change in Change.objects.order_by("sequence")[before:]] == ["reclassified"]
    body = Document.objects.get(slug="entry").body
    assert '"name":"Heart"' in body
    assert '"name":"Lung"' in body
    assert list(faults()) == []


def test_an_entry_in_another_language_is_left_alone() -> None:
    make_standing_texts("es")
    place_topic("hearts", kind="condition")
    make_publication("entrada", language="es", topics=["hearts"])
    before = Change.objects.count()
    approve(propose("hearts", "Heart"))
    assert Change.objects.count() == before


def test_who_proposed_one_of_them_approves_none() -> None:
    reviewer = make_reviewer()
    mine, other = propose("hearts", "Heart", by=reviewer), propose("lungs", "Lung")
    assert refused(mine, other, by=reviewer) == "Heart (en): You proposed this text; a second person must approve it."


def test_every_name_that_stands_in_the_way_is_told_with_its_reason() -> None:
    english = make_reviewer(languages=["en"])
    names = [propose("hearts", "Corazón", language="es"), propose("lungs", "Pulmón", language="es"), propose("skin", "Skin", by=english)]
    why = refused(*names, propose("bones", "Bones"), by=english)
    assert "Corazón (es), Pulmón (es): Your review scope does not cover the language es." in why
    assert "Skin (en): You proposed this text" in why
    assert "Bones" not in why


def test_it_takes_a_reviewer_with_the_clinical_sign_off() -> None:
    name = propose("hearts", "Heart")
    assert "This needs an active reviewer" in refused(name, by=make_author())
    assert "clinical sign-off" in refused(name, by=make_reviewer(sign_offs=["translation"]))


def test_what_was_decided_meanwhile_is_refused_by_name() -> None:
    hearts, lungs = propose("hearts", "Heart"), propose("lungs", "Lung")
    workflow.approve_text(lungs, by=a("reviewer"), at=NOW)
    assert refused(hearts, lungs) == "Lung (en): This text was decided already; propose its next version."


def test_an_older_proposal_does_not_come_into_force_behind_a_newer_one() -> None:
    older, newer = propose("hearts", "Heart"), propose("hearts", "Pump")
    workflow.approve_text(newer, by=a("reviewer"), at=NOW)
    workflow.end_text(newer, by=a("reviewer"), at=NOW, comment="Hm.")
    assert "Heart (en): A version that was proposed later is approved already" in refused(older, propose("lungs", "Lung"))


def test_two_names_of_one_topic_are_not_approved_together() -> None:
    assert "Heart (en), Pump (en): These are names of one topic in one language; choose one" in refused(
        propose("hearts", "Heart"), propose("hearts", "Pump")
    )


def test_nothing_is_approved_that_was_not_seen() -> None:
    name = propose("hearts", "Heart")
    assert refused(name, **{f"name_{name.pk}": "other"}) == "Heart (en): It is not as you saw it; look at it again."


def test_what_it_would_replace_counts_as_seen() -> None:
    make_topic("hearts", name="Heart")
    pump, engine = propose("hearts", "Pump"), propose("hearts", "Engine")
    seen = seen_names([engine])
    workflow.approve_text(pump, by=a("reviewer"), at=NOW)
    with pytest.raises(TransitionRefused, match=r"^Engine \(en\): It is not as you saw it"):
        workflow.approve_names(seen, by=a("reviewer"), at=NOW)


def test_none_at_all_and_one_that_is_not_there_are_refused() -> None:
    assert "Choose names" in refused()
    assert "not there any more" in refused(propose("hearts", "Heart"), name_999999="seen")


def cost(names: int, entries: int) -> int:
    """Return how many queries it takes to approve names of so many topics, each of which has so many entries in force."""
    proposals = []
    for number in range(names):
        slug = f"topic-{names}-{entries}-{number}"
        place_topic(slug, kind="condition")
        for entry in range(entries):
            make_publication(f"{slug}-{entry}", topics=[slug])
        proposals.append(propose(slug, f"Name {slug}"))
    with CaptureQueriesContext(connection) as found:
        approve(*proposals)
    return len(found)


def test_many_cost_little_each_and_so_does_an_entry_that_shows_one() -> None:
    few, many, shown = cost(2, 0), cost(12, 0), cost(2, 6)
    assert (many - few) / 10 <= 7
    assert (shown - few) / 12 <= 9


# The page.


LIST = reverse("admin:faq_topicname_changelist")


def bulk(*names: TopicName) -> str:
    """Return the address of the page on which these are approved."""
    return f"{reverse('admin:faq_topicname_approve')}?{'&'.join(f'entry={name.pk}' for name in names)}"


def test_the_list_leads_to_a_page_that_shows_each_name_whole_beside_what_it_replaces() -> None:
    make_topic("hearts", name="Heart")
    hearts = propose("hearts", "The heart", synonyms=["pump", "ticker"])
    lungs = propose("lungs", "Lung")
    reviewer = make_reviewer()
    chosen = signed_in(reviewer).post(LIST, {"action": "approve_several", "_selected_action": [hearts.pk, lungs.pk]})
    page = see(reviewer, done(chosen))
    for shown in ("The heart", "pump", "ticker", "Heart", "Lung", "hearts", "lungs", "English", str(hearts.proposed_by)):
        assert shown in page
    assert "Approve 2 names" in page


def test_one_button_approves_them_all() -> None:
    hearts, lungs = propose("hearts", "Heart"), propose("lungs", "Lung")
    assert done(send(make_reviewer(), bulk(hearts, lungs))) == f"{LIST}?standing=proposed"
    assert in_force() == {("hearts", "en", "Heart"), ("lungs", "en", "Lung")}


def test_a_name_is_left_out_with_a_click() -> None:
    hearts, lungs, reviewer = propose("hearts", "Heart"), propose("lungs", "Lung"), make_reviewer()
    [without] = re.findall('href="([^"]+)" aria-label="Leave out Heart"', see(reviewer, bulk(hearts, lungs)))
    done(send(reviewer, without))
    assert in_force() == {("lungs", "en", "Lung")}


def test_the_page_carries_what_was_seen() -> None:
    make_topic("hearts", name="Heart")
    pump, engine, reviewer = propose("hearts", "Pump"), propose("hearts", "Engine"), make_reviewer()
    opened = signed_in(reviewer).get(bulk(engine))
    workflow.approve_text(pump, by=a("reviewer"), at=timezone.now())
    answer = signed_in(reviewer).post(bulk(engine), {"seen": opened.context["form"]["seen"].value()})
    assert refusals(answer) == ["Engine (en): It is not as you saw it; look at it again."]
    assert in_force() == {("hearts", "en", "Pump")}


def test_a_name_that_was_not_on_the_page_is_not_approved_by_its_address() -> None:
    hearts, lungs = propose("hearts", "Heart"), propose("lungs", "Lung")
    reviewer = make_reviewer()
    entered = {"seen": signed_in(reviewer).get(bulk(hearts)).context["form"]["seen"].value()}
    done(signed_in(reviewer).post(bulk(hearts, lungs), entered))
    assert in_force() == {("hearts", "en", "Heart")}


def test_what_the_reviewer_may_not_approve_is_left_out_and_told() -> None:
    reviewer = make_reviewer(languages=["en"])
    names = propose("hearts", "Heart"), propose("lungs", "Pulmón", language="es"), propose("skin", "Skin", by=reviewer)
    older, newer = propose("bones", "Bone"), propose("bones", "Bones")
    page = see(reviewer, bulk(*names, older, newer))
    assert "Approve 2 names" in page
    assert "Your review scope does not cover the language es." in page
    assert "You proposed this text; a second person must approve it." in page
    assert "A later name of this topic is chosen too." in page
    done(send(reviewer, bulk(*names, older, newer)))
    assert in_force() == {("hearts", "en", "Heart"), ("bones", "en", "Bones")}


def test_where_none_can_be_approved_the_list_says_why() -> None:
    reviewer = make_reviewer()
    mine = propose("hearts", "Heart", by=reviewer)
    answer = signed_in(reviewer).get(bulk(mine), follow=True)
    assert "You proposed this text; a second person must approve it." in answer.content.decode()
    assert "Choose names that wait" in signed_in(reviewer).get(bulk(), follow=True).content.decode()


def test_the_action_is_offered_to_reviewers_alone_and_the_page_refuses_others() -> None:
    name = propose("hearts", "Heart")
    assert "approve_several" in see(make_reviewer(), LIST)
    assert "approve_several" not in see(make_author(), LIST)
    answer = signed_in(make_author()).post(bulk(name), {"seen": [f"{pk}:{mark}" for pk, mark in seen_names([name]).items()]}, follow=True)
    assert "This needs an active reviewer" in answer.content.decode()
    assert not in_force()


def test_no_more_are_taken_than_can_be_read_and_the_list_says_what_to_do() -> None:
    topic, lead = place_topic("hearts", kind="condition"), a("lead")
    rows = [
        TopicName(topic=topic, language="en", name=f"Name {number}", number=number, proposed_by=lead, proposed_at=NOW)
        for number in range(1, CHOSEN + 2)
    ]
    TopicName.objects.bulk_create(rows)
    reviewer = make_reviewer()
    keys = list(TopicName.objects.values_list("pk", flat=True))
    chosen = signed_in(reviewer).post(LIST, {"action": "approve_several", "_selected_action": keys}, follow=True)
    assert f"These are the first {CHOSEN} of those that you chose; do the others afterwards." in chosen.content.decode()
    many = [f"{pk}:x" for pk in range(CHOSEN + 1)]
    assert refusals(signed_in(reviewer).post(bulk(TopicName.objects.latest("pk")), {"seen": many})) == [
        f"No more than {CHOSEN} names at once: choose fewer, and do the others afterwards."
    ]


def test_what_was_made_up_is_refused_in_words() -> None:
    name, reviewer = propose("hearts", "Heart"), make_reviewer()
    for seen in (["nonsense"], ["1"], [f"{name.pk}:"], ["9" * 30 + ":x"]):
        assert refusals(signed_in(reviewer).post(bulk(name), {"seen": seen}))


def test_a_name_from_an_import_names_it() -> None:
    lead = a("lead")
    run = ImportRun.objects.create(
        path="/corpora/medquad", by=lead, started_at=NOW - timedelta(hours=1), finished_at=NOW + timedelta(hours=1)
    )
    name = propose("hearts", "Heart")
    page = see(make_reviewer(), bulk(name))
    assert page_of(run) in page
    assert "/corpora/medquad" in page
    ImportRun.objects.update(finished_at=NOW - timedelta(minutes=1))
    assert "/corpora/medquad" not in see(make_reviewer(), bulk(name))
