"""Who sees the admin, and that nobody changes anything there behind the verbs."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group
from django.db.models import Model
from django.forms.models import BaseModelForm
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone

from faq import workflow
from faq.clock import local_date
from faq.models import Answer, AudiencePolicy, InboxLook, User
from faq.workflow.drafts import draft_of
from tests.admin_client import done, page_of, see, send, signed_in
from tests.factories import (
    a,
    make_approved,
    make_author,
    make_draft,
    make_lead,
    make_publication,
    make_reviewer,
    make_submission,
    make_user,
    reviewer_row,
)
from tests.test_admin_lists import fill

pytestmark = pytest.mark.django_db
MODELS = list(apps.get_app_config("faq").get_models())


def request_of(user: User) -> Any:
    """Return a request that `user` makes."""
    request = RequestFactory().get("/admin/")
    request.user = user
    return request


def test_every_model_has_an_admin_page() -> None:
    assert [model.__name__ for model in MODELS if not admin.site.is_registered(model)] == []


def test_the_admin_greets_people_with_their_whole_name() -> None:
    person = make_user("author", first_name="Demo author,", last_name="not a clinician")
    assert "<strong>Demo author, not a clinician</strong>" in see(person, "/admin/")
    assert "<strong>plain-name</strong>" in see(make_user("author", username="plain-name"), "/admin/")


def test_staff_without_a_role_sees_no_list_and_opens_none() -> None:
    nobody = make_user()
    make_publication()
    assert "You have no role here yet" in see(nobody, "/admin/")
    assert signed_in(nobody).get("/admin/faq/submission/").status_code == 403
    assert signed_in(nobody).get("/admin/faq/publication/reaffirm/?entry=1").status_code == 403
    assert signed_in(nobody).get("/admin/faq/topicname/approve/?entry=1").status_code == 403


def test_a_revoked_reviewer_sees_no_list() -> None:
    reviewer = make_reviewer()
    workflow.revoke_reviewer(reviewer_row(reviewer), by=make_lead(), at=timezone.now(), comment="Left.")
    assert signed_in(reviewer).get("/admin/faq/submission/").status_code == 403


@pytest.mark.parametrize("address", ["/admin/", "/admin/faq/answer/", "/admin/faq/publication/reaffirm/", "/admin/faq/topicname/approve/"])
def test_a_person_who_is_not_staff_is_sent_to_sign_in(address: str) -> None:
    author = make_author()
    User.objects.filter(pk=author.pk).update(is_staff=False)
    assert "/admin/login/" in done(signed_in(author).get(address))


@pytest.mark.parametrize("model", MODELS)
def test_nothing_is_deleted_in_the_admin(model: Any) -> None:
    request = request_of(User.objects.create_superuser("root"))
    assert not admin.site.get_model_admin(model).has_delete_permission(request)


@pytest.mark.parametrize("model", [model for model in MODELS if model is not User])
def test_no_row_changes_by_django_s_own_form(model: Any) -> None:
    request = request_of(User.objects.create_superuser("root"))
    assert not admin.site.get_model_admin(model).has_change_permission(request)


def test_a_superuser_without_a_role_reads_everything_and_has_no_verb() -> None:
    root = User.objects.create_superuser("root")
    submission = make_submission()
    page = see(root, page_of(submission))
    assert 'class="words entry"' in page
    assert 'class="verbs"' not in page
    assert signed_in(root).get("/admin/faq/question/add/").status_code == 403


def test_an_auditor_reads_every_page_and_finds_no_button() -> None:
    auditor = make_user("auditor")
    things = [make_draft(), make_submission(), make_approved(), make_publication(), make_publication().question]
    for thing in things:
        page = see(auditor, page_of(thing))
        assert 'class="verbs"' not in page
        assert '<input type="submit" class="default"' not in page


def test_writing_to_a_page_for_reading_is_refused() -> None:
    answer = make_draft()
    for someone in (make_user("auditor"), make_reviewer(), make_author()):
        assert signed_in(someone).post(page_of(answer), {"body": "Changed."}).status_code == 403
    assert draft_of(Answer.objects.get(pk=answer.pk)).body != "Changed."


def test_no_row_is_added_by_saving_another_one_as_new() -> None:
    lead = make_lead()
    policy = workflow.ask_sign_off(audience="patient", sign_off="translation", by=lead, at=timezone.now())
    entered = {"_saveasnew": "1", "audience": "clinician", "sign_off": "translation"}
    assert signed_in(lead).post(page_of(policy), entered).status_code == 403
    assert AudiencePolicy.objects.count() == 1


def doors(row: Model) -> list[tuple[str, dict[str, str]]]:
    """Return the address of each page that Django has for a row and its model, with whatever that page looks for in a POST."""
    name, key = f"admin:{row._meta.app_label}_{row._meta.model_name}", {"_selected_action": str(row.pk), "post": "yes"}
    change, delete, history = (reverse(f"{name}_{page}", args=[row.pk]) for page in ("change", "delete", "history"))
    sent: list[dict[str, str]] = [{door: "1"} for door in ("_save", "_saveasnew", "_addanother", "_popup")]
    in_list = [{"_save": "1"}, key | {"action": "delete_selected"}]
    written = [(page, each) for page in (change, reverse(f"{name}_add")) for each in (*sent, {"_to_field": row._meta.pk.name})]
    return [*written, (delete, key), (history, key), *((reverse(f"{name}_changelist"), each) for each in in_list)]


def rows_of(models: list[Any]) -> dict[Any, int]:
    """Return the number of rows of each model."""
    return {model: model._default_manager.count() for model in models}


def noting_what_is_entered(used: list[Any]) -> Callable[..., None]:
    """Return the __init__ of Django's forms of models, which notes in `used` each that is filled in rather than shown."""
    make = BaseModelForm.__init__

    def note(form: Any, data: Any = None, *others: Any, **options: Any) -> None:
        used.extend([] if data is None else [type(form)])
        make(form, data, *others, **options)

    return note


