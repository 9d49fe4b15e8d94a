"""What entries share, brought in through the verbs: topics with names and codes, sources, standing texts."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from faq import workflow
from faq.interchange.faults import Faulty, Place
from faq.interchange.rows import LINE, NameRow, SourceRow, TextRow, TopicRow
from faq.interchange.transactions import refusals
from faq.models import Source, StandingText, Topic, TopicName, User

Topics = Mapping[str, tuple[TopicRow, Place]]
"""{slug: the topic and where it stands}"""


def in_order(topics: Topics) -> list[str]:
    """Return the slugs of `topics`, each after those of its parents that are among them; raise Faulty for a circle."""
    done: dict[str, None] = {}
    waiting = list(topics)
    while waiting:
        ready = [slug for slug in waiting if not any(parent in topics and parent not in done for parent in topics[slug][0].parents)]
        if not ready:
            raise Faulty(topics[slug][1].fault("parents", "these topics stand below each other in a circle") for slug in waiting)
        done |= dict.fromkeys(ready)
        waiting = [slug for slug in waiting if slug not in done]
    return list(done)


def guides_of(topics: Topics) -> dict[str, dict[str, int]]:
    """Return {entry: {guide: place}}, with places from 1, as the `members` of the guides among `topics` say."""
    places: dict[str, dict[str, int]] = {}
    for guide, (row, _) in topics.items():
        for number, slug in enumerate(row.members, 1):
            places.setdefault(slug, {})[guide] = number
    return places


def new_topic(row: TopicRow) -> workflow.NewTopic:
    """Return what `workflow.shelve` takes for the topic that `row` describes."""
    names = {language: name.model_dump() for language, name in row.names.items()}
    return workflow.NewTopic(row.slug, columns_of(row), row.parents, codes_of(row), names)


def columns_of(row: TopicRow) -> dict[str, Any]:
    """Return the columns of a topic that `row` gives."""
    return {name: getattr(row, name) for name in ("kind", "position", "is_safety", "may_expire")}


def codes_of(row: TopicRow) -> list[tuple[str, str]]:
    """Return the codes of a topic, each once."""
    return list(dict.fromkeys((code.system, code.code) for code in row.codes))


def save_topic(row: TopicRow, place: Place, *, by: User, at: datetime) -> Topic:
    """Make or change the topic that `row` describes, without its names."""
    with refusals(place, "topics"):
        return workflow.edit_topic(slug=row.slug, by=by, at=at, parents=row.parents, codes=codes_of(row), **columns_of(row))


def propose_names(topic: Topic, names: Mapping[str, NameRow], place: Place, *, by: User, at: datetime) -> list[TopicName]:
    """Propose the `names` of `topic` per language; they wait for a second person."""
    with refusals(place, "names"):
        made = [workflow.propose(by=by, at=at, topic=topic, language=language, **name.model_dump()) for language, name in names.items()]
    return [name for name in made if isinstance(name, TopicName)]


def save_source(row: SourceRow, place: Place, *, by: User, at: datetime) -> Source:
    """Make or correct the source that `row` describes."""
    with refusals(place, "sources"):
        return workflow.edit_source(by=by, at=at, **row.fields())


def propose_text(row: TextRow, place: Place, *, by: User, at: datetime) -> StandingText:
    """Propose the standing text that `row` holds; it waits for a second person."""
    with refusals(place):
        proposal = workflow.propose(by=by, at=at, **row.model_dump())
    if not isinstance(proposal, StandingText):
        raise TypeError("a proposal without a topic is a standing text")
    return proposal


def proposed_text(row: TextRow, place: Place) -> StandingText:
    """Return the proposal with the words of `row` that waits for a second person; raise Faulty where there is none."""
    line = {name: getattr(row, name) for name in LINE}
    found = StandingText.objects.proposed().filter(**line, text=row.text.strip()).order_by("-number").first()
    if not isinstance(found, StandingText):
        raise Faulty([place.fault("text", "nobody proposed this text, or it was decided already")])
    return found
