"""What the library knows about languages beside their codes."""

from typing import Final, Literal

from django.conf import settings
from django.utils.translation import get_language_info

RIGHT_TO_LEFT: Final = frozenset({"ar", "arc", "ckb", "dv", "fa", "he", "ps", "sd", "syr", "ug", "ur", "yi"})
RIGHT_TO_LEFT_SCRIPTS: Final = frozenset({"adlm", "arab", "hebr", "nkoo", "rohg", "syrc", "thaa"})
"""Languages (ISO 639) and scripts (ISO 15924) written from right to left, as Unicode CLDR lists them."""

NAMES: Final = {
    "am": "አማርኛ",
    "fil": "Filipino",
    "ht": "Kreyòl ayisyen",
    "ps": "پښتو",
    "so": "Soomaali",
    "ti": "ትግርኛ",
    "yi": "ייִדיש",
    "zh": "中文",
}
"""Languages that patients ask for and Django has no name for."""


def direction(language: str) -> Literal["ltr", "rtl"]:
    """Return how text in `language` (BCP 47) runs; a script in the code counts more than the language."""
    first, *rest = language.lower().split("-")
    script = next((part for part in rest if len(part) == 4 and part.isalpha()), "")
    is_rtl = script in RIGHT_TO_LEFT_SCRIPTS if script else first in RIGHT_TO_LEFT
    return "rtl" if is_rtl else "ltr"


def interface_of(language: str) -> str:
    """Return the language of the library's own words beside a text in `language`: the same where the interface speaks it, else its
    default one."""
    base = language.split("-")[0]
    return base if base in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def local_name(language: str) -> str:
    """Return what speakers of `language` call it; its code where nobody told us."""
    try:
        return str(get_language_info(language.lower())["name_local"])
    except KeyError:
        return NAMES.get(language.split("-")[0], language)
