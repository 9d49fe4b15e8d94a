"""Nothing unapproved by any door: a marker word stands wherever people work, and a walk over every public address never meets it.

The walk begins at every path of the API and the pages, follows every address that it finds in JSON, HTML, headers and feeds, asks for each
in every form and with HEAD, and reads the errors too.
"""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from faq import workflow
from faq.models import Answer, EvidenceAlert, Publication, Question, Submission, User
from faq.workflow.readiness_context import readiness_of
from tests.factories import (
    NOW,
    a,
    approve,
    make_draft,
    make_publication,
    make_reviewer,
    make_revision,
    make_source,
    make_submission,
    make_text,
    make_topic,
    make_user,
    waive,
)

pytestmark = pytest.mark.django_db

MARKER = "zebrafinch"
SECRET: dict[str, Any] = {
    "question": f"Is it {MARKER}?",
    "short_answer": f"It is {MARKER}.",
    "body": f"It is {MARKER} [^hidden-source].",
    "phrasings": [f"{MARKER} what"],
    "citations": [{"key": "hidden-source"}],
    "change_note": f"Now {MARKER}.",
}
LINK = re.compile(r'(?:http://testserver|href=")(/[^"\\<>\s]*)')
START = (
    *("/", "/es/", "/developers/", "/api/schema/", "/api/docs/", "/health/live", "/health/ready"),
    *("/api/v1/entries/?audience=any", "/api/v1/topics/", "/api/v1/sources/", "/api/v1/standing-texts/", "/api/v1/changes/?include=entry"),
    *("/api/v1/entries/?q=" + MARKER[:5], "/api/v1/entries/?strange=1", "/api/v1/entries/?page=99", "/api/v1/changes/?since=x"),
    *("/api/v1/entries/withheld/", "/questions/withheld/", f"/search/?q={MARKER[:5]}", "/search/?q=what+is+held"),
    *(f"/api/v1/search/?q={MARKER[:5]}", "/api/v1/search/?q=what+is+held&audience=any"),
    *("/api/v1/entries/?topic=nothing", "/api/v1/entries/?source=nothing", "/api/v1/entries/?language=xx", "/api/v1/nothing/"),
)
HIDDEN = ("hidden-question", "hidden-topic", "hidden-source")
"""What has a public address only once something of it is published."""


def hide_drafts() -> list[Submission]:
    """Bring words with the marker to every state in which nobody but the team may read them; return what was frozen of them."""
    make_source("hidden-source", title=f"On {MARKER}", publisher=MARKER)
    for slug in ("drafted", "submitted", "approved", "scheduled", "sent-back", "given-up"):
        make_publication(slug)
        make_revision(slug, **SECRET)
    frozen = []
    for slug in ("submitted", "approved", "scheduled", "sent-back"):
        submission = make_submission(Answer.objects.get(question__slug=slug, status="draft"))
        frozen.append(submission)
        if slug == "sent-back":
            workflow.request_changes(submission, by=a("reviewer"), at=NOW, comment=f"No {MARKER}.")
        elif slug != "submitted":
            concerns = [each for each in readiness_of(submission, NOW) if each.grade == "concern"]
            approve(submission, waivers=[waive(each.code, each.sentence, f"{MARKER} is fine.") for each in concerns])
    workflow.object(Submission.objects.get(pk=frozen[1].pk), by=a("reviewer"), at=NOW, comment=f"Is {MARKER} right?")
    workflow.schedule(frozen[2], by=a("publisher"), at=NOW, moment=NOW + timedelta(days=300))
    workflow.discard(Answer.objects.get(question__slug="given-up", status="draft"), by=a("author"), at=NOW, reason=f"No {MARKER}.")
    workflow.comment(Answer.objects.get(question__slug="drafted", status="draft"), by=a("author"), at=NOW, text=f"Ask {MARKER}.")
    make_draft("hidden-question", **SECRET)
    return frozen


