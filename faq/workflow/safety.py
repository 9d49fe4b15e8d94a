"""What brings urgent advice to readers, and keeps it there, is raised by whoever keeps the catalogue, and lowered by no author alone.

To lower it where entries in force are concerned takes a second person: a reviewer in scope who gives the clinical sign-off and wrote none
of their words. There is no proposal and approval as for standing texts: the entries' authors are the first, the reviewer the second.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import F, Q

from faq.content.words import read_words
from faq.models import Publication, Question, StandingText, Topic, User
from faq.public.entries import ENDED
from faq.workflow.errors import TransitionRefused
from faq.workflow.permissions import clinical, may_decide

CARD_FIRST = "A safety topic takes only entries with urgent advice; add an advice card in a new version first."


def lowers_safety(topic: Topic, fields: Mapping[str, Any]) -> bool:
    """Return whether a stored topic with `fields` would be a safety topic no more, or let entries expire, or leave the front page's help.

    The front page says when to get help with the entries of safety topics about symptoms (pages.lists.safety_first)."""
    kind, is_safety, may_expire = (fields.get(name, getattr(topic, name)) for name in ("kind", "is_safety", "may_expire"))
    is_first = topic.is_safety and topic.kind == Topic.Kind.SYMPTOM
    return (topic.is_safety and not is_safety) or (bool(may_expire) and not topic.may_expire) or (is_first and kind != Topic.Kind.SYMPTOM)


def in_force_in(topic: Topic) -> list[Publication]:
    return list(Publication.objects.current().filter(topics=topic).select_related("question", "submission").order_by("slug"))


def check_second_person(concerned: Iterable[Publication], by: User, at: datetime) -> None:
    """Raise TransitionRefused unless `by` may lower the safety of every one of these entries in force."""
    for publication in concerned:
        if refused := clinical(may_decide)(by, publication, at):
            raise TransitionRefused(
                f"{publication.slug} is in force, and this would make it less safe; ask a reviewer who gives the clinical sign-off"
                f" and wrote none of its words to do it. {refused}"
            )


def check_urgent_advice(concerned: Iterable[Publication]) -> None:
    """Raise TransitionRefused where an entry in force that names no advice card would stand in a safety topic."""
    lacking = [publication.slug for publication in concerned if not read_words(publication.words).advice_cards]
    if lacking:
        raise TransitionRefused(f"{CARD_FIRST} Without: {', '.join(lacking[:5])}.")


def check_places(question: Question, wanted: Collection[str], by: User, at: datetime) -> None:
    """Raise TransitionRefused where the topics `wanted` would take an entry in force out of its last safety topic, or let it expire.

    Asked before the question moves: whether `by` is in scope is for its present topics to say."""
    publication = Publication.objects.current().filter(question=question).select_related("question", "submission").first()
    if publication is None:
        return
    before, after = question.topics.all(), Topic.objects.filter(slug__in=wanted)
    leaves = any(topic.is_safety for topic in before) and not any(topic.is_safety for topic in after)
    if leaves or (publication.expires_on and can_expire(after) and not can_expire(before)):
        check_second_person([publication], by, at)


def can_expire(topics: Iterable[Topic]) -> bool:
    return any(topic.may_expire for topic in topics) and not any(topic.is_safety for topic in topics)


def is_needed(text: StandingText) -> bool:
    """Return whether readers would lose a required disclaimer, an advice card or a notice without `text`, of an entry or of a 410."""
    shown = Q(status=Publication.Status.CURRENT) | Q(is_withheld=True) | Q(status__in=ENDED, version=F("newest_version"))
    rows = Publication.objects.with_newest_version().filter(shown, language=text.language)
    if text.audience:
        rows = rows.filter(audience=text.audience)
    if text.kind == StandingText.Kind.ADVICE_CARD:
        return any(shows_card(publication, text) for publication in rows.only("words").iterator())
    return (text.required or text.kind == StandingText.Kind.NOTICE) and rows.exists()


def shows_card(publication: Publication, card: StandingText) -> bool:
    """Where the words were erased, the 410 shows every card for an emergency (public.entries.remaining_advice)."""
    if not publication.words:
        return card.level == StandingText.Level.EMERGENCY
    return card.key in read_words(publication.words).advice_cards
