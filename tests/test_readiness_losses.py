"""Losses are told: what the version before has and these words do not is one concern for each kind, which names what is gone."""

from typing import Any

import pytest

from faq import workflow
from faq.content.words import Words
from faq.models import Publication, Waiver
from faq.readiness import Finding, findings
from faq.workflow import TransitionRefused
from tests.drafts import make_context, make_source, make_words
from tests.factories import NOW, a, approve, make_draft, make_publication, make_revision, make_submission, waive
from tests.factories import make_source as make_library_source

HELPLINE = {"kind": "helpline", "name": "Nurse line", "phone": "123", "url": "https://example.org/"}
FACTS = [{"label": "Dose", "value": "As told", "source": "a"}, {"label": "Name", "value": "HER2"}]
GENERATOR = {"name": "A model", "generated_on": "2026-01-02", "grounded_in": ["A book"]}
RICH: dict[str, Any] = {
    "advice_cards": ["fever", "lungs"],
    "key_facts": FACTS,
    "status_lines": [{"item": "A test", "status": "established", "as_of": "2026-01"}],
    "resources": [HELPLINE],
    "citations": [make_source(number=1), make_source("b", number=None, locator="Page 4", supporting_quote="It grows.")],
    "provenance": {
        "origin": "ai_generated",
        "generator": GENERATOR,
        "byline": "The team",
        "licence": "CC BY 4.0",
        "attribution": "By them.",
    },
    "region": "US",
    "applies_to": ["early"],
    "translation_of": {"slug": "que-es", "version": 1},
    "phrasings": ["her2?"],
    "care_team_questions": [{"question": "Which test?"}],
    "quotations": [{"text": "I felt well.", "who": "A patient"}],
    "call_to_action": {"label": "Go", "url": "https://example.org/"},
}
NONE_LOST = {name: value for name, value in RICH.items() if name not in ("provenance", "citations")}


def lost(before: Words, now: Words, **context: Any) -> dict[str, str]:
    """Return {code: sentence} of what `findings` says of the version before."""
    concerns = [finding for finding in findings(now, make_context(before=before, version=3, **context)) if "Version 3" in finding.message]
    assert all(finding.grade == "concern" for finding in concerns)
    assert len({finding.code for finding in concerns}) == len(concerns), "one for each kind"
    return {finding.code: finding.sentence.removeprefix("Version 3: ") for finding in concerns}


def changed(**fields: Any) -> dict[str, str]:
    """Return what a revision of RICH loses that has other `fields`."""
    return lost(make_words(**RICH), make_words(**RICH | fields))


def test_words_that_keep_everything_lose_nothing() -> None:
    assert changed() == {}
    assert lost(make_words(), make_words(**RICH)) == {}


def test_a_first_version_loses_nothing() -> None:
    assert [each.code for each in findings(make_words(), make_context()) if each.grade == "concern"] == []


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"advice_cards": ["lungs"]}, {"advice-card-lost": "fever"}),
        ({"advice_cards": ["routine"]}, {"advice-card-lost": "fever, lungs"}),
        ({"advice_cards": ["lungs", "fever", "routine"]}, {}),
        ({"key_facts": []}, {"key-fact-lost": "Dose, Name"}),
        ({"key_facts": [{"label": " dose", "value": "More", "source": "a"}, FACTS[1]]}, {}),
        ({"key_facts": [{"label": "Dose", "value": "As told"}, FACTS[1]]}, {"key-fact-lost": "Dose (source)"}),
        ({"status_lines": []}, {"status-line-lost": "A test"}),
        ({"status_lines": [{"item": "A test", "status": "expanding", "as_of": "2026-02"}]}, {}),
        ({"resources": []}, {"resource-lost": "Nurse line"}),
        ({"resources": [HELPLINE | {"phone": ""}]}, {"resource-lost": "Nurse line (phone)"}),
        ({"resources": [HELPLINE | {"url": ""}]}, {"resource-lost": "Nurse line (url)"}),
        ({"resources": [HELPLINE | {"phone": "456"}]}, {}),
        ({"citations": RICH["citations"][:1]}, {"source-lost": "b"}),
        ({"citations": [RICH["citations"][0], make_source("b")]}, {"source-lost": "b (locator), b (supporting_quote)"}),
        ({"citations": [make_source(title="T", url=""), RICH["citations"][1]]}, {"source-lost": "a (mark in the body)"}),
        ({"region": "", "applies_to": [], "translation_of": None}, {"part-lost": "region, applies to, translation of"}),
        ({"phrasings": [], "quotations": []}, {"part-lost": "phrasings, quotations"}),
        ({"care_team_questions": [], "call_to_action": None}, {"part-lost": "care team questions, call to action"}),
        ({"care_team_questions": [{"question": "Which of the tests?"}]}, {}),
        ({"region": "UK", "phrasings": ["what is her2"]}, {}),
    ],
)
def test_each_kind_of_loss_names_what_is_gone(fields: dict[str, Any], told: dict[str, str]) -> None:
    assert changed(**fields) == told


