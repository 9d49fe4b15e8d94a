"""What numbers, their units and their sums look like in English and in Spanish; and the words around a number that say nothing of it.

English serves every other language too, as in figure_patterns. Every repetition is bounded, so that no text makes a pattern slow.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from typing import Final

from faq.content.folding import word_set
from faq.readiness.figure_patterns import ADDRESS, NUMBER, NUMERALS, ROUND, numerals

# Units

PERCENT_UNIT: Final = "%"
SPANS: Final = {"day": 1.0, "month": 365.25 / 12}
"""Base units of time, in days. Days make no whole months: 52 weeks and 1 year are compared by what they last."""


def units(base_unit: str, words: str) -> dict[str, tuple[str, float]]:
    """Return {word: (base unit, how many of it)} of "mg=1 g=1000"."""
    return {word: (base_unit, size) for word, size in numerals(words).items()}


# Without the plural's s. What no other unit turns into is a unit of its own.
UNITS: Final = {
    **units("day", "minute=0.000694444444 min=0.000694444444 minuto=0.000694444444 hour=0.0416666667 hr=0.0416666667 h=0.0416666667"),
    **units("day", "hora=0.0416666667 day=1 día=1 week=7 semana=7"),
    **units("month", "month=1 mes=1 year=12 año=12 decade=120 década=120"),
    **units("mg", "mg=1 milligram=1 miligramo=1 mcg=0.001 µg=0.001 μg=0.001 microgram=0.001 microgramo=0.001 ng=0.000001"),
    **units("mg", "g=1000 gram=1000 gramo=1000 kg=1000000 kilogram=1000000 kilogramo=1000000 kilo=1000000"),
    **units("ml", "ml=1 millilitre=1 milliliter=1 mililitro=1 litre=1000 liter=1000 litro=1000 l=1000"),
    **units("mm", "mm=1 millimetre=1 millimeter=1 milímetro=1 cm=10 centimetre=10 centimeter=10 centímetro=10 km=1000000"),
    **units("unit", "iu=1 ui=1 i.u.=1 u.i.=1 unit=1 unidad=1"),
    **units("tablet", "tablet=1 tableta=1 comprimido=1 pill=1 píldora=1 pastilla=1"),
    **units("capsule", "capsule=1 cápsula=1"),
    **units("drop", "drop=1 gota=1"),
    **units("puff", "puff=1 inhalación=1 inhalacion=1"),
    **units("gray", "gy=1 gray=1"),
    **units("lb", "lb=1 pound=1 libra=1"),
    **units("time", "time=1 vez=1 vec=1"),
}
UNIT: Final = (
    r"[\s-]?(?P<unit>%|percentage points?\b|puntos porcentuales\b|per\s?cent\b|por\s?ciento\b|"
    r"(?:[°º]|degrees\b|grados\b)(?:\s?(?:C|F|Celsius|Fahrenheit)\b)?|"
    rf"(?:{'|'.join(re.escape(word) for word in sorted(UNITS, key=len, reverse=True))})(?:e?s)?(?!\w))"
    r"(?P<per>\s?/\s?(?:kg|m2|m²|dl|ml|l|h|min|day|día|week|semana)(?!\w))?"  # 5 mg/kg
)

# Numbers

# A telephone number, or any other row of three groups of figures or more: it is read, and dialled, as one.
CODE: Final = r"\+?\(?\d{1,4}\)?(?:[ .-]{1,2}\(?\d{2,4}\)?){2,5}(?![\w.,]\d)"
DIGITS: Final = rf"(?<!\d[.,])(?<![^\W\d_][./-])(?>{NUMBER})(?:\s(?:hundred|thousand|million|mil|millones))?"  # not 19 of COVID-19
FURTHER: Final = {
    "en": numerals("thirteen=13 fourteen=14 sixteen=16 seventeen=17 eighteen=18 nineteen=19 seventy=70 eighty=80 ninety=90"),
    "es": numerals("trece=13 catorce=14 dieciséis=16 diecisiete=17 dieciocho=18 diecinueve=19 sesenta=60 setenta=70 ochenta=80 noventa=90"),
}
"""Words for numbers beside NUMERALS, each of which would need a source there."""
TENS: Final = {
    "en": "(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)",
    "es": "(?:treinta|cuarenta|cincuenta|sesenta|setenta|ochenta|noventa)",
}
ONES: Final = {
    "en": r"[\s-](?:one|two|three|four|five|six|seven|eight|nine)\b",
    "es": r"\sy\s(?:uno|un|una|dos|tres|cuatro|cinco|seis|siete|ocho|nueve)\b",
}
OFTEN: Final[dict[str, dict[str, float]]] = {"en": numerals("once=1 twice=2 thrice=3"), "es": {}}
"""Words that are a number and its unit: how often something is done."""
MONTHS: Final = {
    "en": "January|February|March|April|May|June|July|August|September|October|November|December",
    "es": "enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre",
}
MONTH_NUMBERS: Final = {
    language: {name.casefold(): number for number, name in enumerate(names.split("|"), 1)} for language, names in MONTHS.items()
}
PARTS: Final = {
    "en": {
        r"half(?=\s(?:of|the|as)\b)": 50.0,  # not the half of half-life
        r"two[\s-]thirds": 200 / 3,
        r"three[\s-]quarters": 75.0,
        r"(?:a|one)\sthird(?=\sof\b)": 100 / 3,  # not the one after the second
        r"(?:a|one)\squarter(?=\sof\b)": 25.0,
    },
    "es": {
        r"la\smitad": 50.0,
        r"un\stercio": 100 / 3,
        r"dos\stercios": 200 / 3,
        r"una\scuarta\sparte": 25.0,
        r"tres\scuartas\spartes": 75.0,
    },
}
"""Shares in words, as patterns, per hundred."""
NUMBER_WORDS: Final = {
    language: frozenset((*NUMERALS[language], *FURTHER[language], *OFTEN[language])) | word_set(words)
    for language, words in (("en", "half third thirds quarter quarters"), ("es", "mitad tercio tercios cuarta cuartas"))
}
"""A sentence with none of them and without a digit holds no number."""
DIGIT: Final = re.compile(r"\d")
LETTERS: Final = re.compile(r"[^\W\d_]+")
YEAR: Final = re.compile(r"(?:19|20)\d\d")


@cache
def quantity_pattern(language: str) -> re.Pattern[str]:
    """Return what finds the numbers of a sentence one after the other; its groups: address (none), code, day and month, part, often, n."""
    # "may" is a month only with its capital.
    month = f"(?-i:{MONTHS[language]})" if language == "en" else f"(?:{MONTHS[language]})"
    words = "|".join(sorted((*NUMERALS[language], *FURTHER[language]), key=len, reverse=True))
    spelt = rf"{TENS[language]}{ONES[language]}|(?:{words})\b(?:\s(?:hundred|thousand|million|mil|millones)\b)?"
    return re.compile(
        rf"(?<!\w)(?:(?P<address>{ADDRESS})|(?P<code>{CODE})|"
        rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s(?:de\s)?(?P<month>{month})\b|"  # 15 May, 15 de mayo
        rf"(?P<month2>{month})\s(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?(?!\w)|(?P<month3>{month})(?=\s(?:de\s)?\d{{4}}\b)|"  # May 15, May 2026
        rf"(?P<part>{'|'.join(PARTS[language])})\b|(?P<often>{'|'.join(OFTEN[language]) or '(?!)'})\b|"
        rf"(?P<n>{DIGITS}|{spelt})(?:{UNIT})?(?!\w))",
        re.IGNORECASE,
    )


# Two numbers that make a count: 12 people in 100, 1/800, 6.4 fewer deaths per 100
AMONG: Final = re.compile(
    r"(?:\s(?:fewer|more|extra|menos|más))?(?:\s[^\W\d_]{2,20})?"
    r"\s(?:in|out of|of every|of each|of|per|for every|de cada|por cada|en cada|de entre|sobre|de|por)"
    r"(?:\s(?:every|each|about|the|las|los|cada))?\s|/",
    re.IGNORECASE,
)
PER_ROUND: Final = re.compile(r"(?:\s[\w-]{1,30}){1,5}\s(?:of|per|de|por)(?:\s(?:the|every|las|los|cada))?\s", re.IGNORECASE)
ROUND_NUMBER: Final = re.compile(ROUND)
OF: Final = re.compile(r"\s(?:of|de)\s", re.IGNORECASE)
RANGE: Final = re.compile(r"\s?(?:-|–|to|or|a|o)\s?", re.IGNORECASE)
"""Between the ends of a range."""

# Words around numbers

ABOUT: Final = {
    "en": "about around nearly almost roughly approximately some only just",
    "es": "aproximadamente casi unos unas alrededor cerca solo sólo apenas",
}
LEAD: Final = re.compile(
    r"(?:\b(?:(?P<over>more than|over|above|at least|exceed\w{0,5}|from|más de|superior(?:es)? a|al menos|por lo menos|como mínimo|desde|"
    r"mayor(?:es)? de)|"
    r"(?P<under>less than|fewer than|under|below|up to|at most|within|no more than|menos de|inferior(?:es)? a|hasta|como máximo|"
    r"menor(?:es)? de)|"
    rf"(?P<about>{'|'.join(' '.join(ABOUT.values()).split())}))(?:\s(?:de|del|a|the|el|un))?\s|(?P<sign>[≥>≤<~])\s?)$",
    re.IGNORECASE,
)
"""What stands before a figure and makes it a bound, or only a near one."""
SIGNS: Final = {"≥": "over", ">": "over", "≤": "under", "<": "under", "~": "about"}
FIGURE: Final = "#"
"""Stands among the words of a sentence for a figure that was there."""
WORD: Final = re.compile(rf"\w+(?:['’]\w+)?|{FIGURE}")
STOP: Final = {
    "en": word_set(
        "a an the of in for to by and or it is are was were be been has have had that this these those there they their its at on as from "
        "which who whom how what when so also can may do does did you your we our with then than each"
    )
    | word_set(ABOUT["en"]),
    "es": word_set(
        "el la los las de del en a al y o u e que se es son fue fueron está están era eran por para con lo su sus como hay ha han muy esto "
        "este esta estos estas esa ese eso también puede pueden cada le les qué cuánto cuánta cuántos cuántas cómo cuándo"
    )
    | word_set(ABOUT["es"]),
}
"""Words that change nothing in what a sentence says of its figure. Those that may (not, without, before, over) are none."""
NO_SUBJECT: Final = re.compile(
    r"\b(?:it|they|them|this|these|those|he|she|esto|este|esta|estos|estas|es[eo]s?|esas?|ell[oa]s?|él)\b", re.IGNORECASE
)
"""Words that stand for a subject named elsewhere."""
FILLERS: Final = word_set(
    "people person everyone individual patient usual usually general generally total overall average typical typically common commonly "
    "current currently now today long take taken last need get give given find found see seen happen occur affect affected make still well "
    "very quite most mostly main mainly expect expected known time amount number rate "
    "persona gente paciente individuo todo habitual habitualmente normal normalmente general generalmente total media promedio común ahora "
    "hoy actualmente duración dura durar tarda tardar necesita necesitar tiene tener tienen ocurre ocurrir afecta afectar suele suelen "
    "tiempo cantidad número tasa"
)
"""Words, as content() folds them, that one of two sentences may have beside the other's without being about something else."""

