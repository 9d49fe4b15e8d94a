"""What somebody sent to the admin and the library could not take: their session had ended, or they had signed in anew in another tab.

The words go back to the browser that sent them, in the log-in page, and stand in their form again after signing in; the server keeps
nothing of them. They come back as a GET, so that no view can take them for an order: whoever sees them has to press the button again.
"""

from typing import Final

from django.http import HttpRequest, QueryDict

SIGNS_IN: Final = "signs-in"
"""The field by which a log-in page is told from the form whose words it carries: it is sent to the same address."""
CARRIED: Final = "typed:"
"""What stands before the names of the fields that a log-in page carries, one of which may be a `username` too."""
NOT_CARRIED: Final = "csrfmiddlewaretoken"


def signs_in(request: HttpRequest) -> bool:
    """Whether a log-in page sent this, and not the form whose words it carries."""
    return request.method == "POST" and SIGNS_IN in request.POST


def typed_in(request: HttpRequest) -> QueryDict:
    """Return the fields of the form that could not be taken, without the token, and without passwords, which no page may hold."""
    prefix = CARRIED if signs_in(request) else ""
    typed = QueryDict(mutable=True)
    for name, values in request.POST.lists():
        own = name.removeprefix(prefix)
        if name.startswith(prefix) and own != NOT_CARRIED and "password" not in own:
            typed.setlist(own, values)
    return typed


def carried(typed: QueryDict) -> list[tuple[str, str]]:
    """Return the (name, value) of the hidden fields by which a log-in page carries what was typed."""
    return [(SIGNS_IN, "1"), *((CARRIED + name, value) for name, values in typed.lists() for value in values)]


def make_readable(request: HttpRequest, typed: QueryDict) -> None:
    """Make of a POST a GET that holds what was typed: no view changes anything then, and its form is filled in (`entered`)."""
    request.method = request.META["REQUEST_METHOD"] = "GET"
    request.POST = typed  # type: ignore[assignment]  # the stubs know fields as parsed alone


def came_back(request: HttpRequest) -> bool:
    """Whether the form is shown again with words that were not taken; of any other GET Django reads no fields."""
    return request.method == "GET" and bool(request.POST)


def entered(request: HttpRequest) -> QueryDict | None:
    """Return what a form is to be filled in with; None where it is opened for the first time."""
    return request.POST if request.method == "POST" or came_back(request) else None
