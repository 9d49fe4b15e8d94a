"""What was submitted and is decided about, what has become of the evidence, and what is asked before a sign-off."""

from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import F, Max, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.safestring import SafeString
from django.views.decorators.gzip import gzip_page

from faq import workflow
from faq.admin import columns, panels
from faq.admin.action_forms import ASSIGN
from faq.admin.actions import ACTIONS, label_of
from faq.admin.base import BaseAdmin
from faq.admin.chosen import chosen_keys, chosen_page
from faq.admin.filters import SubmissionStatusFilter, TriageFilter
from faq.admin.forms import VerbForm, run_action
from faq.admin.import_messages import count_of
from faq.admin.library_forms import ADD_CHECKLIST, ADD_SIGN_OFF, EDIT_CHECKLIST
from faq.admin.permissions import user_of
from faq.admin.review_screen import AGAINST, DECIDED_HERE, LOOK, Screen
from faq.admin.value_filters import AssignedFilter, AudienceFilter, DueFilter, LanguageFilter, OriginFilter, TopicFilter
from faq.content.words import read_words
from faq.models import Answer, AudiencePolicy, Checklist, EvidenceAlert, Submission, User
from faq.workflow.transitions import RULES, lead


@admin.register(Submission)
class SubmissionAdmin(columns.WordsAdmin[Submission]):
    """Frozen words and what is to be decided about them."""

    list_display = ("wording", "standing", "waits", "assigned", "about", "began", "submitted_by")
    list_filter = (
        *(SubmissionStatusFilter, AssignedFilter, DueFilter, TopicFilter),
        *(("language", LanguageFilter), ("audience", AudienceFilter), ("origin", OriginFilter)),
    )
    search_fields = ("question__slug", "words", "content_hash")  # the JSON of the words: what stands in any field is found
    ordering = ("submitted_at", "pk")  # what has waited longest comes first
    actions = ("assign_several",)
    deferred = ("words",)
    detail_template = "admin/faq/detail_submission.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Submission]:
        """Fetch as `newest` the key of the answer's newest submission."""
        # Max, not the first of a sorted list: over that a PostgreSQL that had not counted its tables ran into its timeout, at 16,000 rows.
        newest = Submission.objects.filter(answer=OuterRef("answer")).order_by().values("answer").annotate(last=Max("pk")).values("last")
        submissions = super().get_queryset(request).select_related("question", "answer__assignment__reviewer", "submitted_by")
        return submissions.annotate(newest=Subquery(newest))

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.assign_page)
        return [path("assign/", view, name="faq_submission_assign"), *super().get_urls()]

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Offer what is a lead's to them alone."""
        offered: dict[str, Any] = super().get_actions(request)
        return offered if may_assign(user_of(request)) else {}

    @admin.display(description="question", ordering="answer__wording")
    def wording(self, submission: Any) -> str:
        return str(submission.answer.wording or submission)

    @admin.display(description="where it stands")
    def standing(self, submission: Any) -> str:
        return submission_status(submission.answer.status, submission.newest == submission.pk)

    @admin.display(description="submitted", ordering="submitted_at")
    def waits(self, submission: Submission) -> SafeString:
        return columns.ago(submission.submitted_at)

    @admin.display(description="assigned to", ordering="answer__assignment__due_on")
    def assigned(self, submission: Submission) -> str:
        return columns.assigned_to(workflow.assignment_of(submission.answer), timezone.now())

    @admin.action(description="Assign the chosen submissions")
    def assign_several(self, request: HttpRequest, queryset: QuerySet[Submission]) -> HttpResponse:
        return redirect(chosen_page("admin:faq_submission_assign", request, queryset))

    def assign_page(self, request: HttpRequest) -> HttpResponse:
        """Ask who is to decide about the chosen submissions and by when, and assign all or none; what waits no more is left out."""
        if not (self.has_view_permission(request) and may_assign(user_of(request))):
            raise PermissionDenied
        waits = Q(answer__status=Answer.Status.SUBMITTED, newest=F("pk"))
        chosen = list(self.get_queryset(request).filter(waits, pk__in=chosen_keys(request)).order_by("submitted_at", "pk"))
        form = self.form_for(request, ASSIGN, chosen, timezone.now())
        done = request.method == "POST" and run_action(ASSIGN, form)
        if not chosen or done:
            told = (messages.SUCCESS, ASSIGN.done) if done else (messages.ERROR, "Choose submissions that wait for a decision.")
            messages.add_message(request, *told)
            return redirect("admin:faq_submission_changelist")
        title = f"Assign {count_of(len(chosen), 'submission', 'submissions')}"
        context = {"form": form, "chosen": chosen, "title": title, "opts": self.opts, "action": ASSIGN}
        return self.show(request, "admin/faq/assign.html", context)

    def detail_context(self, thing: Submission, at: datetime) -> dict[str, Any]:
        told = {"standing": self.standing(thing), "assigned": self.assigned(thing), "readers": columns.readers_of(thing)}
        return {"submission": thing, **told, **panels.submission_panels(thing)}

    def read_page(self, request: HttpRequest, thing: Submission, read_only: str) -> HttpResponse:
        """Show the screen on which the words are read and decided; words that were erased leave the record alone."""
        return self.screen(request, thing, "", None, timezone.now())

    def verb_page(self, request: HttpRequest, thing: Submission, verb: str, form: VerbForm, at: datetime) -> TemplateResponse:
        form.is_quiet = not self.decides(request, thing, verb, form)
        return self.screen(request, thing, verb, form, at)

    def decides(self, request: HttpRequest, thing: Submission, verb: str, form: VerbForm) -> bool:
        return super().decides(request, thing, verb, form) and LOOK not in request.POST

    # A long text with all its sources is heavy, and light when packed; Django pads it, so that its length tells nothing (BREACH).
    @method_decorator(gzip_page)
    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> Any:
        return super().changeform_view(request, object_id, form_url, extra_context)

    @method_decorator(gzip_page)
    def verb_view(self, request: HttpRequest, object_id: str, verb: str) -> HttpResponse:
        return super().verb_view(request, object_id, verb)

    def screen(self, request: HttpRequest, thing: Submission, verb: str, form: VerbForm | None, at: datetime) -> TemplateResponse:
        """`verb` and its `form` are what was asked for or refused; nothing of either where the page is opened for reading."""
        context = self.page(request, thing, at)
        labels = dict(context["buttons"])
        here = [(name, labels[name]) for name in DECIDED_HERE if name in labels]
        context["buttons"] = [button for button in context["buttons"] if button not in here]
        action = ACTIONS[Submission, verb] if verb and verb not in DECIDED_HERE else None
        approval = form if verb == "approve" else None
        if approval is None and action is None and any(name == "approve" for name, _ in here):
            # As it stood when another button was pressed, without fault found in it.
            approval = self.form_for(request, ACTIONS[Submission, "approve"], thing, at)
            approval.is_quiet = True
        told = {
            "form": form or approval,
            "approval": approval,
            "here": here,
            "verb": verb,
            "action": action,
            "is_nav_sidebar_enabled": False,
        }
        told |= {"label": label_of(thing, verb) if verb else ""}
        if thing.words:
            words = read_words(thing.words)
            against = request.POST.get(LOOK) or request.GET.get(AGAINST, "")
            told |= Screen(thing, words, user_of(request), at, approval, against).context() | {"title": words.question}
        return self.show(request, "admin/faq/review.html", {"title": str(thing)} | context | told)


