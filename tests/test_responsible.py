"""Who answers for an entry: named when a draft begins, changed by a lead alone, frozen with the words and told wherever they are read."""

import json
from pathlib import Path
from typing import Any

import pytest

from faq import workflow
from faq.content.words import flattened, read_draft
from faq.models import Answer, Edit, Publication, User
from faq.workflow import TransitionRefused, WordsRefused
from faq.workflow.drafts import draft_of
from tests.admin_client import done, page_of, refusals, send
from tests.admin_client import see as see_admin
from tests.browsing import see
from tests.factories import (
    NOW,
    a,
    approve,
    make_author,
    make_draft,
    make_lead,
    make_publication,
    make_revision,
    make_submission,
    make_user,
)
from tests.interchange import Heard, counts, lines, publish, run
from tests.interchange import entry as row
from tests.reading import entry

pytestmark = pytest.mark.django_db
OURS = {"name": "The Centre", "contact": "answers@centre.example"}
THEIRS = {"name": "A Partner", "contact": "https://partner.example/contact"}
REFUSED = "only a lead changes who answers for an entry: ask one, or leave it as it is here"


@pytest.fixture(autouse=True)
def ours(settings: Any) -> None:
    """Let the settings name somebody."""
    name(settings, OURS)


def name(settings: Any, named: dict[str, str]) -> None:
    settings.RESPONSIBLE_NAME, settings.RESPONSIBLE_CONTACT = named["name"], named["contact"]


def named_by(answer: Answer) -> dict[str, str] | None:
    """Return whom a stored draft names."""
    named = draft_of(Answer.objects.get(pk=answer.pk)).provenance.responsible
    return named.model_dump() if named else None


def edit(answer: Answer, by: User, **changes: Any) -> Answer:
    return workflow.edit(answer, by=by, at=NOW, changes=changes)


def refused(answer: Answer, by: User, **changes: Any) -> list[tuple[str, str]]:
    """Return what `edit` refuses, after a look that it left nothing behind."""
    before = Answer.objects.get(pk=answer.pk).words, Edit.objects.count()
    with pytest.raises(WordsRefused) as error:
        edit(answer, by, **changes)
    assert (Answer.objects.get(pk=answer.pk).words, Edit.objects.count()) == before
    return error.value.problems


# When a draft begins.


def test_a_draft_begins_with_whom_the_settings_name() -> None:
    answer = workflow.create_question(slug="her2", language="en", wording="What?", by=a("author"), at=NOW)
    assert named_by(answer) == OURS


def test_where_they_name_nobody_nobody_is_named(settings: Any) -> None:
    name(settings, {"name": "", "contact": ""})
    assert named_by(make_draft()) is None


def test_a_revision_keeps_whom_the_version_before_it_names(settings: Any) -> None:
    make_publication("her2")
    name(settings, THEIRS)
    assert named_by(make_revision("her2")) == OURS


def test_where_that_names_nobody_the_settings_do(settings: Any) -> None:
    name(settings, {"name": "", "contact": ""})
    make_publication("her2")
    name(settings, OURS)
    assert named_by(make_revision("her2")) == OURS


def test_what_begins_anew_after_an_erasure_names_whom_the_settings_name() -> None:
    published = make_publication("her2")
    workflow.withdraw(published, by=a("reviewer"), at=NOW, reason="legal", withhold=[1])
    order = workflow.erase(Publication.objects.get(), by=a("lead"), at=NOW, legal_basis="An order.")
    workflow.confirm_erasure(order, by=a("reviewer"), at=NOW)
    assert named_by(workflow.start_revision(published.question, by=a("author"), at=NOW)) == OURS


def test_an_author_begins_no_draft_with_another() -> None:
    asked: dict[str, Any] = {"slug": "her2", "language": "en", "wording": "What?", "at": NOW, "changes": {"responsible": THEIRS}}
    with pytest.raises(WordsRefused) as error:
        workflow.create_question(by=a("author"), **asked)
    assert error.value.problems == [("responsible", REFUSED)]
    assert named_by(workflow.create_question(by=make_user("author", "lead"), **asked)) == THEIRS


def test_a_draft_of_an_older_release_names_nobody_and_can_be_read() -> None:
    answer = make_draft()
    raw = json.loads(answer.words)
    del raw["provenance"]["responsible"]
    assert read_draft(json.dumps(raw)).provenance.responsible is None
    assert flattened(raw)["responsible"] is None


