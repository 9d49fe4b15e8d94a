"""Origin moves towards AI only: by whatever way words come in, what an AI wrote at is never a person's alone again."""

from collections.abc import Mapping
from typing import Any

import pytest

from faq import workflow
from faq.models import Answer, Edit, Publication, Question, ReviewDecision, Submission
from faq.workflow import TransitionRefused, WordsRefused
from tests.admin_client import page_of, see, send, verb_of
from tests.factories import (
    NOW,
    a,
    approve,
    make_author,
    make_draft,
    make_publication,
    make_reviewer,
    make_revision,
    make_standing_texts,
    make_submission,
    waive,
)
from tests.interchange import Heard, counts, entry, lines, make_importer, publish, run

pytestmark = pytest.mark.django_db
GENERATOR = {"name": "A model", "generated_on": "2026-01-02"}
BY_AI: Mapping[str, Any] = {"origin": "ai_generated", "generator": GENERATOR}
WHY = "Every sentence was written anew."


def edit(answer: Answer, **changes: Any) -> Answer:
    return workflow.edit(answer, by=answer.author, at=NOW, changes=changes)


def lower(answer: Answer, comment: str = WHY) -> Answer:
    return workflow.lower_origin(answer, by=answer.author, at=NOW, comment=comment)


def discard(answer: Answer) -> Answer:
    return workflow.discard(answer, by=answer.author, at=NOW, reason="Begin again.")


def refused(answer: Answer, **changes: Any) -> str:
    """Return why `edit` refuses the origin, after a look that it left nothing behind."""
    before = Answer.objects.get(pk=answer.pk).words, Edit.objects.count()
    with pytest.raises(WordsRefused) as error:
        edit(answer, **changes)
    assert (Answer.objects.get(pk=answer.pk).words, Edit.objects.count()) == before
    assert [name for name, _ in error.value.problems] == ["origin"]
    return error.value.problems[0][1]


# Within one draft.


@pytest.mark.parametrize("origin", ["ai_assisted", "ai_generated"])
def test_a_draft_of_ai_origin_is_no_persons_any_more(origin: str) -> None:
    assert "cannot be human, for words of this question came from an AI before" in refused(make_draft(origin=origin), origin="human")


def test_an_edit_lowers_nothing_and_says_what_does() -> None:
    assert "“Mark as AI-assisted” in the admin lowers it, with a reason" in refused(make_draft(**BY_AI), origin="ai_assisted")


def test_a_reason_lowers_it_to_ai_assisted_and_no_further() -> None:
    answer = lower(make_draft(**BY_AI))
    decision = ReviewDecision.objects.latest("sequence")
    assert (answer.origin, decision.kind, decision.comment, decision.question) == ("ai_assisted", "lower_origin", WHY, answer.question)
    assert refused(answer, origin="human").endswith(": say ai_assisted")


def test_what_rose_again_takes_another_reason() -> None:
    answer = edit(lower(make_draft(**BY_AI)), origin="ai_generated")
    assert refused(answer, origin="ai_assisted")
    assert lower(answer, "Written anew once more.").origin == "ai_assisted"


def test_it_is_lowered_with_a_reason_by_the_holder_in_draft_and_only_from_ai_generated() -> None:
    answer = make_draft(**BY_AI)
    with pytest.raises(TransitionRefused, match="Say what people did to these words"):
        lower(answer, " ")
    with pytest.raises(TransitionRefused, match="take it over first"):
        workflow.lower_origin(answer, by=make_author(), at=NOW, comment=WHY)
    with pytest.raises(TransitionRefused, match="only ai_generated can be lowered"):
        lower(make_draft())
    make_submission(answer)
    with pytest.raises(TransitionRefused, match="this needs draft"):
        lower(answer)


def test_whoever_lowered_it_wrote_at_the_words() -> None:
    answer, other = make_draft(**BY_AI), make_reviewer(user=make_author())
    answer = workflow.take_over(answer, by=other, at=NOW)
    submission = make_submission(lower(answer))
    with pytest.raises(TransitionRefused, match="a second person must decide"):
        approve(submission, by=other)


# From one draft or version to the next.


def test_a_revision_keeps_what_the_version_said() -> None:
    make_publication("her2", **BY_AI)
    assert refused(make_revision("her2"), origin="human")


