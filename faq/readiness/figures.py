"""Figures in a sentence: percentages, counts such as "12 in 100", doses, lengths of time, years of approval; and relative risks.

Only these need a source in their sentence. Sizes, ages, temperatures, stages, grades, scores and telephone numbers are left
alone: they describe or identify, and asking for a mark at each would teach people to waive without reading.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from faq.readiness.figure_patterns import NUMBER, NUMERALS, PERCENT, SHARES, Patterns, patterns

YEAR = re.compile(r"\b(?:19[4-9]\d|20\d\d)\b")
PERCENTAGE = re.compile(rf"\b{PERCENT}", re.IGNORECASE)
LEADING_NUMBER = re.compile(NUMBER)
THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:[,.\u00a0\u202f]\d{3})+(?P<rest>\.\d{1,2})?")


@dataclass(frozen=True)
class Figure:
    """`kind` is percent, count, dose, time or approval. `value` of a percent or a count is per hundred; of the rest, in `unit`."""

    kind: str
    value: float
    unit: str
    text: str

    def same_as(self, other: "Figure") -> bool:
        """Tell whether both say the same; a percentage may be rounded to a count, as 91.3 % to 9 in 10."""
        if {self.kind, other.kind} <= {"percent", "count"}:
            leeway = rounding(self.value) if self.kind != other.kind else 1e-9
            return abs(self.value - other.value) <= leeway
        return (self.kind, self.value, self.unit) == (other.kind, other.value, other.unit)


def rounding(percent: float) -> float:
    """Return by how many points a plain count may miss a percentage: 15 % of the smaller side, at least 0.05, at most 1.5."""
    return min(1.5, max(0.05, 0.15 * min(percent, 100 - percent)))


def base(language: str) -> str:
    return "es" if language.split("-")[0] == "es" else "en"


def number(text: str, language: str) -> float:
    """Return the value of "1,000", "0,5", "a million" or "twelve"; a comma or point before three digits parts thousands."""
    value = 1.0
    for word in text.lower().split():
        value *= _digits(word) if word[0].isdigit() else NUMERALS[base(language)].get(word, 1.0)
    return value


def _digits(text: str) -> float:
    parted = THOUSANDS.fullmatch(text)
    if not parted:
        return float(re.sub(r"\D", ".", text, count=1).rstrip("."))
    rest = parted["rest"] or ""
    return float(re.sub(r"\D", "", text.removesuffix(rest)) + rest)


def figures(sentence: str, language: str) -> list[Figure]:
    """Return the figures of one sentence that need a source, by kind, without what only looks like one."""
    known = patterns(base(language))
    if not known.numeral.search(sentence):
        return []
    # Ages, addresses and the names of measures go first: "5-year survival" is no length of time.
    text = known.blank.sub(" ", sentence)
    return [*_percentages(text, language), *_counts(known, text, language), *_measures(known, text, language), *_approvals(known, text)]


def _percentages(text: str, language: str) -> Iterator[Figure]:
    for percentage in PERCENTAGE.finditer(text):
        leading = LEADING_NUMBER.match(percentage[0])
        if leading:
            yield Figure("percent", number(leading[0], language), "", percentage[0])


def _counts(known: Patterns, text: str, language: str) -> Iterator[Figure]:
    for count in known.count.finditer(text):
        part, whole = count["n"] or count["n2"] or count["n3"], count["of"] or count["of2"] or count["of3"]
        total = number(whole, language)
        # "6.4 versus 8.7 per 100" gives two counts on one base; the first of them stands just before.
        pair = known.pair.search(text, max(0, count.start() - 60), count.start())
        for share in [number(numeral, language) for numeral in (part, pair["n"] if pair else "") if numeral]:
            if share <= total and total > 1 and not YEAR.fullmatch(whole):  # "3 in 2019" is no count
                yield Figure("count", 100 * share / total, "", count[0])


def _measures(known: Patterns, text: str, language: str) -> Iterator[Figure]:
    for kind, pattern in (("dose", known.dose), ("time", known.time)):
        for measure in pattern.finditer(text):
            unit = measure["unit"].lower()
            yield Figure(kind, number(measure["n"], language), unit.rstrip("s") if kind == "dose" else unit, measure[0])


def _approvals(known: Patterns, text: str) -> Iterator[Figure]:
    if known.approval.search(text):
        yield from (Figure("approval", float(year), "", year) for year in YEAR.findall(text))


def shares(sentence: str, language: str) -> list[Figure]:
    """Return the shares said in words, such as "half" or "a third", as counts."""
    text = sentence.lower().replace("-", " ")
    return [Figure("count", value, "", words) for words, value in SHARES[base(language)].items() if words in text]


def about_people(sentence: str, language: str) -> bool:
    """Tell whether a sentence speaks of groups of people or of risks, so that a percentage in it can be said as a count."""
    return patterns(base(language)).people.search(sentence) is not None


def relative(sentence: str, language: str) -> str:
    """Return the words of the first relative risk in a sentence ("cut by a third", "twice as likely"), or ""."""
    compared = patterns(base(language)).relative.search(sentence)
    return compared[0] if compared else ""


def without_relative(sentence: str, language: str) -> str:
    return patterns(base(language)).relative.sub(" ", sentence)


def absolute(sentence: str, language: str) -> bool:
    """Tell whether a sentence gives an absolute size: a count, "per 100", percentage points, or two percentages side by side."""
    text = without_relative(sentence, language)
    kinds = [figure.kind for figure in figures(text, language)]
    return "count" in kinds or kinds.count("percent") > 1 or patterns(base(language)).absolute.search(text) is not None
