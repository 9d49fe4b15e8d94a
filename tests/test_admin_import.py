"""The import in the admin: choose a file, look at what would happen, let it happen; nothing else happens, and nothing happens twice."""

import gzip
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from faq import jobs, workflow
from faq.admin import import_file, imports
from faq.interchange.options import Stage
from faq.models import Answer, ImportFile, ImportRun, Publication, Question, Topic
from tests.admin_client import form_in, page_of, see, signed_in
from tests.admin_import import CHOOSE, press, preview, rows, sizes, told
from tests.factories import make_author, make_draft, make_standing_texts, make_user
from tests.interchange import entry, make_importer

pytestmark = pytest.mark.django_db
ENTRY = b"---\nslug: what-is-it\nquestion: What is it?\nlanguage: en\naudience: patient\norigin: human\n---\nIt is.\n"


# The preview


@pytest.mark.parametrize("stage", list(Stage))
def test_a_preview_changes_nothing(stage: Stage) -> None:
    make_standing_texts()
    by, before = make_importer(), sizes()
    page = see(by, preview(by, rows(entry("one"), entry("two")), stage=stage))
    assert "2 entries will be made" in page
    assert sizes() == before


def test_a_preview_says_how_far_entries_go_and_whose_review_they_rest_on() -> None:
    make_standing_texts()
    by = make_importer()
    assert "1 entry will be made, as drafts of yours." in see(by, preview(by, rows(entry())))
    page = see(by, preview(by, rows(entry()), stage=Stage.PUBLISHED))
    assert "with the review by National Institutes on 2026-01-15 (MedQuAD release 1) recorded, and published" in page


def test_a_preview_counts_what_changes_and_what_stays() -> None:
    by = make_importer()
    press(by, preview(by, rows(entry("same"), entry("other"))))
    page = see(by, preview(by, rows(entry("same"), entry("other", body="New words [^s1]."), entry("new"))))
    assert "1 entry will be made and 1 entry will get new words" in page
    assert "1 entry is here already" in page


def test_a_preview_says_what_the_file_calls_a_draft_and_what_else_it_describes() -> None:
    make_standing_texts()
    by = make_importer()
    topic = {"record": "topic", "slug": "another", "kind": "symptom"}
    page = see(by, preview(by, rows(topic, entry("one"), entry("two") | {"status": "draft"}), stage=Stage.PUBLISHED))
    assert "1 entry that the file calls a draft stays so." in page
    assert "The file describes 1 topic: what the library lacks is made, names and standing texts as proposals." in page


def test_a_preview_names_file_line_field_and_reason_of_every_fault_and_offers_no_import() -> None:
    by = make_importer()
    address = preview(by, rows(entry("good"), entry("bad", audience="everybody"), "{"))
    page = see(by, address)
    assert "<td>rows.jsonl</td><td>2</td><td>audience</td>" in page
    assert "<td>rows.jsonl</td><td>3</td><td>row</td><td>is no JSON" in page
    assert "Nothing can be imported: 2 rows are wrong." in page
    assert 'value="Import"' not in page


def test_what_is_wrong_with_many_rows_is_told_up_to_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "SHOWN", 2)
    by = make_importer()
    page = see(by, preview(by, rows(*["{"] * 5)))
    assert page.count("is no JSON") == 2
    assert "and 3 more" in page


def test_a_preview_shows_what_is_decided_where_rows_differ() -> None:
    by = make_importer()
    other = entry("two", sources=[{"key": "s1", "kind": "web_page", "title": "Another title"}])
    assert "s1 stands otherwise in rows.jsonl:1; that row stays" in see(by, preview(by, rows(entry("one"), other)))


def test_a_preview_escapes_what_the_file_says() -> None:
    by = make_importer()
    page = see(by, preview(by, rows(entry(audience="<script>alert(1)</script>", slug="x"))))
    assert "<script>alert" not in page


# The import


@pytest.mark.parametrize(
    ("stage", "status"),
    [(Stage.DRAFT, "draft"), (Stage.SUBMITTED, "submitted"), (Stage.ATTESTED, "approved"), (Stage.PUBLISHED, "published")],
)
def test_an_import_does_what_the_preview_said(stage: Stage, status: str) -> None:
    make_standing_texts()
    by = make_importer()
    press(by, preview(by, rows(entry("one"), entry("two")), stage=stage))
    answers = Answer.objects.order_by("question__slug")
    assert [(answer.question.slug, answer.status, answer.author) for answer in answers] == [("one", status, by), ("two", status, by)]
    assert ImportRun.objects.get().counts == {"created": 2, "new_version": 0, "unchanged": 0, "refused": 0}
    assert not ImportFile.objects.exists()


