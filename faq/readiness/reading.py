"""One entry taken apart once, for all rules of readiness to look at."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cached_property

from markdown_it.token import Token

from faq.content import markdown
from faq.content.markdown_parser import inline_text
from faq.content.words import Part, Words
from faq.readiness import figures, sentences
from faq.readiness.quantities import Statement, statements
from faq.readiness.sentences import Sentence

Found = tuple[str, str, str, str]  # code, message, field, sentence


class Reading:
    """The Words with their parsed body and their sentences; each part is made when first asked for."""

    def __init__(self, words: Words) -> None:
        self.words = words
        self.language = words.language
        self.for_lay_readers = words.audience in ("patient", "caregiver")

    @cached_property
    def tokens(self) -> list[Token]:
        return markdown.parse(self.words.body)

    @cached_property
    def inline(self) -> list[Token]:
        """What stands in the lines of the body: words, marks, links, pictures."""
        return [child for token in self.tokens for child in token.children or []]

    @cached_property
    def links(self) -> list[tuple[str, str]]:
        """(name, address) of each link of the body."""
        found: list[tuple[str, str]] = []
        name: list[str] = []
        address = ""
        for child in self.inline:
            if child.type == "link_open":
                name, address = [], str(child.attrGet("href") or "")
            elif child.type == "link_close":
                found.append(("".join(name), address))
            else:
                name.append(inline_text([child]))
        return found

    @cached_property
    def plain_body(self) -> str:
        return markdown.plain_of_tokens(self.tokens)

    @cached_property
    def body(self) -> list[Sentence]:
        return sentences.body_sentences(self.tokens)

    @cached_property
    def fields(self) -> list[Sentence]:
        """The sentences readers see beside the body: plain text, which bears no marks."""
        return [sentence for where, text in _plain_fields(self.words) for sentence in sentences.field_sentences(where, text)]

    @cached_property
    def all(self) -> list[Sentence]:
        """Every sentence that speaks for the library: the short answer and other fields, then the body."""
        return self.fields + self.body

    @cached_property
    def blocks(self) -> dict[int, list[Sentence]]:
        """The sentences of the body by block: a paragraph, a whole list, a whole table."""
        grouped = defaultdict(list)
        for sentence in self.body:
            grouped[sentence.block].append(sentence)
        return grouped

    @cached_property
    def figures(self) -> dict[Sentence, list[figures.Figure]]:
        read = {sentence: figures.figures(sentence.text, self.language) for sentence in self.all}
        return {sentence: stated for sentence, stated in read.items() if stated}

    @cached_property
    def statements(self) -> list[Statement]:
        """The sentences that hold a number, whatever it counts."""
        return statements(self.speaking, self.language)

    @cached_property
    def speaking(self) -> list[Sentence]:
        """All but the lines on where things stand, which hold dates and no figures."""
        return [sentence for sentence in self.all if not sentence.where.startswith("status_lines")]


SILENT = {
    *("schema_version", "language", "audience", "region", "applies_to", "translation_of", "advice_cards", "update_type"),  # no sentences
    *("question", "phrasings", "call_to_action", "provenance", "change_note"),  # do not speak for the library
    *("quotations", "citations"),  # others' words
    "body",  # has rules of its own
}
"""The fields in which no rule looks for sentences."""
NAMES = {
    "status_lines": ("item",),
    "key_facts": ("label", "value"),
    "care_team_questions": ("why",),
    "resources": ("description", "transcript"),
}
"""What is read of the members of a list that also hold names, dates and addresses; of any other list it is every text."""


def _plain_fields(words: Words) -> Iterator[tuple[str, str]]:
    for name in Words.model_fields:
        if name in SILENT:
            continue
        value = getattr(words, name)
        if isinstance(value, str):
            yield name, value
        for n, member in enumerate(value if isinstance(value, list) else ()):
            yield f"{name}.{n}", _text_of(member, NAMES.get(name))


def _text_of(member: Part | str, names: Sequence[str] | None) -> str:
    if isinstance(member, str):
        return member
    texts = [getattr(member, name, "") for name in names or type(member).model_fields]
    return ": ".join(text for text in texts if isinstance(text, str) and text)