def test_a_draft_that_was_given_up_counts_for_words_typed_anew() -> None:
    make_publication("her2")
    discard(make_revision("her2", **BY_AI))
    answer = workflow.start_revision(Question.objects.get(slug="her2"), by=a("author"), at=NOW)
    assert answer.origin == "ai_generated"
    assert refused(answer, origin="human")


def test_it_counts_where_nothing_was_ever_published() -> None:
    question = discard(make_draft(**BY_AI)).question
    assert workflow.start_revision(question, by=a("author"), at=NOW).origin == "ai_generated"


def test_after_a_reason_the_next_revision_begins_ai_assisted() -> None:
    make_publication("her2", **BY_AI)
    submission = make_submission(lower(make_revision("her2")))
    approve(submission, waivers=[waive("origin-lowered", "Version 1: ai_generated")])
    workflow.publish(submission, by=a("publisher"), at=NOW)
    assert make_revision("her2").origin == "ai_assisted"


def test_a_reason_for_a_draft_given_up_does_not_lower_the_version() -> None:
    make_publication("her2", **BY_AI)
    discard(lower(make_revision("her2")))
    assert make_revision("her2").origin == "ai_generated"


def test_an_erased_text_still_counts() -> None:
    version = make_publication("her2", **BY_AI)
    workflow.withdraw(version, by=a("reviewer"), at=NOW, reason="legal")
    order = workflow.erase(Publication.objects.get(), by=a("lead"), at=NOW, legal_basis="A court's order.")
    workflow.confirm_erasure(order, by=a("reviewer"), at=NOW)
    assert workflow.start_revision(version.question, by=a("author"), at=NOW).origin == "ai_generated"


def test_no_human_version_is_restored_over_one_of_ai_origin() -> None:
    make_publication("her2")
    make_publication("her2", **BY_AI)
    first = Publication.objects.get(version=1)
    with pytest.raises(TransitionRefused, match="a version of AI origin came after it"):
        workflow.restore(first, by=a("reviewer"), at=NOW, comment="It was better.")
    assert "restore" not in {rule.verb for rule in workflow.available(first, a("reviewer"))}


def test_a_human_version_is_restored_where_an_ai_only_wrote_a_draft() -> None:
    make_publication("her2")
    make_publication("her2")
    discard(make_revision("her2", **BY_AI))
    restored = workflow.restore(Publication.objects.get(version=1), by=a("reviewer"), at=NOW, comment="It was better.")
    assert (restored.version, restored.origin) == (3, "human")
    assert make_revision("her2").origin == "ai_generated"


def test_an_ai_assisted_version_is_restored_with_its_reason_and_the_next_draft_says_ai_generated() -> None:
    make_publication("her2", origin="ai_assisted", generator=GENERATOR)
    make_publication("her2", **BY_AI)
    restored = workflow.restore(Publication.objects.get(version=1), by=a("reviewer"), at=NOW, comment="It was better.")
    assert restored.origin == "ai_assisted"
    assert make_revision("her2").origin == "ai_generated"


# Translations.


def translation_of(original: Publication, **changes: Any) -> Answer:
    make_standing_texts("es")
    return make_draft(f"{original.slug}-es", language="es", translation_of={"slug": original.slug, "version": original.version}, **changes)


def test_a_translation_says_at_least_what_its_original_says() -> None:
    original = make_publication("her2", **BY_AI)
    with pytest.raises(WordsRefused, match="her2 version 1, which this translates, came from an AI: say ai_generated"):
        translation_of(original)
    empty = Answer.objects.get(question__slug="her2-es")
    assert "say ai_generated" in refused(empty, origin="ai_assisted", translation_of={"slug": "her2", "version": 1})


def test_a_reason_for_the_translation_lowers_it() -> None:
    answer = lower(translation_of(make_publication("her2", **BY_AI), **BY_AI))
    approve(make_submission(answer))
    workflow.publish(Submission.objects.get(answer=answer), by=a("publisher"), at=NOW)
    assert Publication.objects.get(slug="her2-es").origin == "ai_assisted"


