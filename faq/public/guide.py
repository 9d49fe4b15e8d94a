"""What developers must know beside the paths: the description of the OpenAPI document, and the page `/developers/`, in each language."""

from functools import cache
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from markdown_it import MarkdownIt

from faq.content.words import Words

FOLDER: Final = Path(__file__).parent
WRITTEN_FOR: Final = "http://127.0.0.1:8000"
"""The address in the examples of the guide; whoever reads it is shown the library's own."""


def guide(language: str = "en") -> str:
    """Return the guide as Markdown, with the library's address and the members that a hash covers."""
    text = (FOLDER / f"guide.{language}.md").read_text(encoding="utf-8")
    names = ", ".join(f"`{name}`" for name in Words.model_fields if name not in ("body", "citations", "provenance"))
    return text.replace(WRITTEN_FOR, settings.PUBLIC_URL).replace("WORDS", names)


def guide_html(language: str) -> str:
    """Return the guide as HTML, with an anchor at each heading. The text is ours, so nothing in it is taken out."""
    return made_html(guide(language))


@cache
def made_html(text: str) -> str:
    reader = MarkdownIt("commonmark").enable("table")
    tokens = reader.parse(text)
    for before, token in zip([None, *tokens], tokens, strict=False):
        if before is not None and before.type == "heading_open":
            before.attrSet("id", "-".join("".join(letter if letter.isalnum() else " " for letter in token.content.lower()).split()))
        if token.type in ("fence", "table_open"):
            token.attrSet("tabindex", "0")  # what may scroll sideways is reached by keyboard too
    html: Any = reader.renderer.render(tokens, reader.options, {})
    return str(html)
