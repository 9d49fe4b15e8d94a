"""What caches are told, and what a worker keeps: tags, how long an answer keeps, finished answers, and what was counted for them.

A document's tag is the hash of its bytes and of the release. Every other answer has one rule: release, path and query, both heads of
the Ledger, local day. Whatever readers can notice moves the Ledger, so a 304 never stands for an answer that has changed.
"""

import hashlib
import json
import re
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from datetime import datetime, timedelta
from functools import cache
from importlib.metadata import version
from pathlib import Path
from threading import Lock
from typing import Any, Final, NamedTuple, TypeVar

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified

from faq.clock import local_date, start_of_day

LONGEST: Final = 60
"""Seconds that an answer may be reused without asking (API.md): how long a withdrawal may take to reach everybody."""
LONGEST_ERROR: Final = 10
"""Seconds for a 404, 405, 406 or 410, which caches would else keep as long as they like (RFC 9110, 15.1): long enough to break a
flood, short enough that an entry published or restored now is found now."""
VARY: Final = "Accept, Accept-Encoding"
FAQ: Final = Path(__file__).resolve().parent.parent
MAKERS: Final = ("api/*.py", "public/*.py", "content/*.py", "clock.py")
"""The files of the application that shape a document or a list."""
PAGE_MAKERS: Final = (FAQ / "pages", FAQ / "templatetags", FAQ / "locale", FAQ.parent / "templates")
"""The folders whose files shape a page beside them."""
RENDERERS: Final = ("markdown-it-py", "mdit-py-plugins", "nh3")
"""Libraries of which another release may give other HTML."""
CODING: Final = re.compile('(?:--?|;)(?:gzip|br|deflate|zstd)(?="?$)')
"""What proxies add to the tag of what they compress: `"…-gzip"` in Apache and Caddy, `"…--gzip"` in Jetty. Our tags have no hyphen."""
MOST_KEPT: Final = 32_000_000
"""Bytes of finished answers that one worker keeps: a few thousand pages."""
MOST_COUNTS: Final = 500
"""Counts that one worker keeps: lists can be asked for in more combinations of languages and audiences than anybody asks for."""
T = TypeVar("T")


# The release.


@cache
def code_release() -> str:
    files = sorted(path for pattern in MAKERS for path in FAQ.glob(pattern))
    versions = [version(name).encode() for name in RENDERERS]
    return hashlib.sha256(b"\0".join([*(path.read_bytes() for path in files), *versions])).hexdigest()


@cache
def release_with(*shown: Any) -> str:
    return hashlib.sha256(json.dumps([code_release(), *shown]).encode()).hexdigest()[:16]


def release() -> str:
    """Return a fingerprint of the program and of every setting that a document shows; no tag outlives a change to one of them."""
    shown = ("PUBLIC_URL", "LIBRARY_STATUS", "LIBRARY_TIME_ZONE", "REVIEW_DUE_DAYS", "OFFLINE_DAYS")
    return release_with(*(getattr(settings, name) for name in shown))


@cache
def page_release() -> str:
    """Return a fingerprint of what shapes a page beside its document."""
    files = sorted(path for folder in PAGE_MAKERS for path in folder.rglob("*") if path.suffix in {".html", ".mo", ".py"})
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in files)).hexdigest()[:16]


# Tags.


def tag_of(*parts: str) -> str:
    """Return the strong entity tag of an answer that `parts` and the release decide."""
    return f'"{hashlib.sha256(chr(0).join([release(), *parts]).encode()).hexdigest()[:32]}"'


class LibraryState(NamedTuple):
    """What decides, beside the question, an answer made of many rows: the heads of both chains, and the local day.

    Texts, so that they are parts of a tag; `last_sequence` is that of the Change whose hash is `change_head`.
    """

    change_head: str
    decision_head: str
    last_sequence: str
    day: str


