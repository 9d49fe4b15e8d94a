"""What readiness must know of the library beside a text, looked up: its rules themselves are pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from faq import payload, publishing
from faq.models import Answer, Question, StandingText, Submission, Topic, TopicName
from faq.readiness import Context, Finding, errors, findings

ENTRY_NOTICES: Final = ("withdrawn", "held", "expired", "erased")
"""The notices a verb may need at once, so they must stand before anything is published."""


@dataclass(frozen=True)
class Surroundings:
    """What all texts of one language, audience and origin share: (kind, key, required) of the standing texts in force, and the names
    of medicines (Context says what for), which errors do not ask about.
    """

    standing: frozenset[tuple[str, str, bool]]
    brands: Mapping[str, str] = field(default_factory=dict)
    medicines: frozenset[str] = frozenset()


def surroundings(words: payload.Words, at: datetime, *, with_medicines: bool = True) -> Surroundings:
    """Return the surroundings of `words` as they stand at `at`."""
    texts = StandingText.objects.in_force(at).filter(language=words.language, audience__in=["", words.audience])
    rows = texts.filter(origin__in=["", words.provenance.origin]).order_by().values_list("kind", "key", "required")
    if not with_medicines:
        return Surroundings(frozenset(rows))
    medicines = list(TopicName.objects.in_force(at).filter(language=words.language, topic__kind=Topic.Kind.MEDICINE).order_by("pk"))
    return Surroundings(frozenset(rows), brand_names(medicines), frozenset(row.name for row in medicines))


def brand_names(medicines: Sequence[TopicName]) -> dict[str, str]:
    """Return {brand: generic name}: a medicine's synonym written with a capital is a brand."""
    return {synonym: row.name for row in medicines for synonym in row.synonyms if synonym[:1].isupper() and synonym != row.name}


def context_of(words: payload.Words, around: Surroundings, *, is_safety: bool, source_states: Mapping[str, str]) -> Context:
    """Return what the rules of readiness are given beside `words`."""
    present = {(kind, key) for kind, key, _ in around.standing}
    return Context(
        is_safety=is_safety,
        disclaimers_in_force=any(kind == "disclaimer" and required for kind, _, required in around.standing),
        texts_missing=tuple(sorted(f"{kind} {key}" for kind, key in texts_needed(words) - present)),
        source_states=source_states,
        brands=around.brands,
        medicines=around.medicines,
    )


def texts_needed(words: payload.Words) -> set[tuple[str, str]]:
    """Return the (kind, key) of the standing texts that must exist in the language of `words`."""
    return {("advice_card", key) for key in words.advice_cards} | {("notice", key) for key in ENTRY_NOTICES}


def context_here(words: payload.Words, question: Question, around: Surroundings) -> Context:
    """Return the context of `words` as an answer to `question`."""
    is_safety = question.topics.filter(is_safety=True).exists()
    return context_of(words, around, is_safety=is_safety, source_states=publishing.source_states(words))


def found_in(words: payload.Words, question: Question, at: datetime) -> list[Finding]:
    """Return all that readiness finds in `words` as an answer to `question`."""
    return findings(words, context_here(words, question, surroundings(words, at)))


def errors_in(words: payload.Words, question: Question, at: datetime) -> list[Finding]:
    """Return the errors alone."""
    return errors(words, context_here(words, question, surroundings(words, at, with_medicines=False)))


def readiness_of(submission: Submission, at: datetime) -> list[Finding]:
    """Return what stands between a Submission and approval."""
    return found_in(payload.read(submission.words), submission.question, at)


def draft_readiness(answer: Answer, at: datetime) -> list[Finding]:
    """Return what would stand between a draft and approval; raise WordsRefused where its words break their schema."""
    return found_in(publishing.words_of(answer), answer.question, at)
