"""`GET /api/v1/entries/`: the entries in force, a page at a time, for the readers they were written for."""

import pytest

from tests.bulk import make_many_publications
from tests.factories import make_draft, make_publication
from tests.reading import entry, get

pytestmark = pytest.mark.django_db


def slugs(query: str = "") -> list[str]:
    """The slugs on a page."""
    answer = get(f"entries/{query}")
    assert answer.status_code == 200, answer.content
    return [row["slug"] for row in answer.json()["results"]]


def errors(query: str) -> list[dict[str, str]]:
    """What a 400 says field by field."""
    answer = get(f"entries/{query}")
    assert answer.status_code == 400, answer.content
    found: list[dict[str, str]] = answer.json()["errors"]
    return found


def test_an_empty_library_is_an_empty_list() -> None:
    assert get("entries/").json() == {"count": 0, "next": None, "previous": None, "library_status": "demonstration", "results": []}


def test_rows_are_whole_entries() -> None:
    make_publication("what-is-her2", advice_cards=["fever"])
    assert get("entries/").json()["results"] == [entry("what-is-her2")]


def test_rows_stand_in_the_order_of_their_wording_whatever_the_case_and_accents() -> None:
    make_publication("three", question="Zoledronic acid?")
    make_publication("two", question="éclair?")
    make_publication("one", question="Eating?")
    assert slugs() == ["one", "two", "three"]


def test_drafts_are_left_out() -> None:
    make_draft("a-draft")
    assert slugs() == []


def test_entries_for_clinicians_are_left_out_unless_asked_for() -> None:
    for audience in ("patient", "caregiver", "clinician"):
        make_publication(f"for-{audience}", audience=audience)
    assert set(slugs()) == {"for-patient", "for-caregiver"}
    assert slugs("?audience=clinician") == ["for-clinician"]
    assert len(slugs("?audience=any")) == 3


def test_a_repeated_filter_means_or_and_two_filters_mean_and() -> None:
    make_publication("en-patient")
    make_publication("en-caregiver", audience="caregiver")
    make_publication("es-patient", language="es")
    assert set(slugs("?audience=patient&audience=caregiver")) == {"en-patient", "en-caregiver", "es-patient"}
    assert set(slugs("?language=en&language=es")) == {"en-patient", "en-caregiver", "es-patient"}
    assert slugs("?language=es&audience=patient") == ["es-patient"]
    assert slugs("?language=es&audience=caregiver") == []


def test_pages_hold_every_entry_once() -> None:
    make_many_publications(25)
    first, second = slugs(), slugs("?page=2")
    assert (len(first), len(second)) == (20, 5)
    assert len({*first, *second}) == 25
    assert get("entries/?page=2").json()["next"] is None


def test_a_page_behind_the_last_is_not_found() -> None:
    make_publication("what-is-her2")
    assert get("entries/?page=2").status_code == 404


@pytest.mark.parametrize("query", ["?page=0", "?page=-1", "?page=x", "?page=", "?page=1.5", f"?page={9**99}", "?page=²"])
def test_a_page_is_a_number_from_one(query: str) -> None:
    assert errors(query) == [{"field": "page", "detail": "Must be a whole number from 1 to 1000000."}]


def test_a_page_holds_a_hundred_at_most() -> None:
    assert errors("?page_size=101") == [{"field": "page_size", "detail": "Must be a whole number from 1 to 100."}]
    assert get("entries/?page_size=100").status_code == 200


def test_a_page_is_asked_for_once() -> None:
    assert errors("?page=1&page=2") == [{"field": "page", "detail": "Give it once."}]


@pytest.mark.parametrize("name", ["topics", "field", "as_of", "Page", "Q", "published", "cursor"])
def test_an_unknown_parameter_is_refused_and_the_known_ones_are_named(name: str) -> None:
    [error] = errors(f"?{name}=1")
    assert error["field"] == name
    assert error["detail"].startswith("Unknown parameter. Known here: topic, code, audience, language, region, applies_to, origin, source,")
    assert error["detail"].endswith(" q, ordering, fields, page, page_size, after, before, format.")


def test_an_unknown_audience_is_refused_and_the_known_ones_are_named() -> None:
    assert errors("?audience=patients") == [{"field": "audience", "detail": "Unknown value. Known: patient, caregiver, clinician, any."}]


def test_an_unknown_language_is_refused_and_the_known_ones_are_named() -> None:
    make_publication("en-entry")
    make_publication("es-entry", language="es")
    assert errors("?language=en&language=fr") == [{"field": "language", "detail": "No entry is in this language. Known: en, es."}]


def test_accept_language_chooses_nothing() -> None:
    make_publication("en-entry")
    make_publication("es-entry", language="es")
    assert len(get("entries/", accept_language="es").json()["results"]) == 2
