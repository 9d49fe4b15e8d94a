"""The author's form stands in the order in which somebody thinks, is short while it says nothing, and says each thing at its field."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from faq import workflow
from faq.models import Answer, Edit, StandingText
from faq.workflow.drafts import draft_of
from tests.admin_client import done, form_in, page_of, refusals, see, send, signed_in, verb_of
from tests.browsing import Part, parsed
from tests.factories import NOW, a, make_author, make_draft, make_lead, make_publication, make_revision, make_source, make_submission

pytestmark = pytest.mark.django_db


def empty(slug: str = "her2") -> Answer:
    return workflow.create_question(slug=slug, language="en", wording="What is HER2?", by=a("author"), at=NOW)


def stored(answer: Answer) -> Any:
    return draft_of(Answer.objects.get(pk=answer.pk))


def form_of(answer: Answer) -> Part:
    return parsed(see(answer.author, page_of(answer))).one("form", class_="verb-form")


def open_parts(form: Part) -> list[str]:
    return [part.one("summary").text for part in form.all("details") if "open" in part.attributes]


# Order and length


def test_the_form_goes_from_the_question_to_what_changed() -> None:
    headings = [heading.text for heading in form_of(empty()).all("h2")]
    assert headings == [
        "The question",
        "The answer",
        "What keeps readers safe",
        "What it rests on",
        "Where the words come from",
        "What changed",
    ]


def test_the_reason_for_a_return_stands_above_everything() -> None:
    answer = make_draft()
    workflow.request_changes(make_submission(answer), by=a("reviewer"), at=NOW, comment="Name the trial.")
    page = see(answer.author, page_of(answer))
    assert page.index("Name the trial.") < page.index('id="tally"') < page.index("<form method")


def test_whatever_is_empty_is_folded_and_whatever_says_something_is_open() -> None:
    assert open_parts(form_of(empty())) == []
    full = make_draft(key_facts=[{"label": "Age", "value": "Any"}], region="US", licence="CC BY 4.0", call_to_action=None)
    assert open_parts(form_of(full)) == [
        "Who it is for, and other words for it",
        "Key facts (1)",
        "Sources (1)",
        "Byline, licence and thanks",
    ]


def test_what_is_wrong_is_not_folded_away() -> None:
    answer = empty()
    refused = send(answer.author, page_of(answer), translation_of__slug="Not a slug", key_facts__0__label="Only a label")
    form = parsed(refused.content.decode()).one("form", class_="verb-form")
    assert open_parts(form) == ["The entry that it translates", "Key facts"]


def test_a_revision_asks_what_is_new_and_a_first_version_does_not() -> None:
    make_publication("her2")
    assert "Kind of update, and what readers are told of it" in open_parts(form_of(make_revision("her2")))


def test_the_enter_key_saves_and_adds_no_row() -> None:
    buttons = [part for part in form_of(make_draft()).all() if part.name in ("input", "button") and part.attributes.get("type") == "submit"]
    assert (buttons[0].attributes["value"], "name" in buttons[0].attributes) == ("Save", False)


def test_nothing_of_the_page_stands_in_the_way_of_the_strict_policy() -> None:
    page = see(make_draft().author, page_of(Answer.objects.get()))
    own = page[page.index('id="content-main"') :]
    assert not re.search(r"<style|\sstyle=|\son\w+=", own)
    assert '<script src="/static/faq/writing.js" defer></script>' in page


# Findings


def test_each_finding_stands_at_its_field_with_its_sentence() -> None:
    answer = make_draft(body="Half of them, 50%, do well [^s1]. In all 62% do.", key_facts=[{"label": "How many", "value": "Some 15%"}])
    form = form_of(answer)
    assert "In all 62% do." in form.one("ul", id="at-body").text
    assert "“62%” has no source" in form.one("ul", id="at-body").text
    assert "Some 15%" in form.one("ul", id="at-key_facts.0").text
    assert form.one("ul", id="at-short_answer").text == ""


def test_a_finding_about_a_source_stands_in_its_row_wherever_that_is() -> None:
    make_source("s9", publisher="", year=None, url="")
    answer = make_draft(body="One [^s1].", citations=[{"key": "s9"}, {"key": "s1"}])
    form = form_of(answer)
    assert "Nobody can find" in form.one("ul", id="at-citations.0").text
    assert form.one("ul", id="at-citations.1").text == ""


def test_what_belongs_to_no_field_stands_above_all() -> None:
    answer = make_draft()
    StandingText.objects.filter(kind="disclaimer").update(ends_at=NOW)
    assert "No required disclaimer is in force" in form_of(answer).one("ul", id="at-all").text


def test_a_preview_says_what_it_finds_in_the_words_that_are_typed() -> None:
    answer = make_draft()
    page = parsed(send(answer.author, page_of(answer), body="In all 62% do.", _preview="").content.decode())
    assert "In all 62% do." in page.one("ul", id="at-body").text


def test_a_preview_keeps_nobody_from_writing(client: Any) -> None:
    answer = make_draft()
    client.force_login(answer.author)
    entered = form_in(client.get(page_of(answer)).content.decode()) | {"body": "In all 62% do.", "_preview": ""}
    with CaptureQueriesContext(connection) as asked:
        client.post(page_of(answer), entered)
    writes = [query["sql"] for query in asked if re.match(r"INSERT|UPDATE|DELETE|BEGIN|SAVEPOINT|.* FOR (NO KEY )?UPDATE", query["sql"])]
    assert writes == []


def test_of_words_that_are_refused_nothing_old_is_said_at_the_fields() -> None:
    answer = make_draft(body="In all 62% do.")
    refused = send(answer.author, page_of(answer), body="In all, many do.", question="")
    assert parsed(refused.content.decode()).one("ul", id="at-body").text == ""


def test_a_lead_who_may_change_one_field_reads_the_findings_of_the_others_above_it() -> None:
    answer = make_draft(body="In all 62% do.")
    page = parsed(see(make_lead(), page_of(answer)))
    assert "In all 62% do." in page.one("ul", id="at-all").text


# Rows


def test_one_more_row_costs_nothing_that_was_typed_and_saves_nothing() -> None:
    answer = make_draft(key_facts=[{"label": "Age", "value": "Any"}])
    edits = Edit.objects.count()
    typed = {"body": "New words.", "key_facts__1__label": "Half a row", "question": ""}
    asked = send(answer.author, page_of(answer), _row="key_facts", **typed)
    again = form_in(asked.content.decode())
    assert (again["key_facts-TOTAL_FORMS"], again["key_facts-2-label"], again["key_facts-1-label"]) == ("3", "", "Half a row")
    assert (again["body"], again["question"]) == ("New words.", "")
    assert (Edit.objects.count(), stored(answer).body == "New words.") == (edits, False)


def test_a_page_that_came_back_with_a_row_says_nothing_of_what_is_not_finished() -> None:
    answer = make_draft()
    asked = send(answer.author, page_of(answer), _row="key_facts", key_facts__0__label="Half a row", question="")
    page = asked.content.decode()
    assert ("errornote" in page, "Error: " in page) == (False, False)
    assert "Key facts" in open_parts(parsed(page).one("form", class_="verb-form"))


def test_a_row_that_was_added_is_saved_with_the_others() -> None:
    answer = make_draft(key_facts=[{"label": "Age", "value": "Any"}])
    asked = send(answer.author, page_of(answer), _row="key_facts", key_facts__1__label="B", key_facts__1__value="2")
    entered = form_in(asked.content.decode()) | {"key_facts-2-label": "C", "key_facts-2-value": "3"}
    done(signed_in(answer.author).post(page_of(answer), entered))
    assert [fact.label for fact in stored(answer).key_facts] == ["Age", "B", "C"]


@pytest.mark.parametrize("number", ["x", "-1", "9" * 30, "٣"])
def test_a_number_of_rows_that_is_none_breaks_nothing(number: str) -> None:
    answer = make_draft()
    asked = send(answer.author, page_of(answer), _row="key_facts", key_facts__TOTAL_FORMS=number, citations__TOTAL_FORMS=number)
    assert asked.status_code == 200


def test_a_row_is_asked_of_a_known_list_alone() -> None:
    answer = make_draft()
    assert send(answer.author, page_of(answer), _row="nonsense").status_code == 200


# Sources


def test_a_mark_in_the_body_names_its_source_by_itself() -> None:
    make_source("christie", title="The Christie: A leaflet")
    answer = make_draft(body="One [^s1].")
    done(send(answer.author, page_of(answer), body="One [^s1]. Two [^christie]."))
    assert [cited.key for cited in stored(answer).citations] == ["s1", "christie"]


def test_a_preview_shows_the_row_that_a_mark_made() -> None:
    make_source("christie", title="The Christie: A leaflet")
    answer = empty()
    page = send(answer.author, page_of(answer), body="Two [^christie].", _preview="").content.decode()
    assert form_in(page)["citations-0-key"] == "christie"
    assert "The Christie: A leaflet" in parsed(page).one("details", id="rows-citations").text
    assert "No source has the key" not in page
    assert stored(answer).citations == []


def test_a_mark_whose_source_is_named_already_makes_no_second_row() -> None:
    answer = make_draft()
    edits = Edit.objects.count()
    done(send(answer.author, page_of(answer)))
    assert (len(stored(answer).citations), Edit.objects.count()) == (1, edits)


def test_a_mark_of_a_source_that_the_library_lacks_leads_to_where_it_is_made() -> None:
    answer = make_draft()
    done(send(answer.author, page_of(answer), body="Two [^nice/ng 101]. One [^s1]."))
    found = form_of(answer).one("ul", id="at-body")
    assert "No source has the key “nice/ng 101”" in found.text
    link = found.one("a")
    assert (link.attributes["href"], link.attributes["target"]) == ("/admin/faq/source/add/?key=nice%2Fng+101", "_blank")
    assert form_in(see(make_author(), link.attributes["href"]))["key"] == "nice/ng 101"


@pytest.mark.parametrize("typed", ["s2", "s2: Second source", "second SOURCE", "  s2 "])
def test_a_source_is_chosen_by_its_key_or_its_title(typed: str) -> None:
    make_source("s2", title="Second source")
    answer = make_draft()
    done(send(answer.author, page_of(answer), citations__1__key=typed))
    assert [cited.key for cited in stored(answer).citations] == ["s1", "s2"]


def test_a_source_that_is_not_there_is_refused_in_its_row_with_the_way_to_make_it() -> None:
    answer = make_draft()
    refused = send(answer.author, page_of(answer), citations__1__key="s2", citations__1__locator="p. 3")
    assert "The library has no source “s2”" in " ".join(refusals(refused))
    page = refused.content.decode()
    assert 'href="/admin/faq/source/add/?key=s2" target="_blank"' in page
    assert form_in(page)["citations-1-locator"] == "p. 3"


def test_markup_in_the_key_of_a_source_is_shown_as_text() -> None:
    answer = make_draft()
    page = send(answer.author, page_of(answer), citations__1__key="<script>alert(1)</script>").content.decode()
    assert "<script>alert" not in page
    page = send(answer.author, page_of(answer), body="[^<b>x</b>]", _preview="").content.decode()
    assert "<b>x</b>" not in page


def test_all_sources_can_be_chosen_while_one_types() -> None:
    make_source("s2", title="Second source")
    answer = make_draft()
    page = see(answer.author, page_of(answer))
    assert '<option value="s2">Second source</option>' in page
    assert form_of(answer).one("input", id="id_citations-0-key").attributes["list"] == "known-sources"


# Beside the form


def test_a_version_in_force_is_revised_from_its_own_page() -> None:
    publication = make_publication()
    author = make_author()
    address = verb_of(publication.question, "start_revision")
    assert f'href="{address}">Revise</a>' in see(author, page_of(publication))
    draft = done(send(author, address))
    page = see(author, page_of(publication))
    assert ("Revise</a>" in page, f'href="{draft}">Open the revision</a>' in page) == (False, True)


def test_whoever_may_not_revise_and_a_version_of_the_past_are_offered_nothing() -> None:
    first = make_publication("her2")
    assert "Revise</a>" not in see(a("reviewer"), page_of(first))
    make_publication("her2")
    assert "Revise</a>" not in see(make_author(), page_of(first))


def test_saves_of_one_sitting_are_told_as_one() -> None:
    answer = make_draft()
    for n in range(3):
        workflow.edit(answer, by=answer.author, at=NOW, changes={"body": f"{n} [^s1]."})
    assert "Edited : the-author, 4 times from 2026-03-02 12:00 to 2026-03-02 12:00 UTC" in parsed(see(answer.author, page_of(answer))).text
    assert Edit.objects.filter(answer=answer, kind="edited").count() == 4
