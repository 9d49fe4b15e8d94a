"""Django's middleware for people who are signed in, passed by where nobody is: public reads know no session, cookie or token."""

from typing import Final

from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.deprecation import MiddlewareMixin

from faq.public.middleware import SAFE

ADMIN: Final = "/admin/"


def is_public_read(request: HttpRequest) -> bool:
    """Whether the request can neither change anything nor meet the admin. Whatever sends something is checked, wherever it goes."""
    return request.method in SAFE and not request.path_info.startswith(ADMIN)


class NotForReaders(MiddlewareMixin):
    """Lets public reads by the middleware it is mixed into."""

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass a public read on as it is."""
        return self.get_response(request) if is_public_read(request) else super().__call__(request)  # type: ignore[return-value]


class AdminSession(NotForReaders, SessionMiddleware):
    """Sessions."""


class AdminAuthentication(NotForReaders, AuthenticationMiddleware):
    """Who is signed in."""


class AdminMessages(NotForReaders, MessageMiddleware):
    """What the admin says once."""
