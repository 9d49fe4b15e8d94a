"""What was submitted, what is published, and what has become of the evidence."""

from datetime import datetime
from typing import Any, Final

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import F, Max, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.safestring import SafeString
from django.views.decorators.gzip import gzip_page

from faq.admin import columns, panels
from faq.admin.action_forms import ASSIGN, REAFFIRM, SURE, WithdrawForm
from faq.admin.actions import ACTIONS, label_of, refusal_of
from faq.admin.base import BaseAdmin, read_only, typed_key
from faq.admin.dashboard import age
from faq.admin.filters import (
    ApproverFilter,
    AssignedFilter,
    AudienceFilter,
    DueFilter,
    GradeFilter,
    LanguageFilter,
    OriginFilter,
    PublicationStatusFilter,
    ReviewDueFilter,
    SubmissionStatusFilter,
    TopicFilter,
    TranslationFilter,
    TriageFilter,
)
from faq.admin.forms import VerbForm, run_action
from faq.admin.import_messages import count_of
from faq.admin.library_forms import ADD_CHECKLIST, ADD_SIGN_OFF, EDIT_CHECKLIST
from faq.admin.permissions import user_of
from faq.admin.readers_see import readers_see
from faq.admin.review_screen import AGAINST, DECIDED_HERE, LOOK, Screen
from faq.content.words import read_words
from faq.models import Answer, AudiencePolicy, Checklist, Erasure, EvidenceAlert, Publication, ReviewReminder, Submission, User
from faq.public.links import page_path
from faq.workflow.transitions import lead

CHOSEN: Final = 100
"""Rows that something is done with at once: a page that can still be read, and an address that servers take."""


