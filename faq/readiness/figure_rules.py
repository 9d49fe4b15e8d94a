"""Rules of readiness about figures that moved: since the version before, away from their source, or apart from each other.

They ask somebody to look, so they speak only where two sentences say the same in the same words, or nearly. What differs in more than
its figure may be about something else, and is left alone.
"""

import re
from collections import defaultdict, deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, permutations
from typing import Any, Final

from faq.content.letters import as_seen, is_blank
from faq.content.words import Service, Words
from faq.readiness.figure_patterns import patterns
from faq.readiness.figures import base
from faq.readiness.losses import folded
from faq.readiness.quantities import Quantity, Statement, agrees, may_hold, quantities, same, statements
from faq.readiness.quantity_patterns import FILLERS, NO_SUBJECT, SPANS, YEAR
from faq.readiness.reading import Found, Reading
from faq.readiness.sentences import Sentence, field_sentences
from faq.readiness.wording import digits

MOST_FIGURES: Final = 50
"""A sentence with more is a list of numbers: each of them would be held against each of another's."""

# A figure that changed while its source did not.

FEWEST_TO_VARY: Final = 6
"""With so many words of meaning two sentences are the same though one of the words is another."""
MOST_TO_VARY: Final = 40
"""With more, a sentence is looked for as it is: to leave out each word in turn costs as many times its length."""
Keys = Callable[[Statement], Iterable[tuple[Any, ...]]]


def changed(reading: Reading, before: Words) -> Iterator[Found]:
    """Figures that the version before gave otherwise in the same words, from the same sources; telephone numbers too."""
    if before.language == reading.language:
        gone, came = apart(before, reading)
        for was, now in (*of_one_label(gone, came, before, reading.words), *near_copies(gone, came)):
            old, new = moved(was, now)
            if old and new and is_source_unmoved(was.sentence, now.sentence, before, reading.words):
                message = (
                    f"{listed(new)} was {listed(old)} in the version before, and its source is the same: correct it, or say why it moved."
                )
                yield "figure-changed", message, now.sentence.where, now.sentence.text
    yield from changed_telephones(reading.words, before)


def apart(before: Words, reading: Reading) -> tuple[list[Statement], list[Statement]]:
    """Return the statements of the version before that are gone, and those that came.

    Of the bodies only those blocks are read that hold a figure and differ: to read all of both takes as long as many other rules.
    """
    old_blocks, new_blocks = before.body.split("\n\n"), reading.words.body.split("\n\n")
    gone, came = differing(old_blocks, set(new_blocks), before.language), differing(new_blocks, set(old_blocks), before.language)
    is_mostly_new = len(came) > len(reading.words.body) / 2  # then it is read already
    old = Reading(before if is_mostly_new else before.model_copy(update={"body": gone})).speaking
    new = (reading if is_mostly_new else Reading(reading.words.model_copy(update={"body": came}))).speaking
    was, now = ({(each.where.partition(".")[0], each.text) for each in side} for side in (old, new))
    return (
        statements([each for each in old if (each.where.partition(".")[0], each.text) not in now], reading.language),
        statements([each for each in new if (each.where.partition(".")[0], each.text) not in was], reading.language),
    )


GOES_ON: Final = re.compile(r"\s|[-*|]|\d{1,9}[.)]\s")
"""How an entry of a list or a row of a table begins: the marks of the block before may vouch for it."""


def differing(blocks: Sequence[str], others: Collection[str], language: str) -> str:
    """Return the blocks that are none of `others` and may hold a figure, each with what introduces it."""
    kept: list[str] = []
    is_introduced = False
    for block in reversed(blocks):
        if is_introduced or (block not in others and may_hold(block, language)):
            kept.append(block)
            is_introduced = GOES_ON.match(block) is not None
    return "\n\n".join(reversed(kept))


