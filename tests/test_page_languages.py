"""The interface speaks English and Spanish; an entry speaks its own language, and the page says which."""

from typing import Any

import pytest

from faq.pages.language import path_in
from faq.public.languages import local_name
from tests.browsing import in_order, see, visit
from tests.factories import a, make_publication, make_reviewer, make_topic
from tests.reading import entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair() -> None:
    """An English entry with its Spanish translation, and an English one without."""
    make_topic("pills", name="Pills")
    make_topic("pastillas", name="Pastillas", language="es")
    make_publication("when-to-call", question="When must I call?", topics=["pills"], related=["alone"])
    make_publication("alone", question="Who is alone?", topics=["pills"])
    told = {"slug": "when-to-call", "version": 1}
    make_publication("cuando-llamar", language="es", question="¿Cuándo llamo?", topics=["pills", "pastillas"], translation_of=told)


@pytest.mark.usefixtures("pair")
@pytest.mark.parametrize(("path", "language"), [("/", "en"), ("/es/", "es"), ("/questions/alone/", "en"), ("/es/questions/alone/", "es")])
def test_a_page_says_the_language_of_its_interface(path: str, language: str) -> None:
    page, answer = see(path), visit(path)
    assert page.one("html").attributes == {"lang": language, "dir": "ltr"}
    assert answer["Content-Language"] == language


@pytest.mark.usefixtures("pair")
def test_spanish_pages_are_spanish_down_to_the_dates() -> None:
    page = see("/es/questions/cuando-llamar/")
    assert "Última revisión: 2 de marzo de 2026; próxima revisión: a más tardar el 2 de marzo de 2027." in page.text
    assert in_order(page, "¿Cuándo llamo?", "En pocas palabras", "Fuentes", "Quién la revisó")
    assert page.one("a", class_="skip").text == "Ir al contenido"


@pytest.mark.usefixtures("pair")
def test_who_reviewed_it_is_told_in_the_pages_language_and_kept_word_for_word_in_the_record() -> None:
    assert "Revisada por profesional de enfermería oncológica el 2 de marzo de 2026." in see("/es/questions/cuando-llamar/").text
    assert entry("cuando-llamar")["review"]["approved_by"]["role"] == "Oncology nurse"


def test_a_profession_that_the_pages_do_not_know_is_shown_as_it_was_typed() -> None:
    make_reviewer(user=a("reviewer"), profession="Matrona & <b>amiga</b>")
    make_publication("parto", language="es")
    assert "Revisada por Matrona & <b>amiga</b> el 2 de marzo de 2026." in see("/es/questions/parto/").text


def test_where_and_at_which_stage_an_entry_holds_is_told_in_the_pages_language() -> None:
    make_publication("fases", language="es", region="US", applies_to=["early", "muy-raro"])
    assert "Escrito para: Estados Unidos Trata de: enfermedad temprana, muy raro Última" in see("/es/questions/fases/").text


@pytest.mark.usefixtures("pair")
def test_an_entry_in_another_language_is_never_shown_as_if_it_were_the_readers() -> None:
    page = see("/es/questions/alone/")
    assert "La respuesta de esta página está en otro idioma: English." in page.text
    assert (
        page.one("h1").language == page.one("div", id="answer").language == page.one("section", id="short-answer").one("p").language == "en"
    )
    assert page.one("section", id="short-answer").one("h2").language == "es"


@pytest.mark.usefixtures("pair")
def test_own_words_need_no_second_language_attribute() -> None:
    main = see("/questions/alone/").one("main")
    assert [part.name for part in main.all() if "lang" in part.attributes] == []


@pytest.mark.usefixtures("pair")
def test_a_translation_is_one_step_away_from_either_side() -> None:
    english, spanish = see("/questions/when-to-call/"), see("/es/questions/cuando-llamar/")
    assert english.one("ul", class_="facts-line").one("a", lang="es").attributes["href"] == "/es/questions/cuando-llamar/"
    assert spanish.one("ul", class_="facts-line").one("a", lang="en").attributes["href"] == "/questions/when-to-call/"
    assert english.one("nav", **{"aria-label": "Languages"}).one("a").attributes["href"] == "/es/questions/cuando-llamar/"
    assert "Léala en su idioma" in see("/es/questions/when-to-call/").text


