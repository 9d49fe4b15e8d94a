"""What a request passes through: reads meet no sign-in, whatever sends something is checked, and every answer carries its policy."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories import a, make_publication

pytestmark = pytest.mark.django_db

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self';"
    " frame-ancestors 'none'; base-uri 'none'"
)


@pytest.mark.parametrize("path", ["/", "/es/", "/questions/her2/", "/api/v1/entries/", "/api/v1/entries/her2/"])
@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_who_is_signed_in_reads_as_everybody_does(path: str, method: str) -> None:
    make_publication("her2")
    client = Client()
    client.force_login(a("reviewer"))
    with CaptureQueriesContext(connection) as queries:
        answer = getattr(client, method)(path)
    assert not [query["sql"] for query in queries if "django_session" in query["sql"] or "faq_user" in query["sql"]]
    assert not answer.cookies
    assert "Cookie" not in answer.get("Vary", "")


@pytest.mark.parametrize("path", ["/", "/questions/her2/", "/admin/login/", "/admin/"])
def test_a_form_without_its_token_is_refused_wherever_it_is_sent(path: str) -> None:
    assert Client(enforce_csrf_checks=True).post(path, {"a": "b"}).status_code == 403


def test_the_admin_knows_who_is_signed_in() -> None:
    client = Client()
    assert client.get("/admin/").status_code == 302
    client.force_login(a("reviewer"))
    assert client.get("/admin/").status_code == 200
    assert client.get("/admin").headers["Location"] == reverse("admin:index")


@pytest.mark.parametrize("path", ["/", "/nowhere/", "/api/v1/entries/", "/api/v1/nowhere/", "/admin/login/", "/health/live"])
def test_every_answer_carries_the_same_policy(path: str) -> None:
    sent = Client().get(path)
    directives = {part.strip() for part in sent["Content-Security-Policy"].split(";")}
    assert directives == {part.strip() for part in POLICY.split(";")}
    assert (sent["X-Content-Type-Options"], sent["X-Frame-Options"], sent["Referrer-Policy"]) == ("nosniff", "DENY", "same-origin")
    assert "camera=()" in sent["Permissions-Policy"]
