"""The forms of an entry: which one a client gets, under which tag, and what is left in each of them of what was taken down."""

from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from faq import workflow
from faq.api import forms
from faq.models import Publication
from faq.public import caching, errors
from faq.public.caching import STORE
from tests.factories import NOW, a, make_publication
from tests.reading import LATER, ask, get
from tests.test_api_caching import CHANGES, KEPT

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
JSON, JSONLD, MARKDOWN = "application/json", "application/ld+json", "text/markdown; charset=utf-8; variant=CommonMark"
FORMS = {"json": JSON, "jsonld": JSONLD, "md": MARKDOWN}
PATHS = ["entries/her2/", "entries/her2/versions/1/", "entries/her2/?as_of=2026-03-02"]
ACTION = "Call the 24-hour line at once."


def in_form(path: str, form: str, **asked: Any) -> Any:
    """The answer to a GET of a path in a form."""
    return get(f"{path}{'&' if '?' in path else '?'}format={form}", **asked)


def problem(answer: Any, status: int) -> Any:
    """The members of a problem."""
    assert (answer.status_code, answer["Content-Type"]) == (status, errors.CONTENT_TYPE), answer.content
    return answer.json()


# Which form.


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("form", FORMS)
def test_an_entry_is_told_in_the_form_that_is_named(path: str, form: str) -> None:
    make_publication("her2")
    answer = in_form(path, form)
    assert (answer.status_code, answer["Content-Type"]) == (200, FORMS[form])
    assert b"HER2 is a protein" in answer.content


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        ("", "json"),
        ("*/*", "json"),
        ("application/json", "json"),
        ("application/json; charset=utf-8", "json"),
        ("application/*", "json"),
        ("application/ld+json", "jsonld"),
        ('application/ld+json;profile="http://www.w3.org/ns/json-ld#compacted, x"', "jsonld"),
        ("text/markdown", "md"),
        ("Text/Markdown", "md"),
        ("text/*", "md"),
        ("text/markdown, */*", "md"),
        ("*/*, text/markdown", "md"),
        ("text/html, */*;q=0.1", "json"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "json"),
        ("text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2", "json"),
        ("application/json;q=0.5, text/markdown;q=0.9", "md"),
        ("application/json;q=0.9, text/markdown;q=0.5", "json"),
        ("application/ld+json, application/json", "jsonld"),
        ("application/json, application/ld+json", "json"),
        ("application/json;q=0, */*", "jsonld"),
        ("application/*;q=0, */*", "md"),
        ("*/*;q=0.5, application/*;q=0.2", "md"),
        ("text/markdown;q=1.000, application/json;q=1", "md"),
        ("text/markdown;q=nonsense, application/json", "json"),
        ("text/markdown;variant=GFM;Q=0.3, application/ld+json;q=0.2", "md"),
        (", ,text/markdown,", "md"),
    ],
)
def test_accept_chooses_by_weight_then_by_how_exactly_it_names_a_form(accept: str, form: str) -> None:
    make_publication("her2")
    assert get("entries/her2/", accept=accept)["Content-Type"] == FORMS[form]


@pytest.mark.parametrize(
    "accept",
    ["text/html", "nonsense", "application/json;q=0", "*/*;q=0", "text/plain, application/xml;q=0.9", '"', 'a/b;c="' + '\\"' * 4_000],
)
@pytest.mark.parametrize("path", PATHS)
def test_where_no_form_is_accepted_a_406_names_those_that_are_there(path: str, accept: str) -> None:
    make_publication("her2")
    told = problem(get(path, accept=accept), 406)["detail"]
    assert "Known: application/json, application/ld+json, text/markdown." in told


@pytest.mark.parametrize("accept", ["application/json", "text/html", "text/markdown;q=0"])
def test_the_form_that_is_named_counts_more_than_accept(accept: str) -> None:
    make_publication("her2")
    assert in_form("entries/her2/", "md", accept=accept)["Content-Type"] == MARKDOWN


@pytest.mark.parametrize("form", ["xml", "JSON", "", "html", "md%20", "jsonld,md", "x" * 5_000])
def test_an_unknown_form_is_a_400_that_names_the_known(form: str) -> None:
    make_publication("her2")
    told = [{"field": "format", "detail": "Unknown form. Known here: json, jsonld, md."}]
    assert problem(in_form("entries/her2/", form), 400)["errors"] == told


