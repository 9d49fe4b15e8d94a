"""Rules of readiness about evidence: marks, figures, percentages and relative risks."""

from collections.abc import Iterator

from faq.content.markdown import keys
from faq.content.markdown_parser import MARK
from faq.readiness.figures import Figure, about_people, absolute, figures, relative, shares, without_relative
from faq.readiness.reading import Found, Reading
from faq.readiness.sentences import Sentence


def marks_without_source(reading: Reading) -> Iterator[Found]:
    """Marks, and sources of key facts, that name no source of the entry."""
    known = {source.key for source in reading.words.citations}
    for key in keys(reading.tokens):
        if key not in known:
            sentence = next((marked for marked in reading.body if key in marked.keys), Sentence(""))
            yield (
                "mark-without-source",
                f"No source has the key “{key}”: add the source, or correct the mark [^{key}].",
                "body",
                sentence.text,
            )
    for n, fact in enumerate(reading.words.key_facts):
        if fact.source and fact.source not in known:
            yield "mark-without-source", f"No source has the key “{fact.source}”: add it, or correct the key.", f"key_facts.{n}", fact.value
    for sentence in reading.fields:
        if mark := MARK.search(sentence.text):
            message = f"This is plain text and shows no marks: take {mark[0]} out and cite in the body."
            yield "mark-without-source", message, sentence.where, sentence.text


def claims_without_mark(reading: Reading) -> Iterator[Found]:
    """An answer with sources of which none is marked: nobody sees what rests on which. A mark in a heading vouches for no claim."""
    claims = [sentence for sentence in reading.body if sentence.kind != "heading"]
    if reading.words.citations and claims and not any(sentence.keys for sentence in claims):
        message = f"No claim of the body says on which source it rests: put a mark such as [^{_example(reading)}] after what each supports."
        yield "claims-without-mark", message, "body", ""


def figures_without_mark(reading: Reading) -> Iterator[Found]:
    """Figures with no mark in their sentence; where no mark can stand, with no cited sentence of the body that says the same."""
    cited = [figure for sentence, stated in reading.figures.items() if sentence.keys for figure in stated]
    for sentence, stated in reading.figures.items():
        bare = next((figure for figure in stated if _needs_mark(reading, sentence, figure, cited)), None)
        if bare and sentence.where == "body":
            message = f"“{bare.text}” has no source: put a mark such as [^{_example(reading)}] in this sentence, or take the figure out."
            yield "figure-without-mark", message, "body", sentence.text
        elif bare:
            message = f"“{bare.text}” has no source: say it in a sentence of the body that has a mark, or take it out here."
            yield "figure-without-mark", message, sentence.where, sentence.text


def _needs_mark(reading: Reading, sentence: Sentence, figure: Figure, cited: list[Figure]) -> bool:
    if sentence.keys or _has_own_source(reading, sentence) or _is_invented(reading, sentence, figure):
        return False
    if sentence.kind == "heading" and sentence.box == "pitfall":  # it names the mistake
        return False
    if sentence.where == "body" and sentence.kind != "heading":
        return True
    # Headings and the fields beside the body show no marks; what they repeat has one in the sentence that says it at length.
    return not any(figure.same_as(other) for other in cited)


def _has_own_source(reading: Reading, sentence: Sentence) -> bool:
    name, _, position = sentence.where.partition(".")
    return name == "key_facts" and bool(reading.words.key_facts[int(position)].source)


def _is_invented(reading: Reading, sentence: Sentence, figure: Figure) -> bool:
    """Tell whether a figure belongs to the invented person of a worked example, who has no source.

    The course of that person's story, and measurements such as a receptor at 0 %, are as invented as the name. What an example
    says about groups of people, doses and approvals is said about the world, and needs a source there as everywhere.
    """
    if sentence.box != "worked-example":
        return False
    return figure.kind == "time" or (figure.kind == "percent" and not about_people(sentence.text, reading.language))


def _example(reading: Reading) -> str:
    return reading.words.citations[0].key if reading.words.citations else "source-key"


def percentages_without_count(reading: Reading) -> Iterator[Found]:
    """For lay readers: percentages of people that are nowhere in the entry said as a count, such as "12 in 100"."""
    if not reading.for_lay_readers:
        return
    said = _counts(reading)
    for sentence, stated in reading.figures.items():
        if any(figure.kind == "percent" for figure in stated) and about_people(sentence.text, reading.language):
            # A relative risk is no share of people: "cut by 46 %" cannot be said as 46 in 100.
            alone = figures(without_relative(sentence.text, reading.language), reading.language)
            percents = [figure for figure in alone if figure.kind == "percent"]
            missing = next((percent for percent in percents if not any(percent.same_as(count) for count in said)), None)
            if missing:
                message = f"Say “{missing.text}” as a count as well, such as “about {_count(missing.value)}”: more people understand it."
                yield "percentage-without-count", message, sentence.where, sentence.text


def _counts(reading: Reading) -> list[Figure]:
    """Return every count of the entry, also those in words such as "half"."""
    counted = [figure for stated in reading.figures.values() for figure in stated if figure.kind == "count"]
    return counted + [share for sentence in reading.all for share in shares(sentence.text, reading.language)]


def _count(percent: float) -> str:
    """Return a percentage as a count in plain words, on a base that leaves a whole number of people."""
    base = next((base for base in (100, 1_000, 10_000) if percent * base >= 100), 100_000)
    return f"{round(percent * base / 100)} in {base:,}"


def relatives_without_absolute(reading: Reading) -> Iterator[Found]:
    """Relative risks with no absolute size in the same paragraph, list or table or the one before or after it.

    A field beside the body may be read alone, so it must hold both itself.
    """
    for sentence in reading.all:
        words = relative(sentence.text, reading.language)
        if words and not any(absolute(other.text, reading.language) for other in _around(reading, sentence)):
            message = f"“{words}” compares without saying from what to what: add how many in 100 with and without, close by."
            yield "relative-without-absolute", message, sentence.where, sentence.text


def _around(reading: Reading, sentence: Sentence) -> list[Sentence]:
    if sentence.where != "body":
        return [other for other in reading.fields if other.where == sentence.where]
    return [other for step in (-1, 0, 1) for other in reading.blocks.get(sentence.block + step, [])]


RULES = (marks_without_source, claims_without_mark, figures_without_mark, percentages_without_count, relatives_without_absolute)
