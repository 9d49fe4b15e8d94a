"""What all of the smaller reads share: one rule for tags, and errors that say what would have been right."""

from typing import Any

import pytest

from faq import workflow
from faq.models import Publication
from tests.factories import a, make_publication, make_topic
from tests.reading import LATER, ask, get

pytestmark = pytest.mark.django_db

KNOWN = {
    "topics/": "page, page_size",
    "topics/her2/": "none",
    "sources/": "page, page_size",
    "sources/s1/": "none",
    "standing-texts/": "page, page_size, kind, language",
    "hashes/{hash}/": "none",
    "entries/told/versions/2/diff/": "against",
}
"""By address: the parameters it knows."""
LISTS = [path for path, known in KNOWN.items() if "page" in known]


@pytest.fixture
def paths() -> dict[str, str]:
    """{address: the parameters it knows}, in a library in which each has something to tell."""
    make_topic("her2", codes=[("UMLS", "C1")])
    make_publication("told", topics=["her2"])
    newest = make_publication("told", change_note="Shorter.")
    return {f"/api/v1/{path.format(hash=newest.content_hash)}": known for path, known in KNOWN.items()}


def test_nothing_new_is_a_304_with_the_same_tag_and_rules(paths: dict[str, str]) -> None:
    for path in paths:
        before, again = ask("GET", path), ask("HEAD", path)
        unchanged = ask("GET", path, if_none_match=before["ETag"])
        assert (before.status_code, again.status_code, unchanged.status_code) == (200, 200, 304), path
        assert (again.content, again["ETag"], before["Content-Type"]) == (b"", before["ETag"], "application/json")
        rules = [[answer[name] for name in ("ETag", "Vary", "Cache-Control")] for answer in (before, unchanged)]
        assert rules == [[before["ETag"], "Accept, Accept-Encoding", "public, max-age=60, must-revalidate"]] * 2
        assert not before.cookies
    tags = [ask("GET", path)["ETag"] for path in paths]
    assert len(set(tags)) == len(tags)


def test_an_answer_kept_and_one_made_anew_are_the_same_in_every_form_of_asking(paths: dict[str, str]) -> None:
    for path in paths:
        kept, anew = ask("GET", path), ask("GET", path, accept="application/json;q=0.9, */*;q=0.1")
        assert kept.content == anew.content, path
        assert kept.json()["library_status"] == "demonstration"


def test_any_decision_moves_every_tag(paths: dict[str, str]) -> None:
    before = {path: ask("GET", path)["ETag"] for path in paths}
    workflow.hold(Publication.objects.get(version=2), by=a("reviewer"), at=LATER, comment="A reader wrote.")
    assert [path for path, tag in before.items() if ask("GET", path, if_none_match=tag).status_code != 200] == []


def test_an_unknown_parameter_is_refused_and_the_known_ones_are_named(paths: dict[str, str]) -> None:
    for path, known in paths.items():
        for name in ("forms", "audience", "Page"):
            answer = ask("GET", f"{path}?{name}=1")
            named = "format" if known == "none" else f"{known}, format"
            said = [{"field": name, "detail": f"Unknown parameter. Known here: {named}."}]
            assert (answer.status_code, answer.json()["errors"]) == (400, said), path


def test_another_method_is_told_what_may_be_asked(paths: dict[str, str]) -> None:
    for path in paths:
        answer, asked = ask("POST", path), ask("OPTIONS", path)
        assert (answer.status_code, answer["Content-Type"]) == (405, "application/problem+json"), path
        assert answer["Allow"] == asked["Allow"] == "GET, HEAD, OPTIONS"
        assert asked.status_code == 204


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("query", ["?page=0", "?page=x", f"?page={9**99}", "?page_size=101", "?page=1&page=2", "?page=1&page_size=1.5"])
def test_a_page_is_asked_for_as_in_every_list(path: str, query: str) -> None:
    answer = get(path + query)
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert get(f"{path}?page=2").status_code == 404


@pytest.mark.parametrize("path", LISTS)
def test_an_empty_library_is_an_empty_list(path: str) -> None:
    empty: dict[str, Any] = {"count": 0, "next": None, "previous": None, "library_status": "demonstration", "results": []}
    assert get(path).json() == empty


@pytest.mark.parametrize(
    "path",
    [
        *("topics/%00/", "sources/%00/", "sources/%ff/", "sources/%ed%a0%80/", "hashes/%00/"),
        *("standing-texts/?kind=%00", "standing-texts/?language=%ff"),
    ],
)
def test_what_no_address_can_hold_is_refused(path: str) -> None:
    answer = get(path)
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")


@pytest.mark.parametrize("path", ["sources/" + "x" * 5_000 + "/", "sources/%F0%9F%98%80/", "topics/" + "x" * 5_000 + "/"])
def test_a_name_that_nothing_has_is_not_found(path: str) -> None:
    assert get(path).status_code == 404


@pytest.mark.parametrize("value", ["x" * 5_000, "%F0%9F%98%80", "", "' OR 1=1"])
def test_a_value_that_nothing_has_is_refused(value: str) -> None:
    assert get(f"standing-texts/?language={value.replace(' ', '+')}").status_code == 400
    assert get(f"standing-texts/?kind={value.replace(' ', '+')}").status_code == 400
