"""How many queries a read costs, with few entries and with many."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.bulk import make_many_publications
from tests.factories import make_publication, make_topic
from tests.reading import get

pytestmark = pytest.mark.django_db

SIZES = pytest.mark.parametrize("size", [8, 2_000])


def cost(path: str, **headers: Any) -> tuple[Any, int]:
    """The answer below /api/v1/, and how many queries it took."""
    with CaptureQueriesContext(connection) as queries:
        answer = get(path, **headers)
    return answer, len(queries)


@SIZES
def test_an_entry_costs_three_queries_at_most(size: int) -> None:
    make_topic("her2")
    make_many_publications(size, topics=["her2"])
    make_publication("en-espanol", language="es", translation_of={"slug": "bulk-1", "version": 1})
    answer, detail = cost("entries/bulk-1/")
    unchanged, again = cost("entries/bulk-1/", if_none_match=answer["ETag"])
    past, on_a_day = cost("entries/bulk-1/?as_of=2026-03-02")
    assert (answer.status_code, unchanged.status_code, past.status_code) == (200, 304, 200)
    assert answer.json()["related"]
    assert answer.json()["translations"]
    assert max(detail, again, on_a_day) <= 3


@SIZES
def test_a_list_costs_five_queries_at_most(size: int) -> None:
    make_many_publications(size)
    answer, listing = cost("entries/")
    unchanged, again = cost("entries/", if_none_match=answer["ETag"])
    narrowed, with_filters = cost("entries/?language=en&audience=patient&page_size=4&page=2")
    assert (answer.json()["count"], unchanged.status_code, len(narrowed.json()["results"])) == (size, 304, 4)
    assert max(listing, again, with_filters) <= 5
