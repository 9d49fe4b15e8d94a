"""What `examples/follow.py` does step by step: what it asks for, what it leaves alone, and what it says when it cannot go on."""

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from examples import follow
from examples.follow import Answer, Follower, Get, Trouble, over_http, patiently
from faq import workflow
from faq.models import Publication
from tests.factories import NOW, a, make_publication, make_text
from tests.following import API, Library, service

DAY = timedelta(days=1)


@pytest.fixture
def library(db: None) -> Library:
    return Library()


class Asked:
    """A service that notes what it is asked for and how it answers."""

    def __init__(self, get: Get) -> None:
        self.service, self.log = get, list[tuple[str, int]]()

    def __call__(self, url: str, headers: dict[str, str]) -> Answer:
        answer = self.service(url, headers)
        self.log.append((url.removeprefix(API), answer.status))
        return answer

    def entries(self) -> list[tuple[str, int]]:
        """Return the entries that were asked for one by one, and how that was answered."""
        return [(address.split("/")[1], status) for address, status in self.log if address.startswith("entries/") and "?" not in address]


@pytest.fixture
def asked(library: Library) -> Asked:
    return Asked(service(library))


@pytest.fixture
def follower(library: Library, asked: Asked, tmp_path: Path) -> Follower:
    """A follower that is in step."""
    found = Follower(API, tmp_path / "entries", asked, lambda: library.now, lambda _: None)
    found.catch_up()
    asked.log.clear()
    return found


def publication(slug: str) -> Publication:
    return Publication.objects.current().get(slug=slug)


def files(follower: Follower) -> set[str]:
    return {path.name for path in follower.folder.iterdir() if path.is_file()}


# In step.


def test_each_entry_is_a_file_as_the_service_answers_it(follower: Follower, library: Library) -> None:
    assert files(follower) == {".cursor", "one.json", "three.json", "uno.json"}
    assert json.loads((follower.folder / "one.json").read_text()) == json.loads(library.get(f"{API}entries/one/", {}).body)


def test_nothing_new_is_one_question_that_is_answered_by_304(follower: Follower, asked: Asked) -> None:
    follower.catch_up()
    assert [status for _, status in asked.log] == [304]


def test_what_is_taken_down_is_deleted_before_anything_else_is_asked(follower: Follower, library: Library) -> None:
    workflow.withdraw(publication("three"), by=a("reviewer"), at=NOW, reason="unsafe")

    def look(url: str, headers: dict[str, str]) -> Answer:
        if "changes/" not in url:
            assert not (follower.folder / "three.json").exists()
        return library.get(url, headers)

    follower.get = look
    follower.catch_up()
    assert "three.json" not in files(follower)


def test_of_a_changed_entry_those_that_name_it_are_asked_for_again_and_no_others(follower: Follower, asked: Asked) -> None:
    make_publication("uno", short_answer="HER2 es una proteína.", change_note="Más corto.")
    follower.catch_up()
    assert asked.entries() == [("uno", 200), ("one", 200)]
    asked.log.clear()
    workflow.hold(publication("uno"), by=a("reviewer"), at=NOW, comment="A reader wrote.")
    follower.catch_up()
    assert asked.entries() == [("uno", 200)]


def test_who_has_the_tag_of_an_entry_is_told_that_it_is_the_same(follower: Follower, asked: Asked) -> None:
    for _ in range(2):
        make_text(at=NOW, language="es", key="expired", text="Demasiado antiguo.")
        follower.catch_up()
    assert asked.entries() == [("uno", 200), ("uno", 304)]


def test_a_disclaimer_is_replaced_in_all_entries_of_its_language(follower: Follower, asked: Asked) -> None:
    make_text(at=NOW, kind="disclaimer", key="ask-your-team", placement="after", required=True, text="Ask first.")
    follower.catch_up()
    assert asked.entries() == [("one", 200), ("three", 200)]
    assert all(entry["disclaimers"][-1]["text"] == "Ask first." for entry in follower.entries().values() if entry["language"] == "en")


