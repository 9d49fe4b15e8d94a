"""Who sees the admin: staff with any role. What they may do there is for the workflow to say, verb by verb."""

from typing import Any, Final, cast

from django.db.models import prefetch_related_objects
from django.http import HttpRequest

from faq.models import User
from faq.models.people import ROLES
from faq.workflow.permissions import roles

OVERSEEING: Final = frozenset({"lead", "auditor"})
"""Whose work everything is."""


def user_of(request: HttpRequest) -> User:
    return cast(User, request.user)  # never an AnonymousUser: the admin has let the request in


def may_enter(request: HttpRequest) -> bool:
    """Return whether the person is staff with one of the groups or an active Reviewer row, or a superuser."""
    user = user_of(request)
    return user.is_active and user.is_staff and bool(parts_of(user))


def parts_of(user: User) -> frozenset[str]:
    """Return the person's roles, and `reviewer` where they have a review scope; a superuser has those who oversee everything."""
    if user.is_superuser:
        return OVERSEEING
    prefetch_related_objects([user], "groups", "reviewer")  # asked for many times in one request, looked up once
    reviewer = getattr(user, "reviewer", None)  # the other side of a OneToOneField raises where there is no row
    is_reviewing = reviewer is not None and reviewer.revoked_at is None
    return frozenset(roles(user) & set(ROLES) | ({"reviewer"} if is_reviewing else set()))


class ReadOnlyAdmin:
    """Whoever may enter sees every row of every model; nothing is added, changed or deleted by Django's own forms, only by verbs."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return may_enter(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_enter(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    # Superusers are refused as well, whom Django's own permissions let do everything.
    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
