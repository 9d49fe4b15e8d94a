"""JSON-LD: an entry in the words of schema.org, each used as schema.org has it, nothing left out. tests/schema_org.py names the sources."""

import json
import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from pyld import jsonld

from faq import workflow
from faq.models import Publication
from faq.public.jsonld import entry_jsonld, gone_jsonld, organization
from tests import schema_org
from tests.browsing import make_whole_entry
from tests.factories import NOW, a, approve, go_live, make_draft, make_importer, make_publication, make_reviewer, make_submission, make_text
from tests.reading import LATER, get

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def told(path: str = "emergency/", *, status: int = 200, at: Any = LATER) -> Any:
    """Return an entry as JSON-LD."""
    answer = get(f"entries/{path}", at=at, accept="application/ld+json")
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/ld+json"), answer.content
    return json.loads(answer.content)


def expanded(document: Any) -> Any:
    """Return what the document means, its terms as the addresses that its context gives them; no other place is asked."""

    def load(url: str, options: Any) -> Any:
        assert url == "https://schema.org"
        return {"contextUrl": None, "documentUrl": url, "document": schema_org.context(), "contentType": "application/ld+json"}

    return jsonld.expand(document, {"documentLoader": load})


def everything() -> Iterator[Any]:
    """Yield an entry that has everything, an old version, one of a past day, a translation, and what is left of one that is gone."""
    make_whole_entry()
    yield told()
    make_publication("siguiente", language="es", translation_of={"slug": "next-step", "version": 1})
    yield told("siguiente/")
    make_publication("emergency", at=NOW + DAY, short_answer="Call.", change_note="Shorter.")
    yield told("emergency/versions/1/", at=NOW + 3 * DAY)
    yield told("emergency/?as_of=2026-03-02", at=NOW + 3 * DAY)
    workflow.hold(Publication.objects.get(slug="next-step"), by=a("reviewer"), at=LATER, comment="A reader wrote.")
    yield told("next-step/", at=NOW + 400 * DAY)
    gone = Publication.objects.get(slug="emergency", status="current")
    workflow.withdraw(gone, by=a("reviewer"), at=NOW + 2 * DAY, reason="unsafe", replacement="next-step")
    yield told("emergency/", status=410, at=NOW + 3 * DAY)


def test_every_word_is_used_as_schema_org_has_it() -> None:
    assert [schema_org.faults(document) for document in everything()] == [[]] * 6


def test_the_table_bites() -> None:
    assert schema_org.faults({"@type": "Person", "text": "x"}) == ["Person has no text"]
    assert schema_org.faults({"@type": "Answer", "url": "/x"}) == ["Answer.url does not take '/x'"]
    assert schema_org.faults({"@type": "Answer", "isPartOf": {"@id": "x"}}) != []


def test_no_member_is_lost_when_the_document_is_read_as_linked_data() -> None:
    for document in everything():
        kept = list(schema_org.nodes(expanded(document)))
        for node in schema_org.nodes(document):
            names = {f"http://schema.org/{name}" for name in node if not name.startswith("@")}
            assert any(names <= other.keys() for other in kept), node


def test_parts_that_are_named_elsewhere_in_the_document_are_there() -> None:
    for document in everything():
        there = {node["@id"] for node in schema_org.nodes(document) if "@id" in node and "@type" in node}
        assert {node["@id"] for node in schema_org.nodes(document) if "@id" in node} == there


def test_every_address_is_absolute(settings: Any) -> None:
    settings.PUBLIC_URL = "https://faq.example.org"
    make_whole_entry()
    document = told()
    assert document["url"] == "https://faq.example.org/questions/emergency/"
    own = [value for node in schema_org.nodes(document) for name, value in node.items() if name in ("@id", "url")]
    assert [address for address in own if not re.match("https://", address)] == []
    assert 'href="https://faq.example.org/questions/emergency/versions/1/#source-1"' in document["mainEntity"]["acceptedAnswer"]["text"]


def test_it_is_a_medical_page_about_one_question_with_its_answer() -> None:
    make_whole_entry()
    page = told()
    question = page["mainEntity"]
    assert (page["@context"], page["@type"], question["@type"]) == ("https://schema.org", "MedicalWebPage", "Question")
    assert (page["lastReviewed"], page["version"], page["inLanguage"]) == ("2026-03-02", 1, "en")
    assert page["medicalAudience"]["audienceType"] == "patient"
    assert question["acceptedAnswer"]["text"].startswith('<p id="lead">A fever is a sign')
    assert [(source["position"], source["name"]) for source in page["citation"][:2]] == [(1, "Source s1"), (2, "Source s2")]


