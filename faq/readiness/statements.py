"""What an entry states: each sentence that rests on a source, and each that a reviewer of AI's words has to check by itself.

Those are the sentences with a figure, a medicine, a sign or an act, or with what is at stake. In a study of physicians who
edited drafts of an AI, 13 to 15 of 20 missed each planted error or half mended it; so each such sentence is held against its source.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import takewhile

from faq.content.words import CitedSource
from faq.readiness.figures import base
from faq.readiness.reading import Reading
from faq.readiness.sentences import Sentence
from faq.readiness.statement_words import patterns


@dataclass(frozen=True)
class Statement:
    """A sentence and what it rests on. `where` is a field of the Words ("body", "key_facts.0").

    `reasons`: why it wants a check of its own, of figure, medicine, sign and risk. `sources`: its own where `is_marked`, else the nearest.
    `leads`: the entries of the list, or rows of the table, that a sentence ending in a colon leads to. They are one with it: an entry that
    is left out stands nowhere else.
    """

    where: str
    text: str
    reasons: tuple[str, ...]
    sources: tuple[CitedSource, ...]
    is_marked: bool
    leads: tuple[str, ...] = ()

    @property
    def place(self) -> str:
        """SHA-256 of what was shown of its sources: a check is about a sentence beside these, and about nothing else."""
        shown = [source.model_dump_json(exclude={"number"}) for source in self.sources]
        return sha256("\n".join([self.where.partition(".")[0], self.text, *self.leads, *shown]).encode()).hexdigest()


def says_where(source: CitedSource) -> bool:
    """Return whether a citation quotes its source, or says where in it to look and how to get there."""
    return bool(source.supporting_quote or (source.locator and (source.url or source.doi)))


def statements(reading: Reading, medicines: Collection[str] = ()) -> list[Statement]:
    """Return what `reading` states, in the order of the page; `medicines`: names known beside the stems of generic ones."""
    named = name_pattern(medicines)
    return list(stated(reading, named))


def stated(reading: Reading, named: re.Pattern[str] | None) -> Iterator[Statement]:
    known = {source.key: source for source in reading.words.citations}
    for number, sentence in enumerate(reading.all):
        if sentence.box == "worked-example" and not sentence.keys:
            continue  # an invented person, of whom no source tells
        led = led_by(sentence, reading, number)
        reasons = reasons_of([sentence, *led], reading.language, named)
        keys = own_keys(sentence, reading)
        if reasons or keys:
            nearest = keys or nearest_keys(sentence, reading)
            sources = tuple(known[key] for key in known if key in nearest)
            yield Statement(sentence.where, sentence.text, reasons, sources, bool(keys), tuple(each.text for each in led))


def led_by(sentence: Sentence, reading: Reading, number: int) -> list[Sentence]:
    """Return the entries or rows that stand right after a sentence of the body, `number` of all, which ends in a colon."""
    if not sentence.text.endswith(":") or sentence.where != "body" or sentence.kind == "heading":
        return []
    after = reading.all[number + 1 :]
    return list(takewhile(lambda each: each.kind in ("entry", "row") and each.block == after[0].block, after))


def reasons_of(together: Sequence[Sentence], language: str, named: re.Pattern[str] | None) -> tuple[str, ...]:
    """Return the reasons of a sentence and of those it leads to, each once; none of a heading."""
    if together[0].kind == "heading":
        return ()
    return tuple(dict.fromkeys(reason for each in together for reason in reasons_for(each, language, named)))


def reasons_for(sentence: Sentence, language: str, named: re.Pattern[str] | None) -> Iterator[str]:
    known = patterns(base(language))
    if known.figure.search(sentence.text):
        yield "figure"
    if known.medicine.search(sentence.text) or (named and named.search(sentence.text)):
        yield "medicine"
    if known.sign.search(sentence.text):
        yield "sign"
    if known.risk.search(sentence.text):
        yield "risk"


def name_pattern(names: Collection[str]) -> re.Pattern[str] | None:
    """Return a pattern for whole names, the longest first, or None where there are none."""
    listed = "|".join(re.escape(name) for name in sorted(names, key=lambda name: (-len(name), name)) if name)
    return re.compile(rf"(?<!\w)(?:{listed})(?!\w)", re.IGNORECASE) if listed else None


def own_keys(sentence: Sentence, reading: Reading) -> set[str]:
    """Return the keys of the sources that stand with a sentence: its marks, or the source that its key fact names."""
    name, _, position = sentence.where.partition(".")
    if name == "key_facts":
        source = reading.words.key_facts[int(position)].source
        return {source} if source else set()
    return set(sentence.keys)


def nearest_keys(sentence: Sentence, reading: Reading) -> set[str]:
    """Return what a sentence without a mark rests on, most likely: what its paragraph cites, or who says the same figure, else all."""
    near = reading.blocks.get(sentence.block, []) if sentence.where == "body" else []
    keys = {key for other in near for key in other.keys}
    if not keys:
        own = reading.figures.get(sentence, [])
        alike = (other for other, stated in reading.figures.items() if any(one.same_as(two) for one in own for two in stated))
        keys = {key for other in alike for key in other.keys}
    return keys or {source.key for source in reading.words.citations}