# Sums

CELL: Final = re.compile(rf"(?P<n>{NUMBER})\s?(?P<percent>%)?")


@dataclass(frozen=True)
class Sums:
    """One language's words about a whole and its parts.

    Groups: `share` has part, whole and percent, or part2, whole2 and percent2; `groups` has whole, one, who, other and whom, and of those
    two words each of `pairs` leaves nobody out. `name` stands before a number that counts nothing, `year` makes one of the whole.
    """

    share: re.Pattern[str]
    groups: re.Pattern[str]
    pairs: Collection[frozenset[str]]
    about: re.Pattern[str]
    name: re.Pattern[str]
    year: re.Pattern[str]
    rest_before: re.Pattern[str]
    rest_after: re.Pattern[str]
    of: re.Pattern[str]
    total: re.Pattern[str]


def compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


START: Final = r"(?<![\w.,/–-])"
FURTHER_WORD: Final = r"(?:\s(?!\d)[\w-]{1,30})"


def share_pattern(of: str, about: str) -> re.Pattern[str]:
    """Return what finds "30 of 50 people (60 %)" and "60 % of people (30 of 50)"."""
    n, percent = NUMBER, r"\s?(?:%|per\s?cent|por\s?ciento)"
    return compiled(
        rf"{START}(?P<part>{n})\s(?:{of})\s(?P<whole>{n}){FURTHER_WORD}{{0,4}}\s\((?:(?:{about})\s)?(?P<percent>{n}){percent}[);,]|"
        rf"{START}(?P<percent2>{n}){percent}{FURTHER_WORD}{{0,3}}\s?\((?P<part2>{n})(?:\s(?:{of})\s|/)(?P<whole2>{n}){FURTHER_WORD}{{0,2}}\)"
    )


