"""`GET /api/v1/entries/{slug}/`: the entry in force, whole and true."""

import hashlib
from datetime import date
from typing import Any, get_args

import pytest
import rfc8785

from faq import workflow
from faq.content.words import Origin, Provenance, Words, read_words
from faq.public.disclosure import SOURCE_TYPES, VALUES
from faq.public.entry_json import ORDER, SAME_NAME, ordered
from faq.public.languages import direction
from faq.public.links import page_url
from tests.factories import (
    NOW,
    a,
    make_draft,
    make_importer,
    make_publication,
    make_reviewer,
    make_revision,
    make_submission,
    make_text,
    make_topic,
)
from tests.factories import approve as approve_submission
from tests.reading import LATER, entry, get

pytestmark = pytest.mark.django_db

FIELDS = (
    *("slug", "version", "schema_version", "status", "language", "direction", "audience", "region", "applies_to"),
    *("translation_of", "translations", "question", "phrasings", "short_answer", "status_lines", "advice_cards", "urgent_advice"),
    *("answer", "key_facts", "care_team_questions", "quotations", "disclaimers", "topics", "citations", "resources"),
    *("call_to_action", "related", "provenance", "review", "published_at", "ended_at", "ended", "offline_days"),
    *("update_type", "change_note", "content_hash", "library_status", "links"),
)
"""The members of the contract's example in its order, and `ended`."""
CITATION_FIELDS = ("number", "key", "title", "publisher", "year", "url", "doi", "locator", "supporting_quote", "source_state")
PROVENANCE_FIELDS = ("origin", "disclosure", "digital_source_type", "responsible", "byline", "generator", "licence", "attribution")
REVIEW_FIELDS = {
    *("state", "decision", "approved_by", "approved_at", "attested_by", "attested_on", "document"),
    *("last_reviewed_on", "next_review_due_on", "expires_on", "alerts", "held"),
}
RICH: dict[str, Any] = {
    "advice_cards": ["routine", "fever"],
    "key_facts": [{"label": "Kind", "value": "Protein", "source": "s1"}],
    "care_team_questions": [{"question": "What is my HER2 status?", "why": "It decides what helps."}],
    "quotations": [{"text": "Ask twice.", "who": "A nurse", "role": "Nurse", "source": "A talk"}],
    "status_lines": [{"item": "Testing", "status": "established", "as_of": "2026-01"}],
    "applies_to": ["early"],
    "region": "US",
    "resources": [
        {"kind": "helpline", "name": "A line", "phone": "+1 555 0100"},
        {"kind": "video", "name": "A film", "url": "https://films.example/1", "captions": True, "duration_s": 58, "transcript": "Hello."},
    ],
    "citations": [{"key": "s1", "locator": "p. 2", "supporting_quote": "HER2 is a protein."}, {"key": "s2"}],
}


def words_of(answer: dict[str, Any]) -> dict[str, Any]:
    """The Words that an entry's JSON carries, put together as a client would."""
    citations = [{name: value for name, value in each.items() if name != "source_state"} for each in answer["citations"]]
    provenance = {name: answer["provenance"][name] for name in Provenance.model_fields}
    same = {name: answer[name] for name in SAME_NAME}
    return same | {"body": answer["answer"]["markdown"], "citations": citations, "provenance": provenance}


def test_every_field_of_the_contract_is_there_in_its_order() -> None:
    make_publication("rich", **RICH)
    answer = entry("rich")
    assert tuple(answer) == FIELDS
    assert set(answer["review"]) == REVIEW_FIELDS
    assert tuple(answer["links"]) == ("self", "html", "versions", "latest", "previous", "next")
    assert tuple(answer["answer"]) == ("markdown", "html", "sections")


def test_so_it_is_within_citations_and_provenance() -> None:
    make_publication("rich", **RICH)
    answer = entry("rich")
    assert {tuple(each) for each in answer["citations"]} == {CITATION_FIELDS}
    assert tuple(answer["provenance"]) == PROVENANCE_FIELDS


def test_a_field_without_a_place_of_its_own_comes_last_and_is_not_lost() -> None:
    assert list(ordered({"new": 1, "links": 2, "slug": 3}, ORDER)) == ["slug", "links", "new"]


def test_a_client_can_compute_the_hash_again() -> None:
    make_publication("rich", **RICH)
    answer = entry("rich")
    assert set(words_of(answer)) == set(Words.model_fields)
    assert answer["content_hash"] == f"sha256:{hashlib.sha256(rfc8785.dumps(words_of(answer))).hexdigest()}"


def test_the_words_are_those_that_were_approved() -> None:
    published = make_publication("rich", **RICH)
    assert Words.model_validate(words_of(entry("rich"))) == read_words(published.words)