def test_an_import_ends_on_the_page_of_its_run_with_links_to_what_was_made() -> None:
    make_standing_texts()
    by = make_importer()
    page = press(by, preview(by, rows(entry("one"), entry("two") | {"status": "draft"}), stage=Stage.PUBLISHED)).content.decode()
    assert page_of(Answer.objects.get(status="draft")) in page
    assert page_of(Publication.objects.get()) in page
    assert "2 made" in page


def test_wrong_rows_are_left_out_where_that_was_asked_and_stay_told_beside_the_run() -> None:
    by = make_importer()
    address = preview(by, rows(entry("good"), entry("bad", audience="everybody")), skip_invalid="on")
    assert "1 row is wrong and left out." in see(by, address)
    press(by, address)
    assert Question.objects.get().slug == "good"
    page = see(make_user("auditor"), page_of(ImportRun.objects.get()))
    assert "<td>rows.jsonl</td><td>2</td><td>audience</td>" in page


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("what-is-it.md", ENTRY),
        ("rows.jsonl.gz", gzip.compress(rows(entry()))),
    ],
)
def test_other_forms_come_in_too(name: str, content: bytes) -> None:
    by = make_importer()
    press(by, preview(by, content, name))
    assert Question.objects.get().slug == "what-is-it"


def test_a_packed_folder_comes_in_with_its_topics() -> None:
    by, packed = make_importer(), BytesIO()
    with ZipFile(packed, "w") as archive:
        archive.writestr("topics.yaml", "- slug: whole\n  kind: condition\n")
        archive.writestr("entries/what-is-it.md", ENTRY.replace(b"origin", b"topics: [whole]\norigin"))
    press(by, preview(by, packed.getvalue(), "library.zip"))
    assert Question.objects.get().slug == "what-is-it"
    assert Topic.objects.get().slug == "whole"


def test_what_somebody_did_between_preview_and_import_stops_it_and_is_shown() -> None:
    by = make_importer()
    address = preview(by, rows(entry("first"), entry("taken")))
    entered = form_in(see(by, address))
    other = make_draft("taken")
    answer = signed_in(by).post(address, entered, follow=True)
    assert imports.CHANGED in told(answer)
    assert f"{other.author} holds this answer; take it over first." in answer.content.decode()
    assert not Question.objects.filter(slug="first").exists()


def test_what_stops_an_import_in_its_middle_is_told_and_the_rest_can_come_later(monkeypatch: pytest.MonkeyPatch) -> None:
    by = make_importer()
    address = preview(by, rows(entry("first"), entry("second"), entry("third")))
    see(by, address)

    def refuse(*arguments: Any, slug: str, **options: Any) -> Any:
        if slug == "second":
            raise workflow.TransitionRefused("Not now.")
        return create(*arguments, slug=slug, **options)

    create = workflow.create_question
    monkeypatch.setattr(workflow, "create_question", refuse)
    entered = {"seen": ImportFile.objects.get().sha256}
    answer = signed_in(by).post(address, entered, follow=True)
    assert imports.STOPPED in told(answer)
    assert "<td>Not now.</td>" in answer.content.decode()
    assert address in answer.content.decode()
    monkeypatch.undo()
    press(by, address)
    assert Question.objects.count() == 3
    assert ImportRun.objects.get().finished_at


# The same bytes, once, by the same person


def test_an_import_is_of_the_previewed_bytes() -> None:
    by = make_importer()
    address = preview(by, rows(entry("seen")))
    ImportFile.objects.update(content=rows(entry("unseen")))
    answer = signed_in(by).post(address, {"seen": ImportFile.objects.get().sha256}, follow=True)
    assert "not the one that the preview showed" in told(answer)
    assert not Question.objects.exists()


def test_a_button_pressed_on_another_preview_imports_nothing() -> None:
    by = make_importer()
    address = preview(by, rows(entry("seen")))
    for seen in ("", "0" * 64, "\x00"):
        assert "not the one that the preview showed" in told(signed_in(by).post(address, {"seen": seen}, follow=True))
    assert not Question.objects.exists()


def test_a_later_choice_replaces_the_file_and_the_earlier_preview_is_gone() -> None:
    by = make_importer()
    first = preview(by, rows(entry("first")))
    entered = form_in(see(by, first))
    preview(by, rows(entry("second")))
    answer = signed_in(by).post(first, entered, follow=True)
    assert imports.GONE in told(answer)
    assert ImportFile.objects.count() == 1
    assert not Question.objects.exists()


