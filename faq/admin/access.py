"""Who sees the desks: staff with any role. What they may do there is for the workflow to say, verb by verb."""

from typing import Any, cast

from django.db.models import prefetch_related_objects
from django.http import HttpRequest

from faq.models import User
from faq.models.people import ROLES
from faq.workflow.who import roles


def person(request: HttpRequest) -> User:
    """Return the account behind a request that the admin let in."""
    return cast(User, request.user)


def sees_desks(request: HttpRequest) -> bool:
    """Return whether the person is staff with one of the groups or an active Reviewer row, or a superuser."""
    user = person(request)
    if not (user.is_active and user.is_staff):
        return False
    if user.is_superuser:
        return True
    prefetch_related_objects([user], "groups", "reviewer")  # asked for many times in one request, looked up once
    reviewer = getattr(user, "reviewer", None)
    return bool(roles(user) & set(ROLES)) or (reviewer is not None and reviewer.revoked_at is None)


class Looking:
    """Permissions of a desk: whoever sees the desks sees every row, and nothing is added, changed or deleted behind the verbs."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Return whether the desk is listed."""
        return sees_desks(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return whether rows may be read."""
        return sees_desks(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse: rows are made by verbs."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse: rows change by verbs."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse: nothing is ever deleted."""
        return False