def library_state(now: datetime) -> LibraryState:
    """Return the present state. It is read before any row, so a tag or a cursor of it can be too old for the rows, and never too new."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT change_head, decision_head, last_sequence FROM faq_ledger WHERE id = 1")
        change_head, decision_head, last_sequence = cursor.fetchone() or ("", "", 0)
    return LibraryState(change_head, decision_head, str(last_sequence), str(local_date(now)))


def matches(request: HttpRequest, entity_tag: str) -> bool:
    """Whether If-None-Match names the tag, by the weak comparison of RFC 9110, 13.1.2: a proxy that compresses may have weakened it,
    or added how it compressed (`CODING`)."""
    known = request.META.get("HTTP_IF_NONE_MATCH", "")
    return bool(known) and any(CODING.sub("", each.strip().removeprefix("W/")) in (entity_tag, "*") for each in known.split(","))


# How long.


def cache_until(changes_at: datetime | None, now: datetime) -> str:
    """Return the Cache-Control of a good answer, which keeps LONGEST seconds but not past `changes_at`."""
    seconds = LONGEST if changes_at is None else max(0, min(LONGEST, int((changes_at - now).total_seconds())))
    return f"public, max-age={seconds}, must-revalidate"


def end_of_local_day(now: datetime) -> datetime:
    """Return when the local day ends, and with it whatever a list says of review dates."""
    return start_of_day(local_date(now) + timedelta(days=1))


def cache_for_error(status: int) -> str:
    """Return the Cache-Control of an error. A 400 costs no query, and one about a day that has not come turns right at midnight."""
    return f"public, max-age={LONGEST_ERROR}, must-revalidate" if status in {404, 405, 406, 410} else "no-store"


# Finished answers.


class Answer(NamedTuple):
    """A finished answer: its bytes, its headers (the tag among them), and when time alone changes it."""

    body: bytes
    headers: Mapping[str, str]
    changes_at: datetime | None

    def to(self, request: HttpRequest, content_type: str, now: datetime) -> HttpResponse:
        """Return it, or 304 where the client has it already."""
        headers = {**self.headers, "Cache-Control": cache_until(self.changes_at, now)}
        if matches(request, headers["ETag"]):
            return HttpResponseNotModified(headers=headers)
        return HttpResponse(self.body, content_type=content_type, headers=headers)


class Store:
    """Answers by their tags, the least used thrown out first; safe for the threads of a worker. An answer is never changed: its tag is."""

    def __init__(self, most: int) -> None:
        self.most, self.size = most, 0
        self.answers: OrderedDict[str, Answer] = OrderedDict()
        self.lock = Lock()

    def get(self, key: str) -> Answer | None:
        with self.lock:
            if key not in self.answers:
                return None
            self.answers.move_to_end(key)
            return self.answers[key]

    def put(self, key: str, answer: Answer) -> None:
        """Keep an answer; one that is larger than an eighth of the store is not worth all that would go for it."""
        with self.lock:
            if key in self.answers or len(answer.body) > self.most // 8:
                return
            self.answers[key] = answer
            self.size += len(answer.body)
            while self.size > self.most:
                _, gone = self.answers.popitem(last=False)
                self.size -= len(gone.body)

    def clear(self) -> None:
        with self.lock:
            self.answers.clear()
            self.size = 0


STORE: Final = Store(MOST_KEPT)


class StateCounts:
    """What was counted of the library in one state, for pages that differ but count the same; another state forgets it all.

    A count is taken after its state was read, so like a tag it can only be newer than that, and nobody reads an old state again.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self.state: tuple[str, ...] = ()
        self.known: dict[Hashable, Any] = {}
        self.lock = Lock()

    def get(self, state: tuple[str, ...], name: Hashable, count: Callable[[], T]) -> T:
        """Return what `count` gives, as kept under `name` for this `state` or counted now."""
        with self.lock:
            if state == self.state and name in self.known:
                found: T = self.known[name]
                return found
        value = count()
        with self.lock:
            if state != self.state or len(self.known) >= self.most:
                self.state, self.known = state, {}
            self.known[name] = value
        return value


COUNTS: Final = StateCounts(MOST_COUNTS)