@pytest.mark.parametrize("roles", [("lead",), ("author", "publisher", "importer", "lead")])
def test_through_no_door_of_django_s_a_row_is_written(roles: tuple[str, ...], monkeypatch: Any) -> None:
    """Accounts excepted: a lead makes and changes those by Django's own forms."""
    fill("one")
    client = signed_in(make_user(*roles, is_superuser=roles != ("lead",)))
    models = [model for model in admin.site._registry if model not in (User, InboxLook)]  # that somebody looked is a row of its own
    LogEntry.objects.create(user=a("lead"), action_flag=CHANGE, object_repr="somebody")
    used: list[Any] = []
    monkeypatch.setattr(BaseModelForm, "__init__", noting_what_is_entered(used))
    for name in ("save_model", "delete_model", "delete_queryset"):
        monkeypatch.setattr(admin.ModelAdmin, name, lambda *arguments: used.append(arguments))
    before = rows_of(models)
    for model in models:
        for address, entered in doors(model._default_manager.order_by("-pk")[0]):
            answer = client.post(address, entered)
            assert (used, answer.status_code in (200, 302, 403, 405)) == ([], True), (address, entered, answer.status_code)
    assert rows_of(models) == before


def test_an_auditor_sees_who_made_which_account_and_who_let_it_review() -> None:
    lead = make_lead(username="the-lead")
    password = {"password1": "a-long-enough-secret", "password2": "a-long-enough-secret"}
    signed_in(lead).post("/admin/faq/user/add/", {"username": "second-account", "usable_password": "true", **password})
    make_reviewer(user=User.objects.get(username="second-account"))
    auditor = make_user("auditor")
    assert re.search(r"the-lead.*second-account.*Added", see(auditor, "/admin/admin/logentry/"), re.DOTALL)
    assert "reviewer second-account" in see(auditor, "/admin/faq/reviewdecision/")


def test_an_unknown_row_or_verb_is_not_found() -> None:
    answer = make_draft()
    client = signed_in(answer.author)
    assert client.get("/admin/faq/answer/999/change/").status_code == 404
    assert client.get(f"/admin/faq/answer/{answer.pk}/do/approve/").status_code == 404
    assert client.get("/admin/faq/answer/999/do/submit/").status_code == 404


# Accounts


def test_a_lead_gives_somebody_a_role() -> None:
    person = make_user()
    author = Group.objects.get(name="author")
    entered = {"username": person.username, "is_active": "on", "is_staff": "on", "groups": [str(author.pk)]}
    done(signed_in(make_lead()).post(page_of(person), entered))
    assert [group.name for group in User.objects.get(pk=person.pk).groups.all()] == ["author"]


def test_a_lead_makes_nobody_a_superuser() -> None:
    person = make_user()
    entered = {"username": person.username, "is_active": "on", "is_staff": "on", "is_superuser": "on"}
    done(signed_in(make_lead()).post(page_of(person), entered))
    assert not User.objects.get(pk=person.pk).is_superuser


def test_a_lead_changes_neither_themselves_nor_a_superuser() -> None:
    lead, root = make_lead(), User.objects.create_superuser("root")
    for person in (lead, root):
        assert signed_in(lead).post(page_of(person), {"username": "other"}).status_code == 403


def test_a_lead_sets_nobody_s_password() -> None:
    reviewer = make_reviewer()
    assert signed_in(make_lead()).get(f"/admin/faq/user/{reviewer.pk}/password/").status_code == 403
    assert signed_in(User.objects.create_superuser("root")).get(f"/admin/faq/user/{reviewer.pk}/password/").status_code == 200


def test_an_author_reads_accounts_and_changes_none() -> None:
    person = make_user()
    page = see(make_author(), page_of(person))
    assert "password" not in page.split("<main")[1].split("</main>")[0].lower()
    assert signed_in(make_author()).post(page_of(person), {"username": "other"}).status_code == 403


# Reviewers


def test_a_lead_makes_a_reviewer_and_renews_the_scope() -> None:
    lead, person = make_lead(), make_user()
    until = local_date(timezone.now()) + timedelta(days=365)
    scope = {"user": str(person.pk), "profession": "Oncology pharmacist", "languages": "en\nes", "verified_until": str(until)}
    done(send(lead, "/admin/faq/reviewer/add/", **scope, all_topics="on"))
    reviewer = reviewer_row(person)
    assert (reviewer.languages, reviewer.all_topics) == (["en", "es"], True)
    done(send(lead, page_of(reviewer), languages="en"))
    assert reviewer_row(person).languages == ["en"]
    assert reviewer_row(person).verified_until == until


def test_nobody_widens_their_own_review_scope() -> None:
    lead = make_reviewer(user=make_lead())
    page = see(lead, page_of(reviewer_row(lead)))
    assert "Nobody grants a review scope to themselves." in page
    assert signed_in(lead).post(page_of(reviewer_row(lead)), {"profession": "Oncologist"}).status_code == 403


def test_an_author_makes_no_reviewer() -> None:
    assert signed_in(a("author")).get("/admin/faq/reviewer/add/").status_code == 403
