"""Accounts, their groups, and who may review."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from faq.admin.base import BaseAdmin
from faq.admin.library_forms import ADD_REVIEWER, EDIT_REVIEWER
from faq.admin.permissions import ReadOnlyAdmin, user_of
from faq.admin.searching import FoldedSearch
from faq.content.texts import clean_text, said_or_empty
from faq.models import Reviewer, User
from faq.unsaved import came_back
from faq.workflow import transitions

admin.site.unregister(Group)  # django.contrib.auth has registered it, with a form in which groups can be renamed


@admin.register(Group)
class GroupAdmin(ReadOnlyAdmin, admin.ModelAdmin[Group]):
    """The roles that the workflow knows, by their fixed names (models.people.ROLES)."""

    list_display = ("name",)
    fields = ("name",)


class AccountForm(UserChangeForm[User]):
    """An account, with a box to tick per role."""

    class Meta(UserChangeForm.Meta):
        model = User
        widgets = {"groups": forms.CheckboxSelectMultiple}
        help_texts = {
            "is_active": "Take the tick away when somebody leaves: they sign in no more, and what they approved stands. "
            "To have what waits with their approval approved anew, revoke their review scope."
        }

    def clean_username(self) -> str:
        return seen_name(self.cleaned_data["username"]) or no_name()

    def clean_first_name(self) -> str:
        return seen_name(self.cleaned_data["first_name"])

    def clean_last_name(self) -> str:
        return seen_name(self.cleaned_data["last_name"])


class NewAccountForm(AdminUserCreationForm[User]):
    """A new account's name and password."""

    class Meta(AdminUserCreationForm.Meta):
        model = User

    def clean_username(self) -> str:
        return seen_name(super().clean_username()) or no_name()


def seen_name(name: str) -> str:
    """Return a name as decisions and pages carry it, "" where nobody would see it; raise ValidationError for one that cannot be kept."""
    try:
        return said_or_empty(clean_text(name))
    except ValueError as error:
        raise ValidationError(str(error)) from error


def no_name() -> str:
    raise ValidationError("must not be empty")


@admin.register(User)
class AccountAdmin(ReadOnlyAdmin, FoldedSearch[User], UserAdmin[User]):
    """Accounts. People leave by being switched off; leads keep the roles of others, superusers keep everything."""

    form, add_form = AccountForm, NewAccountForm
    list_display = ("username", "full_name", "role_names", "review_scope", "is_active", "last_login")
    list_filter = ("is_active", "is_staff", "groups", "is_demo")
    search_fields = ("username", "first_name", "last_name", "email")
    filter_horizontal = ()  # Django's would put its own two lists in the place of the boxes
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        ("Person", {"fields": ("first_name", "last_name", "email", "name_is_public", "is_demo")}),
        ("Role", {"fields": ("is_active", "is_staff", "groups", "is_superuser")}),
        ("Dates", {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = ((None, {"classes": ("wide",), "fields": ("username", "usable_password", "password1", "password2")}),)

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        accounts: QuerySet[User] = super().get_queryset(request)
        return accounts.select_related("reviewer").prefetch_related("groups")

    @admin.display(description="name", ordering="last_name")
    def full_name(self, user: User) -> str:
        return user.get_full_name()

    @admin.display(description="roles")
    def role_names(self, user: User) -> str:
        return ", ".join(sorted(group.name for group in user.groups.all()))

    @admin.display(description="reviews as")
    def review_scope(self, user: User) -> str:
        reviewer = getattr(user, "reviewer", None)
        if reviewer is None:
            return ""
        return f"{reviewer.profession}, " + ("revoked" if reviewer.revoked_at else f"until {reviewer.verified_until}")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return keeps_accounts(user_of(request))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Leads change others' accounts, but no superuser's; superusers change all."""
        user = user_of(request)
        # Without an account Django asks about the list, and before it makes one.
        if obj is None or user.is_superuser:
            return keeps_accounts(user)
        return keeps_accounts(user) and not obj.is_superuser and obj.pk != user.pk

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **options: Any) -> type[forms.ModelForm[User]]:
        """Fill in again what came before the person had signed in."""
        form = super().get_form(request, obj, change=change, **options)

        class FilledIn(form):  # type: ignore[misc, valid-type]
            def __init__(self, data: Any = None, *args: Any, **kwargs: Any) -> None:
                super().__init__(request.POST if data is None else data, *args, **kwargs)

        return FilledIn if came_back(request) else form

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Keep what only a superuser may give out of a lead's hands."""
        fixed = ["is_demo", "last_login", "date_joined"]
        return fixed if user_of(request).is_superuser else [*fixed, "is_superuser"]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Show the password's row to superusers alone: a lead who could set it could decide under another's name."""
        sets = super().get_fieldsets(request, obj)
        if obj is None or user_of(request).is_superuser:
            return sets
        return [(None, {"fields": ("username",)}), *sets[1:]]

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> Any:  # noqa: A002  (Django's name)
        # Django asks for no more than the right to change the account, which leads have.
        if not user_of(request).is_superuser:
            raise PermissionDenied
        return super().user_change_password(request, id, form_url)


def keeps_accounts(user: User) -> bool:
    """Return whether `user` makes and changes accounts: leads and superusers do."""
    return user.is_active and user.is_staff and (user.is_superuser or not transitions.lead(user, None, timezone.now()))


@admin.register(Reviewer)
class ReviewerAdmin(BaseAdmin[Reviewer]):
    """Who may decide, on what, until when."""

    add_action, edit_action = ADD_REVIEWER, EDIT_REVIEWER
    list_display = ("user", "profession", "languages", "all_topics", "sign_offs", "is_on_duty", "verified_until", "revoked_at")
    list_filter = ("is_on_duty", "all_topics", "verified_until")
    list_select_related = ("user",)
    search_fields = ("user__username", "user__last_name", "profession", "register")

    def add_refused(self, user: User) -> str:
        return transitions.lead(user, None, timezone.now())

    def edit_refused(self, user: User, thing: Reviewer) -> str:
        return self.add_refused(user) or ("Nobody grants a review scope to themselves." if thing.user_id == user.pk else "")