def may_assign(user: User) -> bool:
    """Return whether the table lets `user` assign, whatever waits."""
    return not RULES[Submission, "assign"].who(user, None, timezone.now())


def submission_status(status: str, is_newest: bool) -> str:
    """Return where submitted words stand, in words; `status` is their answer's, which tells of the newest submission alone."""
    if not is_newest:
        return "submitted again since"
    return {
        Answer.Status.SUBMITTED: "awaiting decision",
        Answer.Status.APPROVED: "approved, awaiting publication",
        Answer.Status.SCHEDULED: "approved and scheduled",
        Answer.Status.PUBLISHED: "published",
        Answer.Status.DRAFT: "back in draft",
        Answer.Status.DISCARDED: "discarded",
    }[Answer.Status(status)]


@admin.register(EvidenceAlert)
class EvidenceAlertAdmin(BaseAdmin[EvidenceAlert]):
    """Entries that cite a source which no longer stands."""

    list_display = ("entry", "source", "state", "raised", "outcome", "triaged_by")
    list_filter = (TriageFilter, "state", ("publication__language", LanguageFilter))
    ordering = ("raised_at", "pk")
    list_select_related = ("publication", "source", "triaged_by")
    search_fields = ("publication__slug", "source__key", "source__title")
    detail_template = "admin/faq/detail_alert.html"
    fields = ("publication", "source", "raised_at", "outcome", "triaged_by", "triaged_at", "note")

    def heading(self, thing: EvidenceAlert) -> str:
        return f"{thing.source.key} was {str(thing.get_state_display()).lower()}: {thing.publication.wording or thing.publication.slug}"

    @admin.display(description="entry", ordering="publication__wording")
    def entry(self, alert: EvidenceAlert) -> str:
        return f"{alert.publication.wording or alert.publication.slug} (version {alert.publication.version})"

    @admin.display(description="raised", ordering="raised_at")
    def raised(self, alert: EvidenceAlert) -> SafeString:
        return columns.ago(alert.raised_at)

    def detail_context(self, thing: EvidenceAlert, at: datetime) -> dict[str, Any]:
        told = {"cited_in": panels.cited_in(thing.publication, thing.source.key, at), "marked": panels.marking_of(thing.source)}
        return {"alert": thing, "publication": thing.publication, **told, **panels.publication_panels(thing.publication, at)}


@admin.register(AudiencePolicy)
class AudiencePolicyAdmin(BaseAdmin[AudiencePolicy]):
    """Which sign-offs an audience's texts need beside the clinical one."""

    add_action = ADD_SIGN_OFF
    list_display = ("audience", "sign_off")

    def add_refused(self, user: User) -> str:
        return lead(user, None, timezone.now())


@admin.register(Checklist)
class ChecklistAdmin(BaseAdmin[Checklist]):
    """What reviewers tick before each kind of sign-off."""

    add_action, edit_action = ADD_CHECKLIST, EDIT_CHECKLIST
    list_display = ("kind", "points")

    @admin.display(description="sign-off", ordering="sign_off")
    def kind(self, checklist: Checklist) -> str:
        return str(checklist.get_sign_off_display())

    @admin.display(description="points")
    def points(self, checklist: Checklist) -> int:
        return len(checklist.items)

    def add_refused(self, user: User) -> str:
        return lead(user, None, timezone.now())

    def edit_refused(self, user: User, thing: Checklist) -> str:
        return self.add_refused(user)
