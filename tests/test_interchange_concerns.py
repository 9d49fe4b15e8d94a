"""A review done elsewhere stands beside whatever readiness has to say: an import tells what that is, and keeps it."""

from pathlib import Path

import pytest

from faq.interchange.options import Stage
from faq.models import Waiver
from tests.admin_client import see
from tests.admin_import import press, preview, rows
from tests.factories import make_standing_texts
from tests.interchange import Heard, entry, lines, make_importer, publish, run

pytestmark = pytest.mark.django_db


def test_an_import_tells_each_concern_that_it_keeps_beside_a_review(tmp_path: Path) -> None:
    body = "It happens to 15 of 100 people. It is what it is [^s1]."
    told = [
        "rows.jsonl:1: entry: a concern is kept beside the review: short-answer-missing",
        "rows.jsonl:2: entry: a concern is kept beside the review: figure-without-mark “It happens to 15 of 100 people.”",
    ]
    path = lines(tmp_path / "rows.jsonl", [entry(), entry("b", short_answer="It is.", body=body)])
    for options in ({"is_rehearsal": True}, {}):
        heard = Heard()
        publish(path, heard=heard, **options)
        assert [text for text in heard.warnings if "concern" in text] == told
    assert sorted(f"{row.code} {row.sentence}".strip() for row in Waiver.objects.all()) == [
        "figure-without-mark It happens to 15 of 100 people.",
        "short-answer-missing",
    ]


def test_words_that_nobody_attested_are_told_no_concern(tmp_path: Path) -> None:
    heard = Heard()
    run(lines(tmp_path / "rows.jsonl", [entry()]), heard=heard)
    assert heard.warnings == []


def test_the_admin_tells_them_before_an_import_and_after() -> None:
    make_standing_texts()
    importer = make_importer()
    address = preview(importer, rows(entry()), stage=Stage.PUBLISHED)
    told = "rows.jsonl:1: entry: a concern is kept beside the review: short-answer-missing"
    assert told in see(importer, address)
    assert told in press(importer, address).content.decode()
