"""What in a reader's words would tell who they are: found, so that they can take it out before anything is kept.

Telephone numbers are those of Google's libphonenumber (the package phonenumbers). It is no proof that nothing personal is left: a name
by itself is a word like any other.
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from phonenumbers import Leniency, PhoneNumberMatcher

MAIL: Final = "mail"
PHONE: Final = "phone"
NUMBER: Final = "number"
NAME: Final = "name"
BIRTH: Final = "birth"
PLACE: Final = "place"
LINK: Final = "link"
REGIONS: Final = ("US", "GB", "ES", "MX", "AR", "CO", "CL", "IE", "AU", "IN")
"""Where numbers without a country's code are looked for: where the library's languages are spoken most."""
MONTH: Final = r"[^\W\d_]{3,10}\.?"
DAY: Final = (
    rf"(?:\d{{1,2}}[./ -](?:\d{{1,2}}|{MONTH})[./ -]\d{{2,4}}|\d{{4}}-\d{{2}}-\d{{2}}"
    rf"|(?:{MONTH} )?\d{{1,2}}(?:st|nd|rd|th)?,? (?:de )?(?:{MONTH},? )?(?:de )?\d{{4}})"
)
BORN: Final = r"born(?: on)?|date of birth|d\.?o\.?b\.?|birthday(?: is)?|nac[ií](?: el)?|nacid[ao](?: el)?|fecha de nacimiento"
CAPITAL: Final = r"(?=[A-ZÁÉÍÓÚÑ])[^\W\d_][\w'’-]+"
"""A word with a capital, which may be a name."""
CALLED: Final = (
    r"my (?:full )?name(?: is|'s|’s|:)|i am called|me llamo|mi nombre(?: completo)? es"
    r"|my (?:doctor|oncologist|surgeon|nurse)(?: is|'s name is|’s name is)|mi (?:doctora?|onc[oó]log[oa]) es"
    r"|firmado|yours sincerely|kind regards|best regards|un saludo"
)
TITLE: Final = r"(?:Dr|Dra|Mrs|Mr|Ms|Sra|Sr)\.?"
STREET: Final = r"street|st|road|rd|avenue|ave|lane|drive|close|court|crescent|boulevard|blvd|way"
CALLE: Final = r"calle|avenida|avda\.?|plaza|paseo|c/"
PATTERNS: Final = {
    MAIL: re.compile(r"[\w.+-]+\s?(?:@|\(at\)|\[at\])\s?[\w-]+(?:\.[\w-]+)+", re.IGNORECASE),
    LINK: re.compile(r"(?:https?://|www\.)\S+|(?<!\w)@[A-Za-z_][\w.]{2,}", re.IGNORECASE),
    BIRTH: re.compile(rf"\b(?:{BORN})[:\s]+(?:the |el |on )?{DAY}", re.IGNORECASE),
    NAME: re.compile(
        rf"\b(?i:{CALLED})[,:]?\s+(?:(?i:{TITLE})\s+)?{CAPITAL}(?:\s+{CAPITAL})*|\b{TITLE}\s+{CAPITAL}(?:\s+{CAPITAL})?",
    ),
    PLACE: re.compile(
        rf"\b\d{{1,5}}[a-z]? (?:[A-Z][\w'’.-]+ ){{1,3}}(?i:{STREET})\b\.?"
        rf"|\b(?i:{CALLE})\s?(?:[A-ZÁÉÍÓÚÑ][\w'’.-]+[ ,]*|de |la |los |las |del ){{1,5}},?\s?(?:n[.ºo°]*\s?)?\d{{1,4}}\b"
        r"|\b[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}\b"
    ),
    # A patient's, an insurance's or an identity card's, with separators as forms print them; round figures count people.
    NUMBER: re.compile(r"\b\d{3}-\d{2}-\d{4}\b|\b\d{3} \d{3} \d{4}\b|(?<![\d.,])(?!\d+000\b)\d{7,}(?![\d.,]*\d)|\b[XYZ]?\d{7,8}-?[A-Z]\b"),
}
"""By kind, in the order in which they are told; a stretch that one has found is no other's."""


class Personal(NamedTuple):
    """A stretch of a text: its kind, where it begins and ends (Unicode code points), and its letters."""

    kind: str
    start: int
    end: int
    text: str


def personal_data(text: str) -> list[Personal]:
    """Return what in `text` would tell who somebody is, in its order."""
    found: list[Personal] = []
    for one in candidates(text):
        if not any(one.start < other.end and other.start < one.end for other in found):
            found.append(one)
    return sorted(found, key=lambda each: each.start)


def candidates(text: str) -> Iterator[Personal]:
    for kind, pattern in PATTERNS.items():
        if kind == NUMBER:
            yield from telephone_numbers(text)
        yield from (Personal(kind, match.start(), match.end(), match[0]) for match in pattern.finditer(text))


def telephone_numbers(text: str) -> Iterator[Personal]:
    """Yield what is a valid telephone number somewhere in REGIONS, helplines among them: nobody can tell whose it is."""
    if sum(letter.isdigit() for letter in text) < 7:
        return
    for region in REGIONS:
        for match in PhoneNumberMatcher(text, region, Leniency.VALID):
            yield Personal(PHONE, match.start, match.end, match.raw_string)
