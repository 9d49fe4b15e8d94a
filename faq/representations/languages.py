"""What the library knows about languages beside their codes."""

from typing import Final, Literal

RIGHT_TO_LEFT: Final = frozenset({"ar", "arc", "ckb", "dv", "fa", "he", "ps", "sd", "syr", "ug", "ur", "yi"})
RIGHT_TO_LEFT_SCRIPTS: Final = frozenset({"adlm", "arab", "hebr", "nkoo", "rohg", "syrc", "thaa"})
"""Languages (ISO 639) and scripts (ISO 15924) written from right to left, as Unicode CLDR lists them."""


def direction(language: str) -> Literal["ltr", "rtl"]:
    """Return how text in `language` (BCP 47) runs; a script in the code counts more than the language."""
    first, *rest = language.lower().split("-")
    script = next((part for part in rest if len(part) == 4 and part.isalpha()), "")
    is_rtl = script in RIGHT_TO_LEFT_SCRIPTS if script else first in RIGHT_TO_LEFT
    return "rtl" if is_rtl else "ltr"
