"""Signing in: no demo account into a live library, and no guessing of passwords, without locking out whom somebody pretends to be.

An own rule of one table, not a package: django-axes and its like bring tables, middleware and a backend for what is one form here.
"""

import hashlib
import logging
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, Final

from django.conf import settings
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone

from faq.models import SignInAttempt, User
from faq.workflow.errors import one_line

TRIES: Final = 5
WINDOW: Final = timedelta(minutes=15)
"""So many failed tries for one account from one address; then none is looked at until the first of them is this old."""
logger = logging.getLogger(__name__)


class Backend(ModelBackend):
    """Accounts with a password. Django asks this on signing in and at every request of a session."""

    def user_can_authenticate(self, user: User | AnonymousUser | None) -> bool:
        is_demo = isinstance(user, User) and user.is_demo
        return super().user_can_authenticate(user) and not (is_demo and settings.LIBRARY_STATUS == "live")


class SignInForm(AdminAuthenticationForm):
    """Django's form, which tells the log of every try and counts those that fail.

    By account and address together: whoever guesses at a colleague's password from elsewhere locks out nobody but themselves.
    """

    def clean(self) -> dict[str, Any]:
        name, password = self.cleaned_data.get("username"), self.cleaned_data.get("password")
        if not name or not password:
            return super().clean()
        address = address_of(self.request)
        with counted("Sign-in", f"{known_name(name)} from {address}", key_of(name, address)):
            return super().clean()


@contextmanager
def counted(what: str, who: str, key: str) -> Iterator[None]:
    """Count a try that ends in a ValidationError, tell the log of it, and let none through after TRIES that failed."""
    who = one_line(who)
    # The row first, then the count: of tries that come at once each sees the others.
    attempt = SignInAttempt.objects.create(key=key, at=timezone.now())
    if SignInAttempt.objects.filter(key=key, at__gt=attempt.at - WINDOW).count() > TRIES:
        attempt.delete()
        logger.warning("%s of %s was refused: too many tries.", what, who)
        minutes = int(WINDOW.total_seconds() // 60)
        raise ValidationError(f"Too many tries with this account from where you are. Wait {minutes} minutes, then try again.")
    try:
        yield
    except ValidationError:
        logger.warning("%s of %s failed.", what, who)
        raise
    SignInAttempt.objects.filter(key=key).delete()
    logger.info("%s of %s.", what, who)


def confirm(user: User, password: str) -> None:
    """Raise ValidationError unless `password` is that of `user`, who is signed in and signs; tries are counted apart from signing in."""
    with counted("Signing", f"account {user.pk}", key_of(user.username, "signs")):
        if not user.check_password(password):
            raise ValidationError("This is not your password. Nothing was decided; type it again.")


def key_of(name: str, address: str) -> str:
    return hashlib.sha256(f"{unicodedata.normalize('NFKC', name).casefold()}\n{address}".encode()).hexdigest()


def known_name(name: str) -> str:
    """What was typed is logged only if it is an account: people type their password into the wrong field."""
    user = User.objects.filter(username=name).first()
    return f"account {user.pk}" if user else "an unknown account"


def address_of(request: HttpRequest | None) -> str:
    """Return the address that asks. Behind the proxy that ends TLS it is the last one of X-Forwarded-For, which that proxy adds."""
    if request is None:
        return ""
    told = request.headers.get("X-Forwarded-For", "") if settings.SECURE_PROXY_SSL_HEADER else ""
    return told.split(",")[-1].strip() or request.META.get("REMOTE_ADDR", "")