def test_a_revision_that_nobody_approved_is_not_seen() -> None:
    make_publication("what-is-her2")
    make_submission(make_revision("what-is-her2", short_answer="zebrafinch-draft"))
    assert "zebrafinch-draft" not in get("entries/what-is-her2/").content.decode()


def test_a_draft_has_no_address() -> None:
    make_draft("a-draft")
    assert get("entries/a-draft/").status_code == 404


def test_urgent_advice_stands_in_the_order_of_the_words() -> None:
    make_publication("rich", **RICH)
    answer = entry("rich")
    assert [card["level"] for card in answer["urgent_advice"]] == ["routine", "emergency"]
    assert answer["urgent_advice"][1] == {
        "level": "emergency",
        "signs": "Fever of 38 °C or more",
        "action": "Call the 24-hour line at once.",
    }


def test_disclaimers_before_the_answer_come_first() -> None:
    make_publication("what-is-her2")
    assert [(text["key"], text["placement"]) for text in entry("what-is-her2")["disclaimers"]] == [
        ("not-medical-advice", "before"),
        ("ask-your-team", "after"),
    ]


def test_a_disclaimer_meant_for_another_audience_or_origin_stays_away() -> None:
    make_publication("what-is-her2")
    make_text(kind="disclaimer", key="for-clinicians", audience="clinician", placement="before", text="For professionals.")
    make_text(kind="disclaimer", key="drafted-by-ai", origin="ai_generated", placement="before", text="Drafted by AI.")
    assert {text["key"] for text in entry("what-is-her2")["disclaimers"]} == {"not-medical-advice", "ask-your-team"}


def test_of_two_disclaimers_with_one_key_the_narrower_stands() -> None:
    make_publication("what-is-her2")
    make_text(kind="disclaimer", key="ask-your-team", audience="patient", placement="after", text="Ask your own team.")
    assert [text["text"] for text in entry("what-is-her2")["disclaimers"]][1:] == ["Ask your own team."]


def test_topics_without_a_name_in_the_language_are_left_out() -> None:
    make_topic("her2", name="HER2")
    make_topic("solo-espanol", name="Solo", language="es")
    make_publication("what-is-her2", topics=["her2", "solo-espanol"])
    assert entry("what-is-her2")["topics"] == [{"slug": "her2", "name": "HER2", "kind": "condition"}]


def test_related_entries_are_those_in_force_in_the_stored_order() -> None:
    make_publication("b-entry")
    make_publication("a-entry")
    make_draft("a-draft")
    make_publication("what-is-her2", related=["b-entry", "a-draft", "a-entry"])
    assert entry("what-is-her2")["related"] == [
        {"slug": "b-entry", "question": "What is b-entry?"},
        {"slug": "a-entry", "question": "What is a-entry?"},
    ]


def test_translations_name_each_other_and_say_who_is_behind() -> None:
    make_publication("what-is-her2")
    make_publication("que-es-her2", language="es", translation_of={"slug": "what-is-her2", "version": 1})
    make_publication("what-is-her2")
    spanish, english = entry("que-es-her2"), entry("what-is-her2")
    assert english["translations"] == [{"language": "es", "slug": "que-es-her2", "version": 1, "behind": True}]
    assert spanish["translations"] == [{"language": "en", "slug": "what-is-her2", "version": 2, "behind": False}]
    assert spanish["translation_of"] == {"slug": "what-is-her2", "version": 1}


@pytest.mark.parametrize(
    ("origin", "value", "source_type"),
    [
        ("human", "human-only", "digitalCreation"),
        ("ai_assisted", "ai-assisted", "compositeWithTrainedAlgorithmicMedia"),
        ("ai_generated", "ai-assisted", "trainedAlgorithmicMedia"),
    ],
)
def test_the_disclosure_follows_from_the_origin_and_names_its_vocabulary(origin: str, value: str, source_type: str) -> None:
    generator = {"name": "A model", "generated_on": "2026-01-15", "grounded_in": ["s1"]}
    make_publication("by-somebody", origin=origin, generator=generator)
    provenance = entry("by-somebody")["provenance"]
    assert provenance["origin"] == origin
    assert provenance["disclosure"] == {"vocabulary": "w3c-cg-ai-content-disclosure", "as_of": "2026-09", "value": value}
    assert provenance["digital_source_type"] == f"http://cv.iptc.org/newscodes/digitalsourcetype/{source_type}"


def test_nothing_here_is_autonomous() -> None:
    assert set(VALUES) == set(SOURCE_TYPES) == set(get_args(Origin))
    assert "ai-autonomous" not in VALUES.values()