def test_one_form_at_a_time() -> None:
    told = problem(get("entries/her2/?format=md&format=json"), 400)["errors"]
    assert told == [{"field": "format", "detail": "Give it once."}]


def test_other_parameters_are_judged_in_every_form() -> None:
    told = problem(get("entries/her2/?format=md&x=1"), 400)["errors"]
    assert told == [{"field": "x", "detail": "Unknown parameter. Known here: as_of, format."}]
    assert problem(get("entries/her2/?format=md&as_of=never"), 400)["errors"][0]["field"] == "as_of"


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("path", ["entries/unknown/", "entries/her2/versions/9/", "entries/her2/?as_of=2026-03-01"])
def test_what_is_not_there_is_a_problem_in_every_form(path: str, form: str) -> None:
    make_publication("her2")
    problem(in_form(path, form), 404)


@pytest.mark.parametrize("path", ["entries/", "entries/her2/versions/"])
def test_a_list_has_one_form(path: str) -> None:
    make_publication("her2")
    plain, named = get(path), in_form(path, "json")
    assert (named.status_code, named.content, named["ETag"]) == (200, plain.content, plain["ETag"])
    assert problem(in_form(path, "md"), 400)["errors"] == [{"field": "format", "detail": "Unknown form. Known here: json."}]
    assert "Known: application/json." in problem(get(path, accept="text/markdown"), 406)["detail"]


@pytest.mark.parametrize("form", FORMS)
def test_head_and_options_answer_in_every_form(form: str) -> None:
    make_publication("her2")
    path = f"/api/v1/entries/her2/?format={form}"
    head, options = ask("HEAD", path), ask("OPTIONS", path)
    assert (head.status_code, head.content, head["Content-Type"], head["ETag"]) == (200, b"", FORMS[form], ask("GET", path)["ETag"])
    assert (options.status_code, options["Allow"], options.content) == (204, "GET, HEAD, OPTIONS", b"")


# Tags.


@pytest.mark.parametrize("path", PATHS)
def test_each_form_has_a_tag_of_its_own_and_answers_304_to_that_alone(path: str) -> None:
    make_publication("her2")
    tags = {form: in_form(path, form)["ETag"] for form in FORMS}
    assert len(set(tags.values())) == 3
    for form, tag in tags.items():
        again = in_form(path, form, if_none_match=tag)
        assert (again.status_code, again.content, "Content-Type" in again) == (304, b"", False)
        assert {name: again[name] for name in ("ETag", "Vary", "Cache-Control")} == {
            "ETag": tag,
            "Vary": "Accept, Accept-Encoding",
            "Cache-Control": KEPT,
        }
        others = ", ".join(other for name, other in tags.items() if name != form)
        assert in_form(path, form, if_none_match=others).status_code == 200
        assert in_form(path, form, if_none_match=f'W/"{tag[1:-1]}-gzip"').status_code == 304


@pytest.mark.parametrize("form", FORMS)
def test_a_form_is_the_same_however_it_was_asked_for(form: str) -> None:
    make_publication("her2")
    named, accepted = in_form("entries/her2/", form), get("entries/her2/", accept=FORMS[form])
    assert (named.content, named["ETag"], named["Link"]) == (accepted.content, accepted["ETag"], accepted["Link"])
    assert 'rel="version-history"' in named["Link"]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", CHANGES)
def test_every_change_moves_the_tag_of_every_form(name: str, form: str) -> None:
    published = make_publication("her2", related=["other"])
    make_publication("es-first", language="es")
    before = in_form("entries/her2/", form)
    CHANGES[name](published)
    after = in_form("entries/her2/", form, if_none_match=before["ETag"])
    assert (after.status_code, after["ETag"] != before["ETag"]) == (200, True)


@pytest.mark.parametrize("form", FORMS)
def test_time_alone_moves_the_tag_of_every_form(form: str) -> None:
    make_publication("her2", review_in_days=35)
    answers = [in_form("entries/her2/", form, at=NOW + days * DAY) for days in (1, 10, 40)]
    assert len({answer["ETag"] for answer in answers}) == 3
    last = in_form("entries/her2/", form, at=NOW + 6 * DAY - timedelta(hours=12, seconds=20))
    assert last["Cache-Control"] == "public, max-age=20, must-revalidate"


