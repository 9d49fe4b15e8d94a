"""What still stands between a text and approval: a pure function from the Words, and what is known around them, to findings.

An error stops approval. A concern needs a waiver with a reason, in each approval anew; its code and its exact sentence tell what was
said of it last time. Advice is shown and asks for nothing.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from faq.content.letters import is_blank
from faq.content.words import Words
from faq.readiness import evidence_rules, figure_rules, losses, markup_rules, sums, wording_rules
from faq.readiness.figure_rules import Neighbour
from faq.readiness.reading import Found, Reading
from faq.readiness.statements import says_where, statements

Grade = Literal["error", "concern", "advice"]

# The codes are stable: waivers name them.
GRADES: dict[str, Grade] = {
    "body-empty": "error",
    "blank-text": "error",
    "source-missing": "error",
    "mark-without-source": "error",
    "source-retracted": "error",
    "disclaimer-missing": "error",
    "urgent-advice-missing": "error",
    "standing-text-missing": "error",
    "licence-missing": "error",
    "responsible-missing": "error",
    "text-unseen": "error",
    "short-answer-missing": "concern",
    "generator-missing": "concern",
    "advice-card-lost": "concern",
    "key-fact-lost": "concern",
    "source-lost": "concern",
    "status-line-lost": "concern",
    "resource-lost": "concern",
    "provenance-lost": "concern",
    "part-lost": "concern",
    "origin-lowered": "concern",
    "claims-without-mark": "concern",
    "figure-without-mark": "concern",
    "percentage-without-count": "concern",
    "relative-without-absolute": "concern",
    "figure-changed": "concern",
    "figure-not-in-quote": "concern",
    "figure-contradicted": "concern",
    "sum-wrong": "concern",
    "source-superseded": "concern",
    "source-not-findable": "concern",
    "source-without-place": "concern",
    "personal-data": "concern",
    "reading-grade-high": "concern",
    "talk-to-one-person": "concern",
    "status-emoji": "concern",
    "image": "concern",
    "raw-html": "concern",
    "box-broken": "concern",
    "markup-as-typed": "concern",
    "link-broken": "concern",
    "link-misleading": "concern",
    "sign-or-bullet": "concern",
    "unseen-letter": "concern",
    "reading-grade": "advice",
    "long-sentence": "advice",
    "heading-skipped": "advice",
    "bare-link": "advice",
    "brand-without-generic": "advice",
}
ORDER: tuple[Grade, ...] = ("error", "concern", "advice")


@dataclass(frozen=True)
class Finding:
    """One thing to do. `field` names a field of the Words ("body", "key_facts.0"); `sentence` is "" where it is about the whole."""

    code: str
    grade: Grade
    message: str
    field: str
    sentence: str


@dataclass(frozen=True)
class Context:
    """What a text alone does not tell; the caller looks it up.

    `is_safety`: one of its topics is a safety topic. `disclaimers_in_force`: a required disclaimer is in force for its language,
    audience and origin. `texts_missing`: standing texts it needs that its language lacks, as "kind key". `source_states`: key to
    current, superseded or retracted; a key not named is current. `before`: the version that readers knew before these words, `version` its
    number. `neighbours`: what entries in force near these words say in short. `brands`: brand name to generic name. `medicines`: further
    names not counted in the reading grade. `is_live`: readers rely on the library, so that every text has its licence and somebody who
    answers.
    """

    is_safety: bool
    disclaimers_in_force: bool
    texts_missing: tuple[str, ...] = ()
    source_states: Mapping[str, str] = field(default_factory=dict)
    before: Words | None = None
    version: int = 0
    neighbours: tuple[Neighbour, ...] = ()
    brands: Mapping[str, str] = field(default_factory=dict)
    medicines: frozenset[str] = frozenset()
    is_live: bool = False


Rule = Callable[[Reading, Context], Iterator[Found]]


def findings(words: Words, context: Context) -> list[Finding]:
    """Return what is to be done about `words`: errors first, then concerns, then advice, each in the order of the text; never raises."""
    return found_by(RULES, words, context)


def errors(words: Words, context: Context) -> list[Finding]:
    """Return the errors among `findings`, at a tenth of the cost: publication asks for them again, and needs nothing else."""
    return [finding for finding in found_by(STOPPING, words, context) if finding.grade == "error"]


def errors_around(words: Words, context: Context) -> list[Finding]:
    """Return those of `errors` that can come up while the words stay as they are; the body is not read for them."""
    return [finding for finding in found_by(AROUND, words, context) if finding.grade == "error"]


def found_by(rules: Sequence[Rule], words: Words, context: Context) -> list[Finding]:
    reading = Reading(words)
    # As keys of a dict: the same thing is said once, and the order of the text stays (sorting below keeps it within a grade).
    once = dict.fromkeys(result for rule in rules for result in rule(reading, context))
    made = [Finding(code, GRADES[code], message, where, sentence) for code, message, where, sentence in once]
    return sorted(made, key=lambda finding: ORDER.index(finding.grade))


def whole(reading: Reading, context: Context) -> Iterator[Found]:
    """What an entry as a whole lacks."""
    if is_blank(reading.plain_body):
        yield "body-empty", "Write the answer: the body has no words.", "body", ""
    if is_blank(reading.words.short_answer):
        yield "short-answer-missing", "Write a short answer of two or three sentences, or say why there is none.", "short_answer", ""
    before, provenance = context.before, reading.words.provenance
    # One that the version before names, and these words do not, is told as a loss.
    if provenance.origin != "human" and provenance.generator is None and not (before and before.provenance.generator):
        yield "generator-missing", "Say which program drafted these words, and when; or why nobody knows.", "generator", ""


def around(reading: Reading, context: Context) -> Iterator[Found]:
    """What the library lacks beside an entry."""
    if not context.disclaimers_in_force:
        yield (
            "disclaimer-missing",
            "No required disclaimer is in force for this language, audience and origin: have one approved first.",
            "disclaimers",
            "",
        )
    if context.is_safety and not reading.words.advice_cards:
        yield "urgent-advice-missing", "This is a safety topic: name the urgent-advice card readers need.", "advice_cards", ""
    for name in context.texts_missing:
        message = f"The standing text “{name}” is not in force in the language “{reading.words.language}”: have it approved first."
        yield "standing-text-missing", message, "advice_cards" if name.startswith("advice_card") else "language", name


def live(reading: Reading, context: Context) -> Iterator[Found]:
    """What readers of a live library are owed beside the text: how they may use it, and who answers for it (AI Act, article 50(4))."""
    provenance = reading.words.provenance
    if context.is_live and is_blank(provenance.licence):
        yield "licence-missing", "The library is live: say under which licence these words may be used.", "licence", ""
    if context.is_live and provenance.responsible is None:
        yield (
            "responsible-missing",
            "The library is live: say which organisation answers for these words, and how readers reach it. A lead does that in the draft.",
            "responsible",
            "",
        )


def sources(reading: Reading, context: Context) -> Iterator[Found]:
    """Sources that are missing, taken back, replaced or not to be found. The key stands as the sentence, so a waiver is for one source."""
    if not reading.words.citations:
        yield "source-missing", "Name at least one source.", "citations", ""
    for position, source in enumerate(reading.words.citations):
        where, state = f"citations.{position}", context.source_states.get(source.key, "current")
        if state == "retracted":
            yield "source-retracted", f"“{source.title}” was retracted: take it out, with all that rests on it.", where, source.key
        if state == "superseded":
            yield (
                "source-superseded",
                f"“{source.title}” was replaced by a newer edition: check the text against that one.",
                where,
                source.key,
            )
        # With a publisher and a year a librarian finds a book or a leaflet; with less, nobody does.
        if not (source.url or source.doi or (source.publisher and source.year)):
            message = f"Nobody can find “{source.title}” again: give its address, its DOI, or its publisher and year."
            yield "source-not-findable", message, where, source.key


def places(reading: Reading, context: Context) -> Iterator[Found]:
    """In words that an AI had a part in: sources that say nowhere where in them a sentence stands that is to be checked against them."""
    if reading.words.provenance.origin == "human":
        return
    stated = statements(reading, {*context.medicines, *context.brands})
    leaned_on = {source.key for statement in stated if statement.reasons and statement.is_marked for source in statement.sources}
    for position, source in enumerate(reading.words.citations):
        if source.key in leaned_on and not says_where(source):
            message = (
                f"Nobody can check a sentence against “{source.title}” without a place in it: give words of it, or a place and its address."
                " Or say where you found it."
            )
            yield "source-without-place", message, f"citations.{position}", source.key


def lost(reading: Reading, context: Context) -> Iterator[Found]:
    """What the version before told readers, and these words do not."""
    if context.before is not None:
        # A source that no longer stands is to go: that is what the library asks for.
        gone = [key for key, state in context.source_states.items() if state != "current"]
        yield from losses.origin_lowered(context.before, reading.words, context.version)
        yield from losses.losses(context.before, reading.words, context.version, gone)


def figures_moved(reading: Reading, context: Context) -> Iterator[Found]:
    """Figures that the version before, or another entry, gives otherwise."""
    if context.before is not None:
        yield from figure_rules.changed(reading, context.before)
    yield from figure_rules.contradicted(reading, context.neighbours)


def brands(reading: Reading, context: Context) -> Iterator[Found]:
    return wording_rules.brands(reading, context.brands)


def reading_grade(reading: Reading, context: Context) -> Iterator[Found]:
    return wording_rules.reading_grade(reading, context.medicines | frozenset(context.brands) | frozenset(context.brands.values()))


def of_text(rule: Callable[[Reading], Iterator[Found]]) -> Rule:
    return lambda reading, context: rule(reading)


RULES: tuple[Rule, ...] = (
    whole,
    around,
    live,
    sources,
    places,
    lost,
    figures_moved,
    *(of_text(rule) for rule in (*evidence_rules.RULES, figure_rules.not_in_quote, sums.sums, *markup_rules.RULES, *wording_rules.RULES)),
    brands,
    reading_grade,
)
AROUND: tuple[Rule, ...] = (around, live, sources)
"""The rules that look at what stands around a text, which may change after it was approved; a demonstration becomes live."""
STOPPING: tuple[Rule, ...] = (
    whole,
    *AROUND,
    *(of_text(rule) for rule in (evidence_rules.marks_without_source, markup_rules.unseen, wording_rules.blank_parts)),
)
"""The rules that can find an error."""
