"""Texts as they are compared when somebody looks for words: case, accents, forms of letters and typographic quotes do not count."""

import re
from html import unescape
from typing import Final
from unicodedata import combining, normalize

from faq.content.letters import as_seen

AS_TYPED: Final = str.maketrans("‘’ʼ‛′“”„‟″‐‑", "'''''\"\"\"\"\"--")
"""Quotes and hyphens as keyboards have them, which word processors make others of."""
NUMBER_OF_SOURCE: Final = re.compile(r'\s*<sup class="citation">.*?</sup>', re.DOTALL)
WITHIN_WORDS: Final = re.compile(r"</?(?:a|em|span|strong)\b[^>]*>")
"""Tags that end no word, as all others do."""
TAG: Final = re.compile("<[^>]*>")


def fold(text: str) -> str:
    """Return `text` in small letters and plain signs: without accents and other marks, full-width and joined letters as plain ones."""
    return normalize("NFC", "".join(letter for letter in normalize("NFKD", text).casefold() if not combining(letter)))


def searchable(text: str) -> str:
    """Return `text` folded and as the eye takes it, with the signs that keyboards have, and one space where there was any white space."""
    return " ".join(fold(as_seen(text).translate(AS_TYPED)).split())


def text_of_html(html: str) -> str:
    """Return the words of HTML as content.markdown renders it, without the numbers of its sources."""
    return unescape(TAG.sub(" ", WITHIN_WORDS.sub("", NUMBER_OF_SOURCE.sub("", html))))


def word_set(text: str) -> frozenset[str]:
    """Return the words of a list that is written as a text."""
    return frozenset(text.split())
