"""What caches are told: tags, how long an answer keeps, and what it varies with.

A tag covers everything that can make the answer another one: words, State, standing texts, neighbours, the review date that
passes by itself, the form, and this program. So a 304 never stands for an answer that has changed.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.http import parse_etags
from rest_framework.request import Request
from rest_framework.response import Response

from faq.clock import next_flip
from faq.representations.assembly import Entry, annotation

LONGEST: Final = 60
"""Seconds that an answer may be reused without asking (API.md): how long a withdrawal may take to reach everybody."""
LONGEST_ERROR: Final = 10
"""Seconds for a 404, 405, 406 or 410, which caches would else keep as long as they like (RFC 9110, 15.1): long enough to break a
flood, short enough that an entry published or restored now is found now."""
VARY: Final = "Accept, Accept-Encoding"
FAQ: Final = Path(__file__).resolve().parent.parent
MAKERS: Final = ("api/*.py", "representations/*.py", "payload.py", "state.py", "clock.py")
"""The files of the application that shape an answer."""


@cache
def release() -> str:
    """Return a fingerprint of MAKERS, so that no tag outlives a change to the program."""
    files = sorted(path for pattern in MAKERS for path in FAQ.glob(pattern))
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in files)).hexdigest()


def tag(*parts: Any) -> str:
    """Return a strong entity tag over `parts` (JSON values) and over what shapes every answer."""
    everything = [release(), settings.LIBRARY_STATUS, settings.PUBLIC_URL, *parts]
    return f'"{hashlib.sha256(json.dumps(everything).encode()).hexdigest()[:32]}"'


def entry_tag(entry: Entry, form: str) -> str:
    """Return the tag of one entry in one form."""
    shown, publication = entry.shown, entry.shown.publication
    return tag(
        form,
        publication.slug,
        publication.version,
        publication.content_hash,
        publication.renderer_version,
        publication.last_change_id,
        annotation(publication, "standing_sequence"),
        shown.status,
        shown.review_state,
        shown.newest_version,
        [(each.slug, each.wording) for each in entry.related],
        [(each.slug, each.version, each.language, is_behind) for each, is_behind in entry.translations],
    )


def entry_flip(entry: Entry, now: datetime) -> datetime | None:
    """Return when time alone changes the answer: never once the version, or the moment asked for, has passed."""
    is_present = entry.shown.ended_at is None and entry.shown.at >= now
    return next_flip(entry.shown.state.next_review_due_on, now) if is_present else None


def until(flip: datetime | None, now: datetime) -> str:
    """Return the Cache-Control of a good answer, which keeps LONGEST seconds but not past `flip`."""
    seconds = LONGEST if flip is None else max(0, min(LONGEST, int((flip - now).total_seconds())))
    return f"public, max-age={seconds}, must-revalidate"


def of_status(status: int) -> str:
    """Return the Cache-Control of an error. A 400 costs no query, and one about a day that has not come turns right at midnight."""
    return f"public, max-age={LONGEST_ERROR}, must-revalidate" if status in {404, 405, 406, 410} else "no-store"


def conditional(request: Request, entity_tag: str, headers: Mapping[str, str], body: Callable[[], Any]) -> HttpResponse | Response:
    """Return 304 where the client has the answer already, else `body()`; both with the tag, `headers` and Vary."""
    both = {**headers, "ETag": entity_tag, "Vary": VARY}
    if is_known(request, entity_tag):
        return HttpResponseNotModified(headers=both)
    return Response(body(), headers=both)


def is_known(request: Request | HttpRequest, entity_tag: str) -> bool:
    """Whether If-None-Match names the tag, by the weak comparison of RFC 9110, 13.1.2: a proxy that compresses may have weakened it."""
    known = parse_etags(request.headers.get("If-None-Match", ""))
    return "*" in known or entity_tag in {each.removeprefix("W/") for each in known}