def test_a_button_pressed_twice_imports_once() -> None:
    by = make_importer()
    address = preview(by, rows(entry()))
    entered = form_in(see(by, address))
    answers = [signed_in(by).post(address, entered, follow=True) for _ in range(2)]
    assert [told(answer) for answer in answers] == ["Imported.", "This file was imported already."]
    assert answers[0].redirect_chain[-1][0] == answers[1].redirect_chain[-1][0] == page_of(ImportRun.objects.get())


def test_a_button_pressed_while_the_import_runs_does_nothing() -> None:
    by = make_importer()
    address = preview(by, rows(entry()))
    entered = form_in(see(by, address))
    assert import_file.claim(ImportFile.objects.get(), timezone.now())
    assert imports.RUNNING in told(signed_in(by).post(address, entered, follow=True))
    assert not Question.objects.exists()


@pytest.mark.usefixtures("threads_see_it")
def test_two_presses_at_once_import_once() -> None:
    by = make_importer()
    address = preview(by, rows(*(entry(f"e-{number}") for number in range(10))))
    entered = form_in(see(by, address))

    def press_it(_: int) -> str:
        try:
            page = signed_in(by).post(address, entered, follow=True).content.decode()  # what templates were given mixes between threads
            return next(words for words in ("Imported.", imports.RUNNING, "This file was imported already.") if f">{words}<" in page)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        said = list(threads.map(press_it, range(2)))
    assert said.count("Imported.") == 1
    assert ImportRun.objects.get().counts["created"] == 10


def test_an_import_that_was_killed_is_gone_on_with_after_a_while() -> None:
    by = make_importer()
    address = preview(by, rows(entry()))
    assert import_file.claim(ImportFile.objects.get(), timezone.now() - import_file.STALE - timedelta(seconds=1))
    assert "Imported." in told(press(by, address))


def test_an_import_that_lives_is_left_alone() -> None:
    preview(make_importer(), rows(entry()))
    file, at = ImportFile.objects.get(), timezone.now()
    assert import_file.claim(file, at - import_file.STALE * 2)
    import_file.heartbeat(file, at)
    assert not import_file.claim(file, at)


def test_a_long_import_says_that_it_lives(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_file, "STALE", timedelta(0))
    moments: list[Any] = []
    monkeypatch.setattr(import_file, "heartbeat", lambda file, at: moments.append(at))
    by = make_importer()
    press(by, preview(by, rows(entry("one"), entry("two"))))
    assert len(moments) == 2


def test_an_import_that_broke_off_goes_on_under_the_same_run(monkeypatch: pytest.MonkeyPatch) -> None:
    by = make_importer()
    address = preview(by, rows(*(entry(f"e-{number}") for number in range(5))))
    entered = form_in(see(by, address))

    def die(self: imports.ImportReport, done: int, total: int) -> None:
        if done == 3:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(imports.ImportReport, "progress", die)
        with pytest.raises(KeyboardInterrupt):
            signed_in(by).post(address, entered)
    assert Question.objects.count() == 3
    assert "You chose" in see(by, CHOOSE)
    press(by, address)
    run = ImportRun.objects.get()
    assert (run.counts["created"], run.counts["unchanged"], run.finished_at is not None) == (2, 3, True)


def test_nobody_previews_or_imports_another_s_file() -> None:
    by, other = make_importer(), make_author()
    address = preview(by, rows(entry()))
    seen = {"seen": ImportFile.objects.get().sha256}
    assert imports.GONE in told(signed_in(other).get(address, follow=True))
    assert imports.GONE in told(signed_in(other).post(address, seen, follow=True))
    assert not Question.objects.exists()


def test_a_number_that_no_file_has_is_told_to_be_gone() -> None:
    assert imports.GONE in told(signed_in(make_importer()).get(f"{CHOOSE}{'9' * 30}/", follow=True))


def test_a_form_from_elsewhere_is_refused() -> None:
    by = make_importer()
    address = preview(by, rows(entry()))
    client = Client(enforce_csrf_checks=True)
    client.force_login(by)
    assert client.post(CHOOSE, {"stage": "0"}).status_code == 403
    assert client.post(address, {"seen": ImportFile.objects.get().sha256}).status_code == 403
    assert not Question.objects.exists()


# What is left behind


def test_the_clock_throws_a_file_away_after_a_day() -> None:
    by = make_importer()
    preview(by, rows(entry()))
    at = ImportFile.objects.get().made_at
    assert jobs.run(at + timedelta(hours=23))["forgotten"] == 0
    assert jobs.run(at + timedelta(hours=25))["forgotten"] == 1
    assert not ImportFile.objects.exists()


def test_the_kept_file_has_an_admin_page_without_its_content() -> None:
    preview(make_importer(), rows(entry("zebra-slug")))
    page = see(make_user("auditor"), page_of(ImportFile.objects.get()))
    assert "rows.jsonl" in page
    assert "zebra-slug" not in page
