"""Real text, with real blemishes: rows of MedQuAD, where MEDQUAD_FILE says where it lies."""

import gzip
import os
from itertools import islice
from pathlib import Path

import pytest

from faq import verify
from faq.models import Publication, TopicName
from tests.interchange import Heard, counts, publish

FILE = os.environ.get("MEDQUAD_FILE", "")


@pytest.mark.django_db
@pytest.mark.skipif(not FILE, reason="MEDQUAD_FILE is not set")
def test_rows_of_medquad_are_published_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    with gzip.open(FILE, "rb") as packed:
        path.write_bytes(b"".join(islice(packed, 0, None, 80)))
    rows = path.read_bytes().count(b"\n")
    heard = Heard()
    assert publish(path, heard=heard) == counts(created=rows)
    assert publish(path) == counts(unchanged=rows)
    assert (heard.errors, Publication.objects.current().count()) == ([], rows)
    assert TopicName.objects.filter(approved_at=None).count() > rows / 2
    assert list(verify.faults()) == []
