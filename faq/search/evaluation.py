"""How good search is, by questions whose answers are known: the measures of information retrieval, over a file of questions.

A line of the file is a JSON object: `query`, or several ways of putting it (`long_query`: a letter); `relevant`, {slug: grade from 0 to 3};
`target`, the one right answer where there is one, else every grade of RIGHT and up is right; `set`, under which it is counted; `language`.
"""

import json
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import log2
from statistics import fmean
from typing import Any, Final, NamedTuple

RIGHT: Final = 2
"""The grade from which on an answer is right, as in TREC's LiveQA of 2017."""
DEPTH: Final = 10
DRAWS: Final = 1_000
"""Samples of a bootstrap; the same ones each time, so that two runs can be compared."""


class Question(NamedTuple):
    """One way of putting a question, and the grades of its answers."""

    set: str
    query: str
    grades: Mapping[str, int]
    target: str | None
    language: str


class Scores(NamedTuple):
    """What one question's answers are worth: whether one of the first 1, 3 and 10 is right; 1 by the place of the first right one;
    normalised discounted cumulative gain; the grade of the first."""

    first: float
    three: float
    ten: float
    reciprocal_rank: float
    gain: float
    grade: float


NAMES: Final = ("S@1", "S@3", "S@10", "MRR", "nDCG", "grade of the first")
"""Of the fields of Scores, in their order."""


class BadQuestions(ValueError):
    """A file of questions, or of results, that cannot be read; the text says where and why."""


def read_questions(lines: Iterable[str]) -> Iterator[Question]:
    """Yield the questions of a file; raise BadQuestions for a line that holds none."""
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                row = json.loads(line)
                grades = {str(slug): int(grade) for slug, grade in row["relevant"].items()}
                name, target, language = str(row.get("set", "all")), row.get("target"), str(row.get("language", ""))
                yield Question(name, str(row["query"]), grades, target, language)
            except (ValueError, KeyError, TypeError, AttributeError) as fault:
                raise BadQuestions(f"Line {number} holds no question with `query` and `relevant` ({fault!r}).") from fault
            if "long_query" in row:
                yield Question(f"{name}-long", str(row["long_query"]), grades, target, language)


def scores_of(question: Question, slugs: Sequence[str]) -> Scores | None:
    """Return what the answers `slugs` are worth, the first DEPTH of them; None where no answer would be right."""
    if question.target is None and max(question.grades.values(), default=0) < RIGHT:
        return None
    grades = [question.grades.get(slug, 0) for slug in slugs[:DEPTH]]
    right = [slug == question.target if question.target else grade >= RIGHT for slug, grade in zip(slugs, grades, strict=False)]
    ideal = sum(grade / log2(place + 2) for place, grade in enumerate(sorted(question.grades.values(), reverse=True)[:DEPTH]))
    return Scores(
        float(any(right[:1])),
        float(any(right[:3])),
        float(any(right)),
        next((1 / (place + 1) for place, is_right in enumerate(right) if is_right), 0.0),
        sum(grade / log2(place + 2) for place, grade in enumerate(grades)) / ideal if ideal else 0.0,
        float(grades[0]) if grades else 0.0,
    )


def interval(values: Sequence[float]) -> tuple[float, float]:
    """Return where the mean lies in 95 of 100 samples drawn from `values` (bootstrap, percentiles)."""
    draw = random.Random(1)  # noqa: S311 (nothing secret is drawn)
    means = sorted(fmean(draw.choices(values, k=len(values))) for _ in range(DRAWS))
    return means[int(DRAWS * 0.025)], means[int(DRAWS * 0.975) - 1]


def summary(scores: Sequence[Scores]) -> dict[str, Any]:
    """Return {measure: its mean} of a set, and the interval of MRR."""
    means = {name: round(fmean(values), 3) for name, values in zip(NAMES, zip(*scores, strict=True), strict=True)}
    low, high = interval([each.reciprocal_rank for each in scores])
    return {**means, "MRR 95 %": f"{low:.3f}–{high:.3f}", "n": len(scores)}


def read_results(text: str) -> dict[str, list[Scores]]:
    """Return the scores of each set as another run kept them; raise BadQuestions where `text` holds none."""
    try:
        return {name: [Scores(*map(float, row)) for row in rows] for name, rows in json.loads(text).items()}
    except (ValueError, TypeError, AttributeError) as fault:
        raise BadQuestions(f"holds no results of another run ({fault!r}).") from fault


def gain(scores: Sequence[Scores], others: Sequence[Scores]) -> str:
    """Return by how much MRR is above that of another run over the same questions, and where that lies, question by question."""
    if len(scores) != len(others):
        raise BadQuestions(f"has results of {len(others)} questions where {len(scores)} were asked.")
    gains = [each.reciprocal_rank - other.reciprocal_rank for each, other in zip(scores, others, strict=True)]
    low, high = interval(gains)
    return f"MRR {fmean(gains):+.3f}, 95 % {low:+.3f} to {high:+.3f}"
