"""Telephone numbers: which can be tapped without reaching somebody else, and how they stay readable where text runs from right to left."""

import re
import unicodedata
from typing import Final, NamedTuple

GAP = "[ .\u00a0\u2009\u202f\u2010\u2011-]"
"""What stands between the groups of one number, once. A comma or a slash stands between two numbers, or nobody can tell."""
# A group goes on after a gap, at a bracket, or behind one. Each way is told by its first sign, so a long row of digits costs nothing.
DIGITS: Final = rf"\d+\)?(?:(?:{GAP}\(?|\(|(?<=\)))\d+\)?)*"
EXTENSION: Final = r"[ ,]{0,2}(?:\b(?:extension|ext|x|anexo|int)\.?|#) ?\d{1,6}"
RUN: Final = re.compile(rf"(?<![\w+.,])\+?\(?{DIGITS}(?:[-\u2011][A-Za-z0-9]+)*(?:{EXTENSION})?(?!\w)", re.IGNORECASE)
WHOLE: Final = re.compile(rf"(?P<number>\+?{DIGITS})(?P<extension>{EXTENSION})?", re.IGNORECASE)
TAG: Final = re.compile(r"""(<(?:[^<>"]|"[^"]*")*>)""")
"""A tag of sanitised HTML, in whose quoted attributes a > may stand."""

WORDS_BETWEEN: Final = "or|and|o|u|y|e|ou|et|oder|und|أو|او|و"
BETWEEN: Final = re.compile(rf"(\s*[,;،؛]\s+|\s*[|\n]\s*|\s+[/／]\s+|\s+(?:{WORDS_BETWEEN})\s+)", re.IGNORECASE)
EMERGENCY: Final = frozenset(("000", "111", "112", "911", "988", "999"))
SHORTEST, LONGEST = 3, 15
"""Digits of what can be dialled; the longest is that of ITU-T E.164."""
COMPLETE: Final = 7
"""Digits from which on a number beside others stands for itself: “0959” may be the end of a number like the one before it."""
DAY: Final = re.compile(r"\d{1,2}([.-])\d{1,2}\1\d{4}|\d{4}([.-])\d{1,2}\2\d{1,2}")


class Piece(NamedTuple):
    """A stretch of a field for telephone numbers; `address` is the tel: address of what can be dialled, else ""."""

    text: str
    address: str


def isolated(html: str) -> str:
    """Return `html`, a text or sanitised HTML, with each number of several groups kept from left to right.

    In Arabic or Hebrew text +44 20 7946 0958 would else stand as 0958 7946 20 44+.
    """
    parts = TAG.split(html)
    parts[::2] = [RUN.sub(isolate, text) for text in parts[::2]]
    return "".join(parts)


def isolate(run: re.Match[str]) -> str:
    return f'<bdi dir="ltr">{run[0]}</bdi>' if is_grouped(run[0]) else run[0]


def is_grouped(run: str) -> bool:
    """Return whether figures belong together as one number; a span such as 2019-2024 runs the way of the text around it."""
    digits, groups = sum(letter.isdecimal() for letter in run), re.findall(r"\d+", run)
    if run.startswith("+"):
        return digits >= COMPLETE
    is_span = re.fullmatch(r"[^0\D]\d*[-\u2010\u2011]\d+", run) and abs(len(groups[0]) - len(groups[-1])) <= 1
    return len(groups) > 1 and sum(letter.isalnum() for letter in run) >= 6 and not is_span


def pieces(field: str) -> list[Piece]:
    """Return a field for telephone numbers in pieces, those that are one whole number with its address.

    Whatever a wrong number could come of has none: letters, other words, numbers without an end, area codes that stand alone.
    """
    texts = BETWEEN.split(field.strip())
    numbers = [whole_number(text) for text in texts]
    longest = max(len(number.lstrip("+")) for number in numbers)
    made = []
    for text, number in zip(texts, numbers, strict=True):
        if not number or is_cut_off(number, longest) or has_area_code_apart(texts, numbers):
            made.append(Piece(text, ""))
            continue
        whole = WHOLE.fullmatch(plain_signs(text))
        shown = len(whole["number"]) if whole else len(text)  # an extension is asked for by people, not dialled
        made += [Piece(text[:shown], f"tel:{number}"), Piece(text[shown:], "")]
    return [piece for piece in made if piece.text]


def is_cut_off(number: str, longest: int) -> bool:
    """Return whether a short number beside a long one may be the end of another; a known emergency number is none."""
    is_known = number in EMERGENCY or (number.startswith("116") and len(number) == 6)
    return len(number) < COMPLETE <= longest and not is_known


def has_area_code_apart(texts: list[str], numbers: list[str]) -> bool:
    """Return whether two pieces may be one number, as in `030 / 123456`."""
    return any(
        between.strip() in ("/", "／") and code.startswith("0") and len(code) < COMPLETE and len(number) > len("112")
        for code, between, number in zip(numbers, texts[1:], numbers[2:], strict=False)
    )


def whole_number(text: str) -> str:
    """Return what is dialled where `text` is one telephone number and nothing else, "" for anything that a wrong number could come of."""
    whole = WHOLE.fullmatch(plain_signs(text))
    return dialled(whole["number"]) if whole else ""


def plain_signs(text: str) -> str:
    """Return `text` as long as before, with plain digits, plus and brackets for those of other scripts and widths."""
    return "".join(str(unicodedata.decimal(letter)) if letter.isdecimal() else unicodedata.normalize("NFKC", letter)[:1] for letter in text)


def dialled(number: str) -> str:
    bare = re.sub(rf"{GAP}?\(0\){GAP}?", " ", number)
    is_abroad = re.match(r"\+|00[1-9]", number) is not None
    groups = re.findall(r"\d+", bare)
    digits = "".join(groups)
    refused = (
        not SHORTEST <= len(digits) <= LONGEST
        or (len(digits) < 6 and len(groups) > 1)
        or (len(groups) == 2 and EMERGENCY.issuperset(groups))
        or DAY.fullmatch(bare)
        or {".", "-"} <= set(bare)
        or not re.fullmatch(r"[^()]+|\+?\d+ ?\([1-9]\d*\)[^()]+", bare)
        # (0) is said at home alone; after +39 it is dialled from abroad as well, so there nobody can tell. A country's code before a
        # bare zero is the same mistake without brackets.
        or (bare != number and (not is_abroad or re.match(r"\+39|0039", number)))
        or (is_abroad and len(groups) > 1 and groups[1].startswith("0") and groups[0] not in ("39", "0039"))
    )
    return "" if refused else ("+" if number.startswith("+") else "") + digits