# Changed by a lead.


@pytest.mark.parametrize("changed", [THEIRS, OURS | {"contact": "elsewhere@centre.example"}, None])
def test_an_author_does_not_change_who_answers(changed: dict[str, str] | None) -> None:
    answer = make_draft()
    assert refused(answer, a("author"), responsible=changed) == [("responsible", REFUSED)]
    assert refused(answer, a("author"), responsible=changed, byline="Somebody") == [("responsible", REFUSED)]


def test_an_author_may_hand_back_what_stands_there() -> None:
    assert named_by(edit(make_draft(), a("author"), responsible=OURS, byline="Somebody")) == OURS


def test_a_lead_changes_it_in_a_draft_that_somebody_else_holds() -> None:
    answer = make_draft()
    assert named_by(edit(answer, a("lead"), responsible=THEIRS)) == THEIRS
    assert Answer.objects.get(pk=answer.pk).author == a("author")


@pytest.mark.parametrize("changes", [{"byline": "Somebody"}, {"byline": "Somebody", "responsible": THEIRS}, {"body": "Other words."}])
def test_a_lead_changes_nothing_else_in_it(changes: dict[str, Any]) -> None:
    answer = make_draft()
    with pytest.raises(TransitionRefused, match="the-author holds this answer; take it over first"):
        edit(answer, a("lead"), **changes)
    assert named_by(answer) == OURS


def test_whoever_holds_the_draft_and_leads_changes_all_of_it() -> None:
    both = make_user("author", "lead")
    assert named_by(edit(make_draft(by=both), both, responsible=THEIRS, byline="Somebody")) == THEIRS


def test_nobody_else_changes_a_draft() -> None:
    for stranger in (make_author(), a("reviewer"), a("publisher")):
        with pytest.raises(TransitionRefused):
            edit(make_draft(), stranger, responsible=THEIRS)


@pytest.mark.parametrize("half", [{"name": "The Centre"}, {"name": "The Centre", "contact": ""}, {"name": "", "contact": "x"}])
def test_a_name_without_a_contact_is_refused(half: dict[str, str]) -> None:
    assert {field.rpartition(".")[0] for field, _ in refused(make_draft(), a("lead"), responsible=half)} == {"responsible"}


def test_a_lead_who_changed_it_wrote_part_of_the_words() -> None:
    submission = make_submission(edit(make_draft(), a("lead"), responsible=THEIRS))
    assert set(submission.editors.values_list("user", flat=True)) == {a("author").pk, a("lead").pk}


# Frozen, and told.


def test_it_is_part_of_what_was_approved_and_stays_with_the_version(settings: Any) -> None:
    make_publication("her2")
    submission = make_submission(edit(make_revision("her2"), a("lead"), responsible=THEIRS))
    approve(submission)
    workflow.publish(submission, by=a("publisher"), at=NOW)
    name(settings, {"name": "Nobody", "contact": "nobody@example.org"})
    assert entry("her2")["provenance"]["responsible"] == THEIRS
    assert entry("her2/versions/1")["provenance"]["responsible"] == OURS


def test_nobody_is_null(settings: Any) -> None:
    name(settings, {"name": "", "contact": ""})
    make_publication("her2")
    assert entry("her2")["provenance"]["responsible"] is None
    assert "answers for this page" not in see("/questions/her2/").text


@pytest.mark.parametrize(
    ("contact", "address"),
    [
        ("answers@centre.example", "mailto:answers@centre.example"),
        ("https://partner.example/contact", "https://partner.example/contact"),
        ("116 123", "tel:116123"),
        ("1 Main Street", None),
        ("answers@centre.example?bcc=all@centre.example", None),
    ],
)
def test_the_page_says_who_answers_and_how_to_reach_them(settings: Any, contact: str, address: str | None) -> None:
    name(settings, {"name": "The <Centre>", "contact": contact})
    make_publication("her2")
    section = see("/questions/her2/").one("section", id="review")
    assert f"The <Centre> answers for this page. Contact: {contact}" in section.text
    assert [link.attributes["href"] for link in section.all("a")][1:] == ([address] if address else [])


def test_it_says_so_in_spanish() -> None:
    make_publication("her2", language="es")
    assert "The Centre responde de esta página. Contacto: answers@centre.example" in see("/es/questions/her2/").text


