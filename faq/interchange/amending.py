"""What an import adds to what the library has already: codes and names of its topics, and standing texts. Nothing is replaced."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Final

from django.utils import timezone

from faq import workflow
from faq.interchange.faults import Place
from faq.interchange.plan import Plan
from faq.interchange.rows import LINE, TextRow, TopicRow
from faq.interchange.shared_texts import propose_names, propose_text
from faq.interchange.transactions import own_transaction
from faq.interchange.wanted import Wanted
from faq.models import StandingText, Topic, TopicName

CHUNK: Final = 500
"""Topics looked up at once."""


def additions(plan: Plan, wanted: Wanted, *, is_rehearsal: bool) -> Iterator[Callable[[], None]]:
    """Yield what there is to add, one call each: new standing texts to propose, then codes and names for topics that exist."""
    for row, place in plan.texts:
        if place not in plan.bad:
            yield partial(add_text, row, place, wanted, is_rehearsal=is_rehearsal)
    for topic in topics_here(list(plan.topics)):
        if plan.topics[topic.slug][1] not in plan.bad:
            yield partial(add_to_topic, topic, plan, wanted, is_rehearsal=is_rehearsal)


def add_text(row: TextRow, place: Place, wanted: Wanted, *, is_rehearsal: bool) -> None:
    """Propose the standing text `row` unless the library shows it, or has been offered it."""
    if not is_known(row):
        with own_transaction(place, is_rehearsal=is_rehearsal):
            propose_text(row, place, by=wanted.by, at=timezone.now())


def is_known(row: TextRow) -> bool:
    """Return whether a standing text with these very words is in force, or waits for a second person."""
    line = {name: getattr(row, name) for name in LINE}
    same = {"title": row.title.strip(), "text": row.text.strip(), "placement": row.placement, "level": row.level}
    rows = StandingText.objects.filter(**line, **same, required=row.required, ends_at=None)
    return any(text.sources == row.sources for text in rows)


def add_to_topic(topic: Topic, plan: Plan, wanted: Wanted, *, is_rehearsal: bool) -> None:
    """Join the codes that the plan knows to those of `topic`, and propose names in languages that it lacks."""
    row, place = plan.topics[topic.slug]
    names = lacking(topic, row, place, plan)
    frame: dict[str, Any] = {"by": wanted.by, "at": timezone.now()}
    with own_transaction(place, is_rehearsal=is_rehearsal):
        add_codes(topic, row, frame)
        propose_names(topic, names, place, **frame)


def topics_here(slugs: list[str]) -> Iterator[Topic]:
    """Yield the library's topics among `slugs`, with their names, codes and parents."""
    for start in range(0, len(slugs), CHUNK):
        yield from Topic.objects.filter(slug__in=slugs[start : start + CHUNK]).prefetch_related("codes", "names", "parents")


def add_codes(topic: Topic, row: TopicRow, frame: dict[str, Any]) -> None:
    """Give `topic` the codes of `row` that it lacks; everything else about it stays as it is."""
    has = [(code.system, code.code) for code in topic.codes.all()]
    new = [(code.system, code.code) for code in row.codes if (code.system, code.code) not in has]
    if new:
        parents = [parent.slug for parent in topic.parents.all()]
        workflow.edit_topic(slug=topic.slug, parents=parents, codes=[*has, *new], **frame)


def lacking(topic: Topic, row: TopicRow, place: Place, plan: Plan) -> dict[str, Any]:
    """Return the names of `row` in languages in which `topic` has none; warn of those that differ, which the library keeps."""
    here = {name.language: name for name in topic.names.all() if name.ends_at is None}
    for language, name in row.names.items():
        if language in here and name.name.casefold() not in spoken(here[language]):
            plan.warn(place, "topics", f"{topic.slug} is called “{here[language].name}” here, not “{name.name}”; that name stays")
    return {language: name for language, name in row.names.items() if language not in here}


def spoken(name: TopicName) -> set[str]:
    """Return what people call a topic in one language, without regard to case."""
    return {name.name.casefold(), *(synonym.casefold() for synonym in name.synonyms)}
