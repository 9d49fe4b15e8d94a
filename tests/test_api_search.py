"""`GET /api/v1/search/`: entries in force for a question in a patient's own words."""

from typing import Any

import pytest

from faq.api.search import Search
from faq.content.analysis import analyser
from faq.public.entry_json import ORDER
from tests.factories import make_publication, make_text
from tests.reading import entry, get

pytestmark = pytest.mark.django_db
HEART: dict[str, Any] = {
    "question": "Can treatment harm my heart?",
    "body": "Trastuzumab can make the heart pump less well [^s1]. Tests of the heart look for early changes.\n\nNothing else.",
}


def search(query: str, **params: Any) -> Any:
    rest = "".join(f"&{name}={value}" for name, value in params.items())
    return get(f"search/?q={query}{rest}")


def test_a_hit_is_the_whole_entry_with_its_score_and_the_words_that_fit() -> None:
    make_publication("heart", **HEART)
    (row,) = search("can this mess up my heart?").json()["results"]
    score, excerpt = row.pop("score"), row.pop("excerpt")
    assert row == entry("heart")
    assert score > 0
    assert [excerpt["text"][start:end] for start, end in excerpt["ranges"]] == ["heart"]
    assert excerpt["text"] in "Trastuzumab can make the heart pump less well. Tests of the heart look for early changes."


def test_the_answer_says_how_many_there_are_and_where_the_next_are() -> None:
    for number in range(3):
        make_publication(f"heart-{number}", **HEART)
    first = search("heart", page_size=2).json()
    assert (first["count"], len(first["results"]), first["previous"]) == (3, 2, None)
    second = get(first["next"].partition("/api/v1/")[2]).json()
    assert [row["slug"] for row in first["results"] + second["results"]] == ["heart-0", "heart-1", "heart-2"]
    assert (second["next"], search("heart", page_size=2, page=3).status_code) == (None, 404)


def test_what_was_understood_otherwise_is_told() -> None:
    make_publication("heart", **HEART)
    assert search("hart problems").json()["did_you_mean"] == "heart problems"
    assert search("heart problems").json()["did_you_mean"] is None


def test_nothing_found_is_an_empty_list() -> None:
    make_publication("heart", **HEART)
    answer = search("zzzzz").json()
    assert (answer["count"], answer["results"], answer["next"], answer["did_you_mean"], answer["urgent_advice"]) == (0, [], None, None, [])


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("search/", "Say what to look for"),
        ("search/?q=", "Say what to look for"),
        ("search/?q=%20%09", "Say what to look for"),
        (f"search/?q={'x' * 2_001}", "longer than 2,000"),
        (f"search/?q={'heart ' * 2_000}", "longer than 2,000"),
        ("search/?q=a&q=b", "Give it once."),
        ("search/?q=heart&page=0", "whole number"),
        ("search/?q=heart&page_size=101", "whole number"),
        ("search/?q=heart&nonsense=1", "Unknown parameter"),
        ("search/?q=heart&ordering=question", "Unknown parameter"),
        ("search/?q=heart&topic=nothing", "No entry in force has this topic."),
        ("search/?q=heart&language=xx", "No entry is in this language."),
        ("search/?q=heart&audience=nobody", "Unknown value"),
        ("search/?q=heart&fields=nothing", "Unknown member"),
    ],
)
def test_bad_input_is_a_400_that_says_what_to_do(query: str, said: str) -> None:
    answer = get(query)
    assert answer.status_code == 400
    assert said in answer.json()["errors"][0]["detail"]


def test_a_letter_of_two_thousand_letters_is_a_query() -> None:
    make_publication("heart", **HEART)
    letter = ("I wonder about my heart. " * 80)[:2_000]
    assert [row["slug"] for row in search(letter).json()["results"]] == ["heart"]


@pytest.mark.parametrize("name", [name for name in Search.known if name not in ("q", "fields", "page", "page_size")])
def test_every_filter_of_lists_filters_here_too(name: str) -> None:
    make_publication("heart", **HEART)
    values = {
        "topic": None,
        "code": None,
        "audience": "clinician",
        "language": None,
        "region": None,
        "applies_to": None,
        "origin": "ai_generated",
        "source": None,
        "review_state": "overdue",
        "published_after": "2026-12-31",
        "published_before": "2020-01-01",
        "reviewed_after": "2026-12-31",
        "reviewed_before": "2020-01-01",
    }
    value = values[name]
    assert search("heart").json()["count"] == 1
    answer = search("heart", **{name: value or "nothing"})
    assert (answer.status_code, answer.json().get("count")) == ((400, None) if value is None else (200, 0))


def test_entries_for_clinicians_are_left_out_unless_asked_for() -> None:
    make_publication("heart", **HEART, audience="clinician")
    assert search("heart").json()["count"] == 0
    assert search("heart", audience="any").json()["count"] == 1


def test_fields_leave_out_all_but_what_keeps_a_reader_safe() -> None:
    make_publication("heart", **HEART)
    (row,) = search("heart", fields="question").json()["results"]
    assert {"question", "score", "excerpt", "disclaimers", "urgent_advice", "provenance", "review"} <= row.keys()
    assert "answer" not in row
    assert row.keys() - {"score", "excerpt"} <= set(ORDER)


def test_the_answer_has_a_tag_and_a_cursor_and_is_not_sent_twice() -> None:
    make_publication("heart", **HEART)
    answer = search("heart")
    assert answer["Library-Cursor"]
    assert "max-age=60" in answer["Cache-Control"]
    assert get("search/?q=heart", if_none_match=answer["ETag"]).status_code == 304
    make_publication("heart-2", **HEART)
    assert get("search/?q=heart", if_none_match=answer["ETag"]).status_code == 200


def test_the_same_question_has_one_tag_however_it_is_put() -> None:
    make_publication("heart", **HEART)
    assert search("heart")["ETag"] == search("heart", page=1)["ETag"] == search("heart", page_size=20)["ETag"]


@pytest.mark.parametrize("path", ["search/?q=heart", "search/?q=fever+since+chemo"])
def test_words_that_speak_of_danger_bring_their_card(path: str) -> None:
    make_publication("heart", **HEART)
    make_text(kind="danger_phrases", key="fever", title="Fever", text="fever since chemo\nchemo and fever")
    advice = get(path).json()["urgent_advice"]
    assert [card["level"] for card in advice] == (["emergency"] if "fever" in path else [])


def test_a_reader_is_told_of_danger_though_nothing_is_found() -> None:
    make_publication("heart", **HEART)
    make_text(kind="danger_phrases", key="fever", title="Fever", text="fever since chemo\nchemo and fever")
    answer = search("xyzzy fever since chemo").json()
    assert (answer["count"], len(answer["urgent_advice"])) == (0, 1)


def test_no_word_of_a_query_comes_back_to_anybody_else() -> None:
    make_publication("heart", **HEART)
    search("mrs miller of york has a hart")
    assert "miller" not in search("mrs miler of york").content.decode().lower().replace("mrs miler of york", "")
    assert "miller" not in analyser("en").stop
