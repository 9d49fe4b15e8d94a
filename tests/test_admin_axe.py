"""axe finds nothing on any page of the admin, and the browser has nothing to object to: every list, every row's page, every verb's.

In the ordinary run every fourth of them; THOROUGH=1 looks at all, which takes two minutes.
"""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import Model
from django.urls import reverse
from playwright.sync_api import Browser

from faq import workflow
from faq.admin.actions import buttons
from faq.models import Assignment, Publication, Submission, Topic, TopicName, User
from tests.admin_client import page_of, verb_of
from tests.factories import NOW, a, make_reviewer, make_user
from tests.test_admin_in_browser import browser as browser
from tests.test_admin_in_browser import sign_in
from tests.test_admin_lists import fill

THOROUGH = bool(os.environ.get("THOROUGH"))
PAGES = ("importrun/import/", "question/add/", "source/add/", "topic/add/", "standingtext/add/", "topicname/add/", "topicplacement/add/")
MORE = ("reviewer/add/", "audiencepolicy/add/", "checklist/add/", "user/add/", "submission/?standing=all", "publication/?status=all")


def everybody() -> User:
    """Return a person with every part but that of a second one, so that nearly every button stands on their pages."""
    return make_reviewer(user=make_user("author", "publisher", "importer", "lead"))


def rows() -> Iterator[Model]:
    """Yield a row of each model, and every version and submission, which stand differently."""
    for model in apps.get_app_config("faq").get_models():
        if model not in (Publication, Submission):
            yield from model._default_manager.order_by("-pk")[:1]
    yield from Publication.objects.order_by("pk")
    yield from Submission.objects.order_by("pk")


def addresses(user: User) -> Iterator[str]:
    """Yield every list, every row's page and every page of a verb that `user` is offered."""
    for model in apps.get_app_config("faq").get_models():
        yield reverse(f"admin:faq_{model._meta.model_name}_changelist")
    yield from (f"/admin/faq/{name}" for name in (*PAGES, *MORE))
    for row in rows():
        yield page_of(row)
        yield from (verb_of(row, verb) for verb, _ in buttons(row, user))
    waits = Assignment.objects.values_list("answer__submissions", flat=True)
    yield f"/admin/faq/submission/assign/?entry={waits[0]}"
    yield f"/admin/faq/publication/reaffirm/?entry={Publication.objects.current()[0].pk}"
    yield f"/admin/faq/topicname/approve/?entry={TopicName.objects.proposed()[0].pk}&entry={TopicName.objects.present()[0].pk}"


@pytest.mark.skipif(connection.vendor != "sqlite", reason="the pages are the same on every database: looked at on SQLite")
def test_nothing_is_found_on_any_page(browser: Browser, live_server: Any) -> None:
    fill("one")
    user = everybody()
    waiting = Submission.objects.filter(answer__status="submitted").latest("pk")
    workflow.assign([waiting], by=user, at=NOW, reviewer=None)
    workflow.propose(by=a("lead"), at=NOW, topic=Topic.objects.all()[0], language="en", name="The other name", synonyms=["and one more"])
    window = sign_in(browser, live_server, user, viewport={"width": 1280, "height": 800})
    window.page.wait_for_load_state("load")
    seen = list(dict.fromkeys(addresses(user)))
    assert len(seen) > 90
    for address in seen if THOROUGH else seen[::4]:
        window.open(address)
        window.look()
    assert window.wrongs == []
