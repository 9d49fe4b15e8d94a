"""Of words that an AI had a part in, each sentence that does harm if it is wrong is held against its source by whoever approves it."""

from typing import Any

import pytest

from faq import workflow
from faq.content.words import CitedSource, KeyFact, Words, read_words
from faq.models import Answer, ReviewDecision, Submission
from faq.readiness.reading import Reading
from faq.readiness.statements import Statement, statements
from faq.workflow.first_text import first_of_ai
from faq.workflow.publishing import details_of
from tests.factories import NOW, a, approve, make_draft, make_reviewer, make_source, make_submission

pytestmark = pytest.mark.django_db
DOSE, CALL, PLAIN = "Take 20 mg a day [^s1].", "Call the line if you have a fever [^s1].", "Cells can grow [^s1]."
BODY = f"{DOSE}\n\n{CALL}\n\n{PLAIN}"
QUOTED = [{"key": "s1", "supporting_quote": "20 mg a day; call the line for a fever."}]


def make_ai(body: str = BODY, **words: Any) -> Submission:
    """Submit words that an AI wrote."""
    make_source("s1")
    generator = {"name": "A model", "generated_on": "2026-01-02"}
    made: dict[str, Any] = {
        "origin": "ai_generated",
        "generator": generator,
        "body": body,
        "citations": QUOTED,
        "short_answer": "Cells can grow.",
    }
    return make_submission(make_draft(**made | words))


def again(submission: Submission, **changes: Any) -> Submission:
    """Send words back, change them, and submit them once more."""
    answer = Answer.objects.get(pk=submission.answer_id)
    return make_submission(workflow.edit(answer, by=answer.author, at=NOW, changes=changes) if changes else answer)


def places(submission: Submission) -> dict[str, str]:
    """Return {sentence: its place} of what is to be checked."""
    return {statement.text: statement.place for statement in workflow.to_be_checked(submission, NOW)}


class TestApproval:
    """What an approval asks for."""

    def test_it_is_refused_while_a_sentence_is_not_checked_and_names_it(self) -> None:
        submission = make_ai()
        dose, _ = places(submission).values()
        with pytest.raises(workflow.TransitionRefused, match=r"Not yet: “Call the line if you have a fever\.”"):
            approve(submission, checked=[dose])
        assert not ReviewDecision.objects.filter(kind="approve").exists()

    def test_it_keeps_what_was_checked(self) -> None:
        submission = make_ai()
        approve(submission)
        assert details_of(ReviewDecision.objects.get(kind="approve")) == {"checked": list(places(submission).values())}

    def test_a_text_that_people_wrote_asks_for_no_check(self) -> None:
        submission = make_ai(origin="human", generator=None)
        approve(submission, checked=[])
        assert details_of(ReviewDecision.objects.get(kind="approve")) == {}

    def test_words_that_an_ai_helped_with_ask_for_checks_too(self) -> None:
        with pytest.raises(workflow.TransitionRefused, match="tick each sentence"):
            approve(make_ai(origin="ai_assisted"), checked=[])

    def test_a_sign_off_on_the_language_answers_for_no_claim(self) -> None:
        reviewer = make_reviewer(sign_offs=("plain_language",))
        approve(make_ai(), by=reviewer, sign_off="plain_language", checked=[])
        assert ReviewDecision.objects.get(kind="approve").sign_off == "plain_language"

    def test_a_place_that_these_words_do_not_have_is_refused(self) -> None:
        submission = make_ai()
        with pytest.raises(workflow.TransitionRefused, match="not the one you read any more"):
            approve(submission, checked=[*places(submission).values(), "0" * 64])

    @pytest.mark.parametrize("verb", ["request_changes", "object"])
    def test_what_was_checked_is_kept_with_other_decisions_too(self, verb: str) -> None:
        submission = make_ai()
        dose, _ = places(submission).values()
        getattr(workflow, verb)(submission, by=a("reviewer"), at=NOW, comment="Shorter.", checked=[dose])
        assert details_of(ReviewDecision.objects.get(kind=verb)) == {"checked": [dose]}


