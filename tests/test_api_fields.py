"""`fields`: lists with some members of each entry alone, and never without those that keep a reader safe."""

import pytest

from tests.factories import make_publication
from tests.reading import entry, get

pytestmark = pytest.mark.django_db

KEPT = {"slug", "status", "language", "version", "provenance", "disclaimers", "urgent_advice", "review", "links"}


@pytest.fixture(autouse=True)
def _entry() -> None:
    make_publication("her2", advice_cards=["fever"])


def test_a_list_brings_the_members_asked_for_as_they_are() -> None:
    [row] = get("entries/?fields=question,short_answer").json()["results"]
    whole = entry("her2")
    assert row == {name: whole[name] for name in whole if name in KEPT | {"question", "short_answer"}}
    assert list(row) == [name for name in whole if name in row]


def test_what_keeps_a_reader_safe_is_never_left_out() -> None:
    for name in ("question", "slug", "disclaimers"):
        [row] = get(f"entries/?fields={name}").json()["results"]
        assert row.keys() == KEPT | {name}
        assert all((row["disclaimers"], row["urgent_advice"], row["review"], row["provenance"], row["links"]))


def test_every_member_of_an_entry_can_be_asked_for() -> None:
    names = ",".join(entry("her2"))
    assert get(f"entries/?fields={names}").json()["results"] == get("entries/").json()["results"]


@pytest.mark.parametrize("fields", ["body", "question,body", "question,", "", "Question", "answer.html", ",", "count"])
def test_an_unknown_member_is_refused_and_the_known_ones_are_named(fields: str) -> None:
    answer = get(f"entries/?fields={fields}")
    assert answer.status_code == 400
    [error] = answer.json()["errors"]
    assert error["field"] == "fields"
    assert set(error["detail"].removeprefix("Unknown member. Known: ").removesuffix(".").split(", ")) == entry("her2").keys()


def test_all_ways_of_asking_for_the_same_members_have_one_tag() -> None:
    ways = ("fields=question,answer", "fields=answer, question", "fields=answer&fields=question", "fields=answer,answer,question")
    assert len({get(f"entries/?{way}")["ETag"] for way in ways}) == 1
    assert get("entries/?fields=question")["ETag"] not in {get("entries/")["ETag"], get("entries/?fields=answer,question")["ETag"]}


def test_pages_keep_the_members_asked_for() -> None:
    make_publication("other")
    first = get("entries/?fields=question&page_size=1").json()
    [row] = get(first["next"].partition("/api/v1/")[2]).json()["results"]
    assert row.keys() == KEPT | {"question"}