def groups_pattern(people: str, who: str) -> re.Pattern[str]:
    """Return what finds "120 people (70 women and 50 men)"."""
    one, other = rf"(?P<one>{NUMBER})\s(?P<who>{who})", rf"(?P<other>{NUMBER})\s(?P<whom>{who})"
    return compiled(rf"{START}(?P<whole>{NUMBER})\s(?:{people}){FURTHER_WORD}{{0,2}}\s?\({one}(?:,?\s(?:and|y)\s|,\s){other}\)")


SUMS: Final = {
    "en": Sums(
        share=share_pattern("of|out of|in|of the|out of the|of every|in every", "about|around|nearly|almost|roughly|approximately"),
        groups=groups_pattern(
            "people|persons|patients|adults|children|participants|cases", "women|men|boys|girls|males|females|adults|children"
        ),
        pairs=[frozenset(pair) for pair in (("women", "men"), ("boys", "girls"), ("males", "females"), ("adults", "children"))],
        about=compiled(r"\b(?:about|around|nearly|almost|roughly|approximately|some)\b|~"),
        name=compiled(r"\b(?:grade|stage|phase|day|week|step|level|part|type|page|table|figure|version)\s$|\d\s?(?:to|or|and|-|–)\s?$"),
        year=compiled(r"\sin\s"),
        rest_before=compiled(r"\b(?:remaining|the other|the rest\s?[,:(]?)\s?(?:(?:about|around|nearly|almost|roughly)\s)?$"),
        rest_after=compiled(r"\s(?:remaining|that remain)\b"),
        of=compiled(r"of (?:the |all )?"),
        total=compiled(r"(?:grand )?totals?|sum"),
    ),
    "es": Sums(
        share=share_pattern(
            "de|de cada|de entre|de los|de las|sobre|en|por cada", "el|un|alrededor del?|cerca del?|casi el|aproximadamente el"
        ),
        groups=groups_pattern("personas|pacientes|adultos|niños|participantes|casos", "mujeres|hombres|niñas|niños|adultos"),
        pairs=[frozenset(pair) for pair in (("mujeres", "hombres"), ("niñas", "niños"), ("adultos", "niños"))],
        about=compiled(r"\b(?:alrededor|cerca|casi|aproximadamente|unos|unas)\b|~"),
        name=compiled(r"\b(?:grado|estadio|fase|día|semana|paso|nivel|parte|tipo|página|tabla|figura|versión)\s$|\d\s?(?:a|o|y|-|–)\s?$"),
        year=compiled(r"\sen\s"),
        rest_before=compiled(
            r"\b(?:(?:el|un|los|las) (?:restantes?|otr[oa]s?|demás)|el resto\s?[,:(]?)\s?(?:(?:el|un|casi el|cerca del)\s)?$"
        ),
        rest_after=compiled(r"\s(?:restantes?|que queda)\b"),
        of=compiled(r"de (?:las |los |todas las |todos los |cada )?"),
        total=compiled(r"totale?s?|suma"),
    ),
}
