"""The filters of `GET /api/v1/entries/`: what each keeps, and what it says to a value that means nothing."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from pytest_django.plugin import DjangoDbBlocker

from faq import workflow
from faq.api.views import EntryList
from faq.clock import REVIEW_STATES, days_in_review_state, review_state
from faq.content.folding import searchable
from faq.models import Publication
from faq.public.topic_tree import families, spellings
from tests.factories import NOW, a, make_draft, make_publication, make_source, make_topic, place_topic
from tests.once import once
from tests.reading import LATER, get

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def slugs(query: str, **asked: Any) -> set[str]:
    """The slugs that a filter keeps."""
    answer = get(f"entries/?{query}", **asked)
    assert answer.status_code == 200, answer.content
    found = [row["slug"] for row in answer.json()["results"]]
    assert len(found) == len(set(found)) == answer.json()["count"]
    return set(found)


def refusal(query: str, **asked: Any) -> str:
    """What a 400 says of the one parameter of `query`."""
    answer = get(f"entries/?{query}", **asked)
    assert answer.status_code == 400, answer.content
    [error] = answer.json()["errors"]
    assert error["field"] == query.partition("=")[0]
    return str(error["detail"])


# Topics and codes.


class TestTopics:
    """A family of topics with an entry in each of the lower ones, and one in two; a draft's topic beside them."""

    @pytest.fixture(autouse=True, scope="class")
    @staticmethod
    def _rows(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
        with once(django_db_blocker):
            make_topic("cancer", codes=[("ICD-10-CM", "C50.-"), ("MeSH", "D001943")])
            make_topic("her2", parents=["cancer"], codes=[("SNOMED CT", "427685000")])
            make_topic("early", parents=["her2"])
            make_topic("heart", codes=[("ICD-10-CM", "I50.9")])
            make_topic("unseen", parents=["cancer"], codes=[("Secret", "X1")])
            make_publication("about-her2", topics=["her2"])
            make_publication("about-early", topics=["early"])
            make_publication("about-both", topics=["her2", "heart"])
            make_draft("not-yet", topics=["unseen"])
            yield

    def test_a_topic_keeps_its_entries_and_those_of_topics_below_it(self) -> None:
        assert slugs("topic=early") == {"about-early"}
        assert slugs("topic=her2") == slugs("topic=cancer") == {"about-her2", "about-early", "about-both"}
        assert slugs("topic=early&topic=heart") == {"about-early", "about-both"}

    def test_a_topic_that_no_entry_in_force_has_is_refused_with_where_to_look(self) -> None:
        sentence = "No entry in force has this topic. http://testserver/api/v1/topics/ has the known ones."
        for topic in ("nothing", "unseen", "HER2", "%25", "her2,early", "_eart", "her2&topic=unseen"):
            assert refusal(f"topic={topic}") == sentence, topic

    def test_a_topic_follows_its_entries_and_the_topics_above_it_at_once(self) -> None:
        assert slugs("topic=heart") == {"about-both"}
        workflow.reclassify(Publication.objects.get(slug="about-early").question, by=a("author"), at=NOW, topics=["heart"], related=[])
        assert slugs("topic=heart") == {"about-both", "about-early"}
        place_topic("heart", parents=["cancer"])
        workflow.withdraw(Publication.objects.get(slug="about-both"), by=a("reviewer"), at=NOW, reason="unsafe")
        assert slugs("topic=cancer") == {"about-her2", "about-early"}

    def test_a_code_keeps_what_has_it_or_one_above_it_by_a_topic_or_one_above_that(self) -> None:
        for code in ("C50.911", "C50.9", "C50", "c50.911", "C50911", "C50.-"):
            assert slugs(f"code=ICD-10-CM|{code}") == {"about-her2", "about-early", "about-both"}, code

    def test_a_code_keeps_nothing_that_is_coded_more_finely_or_otherwise(self) -> None:
        assert slugs("code=ICD-10-CM|I50.9") == slugs("code=ICD-10-CM|I50.91") == {"about-both"}
        assert slugs("code=ICD-10-CM|I50") == slugs("code=ICD-10-CM|I5") == slugs("code=ICD-10-CM|J45.20") == set()
        assert slugs("code=SNOMED CT|427685000") == {"about-her2", "about-early", "about-both"}
        assert slugs("code=SNOMED CT|4276850001") == set()

    def test_codes_are_asked_for_together_and_their_system_by_any_case(self) -> None:
        assert slugs("code=mesh|D001943&code=ICD-10-CM|I50.9") == {"about-her2", "about-early", "about-both"}
        assert slugs("code=icd-10-cm | I50.9") == {"about-both"}

    def test_a_system_of_codes_that_no_entry_in_force_has_is_refused_and_the_known_ones_are_named(self) -> None:
        for code in ("Secret|X1", "LOINC|1-8", "ICD-10-CM%7CC50&code=ICD-11|2C61"):
            assert refusal(f"code={code}") == "No entry in force has a code of this system. Known: ICD-10-CM, MeSH, SNOMED CT."


@pytest.mark.parametrize("code", ["C50", "|C50", "ICD-10-CM|", " | ", "|", f"ICD|{'9' * 61}", f"{'I' * 41}|C50", "ICD-10-CM%0A|"])
def test_a_code_has_a_system_and_a_code(code: str) -> None:
    assert refusal(f"code={code}") == "Must be a system and a code, as in ICD-10-CM|C50.911."


def test_topics_that_stand_in_a_circle_end_somewhere() -> None:
    assert families([("a", "c"), ("b", "a"), ("c", "b"), ("d", "c")])["a"] == {"a", "b", "c", "d"}


def test_codes_of_diseases_are_known_however_they_are_written() -> None:
    assert {"C50.911", "C50911", "C50.91", "C50.9", "C50", "C50.-", "C50.9-"} <= spellings("ICD-10-CM", "c50.911")
    assert {"E880.9", "E8809", "E880"} <= spellings("ICD-9-CM", "E8809")
    assert spellings("RxNorm", "224905") == {"224905"}


# What the words say of themselves.

REFUSED = {
    "audience=patients": "Unknown value. Known: patient, caregiver, clinician, any.",
    "language=fr": "No entry is in this language. Known: en, es.",
    "region=us": "No entry in force is for this region. Known: UK, US.",
    "applies_to=late": "No entry in force applies to this. Known: early, metastatic.",
    "origin=robot": "Unknown value. Known: human, ai_assisted, ai_generated.",
    "source=s3": "No entry cites this source. http://testserver/api/v1/sources/ has the known ones.",
    "review_state=late": "Unknown value. Known: current, due, overdue.",
    "region=": "Must not be empty.",
    "q=": "Must not be empty.",
    "region=US&region=": "Must not be empty.",
    f"region={'x' * 501}": "Must have 500 characters at most.",
    "&".join(f"source=s{number}" for number in range(51)): "Give it 50 times at most.",
    f"q={'x' * 201}": "Must have 200 characters at most.",
    "q=a&q=b&q=c&q=d&q=e&q=f": "Give it 5 times at most.",
}


class TestWords:
    """Three entries that differ in all that can be told apart by their words."""

    @pytest.fixture(autouse=True, scope="class")
    @staticmethod
    def _rows(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
        with once(django_db_blocker):
            make_source("s2")
            make_publication(
                "us",
                region="US",
                applies_to=["early", "metastatic"],
                origin="ai_generated",
                generator={"name": "M", "generated_on": "2026"},
            )
            make_publication("uk", region="UK", applies_to=["early"], citations=[{"key": "s2"}], body="Cells grow [^s2].")
            make_publication("es", language="es", audience="caregiver")
            yield

    def test_a_filter_keeps_what_has_its_value(self) -> None:
        assert slugs("region=US") == slugs("origin=ai_generated") == slugs("applies_to=metastatic") == {"us"}
        assert slugs("applies_to=early") == slugs("region=US&region=UK") == {"us", "uk"}
        assert slugs("source=s2") == {"uk"}
        assert slugs("language=es") == slugs("audience=caregiver") == {"es"}
        assert slugs("origin=human") == {"uk", "es"}

    def test_different_filters_keep_what_has_the_values_of_all(self) -> None:
        assert slugs("applies_to=early&region=UK") == {"uk"}
        assert slugs("source=s1&region=UK") == set()
        assert slugs("source=s1&source=s2&origin=human&language=en&applies_to=early&applies_to=metastatic") == {"uk"}

    def test_a_filter_follows_a_new_version(self) -> None:
        make_publication("us", region="UK", applies_to=["adjuvant"])
        assert slugs("region=UK") == {"us", "uk"}
        assert slugs("applies_to=adjuvant") == {"us"}
        assert refusal("region=US").endswith("Known: UK.")

    def test_a_value_of_no_meaning_is_refused_with_those_that_have_one(self) -> None:
        assert {query: refusal(query) for query in REFUSED} == REFUSED


def test_every_topic_and_source_that_is_told_leads_to_its_entries() -> None:
    make_topic("above")
    make_topic("her2", parents=["above"])
    gone = make_publication("gone", citations=[{"key": "s2"}], body="Cells grow [^s2].")
    workflow.withdraw(gone, by=a("reviewer"), at=NOW, reason="outdated")
    make_publication("entry", topics=["her2"])
    links = [row["links"]["entries"] for path in ("topics/", "sources/") for row in get(path).json()["results"]]
    counts = [get(link.removeprefix("http://testserver/api/v1/")).json()["count"] for link in links]
    assert counts == [1, 1, 1, 0]


def test_in_an_empty_library_nothing_is_known_yet() -> None:
    assert refusal("region=US") == "No entry in force is for this region. Known: none yet."
    assert refusal("code=ICD-10-CM|C50") == "No entry in force has a code of this system. Known: none yet."


def test_a_refusal_names_fifty_known_values_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("faq.api.filter_kinds.MOST_NAMED", 2)
    make_publication("one", applies_to=["a", "b", "c", "d"])
    assert refusal("applies_to=e") == "No entry in force applies to this. Known: a, b and 2 more."


def test_every_parameter_at_fault_is_told() -> None:
    answer = get("entries/?audience=x&origin=y&q=")
    assert [error["field"] for error in answer.json()["errors"]] == ["audience", "origin", "q"]


def test_what_is_taken_down_or_withheld_is_kept_by_no_filter() -> None:
    published = make_publication("gone", region="US", question="What is zebrafinch?")
    assert slugs("q=zebrafinch") == {"gone"}
    workflow.withdraw(published, by=a("reviewer"), at=NOW, reason="unsafe")
    make_publication("other", region="UK")
    assert slugs("q=zebrafinch") == set()
    assert slugs("") == slugs("origin=human") == slugs("language=en") == {"other"}
    assert refusal("region=US").endswith("Known: UK.")


# Days.


class TestSpans:
    """An entry published in the last second of each of three days."""

    @pytest.fixture(autouse=True, scope="class")
    @staticmethod
    def _rows(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
        with once(django_db_blocker):
            for number in (2, 3, 4):
                make_publication(f"on-{number}", at=datetime(2026, 3, number, 23, 59, 59, tzinfo=UTC))
            yield

    def test_both_days_of_a_span_belong_to_it(self) -> None:
        at = NOW + 9 * DAY
        assert slugs("published_after=2026-03-03", at=at) == slugs("reviewed_after=2026-03-03", at=at) == {"on-3", "on-4"}
        assert slugs("published_before=2026-03-03", at=at) == slugs("reviewed_before=2026-03-03", at=at) == {"on-2", "on-3"}
        assert slugs("published_after=2026-03-03&published_before=2026-03-03", at=at) == {"on-3"}
        assert slugs("published_after=2026-03-04&published_before=2026-03-02", at=at) == set()

    def test_of_repeated_days_the_wider_span_counts(self) -> None:
        at = NOW + 9 * DAY
        assert slugs("published_after=2026-03-04&published_after=2026-03-03", at=at) == {"on-3", "on-4"}
        assert slugs("published_before=2026-03-02&published_before=2026-03-03", at=at) == {"on-2", "on-3"}


def test_entries_are_kept_by_how_their_review_stands_today() -> None:
    for days in (5, 29, 30, 35):  # of 2 March, due for 30 days and with the last
        make_publication(f"in-{days}", review_in_days=days)
    today = NOW + DAY
    for moment in (today, NOW + 6 * DAY, NOW + 31 * DAY):
        found = {state: slugs(f"review_state={state}", at=moment) for state in REVIEW_STATES}
        entries = get("entries/", at=moment).json()["results"]
        assert found == {state: {entry["slug"] for entry in entries if entry["review"]["state"] == state} for state in REVIEW_STATES}
    assert slugs("review_state=due&review_state=current", at=today) == {"in-5", "in-29", "in-30", "in-35"}


@pytest.mark.parametrize("due_days", [1, 30])
def test_the_days_of_a_review_state_are_those_on_which_it_is_said(settings: Any, due_days: int) -> None:
    settings.REVIEW_DUE_DAYS = due_days
    settings.LIBRARY_TIME_ZONE = "Pacific/Auckland"
    for on in (date(2026, 3, 1) + number * DAY for number in range(-40, 40)):
        among = [state for state in REVIEW_STATES for first, last in [days_in_review_state(state, NOW)] if first <= on <= last]
        assert among == [review_state(on, NOW)]


def test_a_day_of_publication_is_one_of_the_library(settings: Any) -> None:
    settings.LIBRARY_TIME_ZONE = "America/New_York"
    make_publication("late", at=datetime(2026, 3, 3, 3, tzinfo=UTC))  # still 2 March there
    assert slugs("published_before=2026-03-02", at=NOW + 2 * DAY) == {"late"}
    assert slugs("published_after=2026-03-03", at=NOW + 2 * DAY) == set()


def test_a_reaffirmed_entry_was_reviewed_on_that_day() -> None:
    published = make_publication("her2")
    workflow.reaffirm(
        {published.pk: published.content_hash}, by=a("reviewer"), at=NOW + 3 * DAY, next_review_due_on=(NOW + 90 * DAY).date()
    )
    assert slugs("reviewed_after=2026-03-05", at=NOW + 4 * DAY) == {"her2"}
    assert slugs("published_after=2026-03-05", at=NOW + 4 * DAY) == set()


@pytest.mark.parametrize("name", ["published_after", "published_before", "reviewed_after", "reviewed_before"])
@pytest.mark.parametrize("day", ["yesterday", "2026-02-30", "20260302", "2026-W10-1", "2026-03-02T00:00:00Z", "²⁰²⁶-03-02", "2026-3-2"])
def test_a_day_is_one_of_the_calendar(name: str, day: str) -> None:
    assert refusal(f"{name}={day}") == "Must be a day, as YYYY-MM-DD."


@pytest.mark.parametrize("day", ["0001-01-01", "1899-12-31", "2101-01-01", "9999-12-31"])
def test_a_day_is_one_of_the_librarys_years(day: str) -> None:
    assert refusal(f"published_before={day}") == refusal(f"reviewed_after={day}") == "Must lie in the years 1900 to 2100."


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_the_first_and_the_last_day_of_the_calendar_can_be_asked_for(settings: Any, zone: str) -> None:
    settings.LIBRARY_TIME_ZONE = zone
    make_publication("her2")
    assert slugs("published_after=1900-01-01&published_before=2100-12-31&reviewed_after=1900-01-01") == {"her2"}


# Contained text.


def test_a_text_is_found_whatever_its_case_accents_and_spaces() -> None:
    make_publication("found", body="A mamografía, once a\nyear; **Paget**’s disease [^s1]. Weiß. a_b. a%b. x < y.")
    make_publication("other", body="Nothing of that, aab, axb [^s1].")
    same = ("mamografía", "MAMOGRAFIA", "Mamografi%CC%81a", "once%20%20a%0Ayear", "paget's", "Paget%E2%80%99s", "weiß", "WEISS")
    for text in (*same, "a%25b", "a_b", "x < y"):
        assert slugs(f"q={text}") == {"found"}, text


def test_a_text_is_looked_for_in_the_question_its_other_wordings_and_both_answers() -> None:
    make_publication(
        "found", question="What is alpha?", phrasings=["tell me of beta"], short_answer="It is gamma.", body="All of delta [^s1]."
    )
    make_publication("other")
    for word in ("alpha?", "of beta", "gamma.", "of delta."):
        assert slugs(f"q={word}") == {"found"}, word
    assert slugs("q=alpha? tell") == slugs("q=citation") == slugs("q=class=") == set()


def test_one_of_several_texts_is_enough() -> None:
    for word in ("alpha", "beta", "gamma"):
        make_publication(word)
    assert slugs("q=alpha&q=beta") == {"alpha", "beta"}


def test_a_text_needs_something_to_be_seen() -> None:
    for text in ("%20", "%C2%A0", "%E2%80%8B", "%CC%81"):
        assert refusal(f"q={text}") == "Must hold a letter, a figure or a sign."


def test_folding_keeps_what_tells_words_apart() -> None:
    assert searchable("T\u2011DM1  of “Ångström”\n") == 't-dm1 of "angstrom"'
    assert searchable("한국어 हिन्दी") != searchable("한국 हिद")


@pytest.mark.parametrize("value", ["%00", "%ED%A0%80", "%FF", "\u202e" * 2000, "9" * 5000, "'; DROP TABLE faq_document; --"])
def test_whatever_is_sent_is_answered(value: str) -> None:
    make_publication("her2")
    for name in EntryList.known:
        assert get(f"entries/?{name}={value}").status_code in {200, 400}, name


def test_all_filters_at_once_are_answered() -> None:
    make_topic("her2", codes=[("ICD-10-CM", "C50")])
    make_publication("whole", topics=["her2"], region="US", applies_to=["early"])
    spans = "published_after=2026-03-02&published_before=2026-03-02&reviewed_after=2026-03-02&reviewed_before=2026-03-02"
    words = "language=en&region=US&applies_to=early&origin=human&source=s1&audience=patient"
    query = f"topic=her2&code=ICD-10-CM|C50&{words}&review_state=current&{spans}&q=her2&ordering=-published_at&fields=question"
    assert slugs(query, at=LATER) == {"whole"}
