"""Who may import in the admin and how far, and which files are refused there before any work, with what to do instead."""

import gzip
from pathlib import Path
from typing import Any

import pytest

from faq.admin import import_file
from faq.interchange import importing
from faq.interchange.options import Stage
from faq.models import Question
from tests.admin_client import form_in, refusals, see, signed_in
from tests.admin_import import CHOOSE, preview, rows, told, wrongs
from tests.factories import make_author, make_standing_texts, make_user
from tests.interchange import entry, make_importer

pytestmark = pytest.mark.django_db


# Who may, and how far


@pytest.mark.parametrize("roles", [(), ("auditor",), ("publisher",), ("importer",), ("lead",), ("importer", "publisher")])
def test_whom_the_verbs_refuse_is_refused_here(roles: tuple[str, ...]) -> None:
    someone = make_user(*roles)
    address = preview(make_importer(), rows(entry()))
    client = signed_in(someone)
    assert [client.get(CHOOSE).status_code, client.post(CHOOSE, {"stage": "0"}).status_code] == [403, 403]
    assert [client.get(address).status_code, client.post(address).status_code] == [403, 403]
    assert CHOOSE not in client.get("/admin/").content.decode()


def test_the_import_is_linked_where_people_look_for_it() -> None:
    by = make_author()
    assert f'href="{CHOOSE}"' in see(by, "/admin/")
    assert f'href="{CHOOSE}"' in see(by, "/admin/faq/importrun/")
    assert f'href="{CHOOSE}"' not in see(make_user("auditor"), "/admin/faq/importrun/")


def test_an_author_is_offered_drafts_and_review_and_told_why_no_more() -> None:
    page = see(make_author(), CHOOSE)
    assert "Submitted for review here" in page
    assert 'value="2"' not in page
    assert "This needs the role of importer; a lead can give it." in page
    assert "attested_by" not in page


def test_attestation_that_is_switched_off_is_not_offered(settings: Any) -> None:
    settings.ALLOW_ATTESTATION = False
    page = see(make_importer(), CHOOSE)
    assert "Attestation is switched off here; set ALLOW_ATTESTATION to allow it." in page
    assert 'value="3"' not in page


@pytest.mark.parametrize("stage", [Stage.ATTESTED, Stage.PUBLISHED])
def test_what_is_not_offered_is_refused_when_it_is_sent(stage: Stage) -> None:
    said = wrongs(make_author(), rows(entry()), stage=stage)
    assert "This needs the role of importer; a lead can give it." in said[0]


def test_an_importer_who_is_no_publisher_publishes_nothing() -> None:
    by = make_user("author", "importer")
    assert wrongs(by, rows(entry()), stage=Stage.PUBLISHED) == ["This needs the role of publisher; a lead can give it."]
    preview(by, rows(entry()), stage=Stage.ATTESTED)


def test_attestation_switched_off_after_the_preview_is_refused(settings: Any) -> None:
    make_standing_texts()
    by = make_importer()
    address = preview(by, rows(entry()), stage=Stage.PUBLISHED)
    entered = form_in(see(by, address))
    settings.ALLOW_ATTESTATION = False
    assert "Attestation is switched off here" in told(signed_in(by).post(address, entered, follow=True))
    assert not Question.objects.exists()


def test_a_review_is_told_whole_and_lies_behind() -> None:
    by = make_importer()
    assert wrongs(by, rows(entry()), stage=Stage.ATTESTED, document=" ") == ["Without this no review is recorded."]
    said = wrongs(by, rows(entry()), stage=Stage.ATTESTED, attested_on="2999-01-01")
    assert said == ["The review cannot lie in the future; correct its date."]


def test_a_review_named_for_drafts_is_not_dropped_without_a_word() -> None:
    said = wrongs(make_importer(), rows(entry()), attested_by="Somebody")
    assert said == ["You named a review done elsewhere: choose that here, or empty its fields below."]


# Limits


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("rows.jsonl", b"", "This file is empty."),
        ("rows.jsonl", b"\n\n", "There is nothing in this file."),
        ("rows.csv", b"slug,question\n", "is a table, which is only for reading"),
        ("rows.docx", b"PK", "is no folder, .zip of one, .md, .jsonl or .jsonl.gz"),
        ("library.zip", b"PK\x03\x04", "cannot be unpacked"),
        ("rows.jsonl.gz", b"no gzip", "cannot be read"),
        (
            "rows.jsonl.gz",
            gzip.compress(b" " * 21_000_000),
            "Unpacked this file has more than 20 MB. Split it, or bring it in on the server",
        ),
        ("past.jsonl", b'{"record": "history"}\n', "holds a library's whole history"),
        (f"{'a' * 160}.md", b"x", "longer than 150 characters"),
    ],
)
def test_a_file_that_does_not_fit_is_refused_with_what_to_do(name: str, content: bytes, reason: str) -> None:
    assert reason in " ".join(wrongs(make_importer(), content, name))


def test_a_form_without_a_file_asks_for_one() -> None:
    answer = signed_in(make_importer()).post(CHOOSE, {"stage": "0"})
    assert refusals(answer) == ["Choose a file."]


def test_a_file_that_is_too_large_is_refused_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("faq.admin.import_form.LARGEST", 10)
    monkeypatch.setattr("faq.admin.import_form.inspect_file", lambda *_: pytest.fail("it was read"))
    assert wrongs(make_importer(), b"x" * 11) == [
        "This file has more than 10 MB. Split it, or bring it in on the server with manage.py import_entries."
    ]


def test_more_rows_than_one_request_can_do_are_refused_before_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_file, "MOST_STEPS", 3)
    monkeypatch.setattr(importing, "plan_of", lambda *_: pytest.fail("the work began"))
    by = make_importer()
    assert "This file has more than 3 rows" in wrongs(by, rows(*(entry(f"e-{number}") for number in range(4))))[0]
    preview(by, rows(*(entry(f"e-{number}") for number in range(3))))


def test_the_format_s_documentation_names_the_limits() -> None:
    text = (Path(importing.__file__).parent / "FORMAT.md").read_text()
    assert f"one file of up to {import_file.LARGEST // 1_000_000} MB and {import_file.MOST_STEPS} rows" in text


def test_versions_and_translations_count_as_often_as_a_rehearsal_does_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_file, "MOST_STEPS", 4)
    by = make_importer()
    versions = [entry(version=number, body=f"Version {number} [^s1].") for number in (1, 2, 3)]
    assert "counts again" in wrongs(by, rows(*versions))[0]
    translation = entry("que-es", language="es", translation_of={"slug": "what-is-it", "version": 2})
    assert "counts again" in wrongs(by, rows(translation, *versions[:2]))[0]
    preview(by, rows(*versions[:2]))
