"""The author's pages: a question, its words, a preview, and the way to review; what was typed is never lost."""

from typing import Any

import pytest
from django.test import Client

from faq.models import Answer, Edit, Question, Source, StandingText, Submission, Topic, TopicName, TopicPlacement, User
from faq.workflow.drafts import draft_of, words_of
from tests.admin_client import done, form_in, page_of, refusals, see, send, signed_in, verb_of
from tests.factories import (
    make_author,
    make_draft,
    make_publication,
    make_reviewer,
    make_source,
    make_standing_texts,
    make_submission,
    make_text,
    make_topic,
    make_user,
)

pytestmark = pytest.mark.django_db
FULL: dict[str, Any] = {
    "status_lines": [{"item": "A test", "status": "established", "as_of": "2026-01"}],
    "advice_cards": ["routine", "fever"],
    "key_facts": [{"label": "How common", "value": "15 in 100", "source": "s1"}, {"label": "Age", "value": "Any", "source": None}],
    "care_team_questions": [{"question": "What is my result?", "why": "It decides.\n\nIt really does."}],
    "quotations": [{"text": "“Ask.”\nTwice.", "who": "Someone", "role": "", "source": ""}],
    "citations": [{"key": "s2", "locator": "p. 3", "supporting_quote": "Two\nlines | with a bar."}, {"key": "s1"}],
    "resources": [
        {
            "kind": "video",
            "name": "A film",
            "url": "https://example.org/f",
            "captions": True,
            "duration_s": 58,
            "transcript": "Hello.\n\nBye.",
        },
        {"kind": "helpline", "name": "A line", "url": "", "phone": "555", "hours": "always", "region": "US", "description": ""},
    ],
    "call_to_action": {"label": "Read on", "url": "https://example.org/"},
    "origin": "ai_generated",
    "generator": {"name": "A model", "generated_on": "2026-01-02", "grounded_in": ["A sheet", "Another"]},
    "applies_to": ["early"],
    "body": "  Leading space, a line end\nwithin [^s1].\n\n- a list\n\n",
}


def new_question(author: User, **changes: Any) -> Any:
    """Send the form for a new question."""
    start = {"wording": "What is HER2?", "slug": "what-is-her2", "language": "en"}
    return send(author, "/admin/faq/question/add/", **start | changes)


# A question


def test_an_author_makes_a_question_and_lands_on_its_draft() -> None:
    author = make_author()
    make_topic("testing")
    for slug in ("a-question", "b-question"):
        make_draft(slug)
    address = done(new_question(author, topics=["testing"], related="b-question\na-question"))
    answer = Answer.objects.get(question__slug="what-is-her2")
    assert address == page_of(answer)
    assert (answer.wording, answer.author, answer.question.related) == ("What is HER2?", author, ["b-question", "a-question"])
    assert [topic.slug for topic in answer.question.topics.all()] == ["testing"]


def test_a_refused_question_keeps_what_was_typed() -> None:
    author = make_author()
    answer = new_question(author, slug="Not A Slug", wording="What is HER2, again?")
    assert answer.context["form"].errors["slug"]
    assert form_in(answer.content.decode())["wording"] == "What is HER2, again?"
    assert not Question.objects.exists()


def test_a_slug_that_is_taken_says_what_to_do() -> None:
    make_draft("what-is-her2")
    assert "start a revision of that question" in " ".join(refusals(new_question(make_author())))


@pytest.mark.parametrize("person", [make_reviewer, lambda: make_user("publisher"), lambda: make_user("auditor")])
def test_only_authors_make_questions(person: Any) -> None:
    assert signed_in(person()).get("/admin/faq/question/add/").status_code == 403


# The words


def test_saving_a_full_answer_untouched_changes_nothing() -> None:
    make_source("s2")
    answer = make_draft(**FULL)
    before, edits = words_of(answer), Edit.objects.count()
    done(send(answer.author, page_of(answer)))
    assert words_of(Answer.objects.get(pk=answer.pk)) == before
    assert Edit.objects.count() == edits


