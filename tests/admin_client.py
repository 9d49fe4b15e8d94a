"""The admin as a person uses it, without a browser: sign in, open a page, fill in its form as it stands, send it."""

from html.parser import HTMLParser
from typing import Any

from django.db import models
from django.test import Client
from django.urls import reverse

from faq.models import User
from tests.factories import PASSWORD


def signed_in(user: User, **options: Any) -> Client:
    """Return a test client in which `user` is signed in; `options` are those of django.test.Client."""
    client = Client(**options)
    client.force_login(user)
    return client


def page_of(thing: models.Model) -> str:
    """Return the address of a row's page."""
    return reverse(f"admin:faq_{thing._meta.model_name}_change", args=[thing.pk])


def verb_of(thing: models.Model, verb: str) -> str:
    """Return the address of the page of a verb."""
    return reverse(f"admin:faq_{thing._meta.model_name}_verb", args=[thing.pk, verb])


def see(user: User, address: str) -> str:
    """Return a page that `user` may open."""
    answer = signed_in(user).get(address)
    assert answer.status_code == 200, (address, answer.status_code, answer.headers.get("Location"))
    return str(answer.content.decode())


class Form(HTMLParser):
    """Reads what a browser would send of the form `verb-form`, as it stands."""

    def __init__(self) -> None:
        super().__init__()
        self.entered: dict[str, list[str]] = {}
        self.inside = False
        self.name, self.text = "", ""
        self.first: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        own = {key: value or "" for key, value in attrs}
        if tag == "form":
            self.inside = "verb-form" in own.get("class", "").split()
        if not self.inside:
            return
        if tag == "input" and "name" in own and own.get("type") != "submit" and (own.get("type") != "checkbox" or "checked" in own):
            self.add(own.get("name", ""), own.get("value", "on" if own.get("type") == "checkbox" else ""))
        if tag in ("textarea", "select"):
            self.name, self.text, self.first = own.get("name", ""), "", None
        if tag == "option":
            self.first = own.get("value", "") if self.first is None else self.first
        if tag == "option" and "selected" in own:
            self.add(self.name, own.get("value", ""))

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self.inside:
            self.add(self.name, self.text.removeprefix("\n").replace("\n", "\r\n"))  # as browsers send it
        if tag == "select" and self.inside and self.name not in self.entered and self.first is not None:
            self.add(self.name, self.first)  # a list without a choice shows its first one
        if tag == "form":
            self.inside = False

    def add(self, name: str, value: str) -> None:
        """Note one value."""
        self.entered.setdefault(name, []).append(value)


def form_in(page: str) -> dict[str, Any]:
    """Return the fields of the page's form with what they hold."""
    form = Form()
    form.feed(page)
    return {name: values if len(values) > 1 else values[0] for name, values in form.entered.items() if name != "csrfmiddlewaretoken"}


def send(user: User, address: str, /, **changes: Any) -> Any:
    """Open a page, change some fields of its form, send it, and return the answer."""
    client = signed_in(user)
    opened = client.get(address)
    assert opened.status_code == 200, (address, opened.status_code, opened.headers.get("Location"))
    entered = form_in(opened.content.decode())
    if "password" in entered:
        entered["password"] = PASSWORD
    entered |= {name.replace("__", "-"): value for name, value in changes.items()}
    answer = client.post(address, entered)
    # What will happen is shown first; here the person is sure of it.
    sure = answer.context and answer.context.get("sure")
    return client.post(address, entered | {"_sure": sure}) if sure else answer


def done(answer: Any) -> str:
    """Return where a form that went through leads; fail, with what it says, where it was refused."""
    assert answer.status_code == 302, refusals(answer)
    return str(answer.headers["Location"])


def refusals(answer: Any) -> list[str]:
    """Return what a refused form says is wrong, above it, beside its fields and in its rows."""
    form = answer.context["form"]
    said = [str(reason) for reasons in form.errors.values() for reason in reasons]
    rows = [row for rows in getattr(form, "lists", {}).values() for row in rows]
    return said + [str(reason) for row in rows for reasons in row.errors.values() for reason in reasons]