def test_who_takes_the_answer_alone_is_led_to_disclaimers_and_urgent_advice() -> None:
    make_whole_entry()
    page = told()
    nodes = {node["@id"]: node for node in schema_org.nodes(page) if len(node) > 1 and "@id" in node}
    named = [nodes[each["@id"]] for each in page["mainEntity"]["acceptedAnswer"]["usageInfo"]]
    assert [node["text"] for node in named if "identifier" in node] == [
        "General facts, not medical advice (before, en).",
        "General facts, not medical advice (after, en).",
    ]
    assert [card["text"] for card in named[-1]["hasPart"]] == ["Call the 24-hour line at once.", "Tell the team at the next visit."]


def test_a_warning_stands_before_the_disclaimers() -> None:
    published = make_publication("held")
    workflow.hold(published, by=a("reviewer"), at=NOW, comment="A reader wrote.")
    texts = [each["text"] for each in told("held/")["usageInfo"]]
    assert texts[1] == "This answer is being checked. Ask the care team before acting on it."
    assert texts[2].startswith("General facts")


def test_a_demonstration_says_so_and_claims_nobodys_review() -> None:
    make_whole_entry()
    page = told()
    assert page["usageInfo"][0]["name"] == "This is a demonstration."
    assert "reviewedBy" not in page


def test_a_live_library_says_who_reviewed_it(settings: Any) -> None:
    go_live(settings)
    make_whole_entry()
    page = told()
    assert page["reviewedBy"] == {"@type": "Person", "jobTitle": "Oncology nurse"}
    assert page["usageInfo"][0]["identifier"] == "not-medical-advice"


def test_a_name_is_told_where_its_bearer_agreed(settings: Any) -> None:
    go_live(settings)
    reviewer = make_reviewer()
    reviewer.first_name, reviewer.last_name, reviewer.name_is_public = "Ada", "Open", True
    reviewer.save()
    submission = make_submission(make_draft("named"))
    approve(submission, by=reviewer)
    workflow.publish(submission, by=a("publisher"), at=NOW)
    assert told("named/")["reviewedBy"]["name"] == "Ada Open"


def test_a_review_from_elsewhere_names_who_reviewed_there(settings: Any) -> None:
    go_live(settings)
    submission = make_submission(make_draft("attested"))
    made: dict[str, Any] = {"attested_by": "Dr Else Where", "attested_on": date(2026, 1, 5), "document": "Minutes 7"}
    workflow.attest(submission, by=make_importer(), at=NOW, next_review_due_on=date(2027, 1, 5), **made)
    workflow.publish(submission, by=a("publisher"), at=NOW)
    assert told("attested/")["reviewedBy"] == {"@type": "Person", "name": "Dr Else Where"}


@pytest.mark.parametrize(
    ("origin", "kind"),
    [("human", None), ("ai_assisted", "CompositeWithTrainedAlgorithmicMedia"), ("ai_generated", "TrainedAlgorithmicMedia")],
)
def test_text_that_an_ai_wrote_at_says_so(origin: str, kind: str | None) -> None:
    generator = {"name": "A model", "generated_on": "2026-01-15", "grounded_in": ["A fact sheet"]}
    make_publication("drafted", origin=origin, generator=generator if kind else None)
    page = told("drafted/")
    assert page.get("digitalSourceType") == (kind and f"https://schema.org/{kind}DigitalSource")
    assert (page.get("isBasedOn"), page.get("dateCreated")) == (
        (None, None) if kind is None else ([{"@type": "CreativeWork", "name": "A fact sheet"}], "2026-01-15")
    )


@pytest.mark.parametrize(
    ("contact", "means"), [("desk@faq.example", "email"), ("https://faq.example/contact/", "url"), ("+1 555 0100", "telephone")]
)
def test_who_answers_for_the_words_publishes_them(contact: str, means: str) -> None:
    node = organization({"name": "The library", "contact": contact})
    assert (node["name"], node["contactPoint"][means]) == ("The library", contact)
    assert schema_org.faults(node) == []


def test_nobody_answers_for_words_that_do_not_say_who_does() -> None:
    assert organization(None) == {}


def test_a_translation_names_the_version_it_was_made_from_and_an_original_its_translations() -> None:
    make_publication("original")
    make_publication("original", short_answer="Shorter.", change_note="Shorter.")
    make_publication("traduccion", language="es", translation_of={"slug": "original", "version": 1})
    made_from = told("traduccion/")["translationOfWork"]
    assert (made_from["@id"], made_from["version"]) == ("http://testserver/api/v1/entries/original/versions/1/", 1)
    assert made_from["url"] == "http://testserver/questions/original/"
    [made] = told("original/")["workTranslation"]
    assert (made["url"], made["description"]) == ("http://testserver/es/questions/traduccion/", "(made from an earlier version)")


