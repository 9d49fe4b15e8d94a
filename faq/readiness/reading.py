"""One entry taken apart once, for all rules of readiness to look at."""

from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property

from faq import markdown
from faq.payload import Service, Words
from faq.readiness import figures, sentences
from faq.readiness.sentences import Sentence

Found = tuple[str, str, str, str]  # code, message, field, sentence


class Reading:
    """The Words with their parsed body and their sentences; each part is made when first asked for."""

    def __init__(self, words: Words) -> None:
        self.words = words
        self.language = words.language
        self.for_lay_readers = words.audience in ("patient", "caregiver")
        self.tokens = markdown.parse(words.body)

    @cached_property
    def plain_body(self) -> str:
        """The words of the body without markup."""
        return markdown.plain(self.tokens)

    @cached_property
    def body(self) -> list[Sentence]:
        """The sentences of the body."""
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
        """Every sentence that has figures, with them."""
        found = {sentence: figures.figures(sentence.text, self.language) for sentence in self.all}
        return {sentence: each for sentence, each in found.items() if each}


def _plain_fields(words: Words) -> Iterator[tuple[str, str]]:
    yield "short_answer", words.short_answer
    for n, line in enumerate(words.status_lines):
        yield f"status_lines.{n}", line.item
    for n, fact in enumerate(words.key_facts):
        yield f"key_facts.{n}", f"{fact.label}: {fact.value}"
    for n, question in enumerate(words.care_team_questions):
        yield f"care_team_questions.{n}", question.why
    for n, resource in enumerate(words.resources):
        yield f"resources.{n}", resource.description if isinstance(resource, Service) else resource.transcript
