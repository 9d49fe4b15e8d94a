"""What topics are called: the names as a list, and the page on which a reviewer approves many of them at once."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from faq import workflow
from faq.admin import columns, library_forms
from faq.admin.actions import refusal_of
from faq.admin.base import typed_key
from faq.admin.chosen import CHOSEN, chosen_keys, chosen_page, page_about
from faq.admin.filters import TextStatusFilter
from faq.admin.forms import Action, ChecksField, VerbForm, run_action
from faq.admin.import_messages import count_of
from faq.admin.library import ProposedAdmin, text_status
from faq.admin.permissions import user_of
from faq.admin.value_filters import LanguageFilter
from faq.models import ImportRun, TopicName, User
from faq.workflow.permissions import clinical, is_reviewer
from faq.workflow.transitions import told_of_each


class SeenField(ChecksField):
    """What stood on the page, as KEY:MARK of each name (workflow.seen_names)."""

    def clean(self, value: Any) -> dict[int, str]:
        """Return {key: mark}."""
        sent = super().clean(value)
        if len(sent) > CHOSEN:
            raise ValidationError(f"No more than {CHOSEN} names at once: choose fewer, and do the others afterwards.")
        pairs = [(typed_key(key), mark) for key, _, mark in (each.partition(":") for each in sent)]
        if not all(key and mark for key, mark in pairs):
            raise ValidationError("What you saw did not come whole; open this page anew.")
        return dict(pairs)


class ApproveNamesForm(VerbForm):
    """Nothing to say but what was seen; `thing` is the list of names that are shown."""

    seen = SeenField()

    def prepare(self) -> None:
        self.initial["seen"] = [f"{key}:{mark}" for key, mark in workflow.seen_names(self.thing).items()]


def approve_shown(names: Sequence[TopicName], *, seen: dict[int, str], **arguments: Any) -> list[TopicName]:
    return workflow.approve_names(seen, **arguments)


APPROVE_NAMES: Final = Action(
    approve_shown,
    ApproveNamesForm,
    "The names are in force.",
    says="All of these come into force at once: readers see them, and search finds entries by them. Leave out whatever you would not"
    " approve alone.",
)


@admin.register(TopicName)
class TopicNameAdmin(ProposedAdmin):
    """What topics are called, per language: proposed one by one, or by an import in thousands, and approved alone or many at once."""

    add_action = library_forms.ADD_NAME
    list_display = ("name", "topic", "spoken", "number", "standing", "proposed_by", "starts_at")
    list_filter = (TextStatusFilter, ("language", LanguageFilter), "topic__kind")
    list_select_related = ("topic", "proposed_by", "approved_by", "attestation")
    search_fields = ("name", "topic__slug")
    list_per_page = CHOSEN  # so that all that a page shows can be approved together
    actions = ("approve_several",)
    detail_template = "admin/faq/detail_name.html"

    @admin.display(description="standing")
    def standing(self, name: TopicName) -> str:
        return text_status(name)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Begin with the name that `from` names, or with the topic that `topic` names."""
        name = TopicName.objects.filter(pk=typed_key(request.GET.get("from", ""))).first()
        if name:
            return {"topic": name.topic_id, "language": name.language, "name": name.name, "synonyms": name.synonyms}
        return {"topic": request.GET.get("topic", "")}

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.approve_page)
        return [path("approve/", view, name="faq_topicname_approve"), *super().get_urls()]

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Offer to those alone what only they could do with any name."""
        offered: dict[str, Any] = super().get_actions(request)
        return {} if clinical(is_reviewer)(user_of(request), None, timezone.now()) else offered

    @admin.action(description="Approve the chosen names")
    def approve_several(self, request: HttpRequest, queryset: QuerySet[TopicName]) -> HttpResponse:
        return redirect(chosen_page("admin:faq_topicname_approve", request, queryset))

    def approve_page(self, request: HttpRequest) -> HttpResponse:
        """Show each chosen name whole, beside what it would replace, and approve all or none; say what is left out, and why."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        at = timezone.now()
        rows = self.get_queryset(request).filter(pk__in=chosen_keys(request)).select_related("topic", "proposed_by")
        names, left_out = sorted_out(list(rows.order_by("topic__slug", "language", "-number")), user_of(request), at)
        form = self.form_for(request, APPROVE_NAMES, names, at)
        # What was sent is asked of the verb even where it is left out by now: somebody who has seen a name is told what became of it.
        if request.method == "POST" and run_action(APPROVE_NAMES, form):
            messages.success(request, APPROVE_NAMES.done)
            return redirect(waiting_list())
        if not names and request.method != "POST":
            why = told_of_each([name for name, _ in left_out], [reason for _, reason in left_out])
            messages.error(request, why or "Choose names that wait for a second person.")
            return redirect(waiting_list())
        title = f"Approve {count_of(len(names), 'name', 'names')}"
        told = {"rows": shown(names), "left_out": left_out, "title": title, "again": request.get_full_path()}
        return self.show(request, "admin/faq/approve_names.html", told | {"form": form, "opts": self.opts, "action": APPROVE_NAMES})


def waiting_list() -> str:
    return f"{reverse('admin:faq_topicname_changelist')}?standing=proposed"


def sorted_out(names: Sequence[TopicName], user: User, at: datetime) -> tuple[list[TopicName], list[tuple[TopicName, str]]]:
    """Return the names that `user` may approve together, and the others, each with the reason; `names`: of each topic the newest first."""
    kept: dict[tuple[int, str], TopicName] = {}
    left_out = []
    for name in names:
        reason = refusal_of(name, "approve_text", user, at)
        if not reason and (name.topic_id, name.language) in kept:
            reason = "A later name of this topic is chosen too."
        if reason:
            left_out.append((name, reason))
        else:
            kept[name.topic_id, name.language] = name
    return list(kept.values()), left_out


class Shown(NamedTuple):
    """A name as a reviewer reads it: `replaces` is in force now, `run` brought it where that is known, `without` is the page without it."""

    name: TopicName
    language: str
    replaces: TopicName | None
    run: ImportRun | None
    without: str


def shown(names: Sequence[TopicName]) -> list[Shown]:
    replaced, runs = workflow.names_replaced(names), runs_of(names)
    rows = []
    for name in names:
        without = page_about("admin:faq_topicname_approve", (other.pk for other in names if other is not name))
        rows.append(Shown(name, columns.language_name(name.language), replaced.get(name.pk), runs.get(name.pk), without))
    return rows


def runs_of(names: Sequence[TopicName]) -> dict[int, ImportRun]:
    """Return {key of a name: the import of the same person that ran when it was proposed}; a proposal keeps no more of where it is from."""
    runs = list(ImportRun.objects.filter(by__in={name.proposed_by_id for name in names}).defer("counts", "told").order_by("started_at"))
    return {
        name.pk: run
        for name in names
        for run in runs
        if run.by_id == name.proposed_by_id and run.started_at <= name.proposed_at <= (run.finished_at or name.proposed_at)
    }
