"""A desk's machinery: every page shows a row, its words and a bar of verbs; every change is one form that calls one verb."""

from datetime import datetime
from typing import Any, ClassVar, TypeVar

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from faq.admin.access import Looking, person
from faq.admin.forms import Outcome, Step, VerbForm, perform
from faq.admin.steps import STEPS, buttons, label_of, refusal
from faq.models import User

M = TypeVar("M", bound=models.Model)


def address(thing: models.Model) -> str:
    """Return the address of a row's page in the admin."""
    return reverse(f"admin:{thing._meta.app_label}_{thing._meta.model_name}_change", args=[thing.pk])


class Desk(Looking, admin.ModelAdmin[M]):
    """A model's pages. `add_step` and `edit_step` are the verbs that make a row and change it, if there are any."""

    add_step: ClassVar[Step | None] = None
    edit_step: ClassVar[Step | None] = None
    exhibit_template: ClassVar[str] = ""
    form_template: ClassVar[str] = "admin/faq/form.html"
    list_per_page = 50
    show_full_result_count = False

    def get_urls(self) -> list[URLPattern]:
        """Add the page of each verb."""
        name = f"{self.opts.app_label}_{self.opts.model_name}_verb"
        view = self.admin_site.admin_view(self.verb_view)
        return [path("<path:object_id>/do/<str:verb>/", view, name=name), *super().get_urls()]

    # What a desk says about its rows

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return whether the person may call the verb that makes a row."""
        return self.add_step is not None and not self.add_refused(person(request))

    def add_refused(self, user: User) -> str:
        """Return why `user` may not make a row."""
        return "Rows are made by verbs."

    def edit_refused(self, user: User, thing: M) -> str:
        """Return why the page of `thing` has no form for `user`; an empty string where it has one."""
        return "This is for reading."

    def exhibit(self, thing: M, at: datetime) -> dict[str, Any]:
        """Return the context of `exhibit_template`: what stands on the row's page, and beside each verb's form."""
        return {}

    def page(self, request: HttpRequest, thing: M, at: datetime) -> dict[str, Any]:
        """Return the context of every page about `thing`."""
        return {
            "opts": self.opts,
            "thing": thing,
            "thing_url": address(thing),
            "buttons": buttons(thing, person(request)),
            "exhibit_template": self.exhibit_template,
            **self.exhibit(thing, at),
        }

    # Pages

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> Any:
        """Show the verb's form where the person may use it, else the row for reading."""
        if object_id is None:
            return self.add_page(request)
        thing = self.find(request, object_id)
        refused = self.edit_refused(person(request), thing)
        if self.edit_step and not refused:
            return self.edit_page(request, thing, self.edit_step)
        at = timezone.now()
        context = self.page(request, thing, at) | {"read_only": refused if self.edit_step else ""}
        return super().changeform_view(request, object_id, form_url, (extra_context or {}) | context)

    def find(self, request: HttpRequest, object_id: str) -> M:
        """Return the row; raise Http404 or PermissionDenied."""
        thing = self.get_object(request, unquote(object_id))
        if thing is None:
            raise Http404(f"There is no {self.opts.verbose_name} {object_id}.")
        if not self.has_view_permission(request, thing):
            raise PermissionDenied
        return thing

    def add_page(self, request: HttpRequest) -> HttpResponse:
        """Make a row."""
        if self.add_step is None or not self.has_add_permission(request):
            raise PermissionDenied
        form = self.form_for(request, self.add_step, None, timezone.now(), self.get_changeform_initial_data(request))
        outcome = perform(self.add_step, form) if request.method == "POST" else None
        if outcome:
            return self.leave(request, self.add_step, outcome, None)
        title = f"Add {self.opts.verbose_name}"
        return self.show(request, self.form_template, {"form": form, "step": self.add_step, "title": title, "opts": self.opts})

    def edit_page(self, request: HttpRequest, thing: M, step: Step) -> HttpResponse:
        """Change a row."""
        at = timezone.now()
        form = self.form_for(request, step, thing, at)
        outcome = perform(step, form) if request.method == "POST" else None
        if outcome:
            return self.leave(request, step, outcome, thing)
        context = self.page(request, thing, at) | {"form": form, "step": step, "title": str(thing)}
        return self.show(request, self.form_template, context)

    def verb_view(self, request: HttpRequest, object_id: str, verb: str) -> HttpResponse:
        """Ask for a verb's arguments, and call it."""
        thing = self.find(request, object_id)
        step = STEPS.get((type(thing), verb))
        if step is None:
            raise Http404(f"There is no verb {verb} here.")
        at = timezone.now()
        refused = refusal(thing, verb, person(request), at)
        if request.method != "POST" and refused:
            messages.error(request, refused)
            return redirect(address(thing))
        form = self.form_for(request, step, thing, at)
        outcome = perform(step, form) if request.method == "POST" else None
        if outcome:
            return self.leave(request, step, outcome, thing)
        label = label_of(thing, verb)
        context = self.page(request, thing, at) | {"form": form, "step": step, "label": label, "title": f"{label}: {thing}"}
        return self.show(request, "admin/faq/verb.html", context)

    def form_for(self, request: HttpRequest, step: Step, thing: Any, at: datetime, initial: Any = None) -> VerbForm:
        """Return the step's form with what was entered, if anything was."""
        entered = request.POST if request.method == "POST" else None
        form = step.form(entered, thing=thing, by=person(request), at=at, initial=initial)
        if step.ask:
            form.fields["comment"].label = step.ask
        return form

    def leave(self, request: HttpRequest, step: Step, outcome: Outcome, thing: M | None) -> HttpResponse:
        """Say that it is done and open the row it concerns."""
        messages.success(request, step.done)
        row = outcome.result if thing is None or step.follows else thing
        return redirect(address(row))

    def show(self, request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
        """Render a page of ours within the admin."""
        return TemplateResponse(request, template, self.admin_site.each_context(request) | context)
