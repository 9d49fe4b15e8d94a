"""A small library in which things happen, and a follower of it that can be interrupted at any call and at any file."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final
from unittest import mock

from django.db import transaction
from django.test import Client

from examples.follow import Answer, Follower, Get
from faq import jobs, workflow
from faq.models import Erasure, Publication, Question, Source, StandingText
from faq.models.answers import OPEN
from tests.factories import (
    NOW,
    a,
    approve,
    make_draft,
    make_publication,
    make_reviewer,
    make_revision,
    make_standing_texts,
    make_submission,
    make_text,
    make_topic,
    make_user,
    words,
)

API: Final = "http://testserver/api/v1/"
SLUGS: Final = ("one", "two", "three", "uno", "dos")
LANGUAGES: Final = {"uno": "es", "dos": "es"}
"""Those that are not in English; they may be translations of `one`."""
TOPICS: Final = ("hearts", "fading")
WORDINGS: Final = ("Aches?", "May it grow?", "Who asks?")
"""First, in the middle and last in a list: a new version moves."""
HAPPENINGS: Final = (
    *("publish",) * 5,
    *("withdraw", "restore") * 3,
    *("reclassify", "change_text", "erase") * 2,
    *("confirm", "hold", "release", "reaffirm", "mark_source", "pass_time"),
)
"""What happens, as often as it is worth it."""
Happening = tuple[str, int]


class Library:
    """A library, its clock, and what may happen in it; whatever the workflow refuses does not happen.

    It begins with `one`, which relates to others that are still to come, its translation `uno`, and `three`, which expires.
    """

    def __init__(self) -> None:
        self.now = NOW
        self.client = Client(raise_request_exception=False)  # one for all, for it takes longer to make than to answer
        for language in ("en", "es"):
            make_standing_texts(language)
        for slug in TOPICS:
            make_topic(slug, may_expire=slug == "fading")
        self.other = make_reviewer(user=make_user(username="second"))
        make_publication("one", related=["two", "three", "dos"], review_in_days=40)
        make_publication("uno", language="es", translation_of={"slug": "one", "version": 1}, related=["one"], review_in_days=35)
        self.bring(make_draft("three", topics=["fading"], related=["two"]), 9)

    def get(self, url: str, headers: dict[str, str]) -> Answer:
        """Answer as the service does at the library's moment."""
        with mock.patch("django.utils.timezone.now", return_value=self.now):
            found = self.client.get(url.removeprefix("http://testserver"), headers=headers)
        return Answer(found.status_code, {name.lower(): value for name, value in found.headers.items()}, found.content)

    def in_force(self) -> dict[str, Any]:
        """Return what the service answers for each entry in force, by slug."""
        listed = json.loads(self.get("/api/v1/entries/?audience=any&page_size=100", {}).body)["results"]
        return {row["slug"]: json.loads(self.get(f"/api/v1/entries/{row['slug']}/", {}).body) for row in listed}

    def happens(self, name: str, place: int) -> None:
        """Let one of HAPPENINGS happen to what `place` chooses."""
        try:
            with transaction.atomic():
                getattr(self, name)(place)
        except (workflow.TransitionRefused, workflow.WordsRefused):
            return

    @staticmethod
    def pick(rows: Any, place: int) -> Any:
        """Return one of the rows; where there is none, refuse as the workflow would."""
        found = list(rows.order_by("-pk"))
        if not found:
            raise workflow.TransitionRefused("There is none.")
        return found[place % len(found)]

    def publish(self, place: int) -> None:
        slug = SLUGS[place % len(SLUGS)]
        changes = words(question=WORDINGS[place % len(WORDINGS)], change_note=f"As of {self.now}, {place}.")
        if slug in LANGUAGES:
            translated = self.pick(Publication.objects.filter(slug="one"), place)
            changes["translation_of"] = {"slug": "one", "version": translated.version} if place % 4 else None
        question = Question.objects.filter(slug=slug).first()
        if question is None:
            answer = make_draft(slug, at=self.now, language=LANGUAGES.get(slug, "en"), **changes)
        else:
            for left in question.answers.filter(status__in=OPEN):
                workflow.discard(left, by=a("author"), at=self.now, reason="Another one.")
            answer = make_revision(slug, at=self.now, **changes)
        self.bring(answer, 1 + place % 7 * 6)

    def bring(self, answer: Any, days: int) -> None:
        """Bring out a draft that is looked at again, or expires if its topics let it, in so many days."""
        submission = make_submission(answer, at=self.now)
        day = self.now.date() + timedelta(days=days)
        fades = submission.question.topics.filter(may_expire=True).exists()
        approve(submission, at=self.now, next_review_due_on=day, expires_on=day if fades else None)
        workflow.publish(submission, by=a("publisher"), at=self.now)

    def withdraw(self, place: int) -> None:
        publication = self.pick(Publication.objects.current(), place)
        others = Publication.objects.current().exclude(slug=publication.slug)
        replacement = others[0].slug if place % 2 and others else ""
        withhold = [publication.version] if place % 5 == 0 else []
        workflow.withdraw(publication, by=a("reviewer"), at=self.now, reason="unsafe", replacement=replacement, withhold=withhold)

    def restore(self, place: int) -> None:
        ended = Publication.objects.exclude(status="current").filter(is_withheld=False)
        workflow.restore(self.pick(ended, place), by=a("reviewer"), at=self.now, comment="The new one was wrong.")

    def confirm(self, place: int) -> None:
        workflow.confirm(self.pick(Publication.objects.unconfirmed(), place), by=self.other, at=self.now)

    def hold(self, place: int) -> None:
        workflow.hold(self.pick(Publication.objects.current(), place), by=a("reviewer"), at=self.now, comment="A reader wrote.")

    def release(self, place: int) -> None:
        workflow.release(self.pick(Publication.objects.filter(is_held=True), place), by=a("reviewer"), at=self.now, comment="It is right.")

    def reaffirm(self, place: int) -> None:
        publication = self.pick(Publication.objects.current().filter(expires_on=None), place)
        due = self.now.date() + timedelta(days=20 + place)
        workflow.reaffirm({publication.pk: publication.content_hash}, by=a("reviewer"), at=self.now, next_review_due_on=due)

    def erase(self, place: int) -> None:
        publication = self.pick(Publication.objects.exclude(status="current").filter(is_erased=False), place)
        workflow.erase(publication, by=a("lead"), at=self.now, legal_basis="GDPR, article 17")
        workflow.confirm_erasure(self.pick(Erasure.objects.filter(confirmed_at=None), 0), by=a("reviewer"), at=self.now)

    def reclassify(self, place: int) -> None:
        question = self.pick(Question.objects.all(), place)
        known = [slug for slug in SLUGS if Question.objects.filter(slug=slug).exists()]
        related = [slug for number, slug in enumerate(known) if place >> number & 1]
        workflow.reclassify(question, by=a("author"), at=self.now, topics=TOPICS[: place % 3], related=related)

    def change_text(self, place: int) -> None:
        kinds = [StandingText.Kind.DISCLAIMER, StandingText.Kind.NOTICE][: 1 + place % 2]
        old = self.pick(StandingText.objects.in_force(self.now).filter(kind__in=kinds), place)
        names = ("kind", "key", "language", "placement", "required", "level", "title")
        make_text(at=self.now, text=f"{old.text} And ask.", **{name: getattr(old, name) for name in names})

    def mark_source(self, place: int) -> None:
        source = Source.objects.get()
        state = "superseded" if source.state == "current" else "current"
        workflow.mark_source(source, by=a("reviewer"), at=self.now, state=state, comment="The journal says so.")

    def pass_time(self, place: int) -> None:
        self.now += timedelta(hours=place * 7)
        jobs.run(self.now)


