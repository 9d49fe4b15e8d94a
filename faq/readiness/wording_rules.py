"""Rules of readiness about wording and form: personal data, tone, boxes, headings, links, names of medicines, reading grade."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from markdown_it.token import Token

from faq.markdown import headings
from faq.markdown_parser import BOXES, inline_text
from faq.payload import Service
from faq.readiness import wording
from faq.readiness.reading import Found, Reading
from faq.readiness.reading_grade import grade, word_count
from faq.readiness.sentences import Sentence

# NIH asks for patients' texts below grade 8, the NHS service manual for a reading age of 9 to 11 (grades 4 to 6).
GRADE_CONCERN, GRADE_ADVICE = 8.0, 6.0
LONGEST_SENTENCE = 25  # words; the limit of GOV.UK's guidance on plain English
BOX_LINE = re.compile(r"\s*:{3,}\s*(?!:)(\S.*)")


def personal_data(reading: Reading) -> Iterator[Found]:
    """What looks like data of a person, also in phrasings and quotations; numbers and addresses listed as resources are known."""
    services = [each for each in reading.words.resources if isinstance(each, Service)]
    listed = " ".join(text for each in services for text in (each.name, each.phone, each.url, each.description))
    for sentence in [*reading.all, *_other_voices(reading)]:
        if found := wording.personal_data(sentence.text, listed):
            message = f"“{found}” looks like a person's data: take it out. If it is a service's number, list it under resources."
            yield "personal-data", message, sentence.where, sentence.text


def _other_voices(reading: Reading) -> Iterator[Sentence]:
    yield Sentence(reading.words.question, where="question")
    yield from (Sentence(text, where=f"phrasings.{n}") for n, text in enumerate(reading.words.phrasings))
    yield from (Sentence(each.text, where=f"quotations.{n}") for n, each in enumerate(reading.words.quotations))


def tone(reading: Reading) -> Iterator[Found]:
    """Talk to one person, and pictographs in place of words."""
    for sentence in reading.all:
        if found := wording.talk_to_one_person(sentence.text):
            message = f"“{found}” speaks as if the reader's illness were known: write about people in general, and refer to the care team."
            yield "talk-to-one-person", message, sentence.where, sentence.text
        if found := wording.status_emoji(sentence.text):
            yield (
                "status-emoji",
                f"Say in words what “{found}” means: pictographs are read out oddly or not at all.",
                sentence.where,
                sentence.text,
            )


def not_shown(reading: Reading) -> Iterator[Found]:
    """Images and raw HTML, which readers do not see as meant."""
    for child in _inline(reading.tokens):
        if child.type == "image":
            alternative = inline_text(child.children or [])
            yield (
                "image",
                "Pictures are not shown, only their text: say in words what this one shows, and take it out.",
                "body",
                alternative,
            )
    for sentence in reading.all:
        if found := wording.raw_html(sentence.text):
            yield "raw-html", f"HTML is shown as typed: write “{found}” as Markdown, or take it out.", sentence.where, sentence.text


def boxes(reading: Reading) -> Iterator[Found]:
    """Boxes with an unknown name, whose text stands open, and boxes never closed, which swallow the rest."""
    for sentence in reading.body:
        if BOX_LINE.match(sentence.text):
            yield (
                "box-broken",
                f"No box of this name: write ::: and one of {', '.join(BOXES)}, on a line of its own.",
                "body",
                sentence.text,
            )
    depth: list[Token] = []
    for token in reading.tokens:
        if token.type.startswith("container_") and token.nesting == 1:
            depth.append(token)
        elif token.type.startswith("container_"):
            opened = depth.pop()
            if len(token.markup) < len(opened.markup) or token.markup.strip(":"):
                yield "box-broken", "Close this box with a line of its own that holds only :::", "body", f"{opened.markup}{opened.info}"


def heading_levels(reading: Reading) -> Iterator[Found]:
    """Headings that skip a level, so that people who move by headings miss one."""
    before = 1
    for position, level in headings(reading.tokens):
        if level > before + 1:
            message = f"This heading skips a level: use {level - before - 1} # less."
            yield "heading-skipped", message, "body", inline_text(reading.tokens[position + 1].children or [])
        before = level


def long_sentences(reading: Reading) -> Iterator[Found]:
    """For lay readers: sentences of more than 25 words; rows of tables and headings are none."""
    for sentence in _running(reading):
        if reading.for_lay_readers and (words := word_count(sentence.text)) > LONGEST_SENTENCE:
            yield "long-sentence", f"{words} words: make two or three sentences of it.", sentence.where, sentence.text


def _running(reading: Reading) -> list[Sentence]:
    """Return the sentences of the short answer and the body, without headings and rows of tables."""
    short = [each for each in reading.fields if each.where == "short_answer"]
    return short + [each for each in reading.body if each.kind in ("paragraph", "entry")]


def bare_links(reading: Reading) -> Iterator[Found]:
    """Addresses in place of a link's name, names that say nothing such as "here", and addresses that are no links at all."""
    names = list(_link_names(_inline(reading.tokens)))
    for name in names:
        if wording.WEB_ADDRESS.fullmatch(name) or wording.VAGUE_LINK.fullmatch(name.strip()):
            yield "bare-link", "Name the page the link leads to: [name of the page](address).", "body", name
    for sentence in reading.body:
        address = wording.first(wording.WEB_ADDRESS, sentence.text).rstrip(".,;:)")
        if address and address not in names:
            yield "bare-link", f"Make a link with a name: [name of the page]({address}).", "body", sentence.text