class TestLater:
    """What becomes of checks when words come back."""

    def sent_back(self, submission: Submission) -> None:
        workflow.request_changes(submission, by=a("reviewer"), at=NOW, comment="Shorter.", checked=list(places(submission).values()))

    def test_what_stays_as_it_is_need_not_be_checked_again(self) -> None:
        submission = make_ai()
        self.sent_back(submission)
        approve(again(submission, short_answer="Cells may grow."), checked=[])

    def test_an_edit_voids_the_check_of_its_own_sentence_alone(self) -> None:
        submission = make_ai()
        self.sent_back(submission)
        second = again(submission, body=BODY.replace("20 mg", "200 mg"))
        assert [each.text for each in workflow.unchecked(second, a("reviewer"), [], NOW)] == ["Take 200 mg a day."]

    def test_another_place_in_the_source_voids_the_checks_that_rest_on_it(self) -> None:
        submission = make_ai()
        self.sent_back(submission)
        second = again(submission, citations=[{"key": "s1", "supporting_quote": "2 mg a day; call the line for a fever."}])
        assert len(workflow.unchecked(second, a("reviewer"), [], NOW)) == 2

    def test_an_entry_that_is_gone_from_a_list_voids_the_check_of_what_leads_to_it(self) -> None:
        first = make_ai("Call the line if you have:\n\n- a fever\n- a cough [^s1]")
        self.sent_back(first)
        second = again(first, body="Call the line if you have:\n\n- a fever [^s1]")
        missing = workflow.unchecked(second, a("reviewer"), (), NOW)
        assert [statement.text for statement in missing] == ["Call the line if you have:"]

    def test_nobodys_checks_count_for_anybody_else(self) -> None:
        submission = make_ai()
        self.sent_back(submission)
        with pytest.raises(workflow.TransitionRefused, match="tick each sentence"):
            approve(again(submission), by=make_reviewer(), checked=[])

    def test_an_approval_names_also_what_was_checked_before(self) -> None:
        submission = make_ai()
        self.sent_back(submission)
        second = again(submission)
        approve(second, checked=[])
        assert details_of(ReviewDecision.objects.get(kind="approve")) == {"checked": list(places(second).values())}


# What is to be checked


def stated(body: str = "", language: str = "en", **fields: Any) -> list[Statement]:
    """Return what words state, with one source."""
    source = CitedSource(key="s1", number=1, title="A leaflet", supporting_quote="Words of it.")
    given: dict[str, Any] = {"citations": [source], "provenance": {"origin": "ai_generated"}} | fields
    words = Words.model_validate({"question": "?", "language": language, "audience": "patient", "body": body or "-"} | given)
    return statements(Reading(words), {"Examplin"})


@pytest.mark.parametrize(
    ("sentence", "language", "reasons"),
    [
        ("It happens in 3 of 100 people.", "en", {"figure"}),
        ("It lasts two weeks.", "en", {"figure"}),
        ("Half of them had it.", "en", {"figure"}),
        ("Most people feel better.", "en", {"figure"}),
        ("Examplin is a drip.", "en", {"medicine"}),
        ("It is given with imatinib.", "en", {"medicine"}),
        ("Paracetamol hides it, so take no tablets before.", "en", {"medicine"}),
        ("Watch for a rash.", "en", {"sign"}),
        ("Do not wait.", "en", {"sign"}),
        ("Call the ward.", "en", {"sign"}),
        ("If you are pregnant, say so.", "en", {"sign"}),
        ("Ocurre en dos de cada cien.", "es", {"figure"}),
        ("Se da con imatinib.", "es", {"medicine"}),
        ("It can damage the heart.", "en", {"risk"}),
        ("Puede dañar el corazón.", "es", {"risk"}),
        ("Llame si tiene fiebre.", "es", {"sign"}),
        ("No deje de tomarlo.", "es", {"sign"}),
        ("Pocas personas lo notan.", "es", {"figure"}),
    ],
)
def test_sentences_with_a_figure_a_medicine_or_a_sign_are_to_be_checked(sentence: str, language: str, reasons: set[str]) -> None:
    (found,) = [each for each in stated(sentence, language) if each.where == "body"]
    assert reasons <= set(found.reasons)


