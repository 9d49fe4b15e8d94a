"""Every number of a sentence with its unit, and the words left around it.

`figures` finds what needs a source; here each number counts, also temperatures, ages and telephone numbers, for a number that moves
may be any of them. One pattern for each language reads a sentence in one go; every repetition is bounded.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from faq.readiness.figure_patterns import NUMERALS
from faq.readiness.figures import LEADING_NUMBER, base, number, rounding
from faq.readiness.quantity_patterns import (
    AMONG,
    DIGIT,
    FIGURE,
    FURTHER,
    LEAD,
    LETTERS,
    MONTH_NUMBERS,
    NUMBER_WORDS,
    OF,
    OFTEN,
    PARTS,
    PER_ROUND,
    PERCENT_UNIT,
    ROUND_NUMBER,
    SIGNS,
    SPANS,
    STOP,
    UNITS,
    WORD,
    YEAR,
    quantity_pattern,
)
from faq.readiness.sentences import Sentence


@dataclass(frozen=True)
class Quantity:
    """A number where it stands: `text[start:end]` of its sentence, unit and all.

    `kind` is percent, count, measure, number (no unit that is known), day (of a year, month * 100 + day) or code (a telephone number).
    `value` of a percent or a count is per hundred, with the unit "%"; a measure's is in `unit`. `said` is the number as it stands there:
    12 of "12 in 100", 3 of "3 weeks". `half` is half of the last digit said, in the unit of the value: 0.5 of "12 %". `lead` is about,
    over, under or "": what is said before it. `in_words`: not in digits.
    """

    kind: str
    value: float
    unit: str
    text: str
    start: int
    end: int
    said: float = 0.0
    half: float = 0.0
    lead: str = ""
    in_words: bool = False

    @property
    def decimals(self) -> int:
        digits = LEADING_NUMBER.match(self.text)
        return decimals_of(digits[0]) if digits else 0

    @property
    def is_share(self) -> bool:
        return self.unit == PERCENT_UNIT


@dataclass(frozen=True)
class Statement:
    """A sentence that holds figures; `words` are its content, in order, with FIGURE for each of them."""

    sentence: Sentence
    quantities: tuple[Quantity, ...]
    words: tuple[str, ...]

    @property
    def part(self) -> str:
        return self.sentence.where.partition(".")[0]

    @property
    def meaning(self) -> tuple[str, ...]:
        return tuple(word for word in self.words if word != FIGURE)


def statements(sentences: Iterable[Sentence], language: str) -> list[Statement]:
    read = ((sentence, tuple(quantities(sentence.text, language))) for sentence in sentences)
    return [Statement(sentence, found, content(sentence.text, found, language)) for sentence, found in read if found]


def same(one: Quantity, other: Quantity) -> bool:
    """Tell whether two figures say the same: 12 % and 12 in 100, 1 year and 12 months, five and 5."""
    if {one.kind, other.kind} == {"percent", "count"}:
        return agrees(one, other) or agrees(other, one)
    if one.unit != other.unit and one.unit in SPANS and other.unit in SPANS:
        days, others = one.value * SPANS[one.unit], other.value * SPANS[other.unit]
        return abs(days - others) <= 0.01 * max(days, others)  # 52 weeks and a year
    return (one.kind, one.unit) == (other.kind, other.unit) and abs(one.value - other.value) <= 1e-6


def agrees(stated: Quantity, given: Quantity) -> bool:
    """Tell whether `stated` is `given`, rounded as `stated` is: 12 % of 12.4 %, about 9 in 10 of 91.3 %."""
    if stated.unit != given.unit:
        return same(stated, given)
    leeway = 1e-6
    if stated.is_share or (stated.unit in SPANS and given.decimals > stated.decimals):  # a dose is not rounded
        leeway += stated.half
    if {stated.kind, given.kind} == {"percent", "count"}:
        leeway = max(leeway, rounding(stated.value))
    if stated.lead == "about":  # by a twentieth: about 60 % of 62 %
        leeway = max(leeway, 0.05 * abs(stated.value))
    return abs(stated.value - given.value) <= leeway


def quantities(text: str, language: str) -> list[Quantity]:
    """Return the numbers of a sentence in order; a number in an address, in a name (HER2) or with an ending (2nd) is none."""
    return _joined(list(_read(text, language)), text) if may_hold(text, language) else []


def may_hold(text: str, language: str) -> bool:
    """Tell quickly whether there is a digit or a word for a number, which most sentences lack."""
    return DIGIT.search(text) is not None or not NUMBER_WORDS[base(language)].isdisjoint(LETTERS.findall(text.lower()))


def content(text: str, found: Sequence[Quantity], language: str) -> tuple[str, ...]:
    """Return the words of a sentence that carry its meaning, folded, with FIGURE for each of its quantities."""
    pieces, at = [], 0
    for quantity in found:
        pieces += [text[at : quantity.start], f" {FIGURE} "]
        at = quantity.end
    stop = STOP[base(language)]
    words = WORD.findall("".join([*pieces, text[at:]]).casefold())
    return tuple(_singular(word) for word in words if word not in stop)


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def _read(text: str, language: str) -> Iterator[Quantity]:
    lang = base(language)
    for match in quantity_pattern(lang).finditer(text):
        if match["n"]:
            yield _numbered(match, text, lang)
        elif match["code"]:
            yield Quantity("code", float(re.sub(r"\D", "", match[0])), "", match[0], *match.span())
        elif match["part"]:
            value = next(value for words, value in PARTS[lang].items() if re.match(words, text[match.start() :], re.IGNORECASE))
            yield Quantity("count", value, PERCENT_UNIT, match[0], *match.span(), value, 1.5, _lead(text, match.start()), True)
        elif match["often"]:
            yield Quantity(
                "measure", (value := OFTEN[lang].get(match[0].lower(), 1.0)), "time", match[0], *match.span(), value, in_words=True
            )
        elif month := match["month"] or match["month2"] or match["month3"]:
            place = MONTH_NUMBERS[lang].get(month.casefold(), 0)
            yield Quantity("day", 100.0 * place + int(match["day"] or match["day2"] or 0), "", match[0], *match.span())


def _numbered(match: re.Match[str], text: str, language: str) -> Quantity:
    digits, start = match["n"], match.start()
    in_words = not digits[0].isdigit()
    if digits.isdigit():  # most are; the rest takes longer
        value, half = float(digits), 0.5
    else:
        value = _spelt(digits, language) if in_words else number(digits, language)
        half = 0.5 if in_words else 0.5 * 10.0 ** -decimals_of(digits)
    signed = -value if _is_negative(text, start) else value
    kind, base_unit, amount, size = _measured(signed, " ".join((match["unit"] or "").casefold().split()))
    per = "".join((match["per"] or "").casefold().split())
    return Quantity(kind, amount, base_unit + per, match[0], start, match.end(), value, half * size, _lead(text, start), in_words)


def _measured(value: float, unit: str) -> tuple[str, str, float, float]:
    """Return (kind, base unit, value in it, its size) of a number with a unit as it is written."""
    if not unit:
        return "number", "", value, 1.0
    if unit in ("%", "per cent", "percent", "por ciento", "porciento"):
        return "percent", PERCENT_UNIT, value, 1.0
    if unit.startswith(("percentage", "puntos")):
        return "measure", "point", value, 1.0
    if unit.startswith(("°", "º", "degrees", "grados")):
        return "measure", "°C", round((value - 32) * 5 / 9, 1) if unit.endswith(("f", "fahrenheit")) else value, 1.0
    # A pattern that takes no heed of case finds letters that fold otherwise, such as the Turkish ı: nothing is known of those.
    known = next((UNITS[word] for word in (unit, unit.removesuffix("s"), unit.removesuffix("es")) if word in UNITS), None)
    if known is None:
        return "number", "", value, 1.0
    # Rounded, so that 24 hours are a day whatever a machine makes of a twenty-fourth.
    return "measure", known[0], round(value * known[1], 7), known[1]


def _spelt(words: str, language: str) -> float:
    """Return the value of "twenty-five", "two hundred" or "treinta y cinco"."""
    known = NUMERALS[language] | FURTHER[language]
    value = 0.0
    for word in re.split(r"[\s-]", words.lower()):
        size = known.get(word, 0.0)
        value = (value or 1.0) * size if size >= 100 else value + size
    return value


def decimals_of(digits: str) -> int:
    """Return how many figures stand behind the decimal sign; three behind a comma or point part thousands."""
    rest = re.search(r"[.,](\d{1,4})$", digits)
    return len(rest[1]) if rest and (len(rest[1]) != 3 or digits.startswith("0")) else 0


def _lead(text: str, start: int) -> str:
    lead = LEAD.search(text, max(0, start - 24), start)
    if lead is None:
        return ""
    if lead["sign"]:
        return SIGNS[lead["sign"]]
    return next(name for name in ("over", "under", "about") if lead[name])


def _is_negative(text: str, start: int) -> bool:
    """Tell a minus from a hyphen and a dash: nothing, or a space, stands before it."""
    return text[start - 1 : start] in ("-", "−") and text[max(0, start - 2) : start - 1] in ("", " ", "(")


def _joined(found: list[Quantity], text: str) -> list[Quantity]:
    """Make one count of "12 in 100", of which both numbers were found."""
    joined: list[Quantity] = []
    for quantity in found:
        part = joined[-1] if joined else None
        if part and part.kind == quantity.kind == "number" and _is_count(part, quantity, text):
            share = 100 * part.value / quantity.value
            # The base says how finely it is counted: 12 in 100 to one in a hundred, 9 in 10 as `rounding` has it.
            half = min(1.5, 100 * part.half / quantity.value)
            joined[-1] = replace(
                part, kind="count", value=share, unit=PERCENT_UNIT, text=text[part.start : quantity.end], end=quantity.end, half=half
            )
        else:
            joined.append(quantity)
    return joined


def _is_count(part: Quantity, whole: Quantity, text: str) -> bool:
    if not 0 <= part.value <= whole.value or whole.value <= 1 or whole.lead in ("over", "under"):
        return False
    between = text[part.end : whole.start]
    if YEAR.fullmatch(whole.text) and not OF.search(between):  # "3 in 2019" is no count
        return False
    return bool(AMONG.fullmatch(between) or (ROUND_NUMBER.fullmatch(whole.text) and PER_ROUND.fullmatch(between)))