def _link_names(children: Sequence[Token]) -> Iterator[str]:
    name: list[str] | None = None
    for child in children:
        if child.type == "link_open":
            name = []
        elif child.type == "link_close" and name is not None:
            yield "".join(name)
            name = None
        elif name is not None:
            name.append(inline_text([child]))


def _inline(tokens: Sequence[Token]) -> list[Token]:
    return [child for token in tokens for child in token.children or []]


def brands(reading: Reading, generics: Mapping[str, str]) -> Iterator[Found]:
    """Brands in a section that does not give the generic name: look-alike names are mixed up, and readers jump to a heading."""
    if not generics:
        return
    by_fold = {brand.casefold(): (brand, generic) for brand, generic in generics.items()}
    names = _names(frozenset([*generics, *generics.values()]))
    for section in _sections(reading):
        named = {found[0].casefold(): sentence for sentence in reversed(section) for found in names.finditer(sentence.text)}
        for brand, generic in (by_fold[fold] for fold in named if fold in by_fold):
            if generic.casefold() not in named:
                first = named[brand.casefold()]
                yield "brand-without-generic", f"Write the generic name beside “{brand}”: {generic}.", first.where, first.text


def _sections(reading: Reading) -> list[list[Sentence]]:
    """Return the short answer, and the body from heading to heading."""
    sections = [[each for each in reading.fields if each.where == "short_answer"], []]
    for sentence in reading.body:
        if sentence.kind == "heading":
            sections.append([])
        sections[-1].append(sentence)
    return sections


@lru_cache(maxsize=64)
def _names(names: frozenset[str]) -> re.Pattern[str]:
    """Return a pattern that finds the longest of `names` first, so that a name inside another is not found alone."""
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, sorted(names, key=len, reverse=True)))})(?!\w)", re.IGNORECASE)


def reading_grade(reading: Reading, names: frozenset[str]) -> Iterator[Found]:
    """For lay readers: a concern above grade 8, advice above grade 6."""
    if not reading.for_lay_readers:
        return
    years = grade([each.text for each in _running(reading)], reading.language, names)
    if years is not None and years > GRADE_CONCERN:
        yield (
            "reading-grade-high",
            f"Reads at grade {years:.1f}: use shorter sentences and plainer words until it is 8 or below.",
            "body",
            "",
        )
    elif years is not None and years > GRADE_ADVICE:
        yield "reading-grade", f"Reads at grade {years:.1f}: 6 or below would reach more readers.", "body", ""


RULES = (personal_data, tone, not_shown, boxes, heading_levels, long_sentences, bare_links)
