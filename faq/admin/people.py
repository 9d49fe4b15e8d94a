"""The people desk: accounts, their groups, and who may review."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import UserChangeForm
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from faq.admin import library_forms as steps
from faq.admin.access import Looking, person
from faq.admin.desk import Desk
from faq.models import Reviewer, User
from faq.workflow import rules

admin.site.unregister(Group)


@admin.register(Group)
class GroupDesk(Looking, admin.ModelAdmin[Group]):
    """The roles that the workflow knows; their names are fixed."""

    list_display = ("name",)
    fields = ("name",)


class AccountForm(UserChangeForm[User]):
    """An account, with a box to tick per role."""

    class Meta(UserChangeForm.Meta):
        model = User
        widgets = {"groups": forms.CheckboxSelectMultiple}


@admin.register(User)
class UserDesk(Looking, UserAdmin[User]):
    """Accounts. People leave by being switched off; leads keep the roles of others, superusers keep everything."""

    form = AccountForm
    list_display = ("username", "full_name", "role_names", "review_scope", "is_active", "last_login")
    list_filter = ("is_active", "is_staff", "groups", "is_demo")
    search_fields = ("username", "first_name", "last_name", "email")
    filter_horizontal = ()
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        ("Person", {"fields": ("first_name", "last_name", "email", "name_is_public", "is_demo")}),
        ("Role", {"fields": ("is_active", "is_staff", "groups", "is_superuser")}),
        ("Dates", {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = ((None, {"classes": ("wide",), "fields": ("username", "usable_password", "password1", "password2")}),)

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """Fetch the roles with each account."""
        rows: QuerySet[User] = super().get_queryset(request)
        return rows.select_related("reviewer").prefetch_related("groups")

    @admin.display(description="name", ordering="last_name")
    def full_name(self, user: User) -> str:
        """Return the person's name."""
        return user.get_full_name()

    @admin.display(description="roles")
    def role_names(self, user: User) -> str:
        """Return the groups."""
        return ", ".join(sorted(group.name for group in user.groups.all()))

    @admin.display(description="reviews as")
    def review_scope(self, user: User) -> str:
        """Return the profession of a reviewer, and until when it holds."""
        reviewer = getattr(user, "reviewer", None)
        if reviewer is None:
            return ""
        return f"{reviewer.profession}, " + ("revoked" if reviewer.revoked_at else f"until {reviewer.verified_until}")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Leads and superusers make accounts."""
        return keeps_accounts(person(request))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Leads change others' accounts, but no superuser's; superusers change all."""
        user = person(request)
        if obj is None or user.is_superuser:
            return keeps_accounts(user)
        return keeps_accounts(user) and not obj.is_superuser and obj.pk != user.pk

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Keep what only a superuser may give out of a lead's hands."""
        fixed = ["is_demo", "last_login", "date_joined"]
        return fixed if person(request).is_superuser else [*fixed, "is_superuser"]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Show the password's row to superusers alone: a lead who could set it could decide under another's name."""
        sets = super().get_fieldsets(request, obj)
        if obj is None or person(request).is_superuser:
            return sets
        return [(None, {"fields": ("username",)}), *sets[1:]]

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> Any:  # noqa: A002  (Django's name)
        """Set another's password: superusers alone."""
        if not person(request).is_superuser:
            raise PermissionDenied
        return super().user_change_password(request, id, form_url)


def keeps_accounts(user: User) -> bool:
    """Return whether `user` makes and changes accounts."""
    return user.is_active and user.is_staff and (user.is_superuser or not rules.lead(user, None, timezone.now()))


@admin.register(Reviewer)
class ReviewerDesk(Desk[Reviewer]):
    """Who may decide, on what, until when."""

    add_step, edit_step = steps.ADD_REVIEWER, steps.EDIT_REVIEWER
    list_display = ("user", "profession", "languages", "all_topics", "sign_offs", "verified_until", "revoked_at")
    list_filter = ("all_topics", "verified_until")
    list_select_related = ("user",)
    search_fields = ("user__username", "user__last_name", "profession", "register")

    def add_refused(self, user: User) -> str:
        """Ask for a lead."""
        return rules.lead(user, None, timezone.now())

    def edit_refused(self, user: User, thing: Reviewer) -> str:
        """Ask for a lead who is somebody else."""
        return self.add_refused(user) or ("Nobody grants a review scope to themselves." if thing.user_id == user.pk else "")
