"""`manage.py evaluate_search FILE`: how good search is on this library, by questions whose answers are known (faq/search/evaluation.py)."""

from argparse import ArgumentParser
from pathlib import Path
from time import perf_counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from faq.public.caching import library_state
from faq.search.evaluation import BadQuestions, Question, Scores, read_questions, scores_of, summary
from faq.search.results import LONGEST, for_readers, search


class Command(BaseCommand):
    """Ask each question, and print the measures of each set and the time that searches took."""

    help = "Print how good search is, by a file of questions whose answers are known: one JSON object a line."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help='lines such as {"set": "…", "query": "…", "relevant": {"slug": 3}}')

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with options["file"].open(encoding="utf-8") as lines:
                questions = list(read_questions(lines))
        except (OSError, UnicodeDecodeError, BadQuestions) as fault:
            raise CommandError(f"{options['file']}: {fault}") from fault
        sets: dict[str, list[Scores]] = {}
        times = []
        for question in questions:
            start = perf_counter()
            slugs = answers_to(question)
            times.append((perf_counter() - start) * 1000)
            if scores := scores_of(question, slugs):
                sets.setdefault(question.set, []).append(scores)
        for name, scored in sets.items():
            self.stdout.write(f"{name}: " + ", ".join(f"{measure} {value}" for measure, value in summary(scored).items()))
        if not sets:
            raise CommandError(f"{options['file']}: no question has an answer that would be right.")
        times.sort()
        self.stdout.write(f"milliseconds: p50 {times[len(times) // 2]:.1f}, p95 {times[int(len(times) * 0.95)]:.1f}")


def answers_to(question: Question) -> list[str]:
    """Return the slugs that search finds among the entries for patients and caregivers."""
    languages = [question.language] if question.language else []
    return [hit.slug for hit in search(question.query[:LONGEST], for_readers(), languages, library_state(timezone.now())).hits]
