"""Keep a folder of entries in step with a question library, by its change feed. Python 3.11, nothing to install.

    python3 examples/follow.py https://library.example/api/v1/ FOLDER [--once]

FOLDER holds SLUG.json for each entry in force, as GET entries/SLUG/ answers it; an app may read the files at any moment. How it goes:

1. Begin: take the cursor of a list, then read all pages of entries/. Whatever happens meanwhile, the feed tells from that cursor on.
2. Follow: ask changes/?since=CURSOR. By a row's `client_action`, `purge` deletes at once, any other fetches the entry again, and so those
   that tell of it (`related`, `translations`). A standing text (a disclaimer, a notice) stands in every entry of its language.
3. Copy all again where the feed does not say what changed: an entry came that others may have named already; a day began, by which
   reviews fall due; the service was updated. The feed's ETag moves with each of these.
4. Begin anew when the service answers 409: a backup was restored there, and the cursor is of a history that was lost. So too after a
   crash: what was left in the midst is marked as open. What is gone leaves the folder when all the rest is there.
5. Say what to hide when the service was not reached for as many days as an entry allows (`offline_days`).
"""

import argparse
import json
import os
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from http.client import HTTPException
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote, urljoin

Entry = dict[str, Any]
FEED = "changes/?limit=500&since="
HOUR = "%Y-%m-%d %H"  # all is copied once in each, at most, in which anything moved: days begin with an hour in most time zones
PAUSE = 60  # seconds between two rounds: caches may keep answers as long, so asking more often tells little more
WAITS = (0, 1, 4, 15, 60)  # seconds before an address is asked, and asked again where that failed, unless the service names more


class Trouble(Exception):
    """The service cannot be followed right now; says why in plain words."""


class Answer(NamedTuple):
    status: int
    headers: Mapping[str, str]  # by their names in lower case
    body: bytes


Get = Callable[[str, dict[str, str]], Answer]  # asks for an address with headers; OSError where nothing answers


def over_http(url: str, headers: dict[str, str]) -> Answer:
    """Ask once. An error that comes as an answer is an answer."""
    if not url.startswith(("https://", "http://")):
        raise Trouble(f"{url} is no address of a service.")
    try:
        found = urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=30)
    except urllib.error.HTTPError as error:
        found = error
    with found:
        return Answer(found.status, {name.lower(): value for name, value in found.headers.items()}, found.read())


def patiently(get: Get, sleep: Callable[[float], None] = time.sleep) -> Get:
    """Return `get` with patience: it asks again where nothing answers, or the service is busy (429) or ill (5xx), and then gives up."""

    def ask(url: str, headers: dict[str, str]) -> Answer:
        named = ""
        for wait in WAITS:
            sleep(min(max(wait, int(named) if named.isdecimal() else 0), 300))
            try:
                answer = get(url, headers)
                if answer.status != 429 and answer.status < 500:
                    return answer
                reason, named = f"it answers {answer.status}", answer.headers.get("retry-after", "")
            except (OSError, HTTPException) as error:
                reason, named = str(error) or type(error).__name__, ""
        raise Trouble(f"{url} could not be read: {reason}.")

    return ask


