"""What the pages of all models share: each shows a row, its words and a bar of verbs; every change is one form that calls one verb."""

from datetime import datetime
from typing import Any, ClassVar, TypeVar

from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import quote, unquote
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.text import capfirst

from faq.admin.actions import ACTIONS, buttons, label_of, refusal_of, ways_on
from faq.admin.forms import Action, ActionResult, VerbForm, run_action
from faq.admin.permissions import ReadOnlyAdmin, user_of
from faq.admin.searching import FoldedSearch
from faq.admin_site import NAMES
from faq.models import User
from faq.unsaved import came_back, entered

M = TypeVar("M", bound=models.Model)


def admin_url(thing: models.Model) -> str:
    return reverse(f"admin:{thing._meta.app_label}_{thing._meta.model_name}_change", args=[thing.pk])


def typed_key(value: str) -> int:
    """Return the primary key that somebody may have typed into an address; 0, which no row has, for anything else."""
    # Whatever has 18 digits fits into the 64 bits of a column; a longer number would be an error of the database.
    return int(value) if value.isascii() and value.isdigit() and len(value) < 19 else 0


class BaseAdmin(ReadOnlyAdmin, FoldedSearch[M]):
    """A model's pages. `add_action` and `edit_action` call the verbs that make a row and change it, if there are any.

    `deferred`: long columns, which a list leaves in the database; a page that shows them fetches them.
    """

    add_action: ClassVar[Action | None] = None
    edit_action: ClassVar[Action | None] = None
    deferred: ClassVar[tuple[str, ...]] = ()
    detail_template: ClassVar[str] = ""
    form_template: ClassVar[str] = "admin/faq/form.html"
    list_per_page = 50
    show_full_result_count = False  # it would count the whole table once more for every filtered list

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_verb"
        view = self.admin_site.admin_view(self.verb_view)
        # Before Django's own, the last of which matches whatever ends with a slash.
        return [path("<path:object_id>/do/<str:verb>/", view, name=name), *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[M]:
        rows: models.QuerySet[M] = super().get_queryset(request)
        return rows.defer(*self.deferred)

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        """Raises IncorrectLookupParameters, at which Django shows the whole list, for a day in the address that nobody can reckon with."""
        try:
            return super().get_changelist_instance(request)
        except (OverflowError, ValueError) as error:
            if not request.GET:
                raise  # no day was asked for: a fault of ours
            raise IncorrectLookupParameters from error

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return super().changelist_view(request, {"title": self.list_name(), "list_name": self.list_name()} | (extra_context or {}))

    def list_name(self) -> str:
        """Return what the menu calls the list."""
        return NAMES.get(self.model.__name__) or str(capfirst(self.opts.verbose_name_plural))

    # What a model says about its rows

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.add_action is not None and not self.add_refused(user_of(request))

    def add_refused(self, user: User) -> str:
        """Return why `user` may not make a row, or an empty string."""
        return "Rows are made by verbs."

    def edit_refused(self, user: User, thing: M) -> str:
        """Return why the page of `thing` has no form for `user`, or an empty string where it has one."""
        return "This is for reading."

    def detail_context(self, thing: M, at: datetime) -> dict[str, Any]:
        """Return the context of `detail_template`, which stands on the row's page and beside each verb's form."""
        return {}

    def heading(self, thing: M) -> str:
        """Return what a row's page for reading is headed with."""
        return str(thing)

    def page(self, request: HttpRequest, thing: M, at: datetime) -> dict[str, Any]:
        """Return the context of every page about `thing`."""
        return {
            "opts": self.opts,
            "thing": thing,
            "thing_url": admin_url(thing),
            "buttons": buttons(thing, user_of(request)),
            "ways_on": ways_on(thing, user_of(request)),
            "detail_template": self.detail_template,
            **self.detail_context(thing, at),
        }

    # Pages

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> Any:
        """Show the verb's form where the person may use it, else the row for reading."""
        if object_id is None:
            return self.add_page(request)
        thing = self.get_or_404(request, object_id)
        refused = self.edit_refused(user_of(request), thing)
        if self.edit_action and not refused:
            return self.edit_page(request, thing, self.edit_action)
        # Django would take `_saveasnew` in a POST for an addition by its own form, and ask for has_add_permission alone.
        if request.method == "POST":
            raise PermissionDenied
        return self.read_page(request, thing, refused if self.edit_action else "")

    def read_page(self, request: HttpRequest, thing: M, read_only: str) -> HttpResponse:
        """Show the row for reading, and why there is no form where somebody else would find one."""
        told = {"read_only": read_only, "title": self.heading(thing), "subtitle": None, "list_name": self.list_name()}
        context = self.page(request, thing, timezone.now()) | told
        # Django's own page: since has_change_permission refuses everybody, it has no form.
        return super().changeform_view(request, quote(str(thing.pk)), "", context)

    def get_or_404(self, request: HttpRequest, object_id: str) -> M:
        """Return the row; raise Http404 where there is none and PermissionDenied for who may not see it."""
        thing = self.get_object(request, unquote(object_id))  # the admin quotes signs such as _ in addresses
        if thing is None:
            raise Http404(f"There is no {self.opts.verbose_name} {object_id}.")
        if not self.has_view_permission(request, thing):
            raise PermissionDenied
        return thing

    def add_page(self, request: HttpRequest) -> HttpResponse:
        if self.add_action is None or not self.has_add_permission(request):
            raise PermissionDenied
        form = self.form_for(request, self.add_action, None, timezone.now(), self.get_changeform_initial_data(request))
        outcome = run_action(self.add_action, form) if request.method == "POST" else None
        if outcome:
            return self.redirect_after(request, self.add_action, outcome, None)
        title = f"Add {self.opts.verbose_name}"
        return self.show(request, self.form_template, {"form": form, "action": self.add_action, "title": title, "opts": self.opts})

    def edit_page(self, request: HttpRequest, thing: M, action: Action) -> HttpResponse:
        at = timezone.now()
        form = self.form_for(request, action, thing, at)
        outcome = run_action(action, form) if request.method == "POST" else None
        if outcome:
            return self.redirect_after(request, action, outcome, thing)
        context = self.page(request, thing, at) | {"form": form, "action": action, "title": str(thing)}
        return self.show(request, self.form_template, context)

    def verb_view(self, request: HttpRequest, object_id: str, verb: str) -> HttpResponse:
        """Ask for a verb's arguments, and call it; raise Http404 for a verb that rows of this model do not have."""
        thing = self.get_or_404(request, object_id)
        action = ACTIONS.get((type(thing), verb))
        if action is None:
            raise Http404(f"There is no verb {verb} here.")
        at = timezone.now()
        refused = refusal_of(thing, verb, user_of(request), at)
        # Somebody else may have decided since the button was shown. What was already typed is not thrown away by a redirect:
        # the verb refuses it, and the form comes back with the reason.
        if request.method != "POST" and refused:
            messages.error(request, refused)
            if not came_back(request):
                return redirect(admin_url(thing))
        form = self.form_for(request, action, thing, at)
        outcome = run_action(action, form) if self.decides(request, thing, verb, form) else None
        if outcome:
            return self.redirect_after(request, action, outcome, thing)
        return self.verb_page(request, thing, verb, form, at)

    def decides(self, request: HttpRequest, thing: M, verb: str, form: VerbForm) -> bool:
        """Return whether a button was pressed that calls the verb."""
        return request.method == "POST"

    def verb_page(self, request: HttpRequest, thing: M, verb: str, form: VerbForm, at: datetime) -> TemplateResponse:
        """Show the form of a verb, opened for the first time or refused."""
        label = label_of(thing, verb)
        told = {"form": form, "action": ACTIONS[type(thing), verb], "label": label, "title": f"{label}: {thing}"}
        return self.show(request, "admin/faq/verb.html", self.page(request, thing, at) | told)

    def form_for(self, request: HttpRequest, action: Action, thing: Any, at: datetime, initial: Any = None) -> VerbForm:
        """Return the form of `action`, with what was entered, be it sent now or before the person signed in."""
        form = action.form(entered(request), thing=thing, by=user_of(request), at=at, initial=initial)
        if action.ask:
            form.fields["comment"].label = action.ask
        return form

    def redirect_after(self, request: HttpRequest, action: Action, outcome: ActionResult, thing: M | None) -> HttpResponse:
        """Say that it is done, and open the row that the verb made where `action` follows it, else the one it was about."""
        messages.success(request, action.done)
        row = outcome.result if thing is None or action.follows else thing
        return redirect(admin_url(row))

    def show(self, request: HttpRequest, template: str, context: dict[str, Any]) -> TemplateResponse:
        return TemplateResponse(request, template, self.admin_site.each_context(request) | {"list_name": self.list_name()} | context)


def read_only(model: type[models.Model], **options: Any) -> None:
    """Register pages of `model` that need no method of their own; `options` are attributes of ModelAdmin, such as list_display."""
    admin.site.register(model, type(f"{model.__name__}Admin", (BaseAdmin,), options))
