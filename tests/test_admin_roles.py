"""Every role tries every verb at every state by crafted POSTs to the admin's addresses: what goes through is this table, and nothing else.

The table is written by hand after the design, and not read off the workflow: who sees a button is one thing, who gets through another.
"""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any, Final

import pytest
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from faq import workflow
from faq.admin.action_forms import WithdrawForm
from faq.admin.base import BaseAdmin
from faq.admin.review import SubmissionAdmin
from faq.clock import local_date
from faq.models import Answer, Edit, Erasure, EvidenceAlert, Publication, ReviewDecision, Submission, TopicName, User
from faq.models import Comment as Remark
from tests.admin_client import signed_in, verb_of
from tests.factories import PASSWORD, a, make_reviewer, make_user, place_topic
from tests.scenes import Scene

pytestmark = pytest.mark.django_db

STATES: Final = {
    "draft": ("new", "draft"),
    "submitted": ("new", "submitted"),
    "approved": ("new", "approved"),
    "objected": ("new", "objected"),
    "scheduled": ("new", "scheduled"),
    "published": ("current", "none"),
    "held": ("held", "none"),
    "two versions": ("two", "none"),
    "erasing": ("erasing", "none"),
}
ROLES: Final = ("the author", "author", "publisher", "importer", "auditor", "lead", "reviewer", "its reviewer", "superuser", "no role")
"""`the author` holds the words, and has a review scope beside it; `its reviewer` approved them where they are approved."""

HOLDER = {"the author"}
AUTHORS = {"the author", "author"}
REVIEWS = {"reviewer", "its reviewer"}
SCOPED = REVIEWS | HOLDER
"""Who has a review scope, be they an editor of these words or not."""
WORKS_HERE = AUTHORS | REVIEWS | {"publisher", "importer", "lead"}
NEW = {"draft", "submitted", "approved", "objected", "scheduled"}
OUT = {"published", "held", "two versions", "erasing"}
WAITING = {"submitted", "approved", "objected"}
MAY: Final[Mapping[str, tuple[set[str], set[str]]]] = {
    "Question.start_revision": (OUT, AUTHORS),
    "Question.reclassify": (NEW | OUT, WORKS_HERE - {"publisher"}),
    "Answer.comment": (NEW | OUT, WORKS_HERE),
    "Answer.take_over": ({"draft"}, {"author"}),
    "Answer.discard": ({"draft"}, HOLDER | {"lead"}),
    "Answer.submit": ({"draft"}, HOLDER),
    "Answer.recall": (WAITING, HOLDER),
    "Submission.approve": ({"submitted"}, REVIEWS),
    "Submission.attest": ({"submitted"}, {"importer"}),
    "Submission.assign": ({"submitted"}, {"lead"}),
    "Submission.request_changes": (WAITING, REVIEWS),
    "Submission.object": (WAITING | {"scheduled"}, SCOPED),
    "Submission.resolve": ({"objected"}, REVIEWS),
    "Submission.publish": ({"approved"}, {"publisher"}),
    "Submission.schedule": ({"approved"}, {"publisher"}),
    "Submission.unschedule": ({"scheduled"}, SCOPED | {"publisher"}),
    "Publication.withdraw": (OUT, SCOPED),
    "Publication.hold": (OUT - {"held"}, SCOPED),
    "Publication.release": ({"held"}, REVIEWS),
    "Publication.reaffirm": (OUT, REVIEWS),
    "Publication.restore": ({"two versions", "erasing"}, REVIEWS),
    "Publication.erase": ({"two versions"}, SCOPED | {"lead"}),
    "Erasure.confirm_erasure": ({"erasing"}, SCOPED),
    "EvidenceAlert.triage_alert": ({"published"}, SCOPED),
    "Source.hold_citing": (OUT - {"held"}, SCOPED),
    "Source.mark_source": (NEW | OUT - {"published"}, SCOPED),
}
"""{verb: (the states in which somebody gets through, who does)}; in `published` the source is marked already."""


def people() -> dict[str, User]:
    """Return a person per role; the author of the scenes is given a review scope, so that four eyes alone stand in the way."""
    make_reviewer(user=a("author"))
    named = {role: make_user(role) for role in ("author", "publisher", "importer", "auditor", "lead")}
    other: dict[str, User] = {
        "the author": a("author"),
        "reviewer": make_reviewer(),
        "superuser": User.objects.create_superuser("root", password=PASSWORD),
        "no role": make_user(),
    }
    return named | other


def things(scene: Scene) -> Iterator[models.Model]:
    """Yield the rows of a scene that verbs are about."""
    yield scene.question
    yield from Answer.objects.filter(question__slug=scene.name).order_by("-pk")[:1]
    yield from Submission.objects.filter(question__slug=scene.name).order_by("-pk")[:1]
    yield from Publication.objects.filter(slug=scene.name)
    yield from Erasure.objects.filter(question__slug=scene.name)
    yield from EvidenceAlert.objects.filter(publication__slug=scene.name)
    yield scene.source