@pytest.mark.usefixtures("pair")
def test_a_translation_of_an_older_version_says_so() -> None:
    assert "earlier version" not in see("/questions/when-to-call/").text
    make_publication("when-to-call", short_answer="HER2 is a protein.")
    assert "(made from an earlier version)" in see("/questions/when-to-call/").text


@pytest.mark.usefixtures("pair")
def test_search_engines_are_told_one_address_per_language() -> None:
    for path in ("/questions/when-to-call/", "/es/questions/when-to-call/"):
        head = see(path).one("head")
        assert head.one("link", rel="canonical").attributes["href"] == "http://testserver/questions/when-to-call/"
        assert {each.attributes["hreflang"]: each.attributes["href"] for each in head.all("link", rel="alternate")} == {
            "en": "http://testserver/questions/when-to-call/",
            "es": "http://testserver/es/questions/cuando-llamar/",
        }


@pytest.mark.usefixtures("pair")
def test_lists_hold_the_interfaces_language_and_say_where_the_others_are() -> None:
    english, spanish = see("/"), see("/es/")
    assert "¿Cuándo llamo?" not in english.text
    assert "When must I call?" not in spanish.text
    assert english.one("section", **{"aria-labelledby": "languages-title"}).one("a").attributes["href"] == "/es/"
    assert "English : 2 respuestas" in spanish.text


@pytest.mark.usefixtures("pair")
def test_a_topic_without_a_name_in_the_language_keeps_the_one_it_has() -> None:
    page = see("/es/topics/pills/")
    assert (page.one("h1").text, page.one("h1").language) == ("Pills", "en")
    assert "/topics/pills/" in {link.attributes["href"] for link in page.one("main").all("a")}


def test_a_topic_without_entries_in_the_language_says_so() -> None:
    make_topic("pills", name="Pills")
    make_publication("alone", topics=["pills"])
    assert "Todavía no hay respuestas en este idioma." in see("/es/topics/pills/").text
    assert "Todavía no hay respuestas en este idioma." in see("/es/").text


def test_a_language_that_the_interface_does_not_speak_is_listed_too() -> None:
    make_topic("pills", name="Pills")
    make_reviewer(user=a("reviewer"), languages=["en", "ar"])
    make_publication("arabic", language="ar", question="ما هذا؟", topics=["pills"])
    link = see("/").one("section", **{"aria-labelledby": "languages-title"}).one("a")
    assert link.attributes["href"] == "/?language=ar"
    page = see("/topics/pills/?language=ar")
    assert "ما هذا؟" in page.text
    assert page.one("ul", class_="cards").one("h3").attributes["dir"] == "rtl"
    assert see("/questions/arabic/").one("h1").attributes == {"lang": "ar", "dir": "rtl"}
    visit("/?language=fr", status=404)


@pytest.mark.parametrize(
    ("path", "language", "expected"),
    [
        ("/", "es", "/es/"),
        ("/es/", "en", "/"),
        ("/es/", "es", "/es/"),
        ("/questions/es/", "es", "/es/questions/es/"),
        ("/es//evil.example/", "en", "/evil.example/"),
        ('/es/"><b>', "en", "/%22%3E%3Cb%3E"),
    ],
)
def test_the_switch_stays_on_this_site(path: str, language: str, expected: str) -> None:
    assert path_in(path, language) == expected


@pytest.mark.parametrize(("code", "name"), [("es", "español"), ("es-MX", "español de Mexico"), ("so", "Soomaali"), ("xx", "xx")])
def test_languages_are_called_as_their_speakers_call_them(code: str, name: Any) -> None:
    assert local_name(code) == name
