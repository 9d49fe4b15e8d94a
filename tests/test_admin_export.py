"""The chosen questions can be taken away as files by whoever sees the list, drafts by whoever sees drafts, and nothing changes."""

import csv
import io
import json
from typing import Any
from zipfile import ZipFile

import pytest
from django.apps import apps
from django.utils import timezone

from faq import workflow
from faq.admin.exporting import NOTHING
from faq.admin.library import AnswerAdmin
from faq.clock import local_date
from faq.models import Question, User
from tests.admin_client import see, signed_in
from tests.factories import PASSWORD, a, make_author, make_draft, make_publication, make_reviewer, make_revision, make_user

pytestmark = pytest.mark.django_db
LIST = "/admin/faq/question/"


def ask(user: User, action: str, *chosen: Question, address: str = LIST, across: bool = False, **options: Any) -> Any:
    """Choose rows of the list and start an action."""
    keys = {"_selected_action": [question.pk for question in chosen], "select_across": "1" if across else "0", "index": "0"}
    return signed_in(user).post(address, {"action": action} | keys, **options)


def sent(answer: Any) -> bytes:
    """Return the file of an answer."""
    assert answer.status_code == 200, answer
    return b"".join(answer.streaming_content)


def rows(answer: Any) -> list[dict[str, Any]]:
    """Return the rows of entries among JSON Lines."""
    found = [json.loads(line) for line in sent(answer).decode().splitlines()]
    return [row for row in found if "record" not in row]


def test_the_list_offers_the_three_forms() -> None:
    make_draft()
    page = see(make_reviewer(), LIST)
    for label in ("Export as folder (zip)", "Export as JSON Lines", "Export as table (CSV)"):
        assert f">{label}</option>" in page


def test_a_folder_of_the_chosen_is_packed() -> None:
    one, _ = make_publication("one").question, make_publication("two")
    answer = ask(make_author(), "export_folder", one)
    names = ZipFile(io.BytesIO(sent(answer))).namelist()
    assert names == ["entries/one.md", "sources.yaml", "topics.yaml"]
    assert answer.headers["Content-Disposition"] == f'attachment; filename="questions-{local_date(timezone.now())}.zip"'


def test_the_chosen_come_as_json_lines() -> None:
    one, _ = make_publication("one").question, make_publication("two")
    answer = ask(make_author(), "export_json_lines", one)
    assert [row["slug"] for row in rows(answer)] == ["one"]
    assert answer.headers["Content-Disposition"].endswith('.jsonl"')


def test_the_chosen_come_as_a_table() -> None:
    one, _ = make_publication("one", question='=HYPERLINK("https://evil.example")').question, make_publication("two")
    answer = ask(make_author(), "export_table", one)
    [line] = csv.DictReader(io.StringIO(sent(answer).decode("utf-8-sig")))
    assert (line["slug"], line["question"]) == ("one", '\'=HYPERLINK("https://evil.example")')
    assert answer.headers["Content-Type"] == "text/csv"


def test_all_pages_can_be_chosen_at_once_within_a_search() -> None:
    drafts = [make_draft(f"found-{number}") for number in range(55)] + [make_draft("other")]
    answer = ask(make_author(), "export_json_lines", drafts[0].question, address=f"{LIST}?q=found", across=True)
    assert {row["slug"] for row in rows(answer)} == {f"found-{number}" for number in range(55)}


@pytest.mark.parametrize("action", ["export_folder", "export_json_lines", "export_table"])
def test_drafts_are_for_those_who_see_drafts(action: str, monkeypatch: pytest.MonkeyPatch) -> None:
    one = make_publication("one").question
    make_revision("one", body="zebrafinch-draft [^s1].", short_answer="zebrafinch-draft")
    assert holds(sent(ask(make_reviewer(), action, one)), "zebrafinch")
    monkeypatch.setattr(AnswerAdmin, "has_view_permission", lambda *arguments: False)
    assert not holds(sent(ask(make_reviewer(), action, one)), "zebrafinch")


def holds(raw: bytes, word: str) -> bool:
    """Return whether a file, unpacked, holds a word."""
    if not raw.startswith(b"PK"):
        return word.encode() in raw
    archive = ZipFile(io.BytesIO(raw))
    return any(word.encode() in archive.read(name) for name in archive.namelist())


def test_nothing_is_written_to_the_library() -> None:
    one = make_publication("one").question
    user = make_author()
    client = signed_in(user)  # signing in is noted
    before = {model: list(model._default_manager.order_by("pk").values()) for model in apps.get_models()}
    sent(client.post(LIST, {"action": "export_folder", "index": "0", "_selected_action": [one.pk]}))
    assert {model: list(model._default_manager.order_by("pk").values()) for model in apps.get_models()} == before


def test_choosing_none_says_so() -> None:
    make_draft()
    answer = ask(make_author(), "export_table", follow=True)
    assert "Items must be selected" in answer.content.decode()


def test_what_was_taken_down_is_no_export() -> None:
    gone = make_publication("gone")
    workflow.withdraw(gone, by=a("reviewer"), at=timezone.now(), reason="unsafe")
    answer = ask(make_author(), "export_folder", gone.question, follow=True)
    assert NOTHING in answer.content.decode()


def test_an_export_that_is_refused_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("faq.interchange.zipfiles.MOST_FILES", 1)
    answer = ask(make_author(), "export_folder", make_publication("one").question, follow=True)
    assert "The export has more than 1 files; split it, or use JSON Lines." in answer.content.decode()


def test_nothing_stays_on_the_disk(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    answer = ask(make_author(), "export_folder", make_publication("one").question)
    assert list(tmp_path.iterdir()) == []
    assert sent(answer).startswith(b"PK")


def test_strangers_get_no_file() -> None:
    one = make_publication("one").question
    for stranger in (make_user(), User.objects.create_user("reader", password=PASSWORD)):
        answer = ask(stranger, "export_json_lines", one)
        assert answer.status_code in (302, 403)
        assert not answer.streaming


def test_an_export_by_get_or_from_another_site_is_none() -> None:
    one = make_publication("one").question
    author = make_author()
    assert not signed_in(author).get(f"{LIST}?action=export_folder&_selected_action={one.pk}").streaming
    forged = signed_in(author, enforce_csrf_checks=True).post(LIST, {"action": "export_folder", "index": "0", "_selected_action": [one.pk]})
    assert forged.status_code == 403