def test_an_entry_that_comes_is_told_by_those_that_named_it_before(follower: Follower) -> None:
    make_publication("two")
    follower.catch_up()
    assert [each["slug"] for each in follower.entries()["three"]["related"]] == ["two"]


def test_an_entry_that_comes_between_two_pages_of_the_copy_is_told_too(library: Library, tmp_path: Path) -> None:
    pages: list[str] = []

    def get(url: str, headers: dict[str, str]) -> Answer:
        pages.extend([url] if "/entries/?" in url else [])
        if len(pages) == 3 and not Publication.objects.filter(slug="two").exists():
            make_publication("two", question="You?")  # the last of all
        return library.get(url, headers)

    follower = Follower(API, tmp_path, get, lambda: library.now, lambda _: None)
    follower.page_size = 1
    follower.catch_up()
    assert follower.entries() == library.in_force()
    assert [each["slug"] for each in follower.entries()["three"]["related"]] == ["two"]


def test_an_erased_old_version_leaves_the_one_in_force(follower: Follower) -> None:
    make_publication("three", short_answer="HER2 is a protein on cells.", change_note="Shorter.")
    follower.catch_up()
    erasure = workflow.erase(Publication.objects.get(slug="three", version=1), by=a("lead"), at=NOW, legal_basis="GDPR, article 17")
    workflow.confirm_erasure(erasure, by=a("reviewer"), at=NOW)
    follower.catch_up()
    assert follower.entries()["three"]["version"] == 2


def test_a_day_by_which_a_review_falls_due_is_noticed_though_no_row_tells_it(follower: Follower, library: Library) -> None:
    assert follower.entries()["uno"]["review"]["state"] == "current"
    library.now += 6 * DAY
    follower.catch_up()
    assert follower.entries()["uno"]["review"]["state"] == "due"


# What goes wrong.


def test_a_restored_backup_is_copied_anew_and_the_folder_is_never_half_empty(follower: Follower, library: Library) -> None:
    backup = transaction.savepoint()
    make_publication("two")
    follower.catch_up()
    transaction.savepoint_rollback(backup)
    kept = []

    def look(url: str, headers: dict[str, str]) -> Answer:
        kept.append({"one", "three", "two", "uno"} == follower.entries().keys())
        return library.get(url, headers)

    follower.get = look
    follower.catch_up()
    assert follower.entries() == library.in_force()
    assert "two" not in follower.entries()
    assert kept == [*(len(kept) - 1) * [True], False]


def test_what_a_crash_left_half_written_goes_when_the_follower_starts(follower: Follower, library: Library) -> None:
    left = follower.folder / ".three.json.draft"
    left.write_text("{")
    Follower(API, follower.folder, library.get, lambda: library.now, lambda _: None)
    assert not left.exists()


def test_what_was_interrupted_is_copied_anew(follower: Follower, library: Library) -> None:
    make_publication("one", short_answer="HER2 is a protein on cells.", change_note="Shorter.")

    def fails(url: str, headers: dict[str, str]) -> Answer:
        if "uno" in url:
            raise OSError("no route")
        return library.get(url, headers)

    follower.get = patiently(fails, lambda _: None)
    with pytest.raises(Trouble, match=r"entries/uno/ could not be read: no route\."):
        follower.catch_up()
    again = Follower(API, follower.folder, library.get, lambda: library.now, lambda _: None)
    again.catch_up()
    assert again.entries() == library.in_force()


def test_entries_are_to_be_hidden_once_the_service_is_away_for_longer_than_they_allow(follower: Follower, library: Library) -> None:
    entry = follower.entries()["three"]
    (follower.folder / "three.json").write_text(json.dumps(entry | {"offline_days": 1}))
    told: dict[int, list[str]] = {}
    for days in (1, 2, 7, 8):
        follower.now = partial(NOW.__add__, days * DAY)
        told[days] = follower.too_old()
    assert told == {1: [], 2: ["three"], 7: ["three"], 8: ["one", "three", "uno"]}