def test_a_translation_is_made_with_the_origin_of_its_original() -> None:
    make_publication("her2", **BY_AI)
    asked: dict[str, Any] = {"slug": "her2-es", "language": "es", "wording": "¿Qué es?", "by": a("author"), "at": NOW}
    of = {"translation_of": {"slug": "her2", "version": 1}}
    with pytest.raises(WordsRefused, match="cannot be human"):
        workflow.create_question(**asked, changes=of)
    assert workflow.create_question(**asked, changes=of | {"origin": "ai_generated"}).origin == "ai_generated"


def test_an_original_that_is_published_later_is_asked_about_again() -> None:
    waits = make_submission(make_draft("her2", **BY_AI))
    made: dict[str, Any] = {"language": "es", "translation_of": {"slug": "her2", "version": 1}}
    draft, approved = make_draft("uno-es", **made), make_submission(make_draft("dos-es", **made))
    approve(waits)
    approve(approved)
    workflow.publish(waits, by=a("publisher"), at=NOW)
    with pytest.raises(WordsRefused, match="cannot be human"):
        make_submission(draft)
    with pytest.raises(TransitionRefused, match="The origin cannot be human"):
        workflow.publish(approved, by=a("publisher"), at=NOW)


# Files.


def test_a_file_lowers_nothing(tmp_path: Any) -> None:
    make_publication("her2", **BY_AI)
    for origin in ("human", "ai_assisted"):
        heard = Heard()
        assert run(lines(tmp_path / "rows.jsonl", [entry("her2", origin=origin)]), heard=heard) == counts(refused=1)
        assert heard.errors[0].startswith(f"rows.jsonl:1: origin: cannot be {origin}, for words of this question came from an AI before")
    assert Answer.objects.count() == 1


def test_a_file_lowers_no_draft_either(tmp_path: Any) -> None:
    make_draft("her2", **BY_AI)
    heard, path = Heard(), lines(tmp_path / "rows.jsonl", [entry("her2"), entry("another")])
    author = a("author")
    author.groups.set(make_importer().groups.all())
    assert run(path, by=author, heard=heard) == counts(refused=1)
    assert "cannot be human" in heard.errors[0]
    assert not Question.objects.filter(slug="another").exists(), "known before anything is written"


def test_a_human_translation_of_a_text_of_ai_origin_does_not_come_in(tmp_path: Any) -> None:
    make_standing_texts("es")
    make_publication("her2", **BY_AI)
    heard = Heard()
    row = entry("her2-es", language="es", translation_of={"slug": "her2", "version": 1})
    path = lines(tmp_path / "rows.jsonl", [entry("another"), row])
    for bring in (run, publish):
        assert bring(path, heard=heard) == counts(refused=1)
        assert "her2 version 1, which this translates, came from an AI" in heard.errors.pop()
    assert not Question.objects.filter(slug="another").exists(), "known before anything is written"
    assert publish(path, heard=heard, skip_invalid=True) == counts(created=1, refused=1)


def test_the_same_words_again_are_unchanged_whatever_came_of_their_original(tmp_path: Any) -> None:
    make_standing_texts("es")
    path = lines(tmp_path / "rows.jsonl", [entry("her2-es", language="es", translation_of={"slug": "her2", "version": 1})])
    assert run(path) == counts(created=1)
    make_publication("her2", **BY_AI)
    assert run(path) == counts(unchanged=1)


# The admin.


def test_the_form_says_beside_the_field_what_to_do() -> None:
    answer = make_draft(**BY_AI)
    page = send(answer.author, page_of(answer), origin="human").content.decode()
    row = page.split("field-origin")[1].split("</select>")[0]
    assert "cannot be human" in row
    assert "Mark as AI-assisted" in row
    assert Answer.objects.get().origin == "ai_generated"


def test_the_reviewer_reads_the_reason_beside_the_words_and_where_they_approve() -> None:
    answer = make_draft(**BY_AI)
    assert "Mark as AI-assisted" in see(answer.author, page_of(answer))
    send(answer.author, verb_of(answer, "lower_origin"), comment=WHY)
    submission = make_submission(Answer.objects.get())
    assert submission.origin == "ai_assisted"
    for address in (page_of(submission), verb_of(submission, "approve")):
        assert f"marked as AI-assisted by {answer.author} on " in (page := see(a("reviewer"), address))
        assert f"<q>{WHY}</q>" in page