def hide_the_house() -> None:
    """Put the marker into proposals, topics and sources that no entry in public uses, and the names of people who do not tell theirs."""
    topic = make_topic("hidden-topic", name=MARKER)
    workflow.reclassify(Question.objects.get(slug="hidden-question"), by=a("author"), at=NOW, topics=[topic.slug], related=[])
    workflow.propose(by=a("lead"), at=NOW, topic=make_topic("hearts"), language="en", name=f"Hearts and {MARKER}")
    extra: dict[str, dict[str, Any]] = {"disclaimer": {"placement": "before"}, "advice_card": {"level": "urgent"}}
    for kind in ("disclaimer", "glossary", "notice", "advice_card"):
        workflow.propose(
            kind=kind, key="proposed", language="en", text=f"About {MARKER}.", title=MARKER, by=a("lead"), at=NOW, **extra.get(kind, {})
        )
    ended = make_text(kind="glossary", key="ended", text=f"Once {MARKER}.", title="Ended")
    workflow.end_text(ended, by=a("lead"), at=NOW, comment=MARKER)
    make_reviewer(user=make_user(username=MARKER, last_name=MARKER), register=MARKER, profession="Nurse")


def hide_what_happened() -> None:
    """Put the marker into what people said with decisions about entries in public, and into withheld words."""
    reviewer: User = make_reviewer(user=make_user(username=f"{MARKER}-2", last_name=MARKER))
    held = make_publication("held", topics=["hearts"])
    workflow.hold(held, by=reviewer, at=NOW, comment=f"A reader wrote of {MARKER}.")
    make_source("moved", note=MARKER)
    make_publication("moved", citations=[{"key": "moved"}], body="It is known [^moved].")
    workflow.mark_source(make_source("moved"), by=reviewer, at=NOW, state="superseded", comment=f"{MARKER} says so.")
    workflow.triage_alert(EvidenceAlert.objects.get(), by=reviewer, at=NOW, outcome="minor", note=MARKER)
    withheld = make_publication("withheld", short_answer=f"It was {MARKER}.")
    make_publication("withheld", short_answer="It is not.", change_note="Mended.")
    newest = Publication.objects.current().get(slug="withheld")
    workflow.withdraw(
        newest,
        by=reviewer,
        at=NOW,
        reason="unsafe",
        comment=MARKER,
        notice_text=f"Not yet confirmed: {MARKER}.",
        withhold=[withheld.version],
    )


@pytest.fixture
def frozen() -> list[Submission]:
    """The whole house full of markers; the submissions that are not published."""
    make_topic("hearts")
    found = hide_drafts()
    hide_the_house()
    hide_what_happened()
    make_publication("plain", topics=["hearts"], related=["held"])
    return found


def forms(address: str) -> Iterator[str]:
    yield address
    if re.match(r"/api/v1/entries/[^/?]+/(versions/\d+/)?$", address):
        yield from (f"{address}?format={form}" for form in ("json", "jsonld", "md"))


def test_a_walk_over_every_public_address_never_meets_an_unapproved_word(client: Client, frozen: list[Submission]) -> None:
    waiting, seen, met = [*START], set(), []
    while waiting:
        address = waiting.pop()
        if address in seen or address.startswith(("/static/", "/admin/")):
            continue
        seen.add(address)
        for each in forms(address):
            answer = client.get(each)
            said = f"{answer.headers} {answer.content.decode()}"
            if MARKER in said.replace(MARKER[:5] + '"', "").lower():
                met.append(each)
            assert client.head(each).content == b""
            waiting += LINK.findall(said)
    assert met == []
    assert {"/api/v1/entries/held/", "/questions/held/", "/api/v1/entries/withheld/versions/2/", "/topics/hearts/"} <= seen


def test_what_was_never_published_has_no_address(client: Client, frozen: list[Submission]) -> None:
    addresses = ["entries/hidden-question/", "entries/hidden-question/versions/", "topics/hidden-topic/", "sources/hidden-source/"]
    addresses += [f"hashes/{each.content_hash}/" for each in frozen]
    for address in addresses:
        answer = client.get(f"/api/v1/{address}")
        assert answer.status_code == 404, address
        assert MARKER not in answer.content.decode()
    assert client.get("/questions/hidden-question/").status_code == 404
    assert client.get("/topics/hidden-topic/").status_code == 404


def test_no_filter_tells_what_is_hidden(client: Client, frozen: list[Submission]) -> None:
    for query in (f"q={MARKER}", "topic=hidden-topic", "source=hidden-source"):
        answer = client.get(f"/api/v1/entries/?audience=any&{query}").json()
        assert answer.get("count", 0) == 0, query
