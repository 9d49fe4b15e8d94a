"""`manage.py evaluate_search`: the measures of search by questions whose answers are known."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from faq.search.evaluation import Question, interval, scores_of
from tests.factories import make_publication


def graded(target: str | None = None, **grades: int) -> Question:
    return Question("all", "q", grades, target, "")


@pytest.mark.parametrize(
    ("question", "slugs", "measures"),
    [
        (graded(a=3, b=1), ["a", "b"], (1, 1, 1, 1, 1, 3)),
        (graded(a=3, b=1), ["b", "a"], (0, 1, 1, 0.5, (1 + 3 / 1.584962500721156) / (3 + 1 / 1.584962500721156), 1)),
        (graded(a=2), ["x", "x", "x", "a"], (0, 0, 1, 0.25, 0.43067655807339306, 0)),
        (graded(a=3), [], (0, 0, 0, 0, 0, 0)),
        (graded(a=3), [*"0123456789", "a"], (0, 0, 0, 0, 0, 0)),
        (graded("b", a=3, b=3), ["a", "b"], (0, 1, 1, 0.5, 1, 3)),
    ],
)
def test_a_question_is_worth_what_its_first_answers_are(question: Question, slugs: list[str], measures: tuple[float, ...]) -> None:
    assert scores_of(question, slugs) == pytest.approx(measures)


def test_a_question_without_a_right_answer_does_not_count() -> None:
    assert scores_of(graded(a=1), ["a"]) is None


def test_the_interval_holds_the_mean_and_is_the_same_each_time() -> None:
    values = [0.0, 1.0, 0.5, 1.0, 0.0, 1.0]
    low, high = interval(values)
    assert low < sum(values) / 6 < high
    assert (low, high) == interval(values)


def evaluate(tmp_path: Path, *rows: Any, **options: Any) -> str:
    file, told = tmp_path / "questions.jsonl", StringIO()
    file.write_text("\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows), encoding="utf-8")
    call_command("evaluate_search", str(file), stdout=told, **options)
    return told.getvalue()


@pytest.mark.django_db
def test_it_asks_each_question_and_counts_by_sets(tmp_path: Path) -> None:
    make_publication("heart", question="Can treatment harm my heart?")
    make_publication("raya", question="¿Por qué tiene rayas la cebra?", language="es")
    told = evaluate(
        tmp_path,
        {"set": "dev", "query": "hearts", "relevant": {"heart": 3}, "long_query": "zzzz"},
        "",
        {"query": "cebra", "relevant": {"raya": 2}, "language": "en"},
    )
    assert "dev: S@1 1.0, S@3 1.0, S@10 1.0, MRR 1.0, nDCG 1.0, grade of the first 3.0" in told
    assert "dev-long: S@1 0.0" in told
    assert "all: S@1 0.0" in told
    assert "milliseconds: p50" in told


@pytest.mark.django_db
def test_two_runs_are_compared_question_by_question(tmp_path: Path) -> None:
    rows = [{"query": query, "relevant": {"heart": 3}} for query in ("hearts", "cost", "zzzz")]
    make_publication("heart", question="Can treatment harm my heart?")
    kept = tmp_path / "kept.json"
    evaluate(tmp_path, *rows, keep=kept)
    assert "all: MRR +0.000, 95 % +0.000 to +0.000 against the other run" in evaluate(tmp_path, *rows, against=kept)
    make_publication("heart", question="Can treatment harm my heart, and what does it cost?")
    assert "all: MRR +0.333, 95 % +0.000 to +1.000 against the other run" in evaluate(tmp_path, *rows, against=kept)


@pytest.mark.django_db
@pytest.mark.parametrize(("kept", "said"), [("[]", "holds no results"), ("{", "holds no results"), ("{}", "results of 0 questions")])
def test_results_of_other_questions_are_refused(tmp_path: Path, kept: str, said: str) -> None:
    (tmp_path / "kept.json").write_text(kept)
    with pytest.raises(CommandError, match=rf"kept\.json: .*{said}"):
        evaluate(tmp_path, {"query": "hearts", "relevant": {"heart": 3}}, against=tmp_path / "kept.json")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (["{"], "Line 1 holds no question"),
        ([{"query": "x"}], "Line 1 holds no question"),
        ([{"query": "x", "relevant": {"a": "many"}}], "Line 1 holds no question"),
        ([{"query": "x", "relevant": {"a": 1}}], "no question has an answer that would be right"),
        ([], "no question has an answer that would be right"),
    ],
)
def test_a_file_that_is_none_is_refused_with_the_reason(tmp_path: Path, rows: list[Any], said: str) -> None:
    with pytest.raises(CommandError, match=said):
        evaluate(tmp_path, *rows)


def test_a_file_that_is_not_there_is_named() -> None:
    with pytest.raises(CommandError, match=r"nothing\.jsonl"):
        call_command("evaluate_search", "nothing.jsonl")