def near_copies(gone: Sequence[Statement], came: Sequence[Statement]) -> Iterator[tuple[Statement, Statement]]:
    """Yield (was, now), each statement once: those that begin with the same figure, of the same words, then with another word."""
    old, new = dict(enumerate(gone)), dict(enumerate(came))
    for keys in (labelled, worded, varied):
        waiting: dict[tuple[Any, ...], deque[int]] = defaultdict(deque)
        for n, statement in old.items():
            for key in keys(statement):
                waiting[statement.part, *key].append(n)
        for n, statement in list(new.items()):
            found = next((was for key in keys(statement) for was in first_left(waiting[statement.part, *key], old)), None)
            if found is not None:
                yield old.pop(found), new.pop(n)


def first_left(waiting: deque[int], left: Mapping[int, Statement]) -> list[int]:
    """Return the first of those waiting that is still left, if any; those before it are let go."""
    while waiting and waiting[0] not in left:
        waiting.popleft()
    return [waiting[0]] if waiting else []


def labelled(statement: Statement) -> Iterable[tuple[Any, ...]]:
    """Of two figures the first may be a name: "Stage 2 | 70 %"."""
    return [(statement.quantities[0].text, *sorted(statement.meaning))] if len(statement.quantities) > 1 else []


def worded(statement: Statement) -> Iterable[tuple[Any, ...]]:
    return [tuple(sorted(statement.meaning))] if statement.meaning else []


def varied(statement: Statement) -> Iterable[tuple[Any, ...]]:
    words = sorted(statement.meaning)
    if not FEWEST_TO_VARY <= len(words) <= MOST_TO_VARY:
        return []
    return [tuple(words), *((*words[:n], *words[n + 1 :]) for n in range(len(words)))]


def of_one_label(
    gone: Sequence[Statement], came: Sequence[Statement], before: Words, words: Words
) -> Iterator[tuple[Statement, Statement]]:
    """Yield (was, now) of each key fact that both versions have; its value is compared whatever words stand around the figures."""
    old, new = values_by_label(gone, before), values_by_label(came, words)
    yield from ((old[label], now) for label, now in new.items() if label in old)


def values_by_label(found: Sequence[Statement], words: Words) -> dict[str, Statement]:
    facts = {f"key_facts.{n}": fact for n, fact in enumerate(words.key_facts)}
    first = {each.sentence.where: each for each in reversed(found) if each.part == "key_facts"}
    return {
        folded(facts[where].label): replace(each, quantities=tuple(quantities(as_seen(facts[where].value), words.language)), words=())
        for where, each in first.items()
    }


def moved(was: Statement, now: Statement) -> tuple[list[Quantity], list[Quantity]]:
    """Return the figures that are gone and those that came; where the words stay in order, also those that only changed places."""
    if was.words and was.words == now.words:
        pairs = [(old, new) for old, new in zip(was.quantities, now.quantities, strict=True) if not same(old, new)]
        return [old for old, _ in pairs], [new for _, new in pairs]
    if max(len(was.quantities), len(now.quantities)) > MOST_FIGURES:
        return [], []
    came, gone = list(now.quantities), []
    for old in was.quantities:
        kept = next((new for new in came if same(old, new)), None)
        if kept:
            came.remove(kept)
        else:
            gone.append(old)
    return gone, came


def listed(figures: Iterable[Quantity]) -> str:
    return ", ".join(dict.fromkeys(f"“{figure.text}”" for figure in figures))


def rests_on(sentence: Sentence, words: Words) -> frozenset[str]:
    """Return the keys of what a sentence rests on by name: none in the fields beside the body, but for key facts."""
    name, _, position = sentence.where.partition(".")
    if name == "key_facts":
        return frozenset(key for key in [words.key_facts[int(position)].source] if key)
    return sentence.keys