def test_only_what_was_changed_is_recorded() -> None:
    answer = make_draft()
    done(send(answer.author, page_of(answer), short_answer="Shorter."))
    assert draft_of(Answer.objects.get(pk=answer.pk)).short_answer == "Shorter."
    assert Edit.objects.order_by("-pk")[0].changes == '{"short_answer": "Shorter."}'


def test_rows_are_added_emptied_and_put_in_order() -> None:
    answer = make_draft(key_facts=FULL["key_facts"])
    first = {"key_facts__0__label": "", "key_facts__0__value": "", "key_facts__0__source": ""}
    added = {"key_facts__2__label": "New", "key_facts__2__value": "First now", "key_facts__2__ORDER": "1", "key_facts__1__ORDER": "2"}
    done(send(answer.author, page_of(answer), **first, **added))
    facts = draft_of(Answer.objects.get(pk=answer.pk)).key_facts
    assert [fact.label for fact in facts] == ["New", "Age"]
    assert facts[0].source is None


def test_a_citation_is_chosen_among_the_sources() -> None:
    make_source("s2", title="Second source")
    answer = make_draft()
    done(send(answer.author, page_of(answer), citations__1__key="s2", citations__1__locator="table 1"))
    words = words_of(Answer.objects.get(pk=answer.pk))
    assert [(row.key, row.locator) for row in words.citations] == [("s1", ""), ("s2", "table 1")]


def test_a_wrong_field_in_a_row_is_marked_there_and_nothing_is_saved() -> None:
    answer = make_draft()
    refused = send(
        answer.author, page_of(answer), body="New words.", key_facts__0__label="Only a label", key_facts__0__source="no such key!"
    )
    rows = refused.context["form"].lists["key_facts"].forms
    assert "value" in rows[0].errors
    assert form_in(refused.content.decode())["body"] == "New words."
    assert draft_of(Answer.objects.get(pk=answer.pk)).body != "New words."


def test_every_wrong_field_is_told_at_once() -> None:
    answer = make_draft()
    fields = {"translation_of__slug": "Not a slug", "generator__name": "A model", "generator__generated_on": "yesterday"}
    refused = send(answer.author, page_of(answer), **fields)
    errors = refused.context["form"].errors
    assert errors.keys() >= {"translation_of-slug", "translation_of-version", "generator-generated_on"}


def test_a_field_that_its_kind_has_no_place_for_is_refused_rather_than_lost() -> None:
    answer = make_draft()
    fields = {"resources__0__kind": "video", "resources__0__name": "A film", "resources__0__phone": "555"}
    refused = send(answer.author, page_of(answer), **fields)
    assert "phone" in refused.context["form"].lists["resources"].forms[0].errors


@pytest.mark.parametrize("button", [{}, {"_preview": ""}])
def test_where_only_a_row_is_wrong_the_top_of_the_page_and_its_title_say_so(button: dict[str, str]) -> None:
    answer = make_draft()
    refused = send(answer.author, page_of(answer), key_facts__0__label="Only a label", **button)
    page = refused.content.decode()
    assert not refused.context["form"].errors
    assert "<title>Error: " in page
    assert 'class="errornote" role="alert"' in page


def test_the_page_of_an_answer_without_any_error_says_nothing_of_one() -> None:
    answer = make_draft()
    page = see(answer.author, page_of(answer))
    assert "Error: " not in page
    assert "errornote" not in page


def test_text_that_a_database_cannot_keep_is_refused() -> None:
    answer = make_draft()
    refused = send(answer.author, page_of(answer), short_answer="NUL\x00")
    assert refused.context["form"].errors["short_answer"]