def test_the_role_is_public_and_the_name_is_not() -> None:
    make_publication("what-is-her2")
    review = entry("what-is-her2")["review"]
    assert review["approved_by"] == {"role": "Oncology nurse", "name": None}
    assert (review["decision"], review["approved_at"]) == ("approved", "2026-03-02T12:00:00Z")


def test_the_name_is_public_where_the_person_agreed() -> None:
    reviewer = make_reviewer()
    reviewer.first_name, reviewer.last_name, reviewer.name_is_public = "Ada", "Open", True
    reviewer.save()
    submission = make_submission(make_draft("what-is-her2"))
    approve_submission(submission, by=reviewer)
    workflow.publish(submission, by=a("publisher"), at=NOW)
    assert entry("what-is-her2")["review"]["approved_by"]["name"] == "Ada Open"


def test_a_demonstration_claims_nobodys_review() -> None:
    reviewer = make_reviewer(profession="Demo reviewer, not a clinician")
    submission = make_submission(make_draft("what-is-her2"))
    approve_submission(submission, by=reviewer)
    workflow.publish(submission, by=a("publisher"), at=NOW)
    answer = entry("what-is-her2")
    assert answer["library_status"] == "demonstration"
    assert answer["review"]["approved_by"]["role"] == "Demo reviewer, not a clinician"


def test_an_attested_review_names_who_when_and_where_and_no_approver_of_ours() -> None:
    submission = make_submission(make_draft("what-is-her2"))
    workflow.attest(
        submission,
        by=make_importer(),
        at=NOW,
        attested_by="Dr Else Where",
        attested_on=date(2026, 1, 5),
        document="Minutes 7",
        next_review_due_on=date(2027, 1, 5),
    )
    workflow.publish(submission, by=a("publisher"), at=NOW)
    review = entry("what-is-her2")["review"]
    assert (review["decision"], review["approved_by"], review["approved_at"]) == ("attested", None, None)
    assert (review["attested_by"], review["attested_on"], review["document"]) == ("Dr Else Where", "2026-01-05", "Minutes 7")


def test_a_held_entry_stays_current_under_the_notice_in_force() -> None:
    published = make_publication("what-is-her2")
    workflow.hold(published, by=a("reviewer"), at=NOW, comment="A reader wrote.")
    answer = entry("what-is-her2")
    assert answer["status"] == "current"
    assert answer["review"]["held"] == {
        "since": "2026-03-02T12:00:00Z",
        "notice": "This answer is being checked. Ask the care team before acting on it.",
    }


def test_a_source_taken_back_shows_at_the_citation_and_as_an_alert() -> None:
    published = make_publication("what-is-her2")
    workflow.mark_source(published.sources.get(), by=a("reviewer"), at=NOW, state="retracted", comment="The journal says so.")
    answer = entry("what-is-her2")
    assert answer["citations"][0]["source_state"] == "retracted"
    assert answer["review"]["alerts"] == [{"source": "s1", "state": "retracted", "raised_at": "2026-03-02T12:00:00Z", "outcome": ""}]


@pytest.mark.parametrize(("days", "state"), [(365, "current"), (20, "due")])
def test_the_review_date_acts(days: int, state: str) -> None:
    make_publication("what-is-her2", review_in_days=days)
    assert entry("what-is-her2")["review"]["state"] == state


def test_a_review_that_is_late_says_so() -> None:
    make_publication("what-is-her2", review_in_days=20)
    assert entry("what-is-her2", at=LATER.replace(month=4))["review"]["state"] == "overdue"


def test_links_are_absolute_and_follow_the_public_address(settings: Any) -> None:
    settings.PUBLIC_URL = "https://faq.example.org"
    make_publication("what-is-her2")
    assert entry("what-is-her2")["links"] == {
        "self": "https://faq.example.org/api/v1/entries/what-is-her2/",
        "html": "https://faq.example.org/questions/what-is-her2/",
        "versions": "https://faq.example.org/api/v1/entries/what-is-her2/versions/",
        "latest": "https://faq.example.org/api/v1/entries/what-is-her2/",
        "previous": None,
        "next": None,
    }


@pytest.mark.parametrize(("language", "path"), [("es", "/es/questions/x/"), ("es-MX", "/es/questions/x/"), ("fr", "/questions/x/")])
def test_the_page_is_in_the_language_of_the_entry_where_there_is_one(language: str, path: str) -> None:
    assert page_url("x", language) == f"http://testserver{path}"
    assert page_url("x", language, 2) == f"http://testserver{path}versions/2/"


@pytest.mark.parametrize(
    ("code", "runs"), [("en", "ltr"), ("ar", "rtl"), ("he-IL", "rtl"), ("az-Arab", "rtl"), ("ur-Latn", "ltr"), ("es", "ltr")]
)
def test_direction_follows_script_and_language(code: str, runs: str) -> None:
    assert direction(code) == runs