def is_source_unmoved(was: Sentence, now: Sentence, before: Words, words: Words) -> bool:
    """Tell whether both rest on the same sources, of which nothing changed; what names none rests on all of the entry."""
    keys = rests_on(now, words)
    if keys != rests_on(was, before):
        return False
    old, new = ({cited.key: cited.model_dump(exclude={"number"}) for cited in each.citations} for each in (before, words))
    return all(old.get(key) == new.get(key) for key in keys) if keys else old == new


def changed_telephones(words: Words, before: Words) -> Iterator[Found]:
    """A place to turn to with another number at the same address on the web: somebody who needs help may reach nobody."""
    services = [
        {folded(each.name): (n, each) for n, each in enumerate(of.resources) if isinstance(each, Service)} for of in (before, words)
    ]
    for name, (n, now) in services[1].items():
        _, was = services[0].get(name, (0, now))
        if now.phone and was.phone and now.url == was.url and digits(now.phone) != digits(was.phone):
            message = f"“{now.phone}” was “{was.phone}” in the version before: dial it, and correct it or say why it moved."
            yield "figure-changed", message, f"resources.{n}", now.phone


# A figure that its quoted passage does not contain.

MOST_IN_QUOTE: Final = 100
"""Figures beyond which a passage is no help."""
FEW: Final = 15
"""So many figures of a passage are set against each other, for what follows from two of them."""


def not_in_quote(reading: Reading) -> Iterator[Found]:
    """Figures that stand in none of the passages their sentence rests on, where each of its sources has one."""
    quotes = {cited.key: cited.supporting_quote for cited in reading.words.citations if not is_blank(cited.supporting_quote)}
    # A source may be in the other language.
    read = {key: [figure for language in ("en", "es") for figure in quantities(quote, language)] for key, quote in quotes.items()}
    passages: dict[frozenset[str], Passage] = {}
    for statement in reading.statements if quotes else []:
        keys = rests_on(statement.sentence, reading.words)
        if not keys or not keys <= quotes.keys() or statement.sentence.box == "worked-example" or len(statement.quantities) > MOST_FIGURES:
            continue
        if keys not in passages:
            passages[keys] = passage_of([figure for key in sorted(keys) for figure in read[key]])
        needing = [each for each in statement.quantities if each.unit or YEAR.fullmatch(each.text)]
        missing = without_names([each for each in needing if not is_given(each, passages[keys])], statement, reading.language)
        if missing:
            keyed = ", ".join(sorted(keys))
            message = f"{listed(missing)} is not in the words quoted from {keyed}: correct it, or quote the passage that has it."
            yield "figure-not-in-quote", message, statement.sentence.where, statement.sentence.text


@dataclass(frozen=True)
class Passage:
    """What some quoted words give: figures by their unit, numbers that have none, and the shares that follow from them, per hundred."""

    figures: Mapping[str, Sequence[Quantity]]
    bare: Collection[float]
    following: Sequence[float]
    is_endless: bool


def passage_of(read: Sequence[Quantity]) -> Passage:
    found = list({(figure.kind, figure.value, figure.unit, figure.lead): figure for figure in read}.values())
    by_unit: dict[str, list[Quantity]] = defaultdict(list)
    for figure in found:
        by_unit["span" if figure.unit in SPANS else figure.unit].append(figure)
    bare = {figure.said for figure in found if not figure.unit}
    return Passage(by_unit, bare, list(dict.fromkeys(one_step_away(found))), len(found) > MOST_IN_QUOTE)


def without_names(figures: Sequence[Quantity], statement: Statement, language: str) -> list[Quantity]:
    """Keep shares, figures with a unit, and years of approval; no "one day", no age, no name of a measure such as 5-year survival."""
    if not figures:
        return []
    known, text = patterns(base(language)), statement.sentence.text
    names = [name.span() for name in known.blank.finditer(text)]
    is_approval = known.approval.search(text) is not None
    return [
        figure
        for figure in figures
        if (figure.unit and not (figure.in_words and figure.said == 1 and not figure.is_share)) or (is_approval and not figure.unit)
        if not any(start <= figure.start < end for start, end in names)
    ]