@pytest.mark.parametrize(
    ("provenance", "told"),
    [
        ({"generator": None}, "generator"),
        ({"generator": {"name": "Another", "generated_on": "2026-02-03"}}, "generator grounded in"),
        ({"byline": "", "licence": "", "attribution": ""}, "byline, licence, attribution"),
    ],
)
def test_where_words_come_from_is_not_dropped_unseen(provenance: dict[str, Any], told: str) -> None:
    assert changed(provenance=RICH["provenance"] | provenance) == {"provenance-lost": told}


def test_an_origin_nearer_to_people_is_a_loss() -> None:
    assert changed(provenance=RICH["provenance"] | {"origin": "ai_assisted"}) == {"origin-lowered": "ai_generated"}
    assert lost(make_words(), make_words(provenance={"origin": "ai_generated", "generator": GENERATOR})) == {}


def test_of_two_rows_with_one_name_the_second_is_missed_too() -> None:
    twice = make_words(key_facts=[FACTS[1], FACTS[1]])
    assert lost(twice, make_words(key_facts=[FACTS[1]])) == {"key-fact-lost": "Name"}


@pytest.mark.parametrize("state", ["superseded", "retracted"])
def test_a_source_that_no_longer_stands_is_to_go(state: str) -> None:
    before = make_words(citations=[make_source(number=1), make_source("b", number=None)])
    now = make_words(citations=[make_source(number=1)])
    assert (lost(before, now), lost(before, now, source_states={"b": state})) == ({"source-lost": "b"}, {})


def test_every_field_that_can_be_empty_is_missed() -> None:
    fields = {name for name, field in Words.model_fields.items() if not field.is_required()}
    kept = {"schema_version", "short_answer", "update_type", "change_note", "citations"}  # of their own rules, or of each version alone
    missed = {name for name in fields - kept if lost(make_words(**RICH), make_words(**{k: v for k, v in RICH.items() if k != name}))}
    assert missed | {"advice_cards"} == fields - kept
    assert set(lost(make_words(**RICH), make_words(**NONE_LOST | {"provenance": RICH["provenance"]}))) == {"source-lost"}


@pytest.mark.parametrize(("origin", "count"), [("human", 0), ("ai_assisted", 1), ("ai_generated", 1)])
def test_words_of_ai_origin_say_which_program(origin: str, count: int) -> None:
    found = findings(make_words(provenance={"origin": origin}), make_context())
    assert [each.code for each in found].count("generator-missing") == count


def test_a_program_that_is_named_no_more_is_told_once() -> None:
    found = findings(
        make_words(provenance={"origin": "ai_generated"}),
        make_context(before=make_words(provenance={"origin": "ai_generated", "generator": GENERATOR}), version=3),
    )
    assert [each.code for each in found if each.grade == "concern"] == ["provenance-lost"]


# In the library: which version is compared, and for how long a waiver holds.


def losses_of(found: list[Finding]) -> list[tuple[str, str]]:
    return [(each.code, each.sentence) for each in found if each.code.endswith("-lost")]


