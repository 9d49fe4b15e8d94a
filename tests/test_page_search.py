"""The search page: a question in one's own words, and the answers that may fit, without a script."""

from typing import Any
from urllib.parse import quote

import pytest

from faq import workflow
from faq.public.caching import STORE
from tests.browsing import Part, see
from tests.factories import NOW, a, make_publication, make_text, make_topic
from tests.reading import ask

pytestmark = pytest.mark.django_db
HEART: dict[str, Any] = {"question": "Can treatment harm my heart?", "short_answer": "It can make the heart pump less well."}


def search(query: str, *, path: str = "/search/", **params: str) -> Part:
    rest = "".join(f"&{name}={value}" for name, value in params.items())
    return see(f"{path}?q={quote(query)}{rest}")


def hits(page: Part) -> list[str]:
    return [heading.text for listed in page.all("ul", class_="hits") for heading in listed.all("h3")]


def test_a_hit_tells_question_short_answer_topics_and_when_it_was_checked() -> None:
    make_topic("heart", name="Heart problems", kind="symptom")
    make_publication("heart", topics=["heart"], **HEART)
    page = search("can this mess up my heart?")
    (hit,) = page.one("ul", class_="hits").all("li")
    assert hit.one("a").attributes["href"] == "/questions/heart/"
    assert hit.text == (
        "Can treatment harm my heart? It can make the heart pump less well. Topics: Heart problems Last checked on 2 March 2026."
    )
    assert page.one("input", name="q").attributes["value"] == "can this mess up my heart?"


def test_without_a_question_it_says_how_to_ask_one() -> None:
    page = see("/search/")
    assert "Write as you would say it to a friend." in page.text
    assert (page.all("ul", class_="hits"), "no answer" in page.text) == ([], False)


@pytest.mark.parametrize("query", ["", "   ", "\u00ad"])
def test_an_empty_question_is_met_like_none(query: str) -> None:
    assert "Write as you would say it to a friend." in search(query).text


def test_a_misspelt_question_is_answered_and_told_how_it_was_read() -> None:
    make_publication("heart", **HEART)
    page = search("hart problems")
    assert hits(page) == ["Can treatment harm my heart?"]
    assert "We looked for “heart problems”." in page.text


def test_where_nothing_is_found_it_says_so_kindly_and_where_to_go() -> None:
    make_publication("heart", **HEART)
    page = search("zzzz")
    assert "We have no answer to this yet" in page.text
    assert "Your care team can answer what we cannot." in page.text
    assert "/" in [link.attributes["href"] for link in page.one("main").all("a")]


def test_a_question_that_is_too_long_is_kept_and_told_so() -> None:
    page = search("heart " * 400)
    assert "longer than 2000 characters" in page.text
    assert page.one("input", name="q").attributes["value"].startswith("heart heart")


def test_more_than_one_page_holds_is_found_by_turning_it() -> None:
    for number in range(12):
        make_publication(f"heart-{number:02}", question=f"Can treatment number {number} harm my heart?")
    first = search("heart")
    assert len(hits(first)) == 10
    onward = first.one("a", rel="next").attributes["href"]
    second = see(f"/search/{onward}")
    assert (len(hits(second)), second.one("a", rel="prev").attributes["href"]) == (2, "?q=heart&page=1")
    assert hits(search("heart", page="99")) == hits(first)


def test_what_speaks_of_danger_stands_above_all_else() -> None:
    make_publication("heart", **HEART)
    make_text(kind="danger_phrases", key="fever", title="F", text="fever since chemo\nchemo and fever")
    main = search("fever since chemo, and my heart").one("main")
    assert [heading.text for heading in main.all("h2")] == ["When to get help", "Answers that may fit"]
    assert main.one("section", id="urgent").all("li")
    assert search("xyzzy fever since chemo").one("main").all("h2")[0].text == "When to get help"


def test_the_spanish_page_looks_for_spanish_answers() -> None:
    make_publication("heart", **HEART)
    make_publication("corazon", question="¿El tratamiento puede dañar mi corazón?", language="es")
    page = search("corazon", path="/es/search/")
    assert hits(page) == ["¿El tratamiento puede dañar mi corazón?"]
    assert "Respuestas que pueden servirle" in page.text


def test_where_another_language_alone_has_an_answer_it_is_shown_as_what_it_is() -> None:
    make_publication("corazon", question="¿El tratamiento puede dañar mi corazón?", language="es")
    page = search("corazón")
    assert "Answers in another language" in page.text
    (heading,) = page.one("ul", class_="hits").all("h3")
    assert (heading.language, heading.one("a").attributes["href"]) == ("es", "/es/questions/corazon/")


def test_danger_told_in_another_language_is_heard() -> None:
    make_publication("corazon", question="¿El tratamiento puede dañar mi corazón?", language="es")
    make_text(kind="danger_phrases", key="fever", language="es", title="F", text="tengo fiebre\nfiebre")
    assert search("tengo fiebre").one("section", id="urgent").one("ul").language == "es"


def test_entries_for_clinicians_are_not_offered_to_patients() -> None:
    make_publication("heart", audience="clinician", **HEART)
    assert hits(search("heart")) == []


def test_what_is_held_says_so() -> None:
    workflow.hold(make_publication("heart", **HEART), by=a("reviewer"), at=NOW, comment="A doubt.")
    assert "Being checked" in search("heart").one("ul", class_="hits").text


def test_what_is_withdrawn_is_gone_from_the_next_page() -> None:
    publication = make_publication("heart", **HEART)
    assert hits(search("heart"))
    workflow.withdraw(publication, by=a("reviewer"), at=NOW, reason="unsafe")
    assert hits(search("heart")) == []


@pytest.mark.parametrize("query", ["<script>alert(1)</script>", '" autofocus onfocus="x', "{{7*7}}", "' OR 1=1 --", "😀" * 99, "שלום"])
def test_whatever_is_asked_is_shown_as_it_was_typed_and_does_nothing(query: str) -> None:
    assert search(query).one("input", name="q").attributes["value"] == query


def test_search_pages_are_kept_out_of_search_engines_and_set_no_cookie() -> None:
    answer = ask("GET", "/search/?q=heart")
    assert (answer["X-Robots-Tag"], dict(answer.cookies)) == ("noindex", {})


def test_a_page_that_was_shown_is_kept_by_the_worker_and_not_made_anew() -> None:
    make_publication("heart", **HEART)
    STORE.clear()
    first = ask("GET", "/search/?q=heart")
    assert ask("GET", "/search/?q=heart", if_none_match=first["ETag"]).status_code == 304


def test_every_page_leads_to_search_and_the_first_page_asks_at_once() -> None:
    make_publication("heart", **HEART)
    assert see("/").one("form", role="search").attributes["action"] == "/search/"
    assert "/search/" in [link.attributes["href"] for link in see("/questions/heart/").one("header", class_="site-head").all("a")]