def is_given(figure: Quantity, passage: Passage) -> bool:
    """Tell whether a passage has a figure as it is, rounded, without its unit (as tables have it), within its bound, or one step away.

    Of a passage with very many figures it says yes: something in it is near whatever is looked for.
    """
    if passage.is_endless or figure.said in passage.bare or figure.value in passage.bare:
        return True
    alike = passage.figures.get("span" if figure.unit in SPANS else figure.unit, ())
    if any(agrees(figure, each) or is_within(figure, each) for each in alike):
        return True
    return figure.is_share and any(agrees(figure, replace(figure, value=share)) for share in passage.following)


def is_within(figure: Quantity, given: Quantity) -> bool:
    """Tell whether "more than 80 %" says 84 %; the passage's own "more than" is no figure, and what is far away is not meant."""
    if figure.unit != given.unit or given.lead in ("over", "under"):
        return False
    low, high = sorted((figure.value, given.value))
    return figure.lead == ("over" if given.value >= figure.value else "under") and low >= 0.75 * high


def one_step_away(given: Sequence[Quantity]) -> Iterator[float]:
    """Yield what follows from shares (the others, the difference of two) and from plain numbers (one of the other)."""
    shares = [each.value for each in given if each.is_share][:FEW]
    yield from (100 - share for share in shares)
    yield from (one - other for one, other in permutations(shares, 2))
    plain = [each.value for each in given if each.kind == "number"][:FEW]
    yield from (100 * part / whole for part, whole in permutations(plain, 2) if 0 <= part <= whole and whole > 0)


# A figure that another part of the entry, or another entry, contradicts.

FEWEST_WORDS: Final = 4
"""Words of meaning that two sentences of one entry share at least. "It takes 3 weeks" may be about anything."""
FEWEST_OF_FACT: Final = 2
"""The same where one is a key fact, whose label names its subject."""
FEWEST_ELSEWHERE: Final = 5
"""The same for sentences of two entries, or of two places of the body, each of which may have a subject of its own."""
MOST_ALIKE: Final = 8
"""More sentences of the same words are a list of cases."""
MOST_NEAR: Final = 50
"""So many sentences that share its rarest word are held against one; a word in more of them names nothing in particular."""


@dataclass(frozen=True)
class Neighbour:
    """What another entry in force says in short; each key fact as "label: value"."""

    slug: str
    short_answer: str
    key_facts: tuple[str, ...] = ()


def contradicted(reading: Reading, neighbours: Sequence[Neighbour]) -> Iterator[Found]:
    """Figures that another part of the entry, or another entry, gives otherwise in the same words."""
    speaking = [each for each in reading.statements if speaks(each)]
    alike: dict[tuple[str, ...], list[Statement]] = defaultdict(list)
    for statement in speaking:
        if len(statement.meaning) >= FEWEST_WORDS:
            alike[statement.words].append(statement)
    pairs = [pair for group in alike.values() if len(group) <= MOST_ALIKE for pair in combinations(group, 2) if is_comparable(*pair)]
    for one, other in [*pairs, *in_short_and_at_length(speaking)]:
        if figures := other_figure(one, other):
            message = f"“{figures[0].text}” here, “{figures[1].text}” {place(other.sentence)}: correct one, or say by what they differ."
            yield "figure-contradicted", message, one.sentence.where, one.sentence.text
    for neighbour in neighbours:
        yield from contradicted_by(neighbour, alike, reading.language)


def speaks(statement: Statement) -> bool:
    """Tell whether a sentence says what holds: an invented example, the name of a mistake and a heading do not."""
    return (
        len(statement.quantities) <= MOST_FIGURES
        and statement.sentence.box not in ("worked-example", "pitfall")
        and statement.sentence.kind != "heading"
    )


