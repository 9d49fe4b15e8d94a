"""How many queries a read costs, with few entries and with many."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from faq import workflow
from faq.models import Document, Publication
from tests.bulk import make_many_publications
from tests.factories import a, make_publication, make_text, make_topic
from tests.reading import get

pytestmark = pytest.mark.django_db

SIZES = pytest.mark.parametrize("size", [8, 2_000])


def cost(path: str, **headers: Any) -> tuple[Any, int]:
    """The answer below /api/v1/, and how many queries it took."""
    with CaptureQueriesContext(connection) as queries:
        answer = get(path, **headers)
    return answer, len(queries)


@SIZES
def test_an_entry_costs_one_query_and_five_where_it_is_composed_on_the_spot(size: int) -> None:
    make_topic("her2")
    make_many_publications(size, topics=["her2"])
    make_publication("en-espanol", language="es", translation_of={"slug": "bulk-1", "version": 1})
    answer, detail = cost("entries/bulk-1/")
    unchanged, again = cost("entries/bulk-1/", if_none_match=answer["ETag"])
    past, on_a_day = cost("entries/bulk-1/?as_of=2026-03-02")
    Document.objects.filter(slug="bulk-1").update(release="older")
    healed, composed = cost("entries/bulk-1/")
    assert healed.content == answer.content
    assert (answer.status_code, unchanged.status_code, past.status_code) == (200, 304, 200)
    assert answer.json()["related"]
    assert answer.json()["translations"]
    assert (detail, again) == (1, 1)
    assert on_a_day <= 3
    assert composed <= 5


@SIZES
def test_a_list_costs_five_queries_at_most_and_one_when_it_was_asked_for_before(size: int) -> None:
    make_topic("her2", codes=[("ICD-10-CM", "C50.-")])
    make_many_publications(size, topics=["her2"])
    answer, listing = cost("entries/")
    unchanged, again = cost("entries/", if_none_match=answer["ETag"])
    narrowed, with_filters = cost("entries/?language=en&audience=patient&page_size=4&page=2")
    assert (answer.json()["count"], unchanged.status_code, len(narrowed.json()["results"])) == (size, 304, 4)
    _, followed = cost(answer.json()["next"].partition("/api/v1/")[2]) if size > 20 else (None, 4)
    looked_up = [cost(f"entries/?{query}")[1] for query in ("topic=her2", "code=ICD-10-CM|C50.911", "source=s1", "q=her2")]
    assert (max(listing, with_filters), again, followed) == (5, 1, 4)
    anew = [cost(f"entries/?{query}&page_size=1")[1] for query in ("topic=her2", "code=ICD-10-CM|C50.911")]
    assert looked_up == [9, 6, 5, 4]  # the tree of topics and which of them are told, once while nothing moves
    assert anew == [3, 4]


def test_a_list_is_counted_once_for_all_its_pages_and_anew_when_something_moves() -> None:
    make_many_publications(30)
    _, first = cost("entries/")
    second, beside = cost("entries/?page=2")
    assert beside == first - 1
    make_publication("one-more")
    more, _ = cost("entries/?page=2")
    assert (second.json()["count"], more.json()["count"]) == (30, 31)


READS = {
    "topics/": 7,
    "topics/?page_size=2": 3,
    "topics/part-1/": 3,
    "sources/": 5,
    "sources/s1/": 4,
    "standing-texts/": 3,
    "standing-texts/?language=en&kind=notice": 4,
    "hashes/{hash}/": 2,
    "entries/about-1/versions/2/diff/": 3,
    "entries/about-1/versions/3/diff/": 4,
}
"""By address, asked in this order: how many queries it may take. What was counted once is not counted again."""


@pytest.mark.parametrize("size", [1, 6])
def test_the_smaller_reads_cost_the_same_however_much_there_is_to_tell(size: int) -> None:
    for number in range(1, size + 1):
        make_topic(f"whole-{number}")
        make_topic(f"part-{number}", parents=[f"whole-{number}"], codes=[("UMLS", f"C{number}")])
        make_publication(f"about-{number}", topics=[f"part-{number}"], citations=[{"key": "s1"}, {"key": f"t{number}"}])
        for note in ("Second.", "Third."):
            make_publication(f"about-{number}", change_note=note)
        make_text(kind="glossary", key=f"term-{number}", title="Term", text="What it means.")
    newest = Publication.objects.get(slug="about-1", version=3)
    workflow.withdraw(newest, by=a("reviewer"), at=newest.published_at, reason="unsafe", withhold=[3])
    make_publication("about-1", change_note="Fourth.")
    paths = [(path.format(hash=newest.content_hash), most) for path, most in READS.items()]
    assert [(path, cost(path)[1]) for path, _ in paths] == paths
    again = [(path, cost(path, if_none_match="x")[1]) for path, _ in paths if "versions/3" not in path]
    assert [path for path, queries in again if queries != 1] == []