def test_what_never_was_in_step_is_hidden(library: Library, tmp_path: Path) -> None:
    (tmp_path / "one.json").write_text("{}")
    assert Follower(API, tmp_path, library.get, lambda: NOW, print).too_old() == ["one"]


@pytest.mark.parametrize("answer", [Answer(200, {}, b"{}"), Answer(200, {"library-cursor": "0"}, b"<html>"), Answer(404, {}, b"Nothing.")])
def test_who_is_no_library_is_told_so_in_words(answer: Answer, tmp_path: Path) -> None:
    with pytest.raises(Trouble, match=r"no question library|answers 404: Nothing"):
        Follower(API, tmp_path, lambda *_: answer, lambda: NOW, print).catch_up()


def test_no_slug_leads_out_of_the_folder(tmp_path: Path) -> None:
    with pytest.raises(Trouble, match="no name of an entry"):
        Follower(API, tmp_path, lambda *_: Answer(0, {}, b""), lambda: NOW, print).store("../escaped", {})


# Patience.


def answers(*found: Answer | OSError) -> Get:
    """A service that answers so, one after the other."""
    left = iter(found)

    def get(url: str, headers: dict[str, str]) -> Answer:
        each = next(left)
        if isinstance(each, OSError):
            raise each
        return each

    return get


GOOD = Answer(200, {}, b"{}")


def test_a_service_that_is_busy_is_asked_again_when_it_says() -> None:
    slept: list[float] = []
    busy = [
        Answer(503, {"retry-after": "5"}, b""),
        Answer(429, {"retry-after": "9999"}, b""),
        Answer(500, {"retry-after": "tomorrow"}, b""),
    ]
    assert patiently(answers(OSError("no route"), *busy, GOOD), slept.append)("https://x/", {}) == GOOD
    assert slept == [0, 1, 5, 300, 60]


@pytest.mark.parametrize(("bad", "reason"), [(Answer(502, {}, b""), "it answers 502"), (OSError("no route"), "no route")])
def test_after_a_while_it_gives_up_and_says_why(bad: Answer | OSError, reason: str) -> None:
    with pytest.raises(Trouble, match=rf"^https://x/ could not be read: {reason}\.$"):
        patiently(answers(*[bad] * 5), lambda _: None)("https://x/", {})


class Stub(BaseHTTPRequestHandler):
    """Answers with the status that the path names, and sends back what it was sent."""

    def do_GET(self) -> None:
        body = b"" if self.path == "/304" else json.dumps(dict(self.headers)).encode()
        self.send_response(int(self.path[1:]))
        self.send_header("Library-Cursor", "7-x")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - http.server's name
        """Say nothing."""


@pytest.fixture
def stub() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Stub) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("status", [200, 304, 409, 410, 503])
def test_every_answer_over_http_is_an_answer(stub: str, status: int) -> None:
    answer = over_http(f"{stub}/{status}", {"If-None-Match": '"x"'})
    assert (answer.status, answer.headers["library-cursor"]) == (status, "7-x")
    assert status == 304 or json.loads(answer.body)["If-None-Match"] == '"x"'


def test_the_program_ends_with_1_and_a_reason_where_nothing_answers(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "one.json").write_text("{}")
    monkeypatch.setattr(follow, "WAITS", (0,))
    monkeypatch.setattr("sys.argv", ["follow.py", "http://127.0.0.1:9/api/v1", str(tmp_path), "--once"])
    assert follow.main() == 1
    told = capsys.readouterr().err
    assert "http://127.0.0.1:9/api/v1/entries/?audience=any&page_size=1 could not be read: " in told
    assert "hide one: " in told


def test_only_the_web_is_asked() -> None:
    with pytest.raises(Trouble, match="no address"):
        over_http("file:///etc/passwd", {})
