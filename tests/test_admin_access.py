"""Who sees the desks, and that nobody changes anything there behind the verbs."""

from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group
from django.test import RequestFactory
from django.utils import timezone

from faq import workflow
from faq.clock import local_date
from faq.models import Answer, User
from tests.desks import desk, done, page_of, see, send
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

pytestmark = pytest.mark.django_db
MODELS = list(apps.get_app_config("faq").get_models())


def request_of(user: User) -> Any:
    """Return a request that `user` makes."""
    request = RequestFactory().get("/admin/")
    request.user = user
    return request


def test_every_model_stands_on_a_desk() -> None:
    assert [model.__name__ for model in MODELS if not admin.site.is_registered(model)] == []


@pytest.mark.parametrize("role", ["author", "publisher", "importer", "auditor", "lead"])
def test_every_role_sees_the_desks(role: str) -> None:
    page = see(make_user(role), "/admin/")
    assert all(name in page for name in ("Review desk", "Library", "People", "Audit"))


def test_a_reviewer_without_any_group_sees_the_desks() -> None:
    assert "Review desk" in see(make_reviewer(), "/admin/")


def test_the_admin_greets_people_with_their_whole_name() -> None:
    person = make_user("author", first_name="Demo author,", last_name="not a clinician")
    assert "<strong>Demo author, not a clinician</strong>" in see(person, "/admin/")
    assert "<strong>plain-name</strong>" in see(make_user("author", username="plain-name"), "/admin/")


def test_staff_without_a_role_sees_no_desk_and_opens_none() -> None:
    nobody = make_user()
    make_publication()
    assert "You have no role here yet" in see(nobody, "/admin/")
    assert desk(nobody).get("/admin/faq/submission/").status_code == 403
    assert desk(nobody).get("/admin/faq/publication/reaffirm/?entry=1").status_code == 403


def test_a_revoked_reviewer_sees_no_desk() -> None:
    reviewer = make_reviewer()
    workflow.revoke_reviewer(reviewer_row(reviewer), by=make_lead(), at=timezone.now(), comment="Left.")
    assert desk(reviewer).get("/admin/faq/submission/").status_code == 403


@pytest.mark.parametrize("address", ["/admin/", "/admin/faq/answer/", "/admin/faq/publication/reaffirm/"])
def test_a_person_who_is_not_staff_is_sent_to_sign_in(address: str) -> None:
    author = make_author()
    User.objects.filter(pk=author.pk).update(is_staff=False)
    assert "/admin/login/" in done(desk(author).get(address))


@pytest.mark.parametrize("model", MODELS)
def test_nothing_is_deleted_on_any_desk(model: Any) -> None:
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
    assert "As readers see it" in page
    assert 'class="verbs"' not in page
    assert desk(root).get("/admin/faq/question/add/").status_code == 403


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
        assert desk(someone).post(page_of(answer), {"body": "Changed."}).status_code == 403
    assert Answer.objects.get(pk=answer.pk).body != "Changed."


def test_an_unknown_row_or_verb_is_not_found() -> None:
    answer = make_draft()
    client = desk(answer.author)
    assert client.get("/admin/faq/answer/999/change/").status_code == 404
    assert client.get(f"/admin/faq/answer/{answer.pk}/do/approve/").status_code == 404
    assert client.get("/admin/faq/answer/999/do/submit/").status_code == 404


# Accounts


def test_a_lead_gives_somebody_a_role() -> None:
    person = make_user()
    author = Group.objects.get(name="author")
    entered = {"username": person.username, "is_active": "on", "is_staff": "on", "groups": [str(author.pk)]}
    done(desk(make_lead()).post(page_of(person), entered))
    assert [group.name for group in User.objects.get(pk=person.pk).groups.all()] == ["author"]


def test_a_lead_makes_nobody_a_superuser() -> None:
    person = make_user()
    entered = {"username": person.username, "is_active": "on", "is_staff": "on", "is_superuser": "on"}
    done(desk(make_lead()).post(page_of(person), entered))
    assert not User.objects.get(pk=person.pk).is_superuser


def test_a_lead_changes_neither_themselves_nor_a_superuser() -> None:
    lead, root = make_lead(), User.objects.create_superuser("root")
    for person in (lead, root):
        assert desk(lead).post(page_of(person), {"username": "other"}).status_code == 403


def test_a_lead_sets_nobody_s_password() -> None:
    reviewer = make_reviewer()
    assert desk(make_lead()).get(f"/admin/faq/user/{reviewer.pk}/password/").status_code == 403
    assert desk(User.objects.create_superuser("root")).get(f"/admin/faq/user/{reviewer.pk}/password/").status_code == 200


def test_an_author_reads_accounts_and_changes_none() -> None:
    person = make_user()
    page = see(make_author(), page_of(person))
    assert "password" not in page.split("<main")[1].split("</main>")[0].lower()
    assert desk(make_author()).post(page_of(person), {"username": "other"}).status_code == 403


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
    assert desk(lead).post(page_of(reviewer_row(lead)), {"profession": "Oncologist"}).status_code == 403


def test_an_author_makes_no_reviewer() -> None:
    assert desk(a("author")).get("/admin/faq/reviewer/add/").status_code == 403