# In the admin.


def test_an_author_reads_it_in_the_form_and_does_not_change_it_there() -> None:
    answer = make_draft()
    page = see_admin(a("author"), page_of(answer))
    assert 'name="responsible-name" value="The Centre"' in page
    done(send(a("author"), page_of(answer), responsible__name="A Partner", responsible__contact="", byline="Somebody"))
    assert (named_by(answer), draft_of(Answer.objects.get()).provenance.byline) == (OURS, "Somebody")


def test_a_lead_changes_it_there_and_finds_no_other_field() -> None:
    answer = make_draft()
    page = see_admin(a("lead"), page_of(answer))
    assert 'name="body"' not in page
    assert "Save and submit" not in page
    done(send(a("lead"), page_of(answer), responsible__name="A Partner", byline="Somebody"))
    assert named_by(answer) == {**OURS, "name": "A Partner"}
    assert draft_of(Answer.objects.get()).provenance.byline == ""


def test_half_of_it_is_told_beside_its_field() -> None:
    assert refusals(send(a("lead"), page_of(make_draft()), responsible__contact="")) == ["must not be empty"]


# In files.


def imported(tmp_path: Path, *, by: User | None = None, heard: Heard | None = None, **changes: Any) -> dict[str, int]:
    """Import one entry as a draft."""
    return run(lines(tmp_path / "rows.jsonl", [row(**changes)]), by=by, heard=heard)


def lead_importer() -> User:
    return make_user("author", "importer", "publisher", "lead")


def test_a_file_that_names_nobody_leaves_it_to_the_library(tmp_path: Path, settings: Any) -> None:
    assert imported(tmp_path) == counts(created=1)
    assert named_by(Answer.objects.get()) == OURS
    name(settings, THEIRS)
    assert imported(tmp_path) == counts(unchanged=1)
    assert imported(tmp_path, short_answer="Other words.") == counts(new_version=1)
    assert named_by(Answer.objects.get()) == OURS


def test_published_words_are_known_again_whoever_answers_now(tmp_path: Path, settings: Any) -> None:
    path = lines(tmp_path / "rows.jsonl", [row()])
    assert publish(path) == counts(created=1)
    name(settings, THEIRS)
    assert publish(path) == counts(unchanged=1)


@pytest.mark.parametrize("is_there", [False, True])
def test_a_file_that_names_another_needs_a_lead_and_is_refused_before_anything_is_written(tmp_path: Path, is_there: bool) -> None:
    heard = Heard()
    if is_there:
        imported(tmp_path, by=lead_importer())
    by = Answer.objects.get().author if is_there else lead_importer()
    by.groups.remove(by.groups.get(name="lead"))
    assert imported(tmp_path, by=by, heard=heard, responsible=THEIRS) == counts(refused=1)
    assert heard.errors == [f"rows.jsonl:1: responsible: {REFUSED}"]
    by.groups.add(make_lead().groups.get())
    assert imported(tmp_path, by=by, responsible=THEIRS) == (counts(new_version=1) if is_there else counts(created=1))
    assert named_by(Answer.objects.get()) == THEIRS


def test_where_one_entry_names_another_none_of_its_file_is_written(tmp_path: Path) -> None:
    path = lines(tmp_path / "rows.jsonl", [row("one"), row("two", responsible=THEIRS)])
    assert run(path) == counts(refused=1)
    assert not Answer.objects.exists()


def test_a_lead_who_imports_does_not_write_over_somebody_elses_draft(tmp_path: Path) -> None:
    imported(tmp_path)
    heard = Heard()
    assert imported(tmp_path, by=lead_importer(), heard=heard, body="Other words [^s1].") == counts(refused=1)
    assert "importer holds this answer" in heard.errors[0]


def test_a_file_that_says_what_the_library_says_needs_no_lead(tmp_path: Path) -> None:
    assert imported(tmp_path, responsible=OURS) == counts(created=1)


def test_many_that_arrive_reviewed_are_answered_for_too(tmp_path: Path) -> None:
    assert publish(lines(tmp_path / "rows.jsonl", [row("one"), row("two")])) == counts(created=2)
    assert entry("one")["provenance"]["responsible"] == entry("two")["provenance"]["responsible"] == OURS
