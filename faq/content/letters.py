"""Letters that nobody sees: which texts say nothing at all, and which signs are taken out of a text or refused in it.

What is seen must be what is stored, or a reviewer approves what no reader reads. Signs that a language needs stay where it needs them.
"""

import re
import unicodedata
from typing import Final

BLANK: Final = frozenset("\u115f\u1160\u3164\uffa0\u2800\U0001d159")
"""Letters and symbols to Unicode, but nothing to the eye: fillers of Hangul, braille's empty cell, the empty head of a note."""
LINE_ENDS: Final = {"\r\n": "\n", "\r": "\n", "\v": "\n", "\f": "\n", "\x85": "\n", "\u2028": "\n", "\u2029": "\n\n"}
"""What other systems and word processors end a line with; the last one ends a paragraph."""
LINE_END: Final = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
CONTROL: Final = re.compile("[\x01-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
ORDER: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""With these the letters after them stand in another order than the stored one: 38 can be made to look like 83."""

RIGHT_TO_LEFT: Final = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]")
DIRECTION: Final = re.compile("[\u200e\u200f\u061c]")
HIDDEN = "\u00ad\u061c\u180e\u200b-\u200f\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffb\U000e0000-\U000e01ef"
UNSEEN: Final = re.compile(f"[{HIDDEN}]")
"""Whatever NEEDLESS and DIRECTION look at; most texts have none of it. Of two in a row one at least has no use, or hides something."""
# South East Asian and CJK scripts put no spaces between words: there a zero-width space says where a line may end.
UNSPACED = "\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u1950-\u19df\u1a20-\u1aaf\u3000-\u30ff\u3400-\u9fff\uaa60-\uaadf"
BESIDE_JOINERS: Final = re.compile(
    "[\u00ad\u061c\u180e\u200b\u200e\u200f\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffb\U000e0000-\U000e01ef]"
)
SELECTOR = "\ufe00-\ufe0f\U000e0100-\U000e01ef"
NEEDLESS: Final = re.compile(
    # The flags of England, Scotland and Wales are a black flag and tags that name them. Tags elsewhere are hidden text.
    "(?P<flag>\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{2,6}\U000e007f)|[\U000e0000-\U000e007f]"
    # Word joiners, byte order marks, invisible operators and deprecated signs.
    "|[\u180e\u2060-\u2065\u206a-\u206f\ufeff\ufff9-\ufffb]"
    rf"|(?<![{UNSPACED}])\u200b|\u200b(?![{UNSPACED}])"
    # A soft hyphen stands within a word; in a number or at its end it has no use.
    rf"|(?<![^\s\d{HIDDEN}])\u00ad|\u00ad(?![^\s\d{HIDDEN}])"
    # Persian, Indic scripts and emoji need joiners; after a Latin letter they do nothing.
    "|(?<![^\\s\\x00-\u02ff\u200b-\u200f\u2060-\u206f\ufeff])[\u200c\u200d]"
    # A variation selector picks a form of the sign before it, once.
    rf"|(?<![^\s{HIDDEN}])[{SELECTOR}]"
    "|(?<=[\u200e\u200f\u061c])[\u200e\u200f\u061c]"
)


def is_blank(text: str) -> bool:
    """Return whether `text` has no letter, figure or sign that can be seen: spaces, marks without a letter and fillers are none."""
    return not any(is_seen(letter) for letter in text)


def is_seen(letter: str) -> bool:
    category = unicodedata.category(letter)
    if category == "Cn":  # perhaps newer than the tables of this Python; beyond are signs that are never shown, and no letters at all
        return 0x10000 <= ord(letter) < 0xE0000 and ord(letter) & 0xFFFE != 0xFFFE
    return category[0] in "LNPS" and letter not in BLANK


def with_unix_line_ends(text: str) -> str:
    return LINE_END.sub(lambda end: LINE_ENDS[end[0]], text)


def refuse_controls(text: str) -> None:
    """Raise ValueError for signs that change the order of letters, or that no text holds."""
    if turned := ORDER.search(text):
        name = f"U+{ord(turned[0]):04X}"
        raise ValueError(f"contains the sign {name}, which shows letters in another order than they are read; remove it")
    if control := CONTROL.search(text):
        raise ValueError(f"contains the control character U+{ord(control[0]):04X}; remove it")


def needless_in(text: str) -> str:
    """Return the first sign of `text` that would be taken out of it or refused in it, "" where there is none."""
    if found := ORDER.search(text) or CONTROL.search(text):
        return found[0]
    kept = without_needless(text)
    return next((letter for letter, other in zip(text, kept + " ", strict=False) if letter != other), "") if kept != text else ""


def without_needless(text: str) -> str:
    """Return `text` without the signs that nobody sees and no language needs where they stand."""
    if not UNSEEN.search(text):
        return text
    if not RIGHT_TO_LEFT.search(text):  # among letters that run one way marks of direction do nothing
        text = DIRECTION.sub("", text)
    while (shorter := NEEDLESS.sub(lambda found: found["flag"] or "", text)) != text:
        text = shorter
    return text


def as_seen(text: str) -> str:
    """Return `text` as the eye takes it, without the signs in a word that the keeper of a text let stand: a soft hyphen in `should`,
    a mark of direction in `50 %` beside Hebrew. Joiners stay, for in the scripts that keep them they tell words apart.
    """
    return BESIDE_JOINERS.sub("", text) if UNSEEN.search(text) else text
