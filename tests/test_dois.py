"""A DOI is kept bare, however it was typed, leads to its document, and is refused where it is none."""

import re
from typing import Any

import pytest
from pydantic import ValidationError

from faq import workflow
from faq.content.doi import bare_doi, doi_address
from faq.interchange.rows import SourceRow
from faq.models import ReviewDecision, Source
from faq.templatetags.texts import doi
from faq.workflow import WordsRefused
from faq.workflow.publishing import details_of
from tests.factories import NOW, a, make_publication, make_source
from tests.interchange import counts, entry, lines, run
from tests.reading import LATER, ask

WRITTEN = [
    *("10.1000/182", " 10.1000/182 ", "https://doi.org/10.1000/182", "http://dx.doi.org/10.1000/182", "https://www.doi.org/10.1000/182"),
    *("doi.org/10.1000/182", "HTTPS://DOI.ORG/10.1000/182", "https://doi.org/10.1000%2F182", "https://doi.org/10.1000/182?via=x#top"),
    *("doi:10.1000/182", "DOI: 10.1000/182", "DOI 10.1000/182", "doi :10.1000/182", "urn:doi:10.1000/182", "info:doi/10.1000/182"),
    *("doi: https://doi.org/10.1000/182", "https://doi.org/doi:10.1000/182", "10.1000/182.", "10.1000/\u200b182"),
]
NONE = [
    "see PubMed",
    "10.1000",
    "10.1000/",
    "10/abc",
    "11.1000/182",
    "10.1000/18 2",
    "DOI",
    "https://doi.org/",
    "PMC123",
    "10.1/x",
    "pubmed.example/10.1000/182",
]
ODD = {
    "10.1002/(SICI)1097<1661::AID-S>3.0.CO;2-2": "10.1002/(SICI)1097%3C1661::AID-S%3E3.0.CO;2-2",
    "10.1000/456#789": "10.1000/456%23789",
    "10.1000/a?b": "10.1000/a%3Fb",
    "10.1000/a%b": "10.1000/a%25b",
    '10.1000/a"b[c]': "10.1000/a%22b%5Bc%5D",
    "10.1000/é": "10.1000/%C3%A9",
}


def told(value: str) -> Any:
    return SourceRow(key="s1", title="A source", doi=value)


@pytest.mark.parametrize("value", WRITTEN)
def test_a_file_may_write_it_as_it_likes(value: str) -> None:
    assert told(value).doi == "10.1000/182"


@pytest.mark.django_db
@pytest.mark.parametrize("value", WRITTEN)
def test_the_library_keeps_it_bare_and_says_so_in_its_record(value: str) -> None:
    assert workflow.edit_source(key="s1", title="A source", doi=value, by=a("author"), at=NOW).doi == "10.1000/182"
    assert Source.objects.get().doi == "10.1000/182"
    assert details_of(ReviewDecision.objects.get(kind="edit_source"))["doi"] == "10.1000/182"


@pytest.mark.django_db
@pytest.mark.parametrize("value", NONE)
def test_what_is_none_is_refused(value: str) -> None:
    with pytest.raises(ValidationError, match="is no DOI"):
        told(value)
    with pytest.raises(WordsRefused, match="doi: is no DOI"):
        workflow.edit_source(key="s1", title="A source", doi=value, by=a("author"), at=NOW)


@pytest.mark.django_db
def test_the_same_source_described_with_and_without_a_prefix_is_the_same(tmp_path: Any) -> None:
    rows = [entry(f"entry-{n}", sources=[{"key": "s1", "title": "A source", "doi": written}]) for n, written in enumerate(WRITTEN[:3])]
    assert run(lines(tmp_path / "rows.jsonl", rows)) == counts(created=3)
    assert Source.objects.get(key="s1").doi == "10.1000/182"


@pytest.mark.parametrize("value", ["", "  "])
def test_none_is_needed(value: str) -> None:
    assert told(value).doi == doi_address(value) == ""


@pytest.mark.parametrize("bare", ODD)
def test_odd_signs_are_quoted_in_its_address_and_come_back_from_it(bare: str) -> None:
    assert doi_address(bare) == f"https://doi.org/{ODD[bare]}"
    assert bare_doi(doi_address(bare)) == bare


@pytest.mark.django_db
def test_the_page_leads_there() -> None:
    make_source("s1", doi="doi:10.1002/(A)1<2;3>#4")
    make_publication("one")
    html = ask("GET", "/questions/one/", at=LATER).content.decode()
    assert '<a href="https://doi.org/10.1002/(A)1%3C2;3%3E%234" rel="noopener noreferrer">DOI 10.1002/(A)1&lt;2;3&gt;#4</a>' in html


def test_what_was_kept_before_leads_there_too_or_nowhere() -> None:
    assert re.findall('href="([^"]*)"', doi("DOI: 10.1000/182")) == ["https://doi.org/10.1000/182"]
    assert doi("<none>") == "DOI &lt;none&gt;"