# The follower.


class Crash(Exception):
    """The follower's machine goes out."""


class Interrupted(Follower):
    """A follower that crashes at its step `crash_at`: at a call, or with a file half written or not deleted."""

    def __init__(self, folder: Path, get: Get, now: Callable[[], datetime], crash_at: int = 0) -> None:
        self.steps, self.crash_at = 0, crash_at
        super().__init__(API, folder, get, now, say=lambda _: None)
        self.calls, self.get = get, self.counted

    def step(self) -> None:
        self.steps += 1
        if self.steps == self.crash_at:
            raise Crash

    def counted(self, url: str, headers: dict[str, str]) -> Answer:
        self.step()
        return self.calls(url, headers)

    def write(self, path: Path, text: str) -> None:  # type: ignore[override]
        try:
            self.step()
        except Crash:
            path.with_name(f".{path.name}.draft").write_text(text[:40])
            raise
        super().write(path, text)

    def purge(self, slug: str) -> None:
        self.step()
        super().purge(slug)


def service(library: Library, meanwhile: dict[int, Happening] | None = None) -> Get:
    """Return how a follower asks the library; before the calls that `meanwhile` numbers from 1, something happens."""
    calls = 0

    def get(url: str, headers: dict[str, str]) -> Answer:
        nonlocal calls
        calls += 1
        if meanwhile and calls in meanwhile:
            library.happens(*meanwhile[calls])
        return library.get(url, headers)

    return get
