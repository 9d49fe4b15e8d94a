"""`GET /api/v1/hashes/{sha256}/`: what became of words that an app has kept."""

from typing import Any

import pytest

from faq import workflow
from faq.models import Publication, Submission
from tests.factories import NOW, a, make_publication, make_submission
from tests.reading import LATER, get

pytestmark = pytest.mark.django_db

MARKER = "zebrafinch-hash"


def told(digest: str) -> list[dict[str, Any]]:
    answer = get(f"hashes/{digest}/")
    assert answer.status_code == 200, answer.content
    rows: list[dict[str, Any]] = answer.json()["versions"]
    return rows


def test_words_in_force_are_current() -> None:
    published = make_publication("what-is-her2")
    base = "http://testserver/api/v1/entries/what-is-her2/"
    assert get(f"hashes/sha256:{published.content_hash}/").json() == {
        "content_hash": f"sha256:{published.content_hash}",
        "versions": [
            {
                "slug": "what-is-her2",
                "version": 1,
                "status": "current",
                "held": False,
                "withheld": False,
                "erased": False,
                "published_at": "2026-03-02T12:00:00Z",
                "ended_at": None,
                "links": {"self": f"{base}versions/1/", "latest": base},
            }
        ],
        "library_status": "demonstration",
    }


def test_it_is_the_hash_that_entries_carry_in_every_way_of_writing_it() -> None:
    published = make_publication("what-is-her2")
    carried = get("entries/what-is-her2/").json()["content_hash"]
    ways = (carried, published.content_hash, published.content_hash.upper())
    assert len({get(f"hashes/{way}/")["ETag"] for way in ways}) == 1


def test_every_version_that_had_the_words_is_told() -> None:
    published = make_publication("what-is-her2")
    make_publication("what-is-her2", short_answer="HER2 is a protein on cells.")
    workflow.restore(Publication.objects.get(pk=published.pk), by=a("reviewer"), at=LATER, comment="It was right.", notice="held")
    assert [(row["version"], row["status"], row["held"]) for row in told(published.content_hash)] == [
        (1, "superseded", False),
        (3, "current", True),
    ]


def test_words_that_were_taken_down_withheld_or_erased_say_so_and_nothing_else() -> None:
    published = make_publication("what-is-her2", question=f"What is {MARKER}?")
    workflow.withdraw(published, by=a("reviewer"), at=LATER, reason="unsafe")
    assert [(row["status"], row["withheld"]) for row in told(published.content_hash)] == [("withdrawn", False)]
    workflow.withdraw(Publication.objects.get(), by=a("reviewer"), at=LATER, reason="unsafe", withhold=[1])
    assert [(row["withheld"], row["erased"]) for row in told(published.content_hash)] == [(True, False)]
    order = workflow.erase(Publication.objects.get(), by=a("lead"), at=LATER, legal_basis="A court's order.")
    workflow.confirm_erasure(order, by=a("reviewer"), at=LATER)
    [row] = told(published.content_hash)
    assert (row["withheld"], row["erased"], row["ended_at"]) == (True, True, "2026-03-02T13:00:00Z")
    assert MARKER not in str(row)


def test_words_that_were_never_published_are_not_found() -> None:
    make_publication("what-is-her2")
    make_submission()
    unseen = Submission.objects.latest("pk").content_hash
    assert get(f"hashes/{unseen}/").status_code == get(f"hashes/{'0' * 64}/").status_code == 404


@pytest.mark.parametrize("value", ["0" * 63, "0" * 65, "g" * 64, "sha512:" + "0" * 64, "sha256:", "٠" * 64, "x" * 5_000])
def test_what_is_no_sha_256_is_refused(value: str) -> None:
    answer = get(f"hashes/{value}/")
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert answer.json()["errors"] == [
        {"field": "sha256", "detail": "Must be a SHA-256: 64 hexadecimal digits, with or without `sha256:` before them."}
    ]


def test_the_tag_moves_with_what_becomes_of_the_words() -> None:
    published = make_publication("what-is-her2", at=NOW)
    before = get(f"hashes/{published.content_hash}/")
    assert get(f"hashes/{published.content_hash}/", if_none_match=before["ETag"]).status_code == 304
    workflow.withdraw(published, by=a("reviewer"), at=LATER, reason="outdated")
    assert get(f"hashes/{published.content_hash}/", if_none_match=before["ETag"]).status_code == 200