@pytest.mark.django_db
def test_a_revision_that_lost_everything_is_approved_only_with_a_reason_for_each_loss() -> None:
    make_publication("her2", advice_cards=["fever", "routine"], key_facts=[{"label": "Dose", "value": "As told"}])
    submission = make_submission(make_revision("her2", advice_cards=[], key_facts=[], licence=""))
    told = [("advice-card-lost", "fever, routine"), ("key-fact-lost", "Dose"), ("provenance-lost", "licence")]
    expected = [(code, f"Version 1: {names}") for code, names in told]
    assert losses_of(workflow.readiness_of(submission, NOW)) == expected
    with pytest.raises(
        TransitionRefused, match=r"\[advice-card-lost\] Version 1 has urgent advice that these words leave out: fever, routine"
    ):
        approve(submission, waivers=[waive(*each) for each in expected[1:]])
    approve(submission, waivers=[waive(*each) for each in expected])
    workflow.publish(submission, by=a("publisher"), at=NOW)
    assert losses_of(workflow.readiness_of(submission, NOW)) == expected, "what it lost stays what it was"


@pytest.mark.django_db
def test_a_draft_is_compared_with_the_newest_version_also_where_that_was_taken_down() -> None:
    make_publication("her2")
    version = make_publication("her2", advice_cards=["fever"])
    workflow.withdraw(version, by=a("reviewer"), at=NOW, reason="error")
    answer = make_revision("her2", advice_cards=[])
    assert losses_of(workflow.draft_readiness(answer, NOW)) == [("advice-card-lost", "Version 2: fever")]


@pytest.mark.django_db
def test_what_was_said_of_one_version_s_loss_was_not_said_of_another_s() -> None:
    make_publication("her2", advice_cards=["fever"])
    submission = make_submission(make_revision("her2", advice_cards=[]))
    approve(submission, waivers=[waive("advice-card-lost", "Version 1: fever")])
    workflow.publish(submission, by=a("publisher"), at=NOW)
    make_publication("her2", advice_cards=["fever"])
    again = make_submission(make_revision("her2", advice_cards=[]))
    assert losses_of(workflow.readiness_of(again, NOW)) == [("advice-card-lost", "Version 3: fever")]
    assert list(workflow.earlier_waivers(again.question)) == [("advice-card-lost", "Version 1: fever")]


@pytest.mark.django_db
def test_the_library_knows_which_lost_source_no_longer_stands() -> None:
    make_library_source("old")
    make_publication("her2", citations=[{"key": "s1"}, {"key": "old"}])
    answer = make_revision("her2", citations=[{"key": "s1"}])
    assert losses_of(workflow.draft_readiness(answer, NOW)) == [("source-lost", "Version 1: old")]
    workflow.mark_source(make_library_source("old"), by=a("reviewer"), at=NOW, state="superseded", comment="A newer edition is out.")
    assert losses_of(workflow.draft_readiness(answer, NOW)) == []


@pytest.mark.django_db
def test_beside_an_attestation_a_loss_is_kept() -> None:
    make_publication("her2", advice_cards=["fever"])
    submission = make_submission(make_revision("her2", advice_cards=[]))
    review: dict[str, Any] = {"attested_by": "Dr Roe", "attested_on": NOW.date(), "document": "Minutes 7"}
    workflow.attest(submission, by=a("importer"), at=NOW, next_review_due_on=NOW.date().replace(year=2027), **review)
    assert list(Waiver.objects.values_list("code", "sentence", "reason")) == [("advice-card-lost", "Version 1: fever", "")]


@pytest.mark.django_db
def test_an_erased_version_is_compared_with_nothing() -> None:
    version = make_publication("her2", advice_cards=["fever"])
    workflow.withdraw(version, by=a("reviewer"), at=NOW, reason="legal")
    order = workflow.erase(Publication.objects.get(), by=a("lead"), at=NOW, legal_basis="A court's order.")
    workflow.confirm_erasure(order, by=a("reviewer"), at=NOW)
    answer = workflow.start_revision(version.question, by=a("author"), at=NOW)
    assert losses_of(workflow.draft_readiness(answer, NOW)) == []
    assert losses_of(workflow.draft_readiness(make_draft(), NOW)) == []
