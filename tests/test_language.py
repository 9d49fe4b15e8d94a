"""The language of the interface is in the address, and nowhere else."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.utils import translation

from faq.public.middleware import LanguageFromPath


def answer(path: str, content_type: str = "text/html") -> HttpResponse:
    """What a page that prints the active language answers at `path`, to a browser that would like French."""

    def page(request: HttpRequest) -> HttpResponse:
        return HttpResponse(translation.get_language(), content_type=content_type)

    return LanguageFromPath(page)(RequestFactory().get(path, headers={"accept-language": "fr"}))


@pytest.mark.parametrize(
    ("path", "language"), [("/", "en"), ("/es/", "es"), ("/es", "es"), ("/essay/", "en"), ("/fr/", "en"), ("/questions/es/", "en")]
)
def test_the_first_part_of_the_path_names_the_language(path: str, language: str) -> None:
    answered = answer(path)
    assert answered.content.decode() == answered["Content-Language"] == language


def test_caches_need_not_tell_browsers_apart() -> None:
    assert "Vary" not in answer("/es/")


def test_the_api_says_the_language_of_each_entry_itself() -> None:
    assert "Content-Language" not in answer("/api/v1/entries/", "application/json")


def test_no_language_is_left_behind() -> None:
    answer("/es/")
    assert translation.get_language() == "en"