def arguments(thing: models.Model) -> dict[str, Any]:
    """Return what any form might ask for."""
    day = str(local_date(timezone.now()) + timedelta(days=60))
    later = (timezone.now() + timedelta(days=3)).strftime("%Y-%m-%dT%H:%M")
    said = {"comment": "Because.", "text": "A remark.", "note": "Looked at.", "legal_basis": "A court's order."}
    chosen = {"sign_off": "clinical", "notice": "held", "state": "superseded", "outcome": "minor", "topics": ["elsewhere"], "related": ""}
    review = {"attested_by": "Dr Who", "attested_on": "2026-03-01", "document": "A letter", "next_review_due_on": day, "moment": later}
    seen = {"seen_hash": getattr(thing, "content_hash", ""), "password": PASSWORD}
    return said | chosen | review | seen


def verbs_of(thing: models.Model) -> list[str]:
    return [rule.verb for rule in workflow.transitions.TABLE if rule.on is type(thing)]


def trace() -> tuple[int, ...]:
    """Return what no verb leaves as it was."""
    return tuple(model.objects.count() for model in (ReviewDecision, Edit, Remark, Answer, Submission))


def goes_through(client: Client, thing: models.Model, verb: str, last: Mapping[str, Any]) -> bool:
    """Send a crafted POST and take back what it did; tell whether it did anything. `last`: what stands on the page that came back."""
    address = verb_of(thing, verb)
    entered = arguments(thing) | ({"reason": "outdated", "notice": "withdrawn"} if verb in ("withdraw", "discard") else {})
    before = trace()
    with transaction.atomic():
        client.post(address, entered)
        form = last.get("form")
        if isinstance(form, WithdrawForm) and form.is_valid():
            client.post(address, entered | {"_sure": form.fingerprint()})
        did = trace() != before
        transaction.set_rollback(True)
    return did


class Blank(HttpResponse):
    """A page that was not made: what is looked at is what a POST did."""

    def __init__(self, context: dict[str, Any]) -> None:
        super().__init__()
        self.context_data = context


@pytest.fixture
def no_pages(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Spare two thousand pages; return the context of the last one."""
    last: dict[str, Any] = {}

    def show(self: BaseAdmin[Any], request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
        last.clear()
        last.update({"form": context.get("form")})
        return Blank(context)

    monkeypatch.setattr(BaseAdmin, "show", show)
    monkeypatch.setattr(BaseAdmin, "page", lambda self, request, thing, at: {"buttons": [], "standing": ""})
    monkeypatch.setattr(SubmissionAdmin, "screen", lambda self, request, thing, verb, form, at: show(self, request, "", {"form": form}))
    return last


def test_what_goes_through_is_what_the_design_gives_each_role(no_pages: dict[str, Any]) -> None:
    named = {role: signed_in(user) for role, user in people().items()}
    found: dict[str, tuple[set[str], set[str]]] = {}
    for state, (entry, stage) in STATES.items():
        scene = Scene(entry, stage)
        if state == "published":
            workflow.mark_source(scene.source, by=scene.third, at=scene.at, state="superseded", comment="A newer edition.")
        here = named | {"its reviewer": signed_in(scene.reviewer)}
        for thing in things(scene):
            for verb in verbs_of(thing):
                through = {role for role in ROLES if goes_through(here[role], thing, verb, no_pages)}
                if through:
                    states, roles = MAY[f"{type(thing).__name__}.{verb}"]
                    assert (state in states, through) == (True, roles), (thing, verb, state)
                    found.setdefault(f"{type(thing).__name__}.{verb}", (set(), roles))[0].add(state)
    assert found == MAY


def test_reaffirming_several_at_once_is_for_reviewers() -> None:
    named = people()
    scene = Scene("current", "none")
    publication = scene.current
    address = f"{reverse('admin:faq_publication_reaffirm')}?entry={publication.pk}"
    entered = arguments(publication) | {f"read_{publication.pk}": "on", f"seen_{publication.pk}": publication.content_hash}
    before, through = trace(), set()
    for role in set(ROLES) - {"its reviewer"}:
        with transaction.atomic():
            signed_in(named[role]).post(address, entered)
            through |= {role} if trace() != before else set()
            transaction.set_rollback(True)
    assert through == {"reviewer"}


def test_approving_many_names_at_once_is_for_reviewers() -> None:
    named = people()
    name = workflow.propose(by=a("lead"), at=timezone.now(), topic=place_topic("hearts", kind="condition"), language="en", name="Heart")
    assert isinstance(name, TopicName)
    address = f"{reverse('admin:faq_topicname_approve')}?entry={name.pk}"
    entered = {"seen": [f"{key}:{mark}" for key, mark in workflow.seen_names([name]).items()]}
    before, through = trace(), set()
    for role in set(ROLES) - {"its reviewer"}:
        with transaction.atomic():
            signed_in(named[role]).post(address, entered)
            through |= {role} if trace() != before else set()
            transaction.set_rollback(True)
    assert through == {"the author", "reviewer"}
