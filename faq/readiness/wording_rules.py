"""Rules of readiness about wording and form: personal data, tone, boxes, headings, links, names of medicines, reading grade."""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from faq.content.letters import is_blank, needless_in
from faq.content.markdown import headings
from faq.content.markdown_parser import inline_text
from faq.content.words import Service
from faq.readiness import wording
from faq.readiness.markup_rules import other_voices
from faq.readiness.reading import Found, Reading
from faq.readiness.reading_grade import grade, word_count
from faq.readiness.sentences import Sentence

# NIH asks for patients' texts below grade 8, the NHS service manual for a reading age of 9 to 11 (grades 4 to 6).
GRADE_CONCERN, GRADE_ADVICE = 8.0, 6.0
LONGEST_SENTENCE = 25  # words; the limit of GOV.UK's guidance on plain English


def personal_data(reading: Reading) -> Iterator[Found]:
    """What looks like data of a person, also in phrasings and quotations; numbers and addresses listed as resources are known."""
    services = [resource for resource in reading.words.resources if isinstance(resource, Service)]
    listed = " ".join(text for service in services for text in (service.name, service.phone, service.url, service.description))
    for sentence in [*reading.all, *other_voices(reading)]:
        if telling := wording.personal_data(sentence.text, listed):
            message = f"“{telling}” looks like a person's data: take it out. If it is a service's number, list it under resources."
            yield "personal-data", message, sentence.where, sentence.text


def tone(reading: Reading) -> Iterator[Found]:
    """Talk to one person, and pictographs in place of words."""
    for sentence in reading.all:
        if personal := wording.talk_to_one_person(sentence.text):
            message = (
                f"“{personal}” speaks as if the reader's illness were known: write about people in general, and refer to the care team."
            )
            yield "talk-to-one-person", message, sentence.where, sentence.text
        if emoji := wording.status_emoji(sentence.text):
            yield (
                "status-emoji",
                f"Say in words what “{emoji}” means: pictographs are read out oddly or not at all.",
                sentence.where,
                sentence.text,
            )


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
    short = [sentence for sentence in reading.fields if sentence.where == "short_answer"]
    return short + [sentence for sentence in reading.body if sentence.kind in ("paragraph", "entry")]


def bare_links(reading: Reading) -> Iterator[Found]:
    """Addresses in place of a link's name, names that say nothing such as "here", and addresses that are no links at all."""
    names = [name for name, _ in reading.links]
    for name in names:
        if wording.WEB_ADDRESS.fullmatch(name) or wording.VAGUE_LINK.fullmatch(name.strip()):
            yield "bare-link", "Name the page the link leads to: [name of the page](address).", "body", name
    for sentence in reading.body:
        address = wording.first(wording.WEB_ADDRESS, sentence.text).rstrip(".,;:)")
        if address and address not in names:
            yield "bare-link", f"Make a link with a name: [name of the page]({address}).", "body", sentence.text


def brands(reading: Reading, generics: Mapping[str, str]) -> Iterator[Found]:
    """Brands in a section that does not give the generic name: look-alike names are mixed up, and readers jump to a heading."""
    if not generics:
        return
    by_fold = {brand.casefold(): (brand, generic) for brand, generic in generics.items()}
    names = _names(frozenset([*generics, *generics.values()]))
    for section in _sections(reading):
        # Backwards, so that of a name said twice the first sentence stays: that is where the generic name belongs.
        named = {name[0].casefold(): sentence for sentence in reversed(section) for name in names.finditer(sentence.text)}
        for brand, generic in (by_fold[fold] for fold in named if fold in by_fold):
            if generic.casefold() not in named:
                first = named[brand.casefold()]
                yield "brand-without-generic", f"Write the generic name beside “{brand}”: {generic}.", first.where, first.text


def _sections(reading: Reading) -> list[list[Sentence]]:
    sections = [[sentence for sentence in reading.fields if sentence.where == "short_answer"], []]
    for sentence in reading.body:
        if sentence.kind == "heading":
            sections.append([])
        sections[-1].append(sentence)
    return sections


@lru_cache(maxsize=64)
def _names(names: frozenset[str]) -> re.Pattern[str]:
    """Find the longest of `names` first, so that a name inside another is not found alone."""
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, sorted(names, key=len, reverse=True)))})(?!\w)", re.IGNORECASE)


def reading_grade(reading: Reading, names: frozenset[str]) -> Iterator[Found]:
    """For lay readers: a concern above grade 8, advice above grade 6."""
    if not reading.for_lay_readers:
        return
    years = grade([sentence.text for sentence in _running(reading)], reading.language, names)
    if years is not None and years > GRADE_CONCERN:
        yield (
            "reading-grade-high",
            f"Reads at grade {years:.1f}: use shorter sentences and plainer words until it is 8 or below.",
            "body",
            "",
        )
    elif years is not None and years > GRADE_ADVICE:
        yield "reading-grade", f"Reads at grade {years:.1f}: 6 or below would reach more readers.", "body", ""


def blank_parts(reading: Reading) -> Iterator[Found]:
    """Links and headings without a word: who looks does not see them, who listens hears of a link or heading without a name."""
    if any(is_blank(name) for name, _ in reading.links):
        yield "blank-text", "A link has no name: write what it leads to between [ and ], or take it out.", "body", ""
    if any(is_blank(inline_text(reading.tokens[position + 1].children or [])) for position, _ in headings(reading.tokens)):
        yield "blank-text", "A heading has no words: write them, or take its # out.", "body", ""


def unseen_letters(reading: Reading) -> Iterator[Found]:
    """Signs that nobody sees, written out as in `&#8238;`: words.clean_text takes out or refuses those that are typed."""
    for child in reading.inline:
        if child.type == "text" and (found := needless_in(child.content)):
            yield "unseen-letter", f"A sign that nobody sees stands here (U+{ord(found):04X}): take it out.", "body", child.content


RULES = (personal_data, tone, heading_levels, long_sentences, bare_links, blank_parts, unseen_letters)