@pytest.mark.parametrize("sentence", ["Cells grow.", "It is named after its place in the body.", "You may feel alone with this."])
def test_other_sentences_are_not(sentence: str) -> None:
    assert stated(sentence) == []


def test_a_sentence_with_a_source_is_stated_though_it_needs_no_check() -> None:
    (found,) = stated("Cells grow [^s1].")
    assert (found.reasons, found.is_marked, [source.key for source in found.sources]) == ((), True, ["s1"])


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("short_answer", "Take 20 mg."),
        ("key_facts", [KeyFact(label="Dose", value="20 mg", source="s1")]),
        ("status_lines", [{"item": "Examplin", "status": "established", "as_of": "2026"}]),
        ("care_team_questions", [{"question": "What now?", "why": "A fever must be told."}]),
    ],
)
def test_the_parts_beside_the_body_are_looked_at_too(field: str, value: Any) -> None:
    assert [each.where.split(".")[0] for each in stated(**{field: value})] == [field]


def test_each_row_of_a_table_is_a_sentence() -> None:
    table = "| What | For whom |\n|---|---|\n| Examplin | 20 mg |\n| Otherin | 30 mg |"
    assert [each.text for each in stated(table)] == ["Examplin | 20 mg", "Otherin | 30 mg"]


def test_a_list_is_one_with_the_sentence_that_leads_to_it() -> None:
    leading = {
        each.text: (each.leads, each.reasons) for each in stated("Of these:\n\n- Examplin\n- fever\n\nCells:\n\nFever.\n\nNo.\n\n- Fever.")
    }
    assert leading["Of these:"] == (("Examplin", "fever"), ("medicine", "sign"))
    assert leading.keys().isdisjoint({"Cells:", "No."})
    table = {each.text: each.leads for each in stated("It may be:\n\n| A | B |\n|---|---|\n| 1 | 20 mg |\n\n- Fever.")}
    assert table["It may be:"] == ("A | B", "1 | 20 mg")


def test_a_heading_is_no_statement_and_an_invented_person_has_no_source() -> None:
    assert stated("## What 20 mg do\n\n::: worked-example Ana\nAna takes 20 mg.\n:::") == []


def test_a_sentence_without_a_mark_is_shown_beside_what_its_paragraph_rests_on() -> None:
    found = stated("Cells grow [^s1]. Take 20 mg.")[-1]
    assert (found.text, found.is_marked, [source.key for source in found.sources]) == ("Take 20 mg.", False, ["s1"])


# A source that says nowhere where in it to look


def places_missing(submission: Submission) -> list[str]:
    return [each.sentence for each in workflow.readiness_of(submission, NOW) if each.code == "source-without-place"]


@pytest.mark.parametrize(
    ("cited", "missing"),
    [
        ({}, ["s1"]),
        ({"locator": "page 4"}, []),
        ({"supporting_quote": "20 mg a day."}, []),
    ],
)
def test_a_source_says_where_in_it_to_look(cited: dict[str, str], missing: list[str]) -> None:
    make_source("s1", url="https://example.org/leaflet")
    assert places_missing(make_ai(citations=[{"key": "s1", **cited}])) == missing


def test_a_place_without_a_way_there_is_none() -> None:
    make_source("s2", url="", doi="")
    assert places_missing(make_ai("Take 20 mg a day [^s2].", citations=[{"key": "s2", "locator": "page 4"}])) == ["s2"]


def test_nobody_asks_for_a_place_that_no_check_needs() -> None:
    assert places_missing(make_ai("Cells grow [^s1].", citations=[{"key": "s1"}])) == []
    assert places_missing(make_ai(origin="human", generator=None, citations=[{"key": "s1"}])) == []


def test_the_words_of_the_ai_are_the_first_that_stood_in_the_draft() -> None:
    submission = make_ai()
    answer = Answer.objects.get(pk=submission.answer_id)
    workflow.recall(answer, by=answer.author, at=NOW)
    workflow.edit(Answer.objects.get(pk=answer.pk), by=answer.author, at=NOW, changes={"body": "Other words."})
    assert first_of_ai(submission.question, answer.wording) == read_words(submission.words)