@pytest.mark.parametrize(("form", "is_moved"), [("json", False), ("jsonld", True), ("md", True)])
def test_another_wording_of_the_interface_moves_the_tags_of_forms_that_hold_it(
    form: str, is_moved: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_publication("her2")
    before = in_form("entries/her2/", form)["ETag"]
    monkeypatch.setattr(caching, "page_release", lambda: "another")
    assert (in_form("entries/her2/", form)["ETag"] != before) == is_moved


@pytest.mark.parametrize("form", FORMS)
def test_a_library_gone_live_has_other_tags_in_every_form(form: str, settings: Any) -> None:
    make_publication("her2")
    before = in_form("entries/her2/", form)["ETag"]
    settings.LIBRARY_STATUS = "live"
    assert in_form("entries/her2/", form)["ETag"] != before


# What was taken down.


def taken_down(**arguments: Any) -> Publication:
    published = make_publication("her2", body="Zebrafinch is a word [^s1].", advice_cards=["fever"])
    workflow.withdraw(published, by=a("reviewer"), at=NOW + DAY, **{"reason": "unsafe"} | arguments)
    return published


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("path", PATHS)
def test_after_a_withdrawal_the_next_question_whether_it_changed_is_a_410(path: str, form: str) -> None:
    published = make_publication("her2", body="Zebrafinch is a word [^s1].", advice_cards=["fever"])
    make_publication("better")
    before = in_form(path, form)
    assert (before.status_code, b"Zebrafinch" in before.content) == (200, True)
    workflow.withdraw(published, by=a("reviewer"), at=LATER, reason="unsafe", replacement="better", withhold=[1])
    after = in_form(path, form, if_none_match=before["ETag"])
    assert after.status_code == 410
    assert b"ebrafinch" not in after.content
    for told in ("This answer was taken down. Ask the care team.", ACTION, "(before, en)", "(after, en)", "better"):
        assert told in after.content.decode(), told


@pytest.mark.parametrize(("form", "kind"), [("json", errors.CONTENT_TYPE), ("jsonld", JSONLD), ("md", MARKDOWN)])
def test_what_is_gone_is_told_in_the_form_asked_for(form: str, kind: str) -> None:
    taken_down()
    answer = in_form("entries/her2/", form, at=NOW + 2 * DAY)
    assert (answer.status_code, answer["Content-Type"]) == (410, kind)
    assert {name: answer[name] for name in ("Vary", "Cache-Control")} == {
        "Vary": "Accept, Accept-Encoding",
        "Cache-Control": "public, max-age=10, must-revalidate",
    }
    assert "ETag" not in answer
    assert get("entries/her2/", at=NOW + 2 * DAY, accept=FORMS[form]).content == answer.content
    head = ask("HEAD", f"/api/v1/entries/her2/?format={form}", at=NOW + 2 * DAY)
    assert (head.status_code, head["Content-Type"], head.content) == (410, kind, b"")


@pytest.mark.parametrize("form", FORMS)
def test_any_site_may_read_what_is_gone(form: str) -> None:
    taken_down()
    answer = in_form("entries/her2/", form, at=NOW + 2 * DAY, origin="https://app.example")
    assert answer["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("form", FORMS)
def test_an_entry_that_is_not_withheld_stays_open_by_its_number_and_day(form: str) -> None:
    taken_down()
    for path in PATHS[1:]:
        assert b"Zebrafinch" in in_form(path, form, at=NOW + 2 * DAY).content


# What it costs.


@pytest.mark.parametrize("form", ["jsonld", "md"])
def test_a_form_is_made_once_and_kept(form: str) -> None:
    make_publication("her2")
    first = in_form("entries/her2/", form)
    with mock.patch.object(forms.DocumentForm, "render", side_effect=AssertionError), CaptureQueriesContext(connection) as queries:
        again, unchanged = in_form("entries/her2/", form), in_form("entries/her2/", form, if_none_match=first["ETag"])
    assert (again.content, unchanged.status_code, len(queries)) == (first.content, 304, 2)


@pytest.mark.parametrize("form", ["jsonld", "md"])
def test_what_is_kept_is_bounded_with_all_that_a_worker_keeps(form: str) -> None:
    make_publication("her2")
    tag = in_form("entries/her2/", form)["ETag"]
    assert STORE.get(tag) is not None
    with mock.patch.object(STORE, "most", 100):
        make_publication("her2", short_answer="HER2 is a protein on cells.", change_note="Shorter.")
        assert STORE.get(in_form("entries/her2/", form)["ETag"]) is None
