"""What readiness must know of the library beside a text, looked up: its rules themselves are pure."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.conf import settings

from faq.content.words import Words, flattened, read_words
from faq.models import Answer, Publication, Question, StandingText, Submission, Topic, TopicName, User
from faq.readiness import Context, Finding, errors, errors_around, findings
from faq.readiness.figure_rules import Neighbour
from faq.workflow import publishing
from faq.workflow.drafts import previewed, words_of
from faq.workflow.errors import TransitionRefused

ENTRY_NOTICES: Final = ("withdrawn", "held", "expired", "erased")
"""The notices a verb may need at once, so they must stand before anything is published."""


@dataclass(frozen=True)
class SharedContext:
    """What all texts of one language, audience and origin share: (kind, key, required) of the standing texts in force, and the names
    of medicines (Context says what for), which errors do not ask about.
    """

    standing: frozenset[tuple[str, str, bool]]
    brands: Mapping[str, str] = field(default_factory=dict)
    medicines: frozenset[str] = frozenset()


def shared_context(words: Words, at: datetime, *, with_medicines: bool = True) -> SharedContext:
    """Return what stands around `words` at `at`; `with_medicines` reads the names of every one, which no error is about."""
    # An empty audience or origin: the text is for all of them.
    texts = StandingText.objects.in_force(at).filter(language=words.language, audience__in=["", words.audience])
    rows = texts.filter(origin__in=["", words.provenance.origin]).order_by().values_list("kind", "key", "required")
    if not with_medicines:
        return SharedContext(frozenset(rows))
    medicines = list(TopicName.objects.in_force(at).filter(language=words.language, topic__kind=Topic.Kind.MEDICINE).order_by("pk"))
    return SharedContext(frozenset(rows), brand_names(medicines), frozenset(row.name for row in medicines))


def brand_names(medicines: Sequence[TopicName]) -> dict[str, str]:
    """Return {brand: generic name}: a medicine's synonym written with a capital is a brand."""
    return {synonym: row.name for row in medicines for synonym in row.synonyms if synonym[:1].isupper() and synonym != row.name}


def context_of(
    words: Words,
    shared: SharedContext,
    *,
    is_safety: bool,
    source_states: Mapping[str, str],
    before: Publication | None = None,
    neighbours: tuple[Neighbour, ...] = (),
) -> Context:
    present = {(kind, key) for kind, key, _ in shared.standing}
    return Context(
        is_safety=is_safety,
        disclaimers_in_force=any(kind == "disclaimer" and required for kind, _, required in shared.standing),
        texts_missing=tuple(sorted(f"{kind} {key}" for kind, key in texts_needed(words) - present)),
        source_states=source_states,
        before=read_words(before.words) if before else None,
        version=before.version if before else 0,
        neighbours=neighbours,
        brands=shared.brands,
        medicines=shared.medicines,
        is_live=settings.LIBRARY_STATUS == "live",
    )


def texts_needed(words: Words) -> set[tuple[str, str]]:
    """Return {(kind, key)} of the texts that must be in force in the language of `words`, notices for a bad day among them."""
    return {("advice_card", key) for key in words.advice_cards} | {("notice", key) for key in ENTRY_NOTICES}


def context_for(
    words: Words, question: Question, shared: SharedContext, before: Publication | None = None, neighbours: tuple[Neighbour, ...] = ()
) -> Context:
    is_safety = question.topics.filter(is_safety=True).exists()
    cited = {cited.key for cited in words.citations} | (set(before.sources.values_list("key", flat=True)) if before else set())
    return context_of(
        words, shared, is_safety=is_safety, source_states=publishing.states_of_sources(cited), before=before, neighbours=neighbours
    )


MOST_NEIGHBOURS: Final = 40
"""So many entries are read beside one, the newest first."""


def neighbours_of(words: Words, question: Question) -> tuple[Neighbour, ...]:
    """Return what entries in force say in short that share a topic or a source with these words, in their language.

    One query, whatever there is. Of their words only two fields are looked at, as they stand in the stored JSON: to validate forty entries
    takes longer than to read one.
    """
    others = Publication.objects.current().filter(language=words.language, is_withheld=False).exclude(question=question).order_by()
    by_topic = others.filter(topics__in=question.topics.all())
    by_source = others.filter(sources__key__in=[cited.key for cited in words.citations])
    near = by_topic.values("pk").union(by_source.values("pk")).order_by("-pk")[:MOST_NEIGHBOURS]
    newest = Publication.objects.filter(pk__in=near).order_by("pk").values_list("slug", "words")
    return tuple(neighbour(slug, flattened(json.loads(stored))) for slug, stored in newest if stored)


def neighbour(slug: str, fields: Mapping[str, Any]) -> Neighbour:
    return Neighbour(slug, fields["short_answer"], tuple(f"{fact['label']}: {fact['value']}" for fact in fields["key_facts"]))


def findings_in(words: Words, question: Question, at: datetime, before: Publication | None) -> list[Finding]:
    return findings(words, context_for(words, question, shared_context(words, at), before, neighbours_of(words, question)))


def version_before(question: Question, submission: Submission | None = None) -> Publication | None:
    """Return the version that readers knew before the words of `submission`, or before a draft; None where there is none left to read.

    Of published words it is the one before their own version, and not the newest: what changed then stays what it was.
    """
    earlier = Publication.objects.filter(question=question).exclude(words="")
    own = submission.publications.order_by("version").first() if submission else None
    if own:
        earlier = earlier.filter(version__lt=own.version)
    return earlier.exclude(submission=submission).order_by("-version").first()


def errors_in(submission: Submission, at: datetime) -> list[Finding]:
    """Asked before anything is locked, for reading a long text takes time; of words that were erased meanwhile it finds none."""
    frozen = Submission.objects.select_related("question").get(pk=submission.pk)
    return errors_by(errors, read_words(frozen.words), frozen.question, at) if frozen.words else []


def refuse_errors_around(words: Words, question: Question, at: datetime) -> None:
    """Asked with the Ledger in hand: a source cannot be retracted, nor a text ended, between the question and the publication."""
    refuse_errors(errors_by(errors_around, words, question, at))


def errors_by(find: Callable[[Words, Context], list[Finding]], words: Words, question: Question, at: datetime) -> list[Finding]:
    return find(words, context_for(words, question, shared_context(words, at, with_medicines=False)))


def readiness_of(submission: Submission, at: datetime) -> list[Finding]:
    before = version_before(submission.question, submission)
    return findings_in(read_words(submission.words), submission.question, at, before)


def draft_readiness(answer: Answer, at: datetime) -> list[Finding]:
    """Raises WordsRefused where the words of the draft break their schema."""
    return findings_in(words_of(answer), answer.question, at, version_before(answer.question))


def preview(answer: Answer, *, by: User, at: datetime, changes: Mapping[str, Any]) -> tuple[Words, list[Finding]]:
    """Return the words as an `edit` with `changes` would leave them, and what readiness finds there; raise as it does, and keep nothing."""
    words = previewed(answer, by=by, at=at, changes=changes)
    return words, findings_in(words, answer.question, at, version_before(answer.question))


def refuse_errors(results: Sequence[Finding]) -> None:
    messages = [finding.message for finding in results if finding.grade == "error"]
    if messages:
        raise TransitionRefused("Not ready: " + " ".join(messages))
