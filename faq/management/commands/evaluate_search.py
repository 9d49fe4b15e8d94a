"""`manage.py evaluate_search FILE`: how good search is on this library, by questions whose answers are known (faq/search/evaluation.py).

`--keep RESULTS` keeps what came of each question; `--against RESULTS` says by how much this run, with another model or other names of
topics, differs from the one that was kept.
"""

import json
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from faq.public.caching import library_state
from faq.search.evaluation import BadQuestions, Question, Scores, gain, read_questions, read_results, scores_of, summary
from faq.search.results import LONGEST, for_readers, search


class Command(BaseCommand):
    """Ask each question, and print the measures of each set and the time that searches took."""

    help = "Print how good search is, by a file of questions whose answers are known: one JSON object a line."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help='lines such as {"set": "…", "query": "…", "relevant": {"slug": 3}}')
        parser.add_argument("--keep", type=Path, metavar="RESULTS", help="write what came of each question to this file")
        parser.add_argument("--against", type=Path, metavar="RESULTS", help="print the difference from what another run kept")

    def handle(self, *args: Any, **options: Any) -> None:
        file, kept = options["file"], options["against"]
        with naming(file), file.open(encoding="utf-8") as lines:
            questions = list(read_questions(lines))
        sets, times = asked(questions)
        if not sets:
            raise CommandError(f"{file}: no question has an answer that would be right.")
        for name, scores in sets.items():
            self.stdout.write(f"{name}: " + ", ".join(f"{measure} {value}" for measure, value in summary(scores).items()))
        if kept:
            with naming(kept):
                self.print_gains(sets, read_results(kept.read_text(encoding="utf-8")))
        self.stdout.write(f"milliseconds: p50 {times[len(times) // 2]:.1f}, p95 {times[int(len(times) * 0.95)]:.1f}")
        if options["keep"]:
            options["keep"].write_text(json.dumps(sets), encoding="utf-8")

    def print_gains(self, sets: Mapping[str, Sequence[Scores]], before: Mapping[str, Sequence[Scores]]) -> None:
        for name, scores in sets.items():
            self.stdout.write(f"{name}: {gain(scores, before.get(name, ()))} against the other run")


@contextmanager
def naming(file: Path) -> Iterator[None]:
    """Tell what is wrong with a file by its name."""
    try:
        yield
    except (OSError, UnicodeDecodeError, BadQuestions) as fault:
        raise CommandError(f"{file}: {fault}") from fault


def asked(questions: Iterable[Question]) -> tuple[dict[str, list[Scores]], list[float]]:
    """Return the scores of each set, and the milliseconds that searches took, in their order."""
    sets: dict[str, list[Scores]] = {}
    times = []
    for question in questions:
        start = perf_counter()
        slugs = answers_to(question)
        times.append((perf_counter() - start) * 1000)
        if scores := scores_of(question, slugs):
            sets.setdefault(question.set, []).append(scores)
    return sets, sorted(times)


def answers_to(question: Question) -> list[str]:
    """Return the slugs that search finds among the entries for patients and caregivers."""
    languages = [question.language] if question.language else []
    return [hit.slug for hit in search(question.query[:LONGEST], for_readers(), languages, library_state(timezone.now())).hits]