def is_comparable(one: Statement, other: Statement) -> bool:
    """Of two places in the body only plain sentences that name their subject: lists, tables and sections each have their own."""
    if one.sentence.where != other.sentence.where:
        return True
    both = (one, other)
    return (
        one.sentence.block != other.sentence.block
        and all(each.sentence.kind == "paragraph" and len(each.meaning) >= FEWEST_ELSEWHERE for each in both)
        and not any(NO_SUBJECT.search(each.sentence.text) for each in both)
    )


def place(sentence: Sentence) -> str:
    """Return where a sentence stands, as authors call it."""
    name = sentence.where.partition(".")[0].replace("_", " ")
    return {"key facts": "in a key fact", "body": "in the body"}.get(name, f"in the {name}")


def other_figure(one: Statement, other: Statement) -> tuple[Quantity, Quantity] | None:
    """Return the two figures in which two statements differ, where it is one of each, and both cannot hold."""
    left, alone = list(other.quantities), []
    for figure in one.quantities:
        kept = next((each for each in left if agrees(figure, each) or agrees(each, figure)), None)
        if kept:
            left.remove(kept)
        else:
            alone.append(figure)
    return (alone[0], left[0]) if len(alone) == len(left) == 1 and contradict(alone[0], left[0]) else None


def contradict(one: Quantity, other: Quantity) -> bool:
    """Tell whether two figures that differ are of one unit and no bounds. A number without a unit may be a name, as in stage 2."""
    return bool(one.unit) and one.unit == other.unit and not {one.lead, other.lead} & {"over", "under"}


MOST_IN_SHORT: Final = 50
"""Key facts, and sentences of the short answer, that are looked for elsewhere; no entry for readers has as many."""


def in_short_and_at_length(speaking: Sequence[Statement]) -> Iterator[tuple[Statement, Statement]]:
    """Yield what the short answer or a key fact states, with each statement elsewhere that says the same."""
    short = [n for n, each in enumerate(speaking) if each.part in IN_SHORT and len(set(each.meaning)) >= FEWEST_OF_FACT][:MOST_IN_SHORT]
    by_word: dict[str, list[int]] = defaultdict(list)
    for n, statement in enumerate(speaking) if short else ():
        for word in set(statement.meaning):
            by_word[word].append(n)
    for n in short:
        # What says the same has all words that are no fillers: the one in the fewest statements is soon looked through.
        naming = [by_word[word] for word in set(speaking[n].meaning) - FILLERS]
        rarest = min(naming, key=len, default=[])
        near = [other for other in rarest if other > n or speaking[other].part not in IN_SHORT][:MOST_NEAR]
        yield from ((speaking[n], speaking[other]) for other in near if says_the_same(speaking[n], speaking[other]))


IN_SHORT: Final = ("short_answer", "key_facts")


def says_the_same(short: Statement, other: Statement) -> bool:
    """Tell whether two statements share their words, but for some that name nothing: any other word may tell two things apart."""
    words, others = set(short.meaning), set(other.meaning)
    fewest = FEWEST_OF_FACT if "key_facts" in (short.part, other.part) else FEWEST_WORDS
    return short.sentence.where != other.sentence.where and len(words & others) >= fewest and words ^ others <= FILLERS


def contradicted_by(neighbour: Neighbour, alike: Mapping[tuple[str, ...], Sequence[Statement]], language: str) -> Iterator[Found]:
    texts = [field_sentences("short_answer", neighbour.short_answer), *(field_sentences("key_facts", fact) for fact in neighbour.key_facts)]
    for theirs in statements([sentence for text in texts for sentence in text], language):
        if len(theirs.meaning) < FEWEST_ELSEWHERE or NO_SUBJECT.search(theirs.sentence.text):
            continue
        for own in alike.get(theirs.words, [])[:MOST_ALIKE]:
            if figures := other_figure(own, theirs):
                message = (
                    f"“{figures[0].text}” here, “{figures[1].text}” in the entry {neighbour.slug}: correct one, or say by what they differ."
                )
                yield "figure-contradicted", message, own.sentence.where, own.sentence.text