class Follower:
    """A folder, and the service that it is kept in step with. `get` asks it (`over_http`), `now` is the clock, in UTC."""

    def __init__(self, api: str, folder: Path, get: Get, now: Callable[[], datetime], say: Callable[[str], object]) -> None:
        self.api, self.folder, self.get, self.now, self.say, self.page_size = api, folder, get, now, say, 100
        self.tags, self.mark = folder / ".tags", folder / ".cursor"
        self.tags.mkdir(parents=True, exist_ok=True)
        for draft in folder.glob(".*.draft"):  # of a crash; it may hold what was taken down since
            draft.unlink()
        # cursor: where to follow from. open: files are being changed. tag, hour: of the feed and the clock before all was copied last.
        self.state: dict[str, Any] = json.loads(self.mark.read_text()) if self.mark.exists() else {"open": True}
        self.just_copied = self.copy_again = False

    @staticmethod
    def write(path: Path, text: str) -> None:
        """Write a file whole or not at all: under another name, down to the disk, then in the place of the old one."""
        draft = path.with_name(f".{path.name}.draft")
        with draft.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)

    def save(self, **changes: Any) -> None:
        """Keep where the folder stands: `open` before the files that it speaks of are touched, all else after them."""
        self.state |= changes
        self.write(self.mark, json.dumps(self.state))

    def ask(self, address: str, *expected: int, tag: str = "") -> Answer:
        """Ask for an address below the API; with the tag of what is here, a 304 says that it is still the same."""
        # Without no-cache a cache on the way could answer with what was so a minute ago, before the change that we are told of.
        headers = {"Accept": "application/json", "Cache-Control": "no-cache"} | ({"If-None-Match": tag} if tag else {})
        answer = self.get(urljoin(self.api, address), headers)
        if answer.status not in (200, *expected):
            raise Trouble(f"{address} answers {answer.status}: {answer.body[:300].decode(errors='replace')}")
        return answer

    def catch_up(self) -> None:
        """Take in all that happened, until the service says that there is no more."""
        try:
            if self.state["open"]:
                self.copy_all()
            while self.take_page():
                pass
        except (KeyError, TypeError, ValueError) as error:
            raise Trouble(f"This is no question library, or something on the way cuts its answers: {error!r} is missing or odd.") from error
        self.just_copied = False
        self.save(open=False, reached=self.now().isoformat())

    def copy_all(self) -> None:
        """Copy every entry. What is here and no more there goes at the end, so that the folder is never half empty."""
        self.save(open=True)
        hour, seen = self.now().strftime(HOUR), set()
        cursor = self.ask("entries/?audience=any&page_size=1").headers["library-cursor"]  # before any row is copied, and so is the tag
        tag = self.ask(FEED + quote(cursor)).headers.get("etag", "")
        address = f"entries/?audience=any&page_size={self.page_size}"
        while address:
            page = json.loads(self.ask(address).body)
            for entry in page["results"]:
                self.store(entry["slug"], entry)
                seen.add(entry["slug"])
            address = page["next"]
        for slug in self.entries().keys() - seen:
            self.purge(slug)
        self.save(cursor=cursor, tag=tag, hour=hour)
        self.just_copied, self.copy_again = True, False

    def take_page(self) -> bool:
        """Take in one page of the feed; return whether to ask for another."""
        answer = self.ask(FEED + quote(self.state["cursor"]), 304, 409, tag=self.state["tag"])
        if answer.status == 304:  # nothing moved since before all was copied, not even the day
            return False
        page = json.loads(answer.body)
        if page.get("results") or page.get("has_more"):
            self.apply(page["results"], page["has_more"])
            self.save(cursor=answer.headers["library-cursor"], tag="")
        elif answer.status == 409 or self.copy_again or self.now().strftime(HOUR) != self.state["hour"]:
            self.copy_all()
        else:
            return False
        return True

    def apply(self, rows: list[Entry], has_more: bool) -> None:
        """Do what the rows of one page say."""
        self.save(open=True)
        languages = {row["standing_text"]["language"] for row in rows if row["kind"] == "standing_text"}
        actions = [(row["slug"], row["client_action"]) for row in rows if row["slug"]]
        for slug in (slug for slug, action in actions if action == "purge"):
            self.purge(slug)
        for slug in dict(actions):  # a purged one too: it may be back by now, or an old version alone was erased
            self.refresh(slug)
        changed = {slug for slug, action in actions if action != "annotate"}
        self.copy_again |= has_more or (self.just_copied and bool(changed))  # far behind; or it moved between the pages of the copy
        if not self.copy_again:
            self.refresh_others(changed, languages)

    def refresh_others(self, changed: set[str], languages: set[str]) -> None:
        """Fetch again what tells of a `changed` entry, and all entries in `languages`."""
        entries = self.entries()
        named = {name for slug in changed & entries.keys() for name in self.names_in(entries[slug])}
        for slug, entry in entries.items():
            if entry["language"] in languages or slug in named or changed & self.names_in(entry):
                self.refresh(slug)

    @staticmethod
    def names_in(entry: Entry) -> set[str]:
        """Return the slugs of the other entries that an entry tells of."""
        return {each["slug"] for each in (*entry["related"], *entry["translations"], entry["translation_of"]) if each}

    def refresh(self, slug: str) -> None:
        """Fetch an entry, if it is another one than here; delete it where the service has it no more."""
        tag, is_here = self.tags / slug, self.path(slug).exists()
        answer = self.ask(f"entries/{slug}/", 304, 404, 410, tag=tag.read_text() if is_here and tag.exists() else "")
        if answer.status == 200:
            self.copy_again |= not is_here  # others may tell of it now
            self.store(slug, json.loads(answer.body), answer.headers.get("etag", ""))
        elif answer.status != 304:
            self.purge(slug)

    def store(self, slug: str, entry: Entry, tag: str = "") -> None:
        """Keep an entry and the tag it came with, so that no tag ever speaks of another text than the one beside it."""
        path, text = self.path(slug), json.dumps(entry, ensure_ascii=False, indent=1)
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            (self.tags / slug).unlink(missing_ok=True)
            self.write(path, text)
            self.say(f"stored {slug}")
        if tag:
            self.write(self.tags / slug, tag)

    def purge(self, slug: str) -> None:
        self.path(slug).unlink(missing_ok=True)
        self.say(f"purged {slug}")

    def path(self, slug: str) -> Path:
        if not slug.replace("-", "").isalnum():  # it becomes the name of a file
            raise Trouble(f"{slug!r} is no name of an entry.")
        return self.folder / f"{slug}.json"

    def entries(self) -> dict[str, Entry]:
        return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(self.folder.glob("[a-z0-9]*.json"))}

    def too_old(self) -> list[str]:
        """Return the entries that an app hides until the service is reached again."""
        away = self.now() - datetime.fromisoformat(self.state.get("reached", "1970-01-01T00:00:00+00:00"))
        return [slug for slug, entry in self.entries().items() if away > timedelta(days=entry.get("offline_days", 7))]


def main() -> int:
    parser = argparse.ArgumentParser(description="Keep a folder of entries in step with a question library.")
    parser.add_argument("api", help="the address of the API, such as https://library.example/api/v1/")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--once", action="store_true", help="catch up once, then end")
    asked = parser.parse_args()
    follower = Follower(asked.api.rstrip("/") + "/", asked.folder, patiently(over_http), lambda: datetime.now(UTC), print)
    while True:
        try:
            follower.catch_up()
            told = []
        except Trouble as trouble:
            told = [str(trouble), *(f"hide {slug}: the service was not reached for too long" for slug in follower.too_old())]
            print(*told, sep="\n", file=sys.stderr)
        if asked.once:
            return 1 if told else 0
        time.sleep(PAUSE)


if __name__ == "__main__":
    sys.exit(main())
