"""What still stands between a text and approval: a pure function from the Words, and what is known around them, to findings.

An error stops approval. A concern needs a waiver with a reason, which holds for its code and its exact sentence, so that it is
not asked for again while that sentence stays as it is. Advice is shown and asks for nothing.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from faq.payload import Words
from faq.readiness import evidence_rules, wording_rules
from faq.readiness.reading import Found, Reading

Grade = Literal["error", "concern", "advice"]

# The codes are stable: waivers name them.
GRADES: dict[str, Grade] = {
    "body-empty": "error",
    "source-missing": "error",
    "mark-without-source": "error",
    "source-retracted": "error",
    "disclaimer-missing": "error",
    "urgent-advice-missing": "error",
    "standing-text-missing": "error",
    "short-answer-missing": "concern",
    "figure-without-mark": "concern",
    "percentage-without-count": "concern",
    "relative-without-absolute": "concern",
    "source-superseded": "concern",
    "source-not-findable": "concern",
    "personal-data": "concern",
    "reading-grade-high": "concern",
    "talk-to-one-person": "concern",
    "status-emoji": "concern",
    "image": "concern",
    "raw-html": "concern",
    "box-broken": "concern",
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
    current, superseded or retracted; a key not named is current. `brands`: brand name to generic name. `medicines`: further names
    not counted in the reading grade.
    """

    is_safety: bool
    disclaimers_in_force: bool
    texts_missing: tuple[str, ...] = ()
    source_states: Mapping[str, str] = field(default_factory=dict)
    brands: Mapping[str, str] = field(default_factory=dict)
    medicines: frozenset[str] = frozenset()


Rule = Callable[[Reading, Context], Iterator[Found]]


def findings(words: Words, context: Context) -> list[Finding]:
    """Return what is to be done about `words`: errors first, then concerns, then advice, each in the order of the text; never raises."""
    return found_by(RULES, words, context)


def errors(words: Words, context: Context) -> list[Finding]:
    """Return the errors among `findings`, at a tenth of the cost: publication asks for them again, and needs nothing else."""
    return [each for each in found_by(STOPPING, words, context) if each.grade == "error"]


def found_by(rules: Sequence[Rule], words: Words, context: Context) -> list[Finding]:
    """Return what `rules` find, in the order of ORDER."""
    reading = Reading(words)
    found = dict.fromkeys(each for rule in rules for each in rule(reading, context))
    made = [Finding(code, GRADES[code], message, where, sentence) for code, message, where, sentence in found]
    return sorted(made, key=lambda each: ORDER.index(each.grade))


def whole(reading: Reading, context: Context) -> Iterator[Found]:
    """What an entry as a whole lacks."""
    if not reading.plain_body.strip():
        yield "body-empty", "Write the answer: the body has no words.", "body", ""
    if not reading.words.short_answer.strip():
        yield "short-answer-missing", "Write a short answer of two or three sentences, or say why there is none.", "short_answer", ""
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


def brands(reading: Reading, context: Context) -> Iterator[Found]:
    """Brand names in a paragraph without the generic name."""
    return wording_rules.brands(reading, context.brands)


def reading_grade(reading: Reading, context: Context) -> Iterator[Found]:
    """A text that is hard to read; names of medicines do not count."""
    return wording_rules.reading_grade(reading, context.medicines | frozenset(context.brands) | frozenset(context.brands.values()))


def of_text(rule: Callable[[Reading], Iterator[Found]]) -> Rule:
    """Return `rule`, which looks at the text alone, with the signature of the others."""
    return lambda reading, context: rule(reading)


RULES: tuple[Rule, ...] = (
    whole,
    sources,
    *(of_text(rule) for rule in (*evidence_rules.RULES, *wording_rules.RULES)),
    brands,
    reading_grade,
)
STOPPING: tuple[Rule, ...] = (whole, sources, of_text(evidence_rules.marks_without_source))
"""The rules that can find an error."""