@admin.register(Submission)
class SubmissionAdmin(BaseAdmin[Submission]):
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
        return submissions.annotate(newest=Subquery(newest)).prefetch_related(columns.named_topics("question__"))

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.assign_page)
        return [path("assign/", view, name="faq_submission_assign"), *super().get_urls()]

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Offer to leads alone what is theirs."""
        offered: dict[str, Any] = super().get_actions(request)
        return {} if lead(user_of(request), None, timezone.now()) else offered

    @admin.display(description="question", ordering="answer__wording")
    def wording(self, submission: Any) -> str:
        return str(submission.answer.wording or submission)

    @admin.display(description="where it stands")
    def standing(self, submission: Any) -> str:
        return submission_status(submission.answer.status, submission.newest == submission.pk)

    @admin.display(description="submitted", ordering="submitted_at")
    def waits(self, submission: Submission) -> SafeString:
        return columns.dated(f"{age(submission.submitted_at, timezone.now())} ago,", submission.submitted_at)

    @admin.display(description="assigned to", ordering="answer__assignment__due_on")
    def assigned(self, submission: Submission) -> str:
        return columns.assigned_to(columns.assignment_of(submission.answer), timezone.now())

    @admin.display(description="readers and topics", ordering="language")
    def about(self, submission: Submission) -> SafeString:
        return columns.readers_and_topics(columns.readers_of(submission), submission.question.questiontopic_set.all())

    @admin.display(description="origin", ordering="origin")
    def began(self, submission: Submission) -> str:
        return columns.origin_name(submission.origin)

    @admin.action(description="Assign the chosen submissions")
    def assign_several(self, request: HttpRequest, queryset: QuerySet[Submission]) -> HttpResponse:
        return redirect(chosen_page("admin:faq_submission_assign", request, queryset))

    def assign_page(self, request: HttpRequest) -> HttpResponse:
        """Ask who is to decide about the chosen submissions and by when, and assign all or none; what waits no more is left out."""
        if not self.has_view_permission(request) or lead(user_of(request), None, timezone.now()):
            raise PermissionDenied
        waits = Q(answer__status=Answer.Status.SUBMITTED, newest=F("pk"))
        chosen = list(self.get_queryset(request).filter(waits, pk__in=chosen_keys(request)).order_by("submitted_at", "pk"))
        form = self.form_for(request, ASSIGN, chosen, timezone.now()) if chosen else None
        done = form is not None and request.method == "POST" and run_action(ASSIGN, form)
        if form is None or done:
            nothing = "Choose submissions that wait for a decision."
            messages.add_message(request, *((messages.SUCCESS, ASSIGN.done) if done else (messages.ERROR, nothing)))
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


def chosen_page(name: str, request: HttpRequest, queryset: QuerySet[Any]) -> str:
    """Return the address of the page on which something is done with the chosen rows, CHOSEN of them at most, the first of the list.

    A page of its own rather than an answer to this POST: its form is sent to the same address, keys and all.
    """
    keys = list(queryset.values_list("pk", flat=True)[: CHOSEN + 1])
    if len(keys) > CHOSEN:
        messages.warning(request, f"These are the first {CHOSEN} of those that you chose; do the others afterwards.")
    return f"{reverse(name)}?{'&'.join(f'entry={key}' for key in keys[:CHOSEN])}"


def chosen_keys(request: HttpRequest) -> list[int]:
    return [typed_key(value) for value in request.GET.getlist("entry")[:CHOSEN]]


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


@admin.register(Publication)
class PublicationAdmin(BaseAdmin[Publication]):
    """Versions as published, and what has become of them since."""

    list_display = ("question_wording", "standing", "review", "about", "began", "grade", "approved_by", "translation")
    list_filter = (
        *(PublicationStatusFilter, ReviewDueFilter, TopicFilter, ApproverFilter),
        *(("language", LanguageFilter), ("audience", AudienceFilter), ("origin", OriginFilter), GradeFilter, TranslationFilter),
    )
    search_fields = ("slug", "words", "content_hash")  # the JSON of the words: what stands in any field is found
    ordering = ("sort_key", "-version")
    actions = ("reaffirm_several",)
    fields = (
        "question",
        "standing",
        "published_at",
        "ended_at",
        "approval",
        "last_reviewed_on",
        "next_review_due_on",
        "expires_on",
        "submission",
        "grade",
        "content_hash",
    )
    deferred = ("words", "submission__words")
    detail_template = "admin/faq/detail_publication.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Publication]:
        publications: Any = super().get_queryset(request)
        found: QuerySet[Publication] = publications.with_original_version().select_related(
            "question", "submission", "last_change", "decision__by"
        )
        return found.prefetch_related(columns.named_topics("question__"))

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.reaffirm_page)
        return [path("reaffirm/", view, name="faq_publication_reaffirm"), *super().get_urls()]

    def heading(self, thing: Publication) -> str:
        return f"{thing.wording or thing.slug} (version {thing.version})"

    @admin.display(description="status", ordering="status")
    def standing(self, publication: Publication) -> str:
        marks = {"held": publication.is_held, "text withheld": publication.is_withheld, "erased": publication.is_erased}
        told = [columns.STATUSES[publication.status], *(mark for mark, is_so in marks.items() if is_so)]
        return f"{', '.join(told)} (version\N{NO-BREAK SPACE}{publication.version})"

    @admin.display(description="question", ordering="sort_key")
    def question_wording(self, publication: Publication) -> str:
        return publication.wording or publication.slug

    @admin.display(description="readers and topics", ordering="language")
    def about(self, publication: Publication) -> SafeString:
        return columns.readers_and_topics(columns.readers_of(publication), publication.question.questiontopic_set.all())

    @admin.display(description="origin", ordering="origin")
    def began(self, publication: Publication) -> str:
        return columns.origin_name(publication.origin)

    @admin.display(description="approved by", ordering="decided_by_role")
    def approved_by(self, publication: Publication) -> str:
        return str(publication.decision.by or publication.decided_by_role)

    @admin.display(description="translation", ordering="translation_of_slug")
    def translation(self, publication: Any) -> str:
        """Return which version of which entry it translates, and whether that has a newer one."""
        if not publication.translation_of_slug:
            return ""
        of, newest = publication.translation_of_version, publication.original_version
        lags = f"; lags behind version {newest}" if of and newest and of < newest else ""
        return f"of {publication.translation_of_slug}, version {of or 'unknown'}{lags}"

    @admin.display(description="decision")
    def approval(self, publication: Publication) -> str:
        decided = "attested" if publication.decision_kind == "attest" else "approved"
        return f"{decided} by {publication.decided_by_role}, {publication.decided_at:%Y-%m-%d %H:%M} UTC"

    @admin.display(description="reads at grade", ordering="reading_grade")
    def grade(self, publication: Publication) -> str:
        return "" if publication.reading_grade is None else f"{publication.reading_grade:.1f}"

    @admin.display(description="review", ordering="next_review_due_on")
    def review(self, publication: Publication) -> SafeString:
        return columns.dated(panels.review_of(publication), publication.next_review_due_on)

    def detail_context(self, thing: Publication, at: datetime) -> dict[str, Any]:
        told = {"page_path": page_path(thing.slug, thing.language), "readers_see": readers_see(thing, at)}
        return {"publication": thing, **told, **panels.publication_panels(thing, at)}

    def decides(self, request: HttpRequest, thing: Publication, verb: str, form: VerbForm) -> bool:
        """Return whether the verb is to be called: of a withdrawal not before the person has seen what exactly it will do."""
        if not super().decides(request, thing, verb, form) or not isinstance(form, WithdrawForm):
            return super().decides(request, thing, verb, form)
        # Whoever may not, or entered something wrong, is told so at once.
        return bool(refusal_of(thing, verb, form.by, form.at)) or not form.is_valid() or request.POST.get(SURE) == form.fingerprint()

    def verb_page(self, request: HttpRequest, thing: Publication, verb: str, form: VerbForm, at: datetime) -> TemplateResponse:
        answer = super().verb_page(request, thing, verb, form, at)
        if isinstance(form, WithdrawForm) and request.method == "POST" and form.is_valid():
            answer.context_data = {**(answer.context_data or {}), "outcome": form.outcome(), "sure": form.fingerprint()}
        return answer

    @admin.action(description="Reaffirm the chosen entries")
    def reaffirm_several(self, request: HttpRequest, queryset: QuerySet[Publication]) -> HttpResponse:
        return redirect(chosen_page("admin:faq_publication_reaffirm", request, queryset))

    def reaffirm_page(self, request: HttpRequest) -> HttpResponse:
        """Show each chosen entry in full, and reaffirm all or none; versions that are in force no more are left out."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        at = timezone.now()
        chosen = list(Publication.objects.current().filter(pk__in=chosen_keys(request)).select_related("question").order_by("slug"))
        form = self.form_for(request, REAFFIRM, chosen, at)
        done = request.method == "POST" and run_action(REAFFIRM, form)
        if not chosen or done:
            messages.add_message(request, *((messages.SUCCESS, REAFFIRM.done) if done else (messages.ERROR, "Choose entries in force.")))
            return redirect("admin:faq_publication_changelist")
        entries = [
            (publication, panels.words_panel(read_words(publication.words), publication.question, at), form[f"read_{publication.pk}"])
            for publication in chosen
        ]
        context = {"form": form, "entries": entries, "title": f"Reaffirm {len(chosen)} entries", "opts": self.opts, "action": REAFFIRM}
        return self.show(request, "admin/faq/reaffirm.html", context)


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
        return columns.dated(f"{age(alert.raised_at, timezone.now())} ago,", alert.raised_at)

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


# Confirming an erasure is a button like any other (actions.ACTIONS).
read_only(
    Erasure,
    list_display=("question", "version", "requested_by", "requested_at", "confirmed_by", "confirmed_at"),
    list_select_related=("question", "requested_by", "confirmed_by"),
    search_fields=("question__slug", "legal_basis"),
)
read_only(
    ReviewReminder,
    list_display=("question", "version", "state", "due_on", "claimed_at"),
    list_filter=("state",),
    list_select_related=("question",),
    search_fields=("question__slug",),
)