def test_a_preview_shows_the_typed_words_and_keeps_none() -> None:
    answer = make_draft()
    edits = Edit.objects.count()
    page = send(answer.author, page_of(answer), body="Ask **your** team, 62% of the time.", _preview="").content.decode()
    assert "<p>Ask <strong>your</strong> team" in page
    assert "figure-without-mark" in page
    assert form_in(page)["body"] == "Ask **your** team, 62% of the time."
    assert (Edit.objects.count(), words_of(answer).body) == (edits, words_of(Answer.objects.get(pk=answer.pk)).body)


def test_a_preview_of_wrong_words_says_what_is_wrong() -> None:
    answer = make_draft()
    refused = send(answer.author, page_of(answer), key_facts__0__label="Only a label", _preview="")
    assert "value" in refused.context["form"].lists["key_facts"].forms[0].errors


def test_the_page_of_a_draft_shows_what_stands_between_it_and_approval() -> None:
    answer = make_draft(body="Half of them, 50%, do well.", short_answer="")
    page = see(answer.author, page_of(answer))
    assert "short-answer-missing" in page
    assert "figure-without-mark" in page


def test_markup_in_the_words_is_shown_as_text() -> None:
    answer = make_draft(question="<script>alert(1)</script>?", body="<script>alert(2)</script> [^s1]", byline="<i>me</i>")
    page = see(make_reviewer(), page_of(answer))
    assert "<script>alert" not in page
    assert "<i>me</i>" not in page


# Who may


def test_somebody_else_reads_a_draft_and_is_told_why() -> None:
    answer = make_draft()
    page = see(make_author(), page_of(answer))
    assert "holds this answer; take it over first." in page
    assert 'name="body"' not in page


def test_the_holder_reads_a_submitted_answer_and_can_take_it_back() -> None:
    answer = make_submission().answer
    page = see(answer.author, page_of(answer))
    assert "You cannot edit here. The answer is" in page
    done(send(answer.author, verb_of(answer, "recall")))
    assert Answer.objects.get(pk=answer.pk).status == Answer.Status.DRAFT


def test_saving_and_submitting_leads_to_the_last_question() -> None:
    answer = make_draft()
    address = done(send(answer.author, page_of(answer), body="HER2 is a protein [^s1].", _submit=""))
    assert address == verb_of(answer, "submit")
    submission_page = done(send(answer.author, address, comment="Please look at the body."))
    submission = Submission.objects.get(answer=answer)
    assert submission_page == page_of(submission)
    assert submission.decisions.get().comment == "Please look at the body."


def test_a_draft_is_given_up_with_a_reason_only() -> None:
    answer = make_draft()
    assert send(answer.author, verb_of(answer, "discard"), reason="  ").status_code == 200
    done(send(answer.author, verb_of(answer, "discard"), reason="A double."))
    assert Answer.objects.get(pk=answer.pk).status == Answer.Status.DISCARDED


def test_a_revision_opens_with_the_published_words() -> None:
    publication = make_publication()
    address = done(send(make_author(), verb_of(publication.question, "start_revision")))
    draft = Answer.objects.get(question=publication.question, status=Answer.Status.DRAFT)
    assert address == page_of(draft)
    assert draft.wording == publication.wording


def test_no_form_goes_through_without_its_token() -> None:
    answer = make_draft()
    client = Client(enforce_csrf_checks=True)
    client.force_login(answer.author)
    for address in (page_of(answer), verb_of(answer, "submit"), "/admin/faq/question/add/"):
        assert client.post(address, {}).status_code == 403


# What entries share


def test_a_topic_is_made_and_changed() -> None:
    author = make_author()
    make_topic("cancer")
    fields = {"slug": "her2-tests", "kind": "test", "parents": ["cancer"], "codes": "ICD-10-CM | C50.-\nMeSH | D1"}
    done(send(author, "/admin/faq/topic/add/", **fields))
    topic = Topic.objects.get(slug="her2-tests")
    assert topic.placements.get().code_lines == ["ICD-10-CM|C50.-", "MeSH|D1"]
    done(send(author, page_of(topic), is_safety="on"))
    topic = Topic.objects.get(slug="her2-tests")
    assert (topic.is_safety, topic.placements.count(), topic.codes.count()) == (True, 1, 0)


