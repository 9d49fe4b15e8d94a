"""`GET /api/v1/standing-texts/`: disclaimers, glossary, notices and advice cards in force, and nothing else."""

from datetime import timedelta
from typing import Any

import pytest

from faq import workflow
from faq.models import StandingText
from tests.factories import NOW, a, make_standing_texts, make_text
from tests.reading import LATER, get

pytestmark = pytest.mark.django_db

MARKER = "zebrafinch-text"


def texts(query: str = "", **asked: Any) -> list[dict[str, Any]]:
    answer = get(f"standing-texts/{query}", **asked)
    assert answer.status_code == 200, answer.content
    rows: list[dict[str, Any]] = answer.json()["results"]
    return rows


def errors(query: str) -> list[dict[str, str]]:
    answer = get(f"standing-texts/{query}")
    assert answer.status_code == 400, answer.content
    found: list[dict[str, str]] = answer.json()["errors"]
    return found


def make_term(key: str = "gene", **fields: Any) -> StandingText:
    return make_text(**{"kind": "glossary", "key": key, "title": key.capitalize(), "text": f"What {key} means."} | fields)


def test_a_text_tells_where_it_belongs_and_what_it_says() -> None:
    fields: dict[str, Any] = {"kind": "disclaimer", "key": "by-ai", "language": "en", "audience": "patient", "origin": "ai_generated"}
    make_text(**fields, placement="before", required=True, title="Note", text="A machine wrote it.", sources=["A rule"])
    assert texts() == [
        fields
        | {
            "placement": "before",
            "required": True,
            "level": None,
            "title": "Note",
            "text": "A machine wrote it.",
            "sources": ["A rule"],
            "version": 1,
            "starts_at": "2026-03-02T12:00:00Z",
        }
    ]


def test_a_text_for_everybody_says_any() -> None:
    make_text(kind="advice_card", key="fever", level="urgent", title="Fever", text="Call.")
    [card] = texts()
    assert (card["audience"], card["origin"], card["placement"], card["level"]) == ("any", "any", None, "urgent")


def test_nothing_proposed_refused_or_ended_is_told() -> None:
    term = make_term()
    proposal = workflow.propose(by=a("lead"), at=NOW, kind="glossary", key="gene", language="en", title=MARKER, text=MARKER)
    assert [row["version"] for row in texts()] == [1]
    assert MARKER not in get("standing-texts/").content.decode()
    workflow.end_text(proposal, by=a("lead"), at=LATER, comment="No.")
    assert [row["version"] for row in texts()] == [1]
    workflow.end_text(term, by=a("lead"), at=LATER, comment="Not needed.")
    assert texts() == []


def test_an_introduction_stands_with_its_topic_and_not_here() -> None:
    make_text(kind="topic_text", key="her2", text=MARKER)
    assert texts() == []


def test_the_next_version_takes_the_place_of_the_one_before_and_moves_the_tag() -> None:
    make_term()
    before = get("standing-texts/")
    make_term(text="A part of a cell.", at=LATER)
    after = get("standing-texts/", if_none_match=before["ETag"])
    assert [(row["version"], row["text"]) for row in after.json()["results"]] == [(2, "A part of a cell.")]


def test_a_text_of_a_clock_that_ran_ahead_is_in_force() -> None:
    make_term(at=NOW + timedelta(minutes=3))
    assert [row["key"] for row in texts(at=NOW)] == ["gene"]


def test_kind_and_language_choose() -> None:
    make_standing_texts()
    make_term(language="es")
    assert {row["kind"] for row in texts("?kind=notice&kind=disclaimer")} == {"notice", "disclaimer"}
    assert {row["language"] for row in texts("?language=es")} == {"es"}
    assert texts("?language=es&kind=notice") == []
    assert (
        get("standing-texts/?language=es&kind=notice&kind=glossary")["ETag"]
        == (get("standing-texts/?kind=glossary&kind=notice&language=es&page=1")["ETag"])
    )


def test_a_value_that_no_text_has_is_refused_and_the_known_ones_are_named() -> None:
    make_term()
    assert errors("?kind=topic_text") == [{"field": "kind", "detail": "Unknown value. Known: disclaimer, glossary, notice, advice_card."}]
    assert errors("?language=fr") == [{"field": "language", "detail": "Unknown value. Known: en."}]
    assert errors("?key=gene") == [{"field": "key", "detail": "Unknown parameter. Known here: page, page_size, kind, language, format."}]


def test_texts_come_in_pages_in_a_fixed_order() -> None:
    for key in ("node", "cell", "gene"):
        make_term(key)
    first = get("standing-texts/?kind=glossary&page_size=2").json()
    assert ([row["key"] for row in first["results"]], first["count"]) == (["cell", "gene"], 3)
    assert first["next"] == "http://testserver/api/v1/standing-texts/?kind=glossary&page=2&page_size=2"
