"""What entries share, through the verbs: topics with names and codes, sources, standing texts. For imports and for load_demo."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from faq import workflow
from faq.interchange.errors import Place, RowErrors
from faq.interchange.rows import TEXT_IDENTITY, NameRow, SourceRow, TextRow, TopicRow
from faq.interchange.transactions import refusals_as_errors
from faq.models import StandingText, Topic, TopicName, User
from faq.workflow.catalogue import TOPIC_FIELDS

Topics = Mapping[str, tuple[TopicRow, Place]]
"""{slug: the topic and where it stands}"""


def in_order(topics: Topics) -> list[str]:
    """Return the slugs, each after those of its parents that are among `topics`; raise RowErrors for a circle."""
    done: dict[str, None] = {}
    waiting = list(topics)
    while waiting:
        ready = [slug for slug in waiting if not any(parent in topics and parent not in done for parent in topics[slug][0].parents)]
        if not ready:
            raise RowErrors(topics[slug][1].error("parents", "these topics stand below each other in a circle") for slug in waiting)
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
    names = {language: name.model_dump() for language, name in row.names.items()}
    return workflow.NewTopic(row.slug, topic_columns(row), row.parents, codes_of(row), names)


def topic_columns(row: TopicRow) -> dict[str, Any]:
    return {name: getattr(row, name) for name in TOPIC_FIELDS}


def codes_of(row: TopicRow) -> list[tuple[str, str]]:
    """(system, code), each once."""
    return list(dict.fromkeys((code.system, code.code) for code in row.codes))


def save_topic(row: TopicRow, place: Place, *, by: User, at: datetime) -> Topic:
    """Create or change the topic, without its names. Its parents and codes are proposed."""
    with refusals_as_errors(place, "topics"):
        return workflow.edit_topic(slug=row.slug, by=by, at=at, parents=row.parents, codes=codes_of(row), **topic_columns(row))


def propose_names(topic: Topic, names: Mapping[str, NameRow], place: Place, *, by: User, at: datetime) -> list[TopicName]:
    """`names`: {language: name}. They wait for a second person."""
    with refusals_as_errors(place, "names"):
        proposals = [
            workflow.propose(by=by, at=at, topic=topic, language=language, **name.model_dump()) for language, name in names.items()
        ]
    return [proposal for proposal in proposals if isinstance(proposal, TopicName)]  # all of them: each has a topic


def save_source(row: SourceRow, place: Place, *, by: User, at: datetime) -> None:
    with refusals_as_errors(place, "sources"):
        workflow.edit_source(by=by, at=at, **row.fields())


def propose_text(row: TextRow, place: Place, *, by: User, at: datetime) -> None:
    """The text waits for a second person."""
    with refusals_as_errors(place):
        workflow.propose(by=by, at=at, **row.model_dump())


def proposed_text(row: TextRow, place: Place) -> StandingText:
    """Return the proposal with the words of `row` that waits for a second person; raise RowErrors where there is none."""
    identity = {name: getattr(row, name) for name in TEXT_IDENTITY}
    proposals = StandingText.objects.proposed().filter(**identity, text=row.text.strip())
    newest: StandingText | None = proposals.order_by("-number").first()
    if newest is None:
        raise RowErrors([place.error("text", "nobody proposed this text, or it was decided already")])
    return newest