def test_a_source_taken_back_says_so() -> None:
    published = make_publication("cited")
    workflow.mark_source(published.sources.get(), by=a("reviewer"), at=NOW, state="retracted", comment="The journal says so.")
    page = told("cited/")
    assert page["citation"][0]["creativeWorkStatus"] == "retracted"
    assert any("A source of this answer has changed" in each["text"] for each in page["usageInfo"])


@pytest.mark.parametrize(
    ("licence", "told_as"),
    [
        ("CC BY 4.0", {"@type": "CreativeWork", "name": "CC BY 4.0"}),
        ("https://creativecommons.org/licenses/by/4.0/", "https://creativecommons.org/licenses/by/4.0/"),
    ],
)
def test_a_licence_is_an_address_or_a_name(licence: str, told_as: Any) -> None:
    make_publication("licensed", licence=licence)
    assert told("licensed/")["license"] == told_as


def test_an_old_version_says_when_it_was_replaced() -> None:
    make_publication("twice")
    make_publication("twice", at=NOW + DAY, short_answer="Shorter.", change_note="Shorter.")
    page = told("twice/versions/1/", at=NOW + 2 * DAY)
    assert (page["creativeWorkStatus"], page["expires"]) == ("superseded", "2026-03-03")
    assert page["usageInfo"][1]["text"] == "It was replaced on 3 March 2026 and may be wrong today."


def test_what_is_gone_keeps_notice_reason_advice_disclaimers_and_replacement() -> None:
    make_publication("better", question="What is better?")
    published = make_publication("gone", body="Zebrafinch is a word [^s1].", advice_cards=["fever"])
    workflow.withdraw(published, by=a("reviewer"), at=NOW, reason="unsafe", replacement="better")
    page = told("gone/", status=410)
    texts = [each["text"] for each in page["usageInfo"]]
    assert texts[1:3] == ["This answer was taken down. Ask the care team.", "We took it down because following it might not be safe."]
    assert [text for text in texts if text.startswith("General facts")] != []
    assert page["hasPart"][0]["hasPart"][0]["text"] == "Call the 24-hour line at once."
    assert (page["significantLink"], page["mentions"][0]["name"]) == ("http://testserver/questions/better/", "What is better?")
    assert (page["creativeWorkStatus"], page["expires"], page["mainEntity"]["name"]) == ("withdrawn", "2026-03-02", "What is gone?")
    assert "ebrafinch" not in json.dumps(page)


def test_a_notice_without_words_leaves_no_empty_node() -> None:
    workflow.hold(make_publication("held"), by=a("reviewer"), at=NOW, comment="A reader wrote.")
    entry = get("entries/held/").json()
    entry["review"]["held"]["notice"] = ""
    gone = {"notice": "", "reason": "other", "instance": "/api/v1/entries/x/", "replacement": None, "withdrawn_at": entry["published_at"]}
    beside = {"held_title": "", "related_languages": [], "is_erased": False, "question": ""}
    left = {name: entry[name] for name in ("urgent_advice", "disclaimers", "language", "library_status", "links")}
    for page in (entry_jsonld(entry, beside), gone_jsonld(left | gone, beside)):
        assert [each for each in page["usageInfo"] if "text" not in each] == []


def test_of_withheld_text_not_one_word_is_told() -> None:
    published = make_publication("gone", question="What is a zebrafinch?", body="Zebrafinch is a word [^s1].")
    workflow.withdraw(published, by=a("reviewer"), at=NOW, reason="unsafe", withhold=[1])
    for path in ("gone/", "gone/versions/1/", "gone/?as_of=2026-03-02"):
        page = told(path, status=410)
        assert "ebrafinch" not in json.dumps(page)
        assert "mainEntity" not in page


def test_its_own_words_are_in_the_language_of_the_entry() -> None:
    make_publication("urgencia", language="es", advice_cards=["fever"])
    assert told("urgencia/")["hasPart"][0]["name"] == "Cuándo pedir ayuda"


def test_it_is_made_of_the_document_alone(django_assert_num_queries: Any) -> None:
    make_whole_entry()
    found = get("entries/emergency/").json()
    make_text(kind="disclaimer", key="later", placement="before", text="Told later.")
    with django_assert_num_queries(0):
        page = entry_jsonld(found, {"held_title": "", "related_languages": ["en"]})
    assert "Told later." not in json.dumps(page)