def test_other_parents_and_codes_of_a_topic_are_proposed_and_approved() -> None:
    topic = make_topic("her2-tests", parents=[make_topic("cancer").slug], codes=[("MeSH", "D1")])
    author, address = make_author(), f"/admin/faq/topicplacement/add/?topic={topic.pk}"
    assert form_in(see(author, address))["codes"] == "MeSH | D1"
    done(send(author, address, parents=["cancer"], codes="ICD-10-CM | C50.-"))
    placement = TopicPlacement.objects.proposed().get()
    page = see(make_reviewer(), verb_of(placement, "approve_text"))
    assert "<ins>ICD-10-CM|C50.-</ins> (new)" in page
    assert "<del>MeSH|D1</del> (gone)" in page
    assert "Texts awaiting a second person" in see(make_reviewer(), "/admin/")
    done(send(make_reviewer(), verb_of(placement, "approve_text")))
    assert ([str(code) for code in topic.codes.all()], topic.parents.get().slug) == (["ICD-10-CM|C50.-"], "cancer")


def test_a_code_without_a_system_is_refused() -> None:
    refused = send(make_author(), "/admin/faq/topic/add/", slug="t", kind="test", codes="C50")
    assert "is no code" in refused.context["form"].errors["codes"][0]


def test_a_topic_below_itself_is_refused_with_the_form_intact() -> None:
    top = make_topic("top")
    make_topic("child", parents=["top"])
    refused = send(make_author(), f"/admin/faq/topicplacement/add/?topic={top.pk}", parents=["child"], codes="MeSH | D1")
    assert "cannot stand below itself" in " ".join(refusals(refused))
    assert form_in(refused.content.decode())["codes"] == "MeSH | D1"


def test_a_source_is_made_corrected_and_refused() -> None:
    author = make_author()
    done(send(author, "/admin/faq/source/add/", key="nice-1", title="Guideline", year="2025", url="https://nice.example/"))
    source = Source.objects.get(key="nice-1")
    done(send(author, page_of(source), title="Guideline 1"))
    assert Source.objects.get(key="nice-1").title == "Guideline 1"
    refused = send(author, page_of(source), url="nice.example")
    assert "https://" in refused.context["form"].errors["url"][0]


def test_a_name_is_proposed_for_a_topic() -> None:
    topic = make_topic()
    page = send(make_author(), f"/admin/faq/topicname/add/?topic={topic.pk}", language="es", name="HER2", synonyms="her dos\nHer-2")
    name = TopicName.objects.get(language="es")
    assert done(page) == page_of(name)
    assert (name.synonyms, name.approved_at) == (["her dos", "Her-2"], None)


def test_the_next_version_of_a_standing_text_begins_with_the_last() -> None:
    text = make_text(key="held", text="Being checked.")
    reviewer = make_reviewer()
    done(send(reviewer, f"/admin/faq/standingtext/add/?from={text.pk}", text="Still being checked."))
    second = StandingText.objects.get(number=2)
    assert (second.kind, second.key, second.text, second.proposed_by) == ("notice", "held", "Still being checked.", reviewer)


def test_an_advice_card_without_its_level_is_refused_beside_the_field() -> None:
    refused = send(make_author(), "/admin/faq/standingtext/add/", kind="advice_card", key="fever", language="en", text="Call.")
    assert refused.context["form"].errors["level"]


def test_the_cards_to_choose_from_are_those_of_the_language() -> None:
    make_standing_texts("es")
    answer = make_draft()
    make_text(kind="advice_card", key="corazon", language="es", level="urgent", title="Falta de aire", text="Llame.")
    page = see(answer.author, page_of(answer))
    assert 'value="fever"' in page
    assert 'value="corazon"' not in page
