"""The review desk: what was submitted, what is published, and what has become of the evidence."""

from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Max, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from faq import payload
from faq.admin import showing
from faq.admin.desk import Desk
from faq.admin.filters import Becoming, ReviewDue, Standing, Triaged
from faq.admin.forms import perform
from faq.admin.library_forms import ADD_SIGN_OFF
from faq.admin.reaffirm_form import REAFFIRM
from faq.models import Answer, AudiencePolicy, Erasure, EvidenceAlert, Publication, ReviewReminder, Submission, User
from faq.workflow.rules import lead


@admin.register(Submission)
class SubmissionDesk(Desk[Submission]):
    """Frozen words and what is to be decided about them."""

    list_display = ("__str__", "standing", "language", "audience", "origin", "submitted_by", "submitted_at")
    list_filter = (Standing, "language", "audience", "origin")
    list_select_related = ("question", "answer", "submitted_by")
    search_fields = ("question__slug", "answer__wording", "content_hash")
    date_hierarchy = "submitted_at"
    fields = ("question", "number", "standing", "submitted_by", "submitted_at", "content_hash")
    exhibit_template = "admin/faq/exhibit_submission.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Submission]:
        """Fetch the answer's newest submission with each; the words only where they are shown."""
        newest = Submission.objects.filter(answer=OuterRef("answer")).order_by().values("answer").annotate(last=Max("pk")).values("last")
        rows = super().get_queryset(request).select_related("question", "answer", "submitted_by")
        return rows.annotate(newest=Subquery(newest)).defer("words")

    @admin.display(description="where it stands")
    def standing(self, submission: Any) -> str:
        """Return where these words stand, in words."""
        return standing(submission.answer.status, submission.newest == submission.pk)

    def exhibit(self, thing: Submission, at: datetime) -> dict[str, Any]:
        """Show the words, what changed, what readiness finds, who wrote and who decided."""
        return {"submission": thing, **showing.of_submission(thing, at)}


def standing(status: str, is_newest: bool) -> str:
    """Return where submitted words stand, from their answer's status."""
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
class PublicationDesk(Desk[Publication]):
    """Versions as published, and what has become of them since."""

    list_display = ("wording", "version", "standing", "review", "language", "audience", "origin", "published_at")
    list_filter = (Becoming, ReviewDue, "language", "audience", "origin", "topics")
    search_fields = ("slug", "wording", "content_hash")
    date_hierarchy = "published_at"
    ordering = ("slug", "-version")
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
    exhibit_template = "admin/faq/exhibit_publication.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Publication]:
        """Fetch the words only where they are shown."""
        rows: QuerySet[Publication] = super().get_queryset(request)
        return rows.select_related("question", "submission", "last_change").defer("words", "html", "submission__words")

    def get_urls(self) -> list[URLPattern]:
        """Add the page on which several entries are reaffirmed."""
        view = self.admin_site.admin_view(self.reaffirm_page)
        return [path("reaffirm/", view, name="faq_publication_reaffirm"), *super().get_urls()]

    @admin.display(description="status", ordering="status")
    def standing(self, publication: Publication) -> str:
        """Return what became of a version, in words."""
        marks = {"held": publication.is_held, "text withheld": publication.is_withheld, "erased": publication.is_erased}
        return ", ".join([str(publication.get_status_display()).lower(), *(mark for mark, is_so in marks.items() if is_so)])

    @admin.display(description="decision")
    def approval(self, publication: Publication) -> str:
        """Return the decision that a version rests on."""
        decided = "attested" if publication.decision_kind == "attest" else "approved"
        return f"{decided} by {publication.decided_by_role}, {publication.decided_at:%Y-%m-%d %H:%M} UTC"

    @admin.display(description="reads at grade")
    def grade(self, publication: Publication) -> str:
        """Return the reading grade, rounded."""
        return "" if publication.reading_grade is None else f"{publication.reading_grade:.1f}"

    @admin.display(description="review", ordering="next_review_due_on")
    def review(self, publication: Publication) -> str:
        """Return how an entry in force stands against its review date, and that date."""
        return f"{showing.review_of(publication)} {publication.next_review_due_on}".strip()

    def exhibit(self, thing: Publication, at: datetime) -> dict[str, Any]:
        """Show the words and every decision about this version."""
        return {"publication": thing, **showing.of_publication(thing, at)}

    @admin.action(description="Reaffirm the chosen entries")
    def reaffirm_several(self, request: HttpRequest, queryset: QuerySet[Publication]) -> HttpResponse:
        """Open the chosen entries on one page."""
        keys = "&".join(f"entry={pk}" for pk in queryset.order_by("pk").values_list("pk", flat=True))
        return redirect(f"{reverse('admin:faq_publication_reaffirm')}?{keys}")

    def reaffirm_page(self, request: HttpRequest) -> HttpResponse:
        """Show each chosen entry in full, and reaffirm all or none."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        at = timezone.now()
        keys = [int(key) for key in request.GET.getlist("entry") if key.isascii() and key.isdigit() and len(key) < 19]
        chosen = list(Publication.objects.current().filter(pk__in=keys).select_related("question").order_by("slug"))
        form = self.form_for(request, REAFFIRM, chosen, at)
        done = request.method == "POST" and perform(REAFFIRM, form)
        if not chosen or done:
            messages.add_message(request, *((messages.SUCCESS, REAFFIRM.done) if done else (messages.ERROR, "Choose entries in force.")))
            return redirect("admin:faq_publication_changelist")
        entries = [(each, showing.shown(payload.read(each.words), at), form[f"read_{each.pk}"]) for each in chosen]
        context = {"form": form, "entries": entries, "title": f"Reaffirm {len(chosen)} entries", "opts": self.opts, "step": REAFFIRM}
        return self.show(request, "admin/faq/reaffirm.html", context)


@admin.register(EvidenceAlert)
class EvidenceAlertDesk(Desk[EvidenceAlert]):
    """Entries that cite a source which no longer stands."""

    list_display = ("publication", "source", "state", "raised_at", "outcome", "triaged_by")
    list_filter = (Triaged, "state", "publication__language")
    list_select_related = ("publication", "source", "triaged_by")
    search_fields = ("publication__slug", "source__key", "source__title")
    exhibit_template = "admin/faq/exhibit_alert.html"

    def exhibit(self, thing: EvidenceAlert, at: datetime) -> dict[str, Any]:
        """Show the words that cite the source."""
        return {"alert": thing, "publication": thing.publication, **showing.of_publication(thing.publication, at)}


@admin.register(Erasure)
class ErasureDesk(Desk[Erasure]):
    """Orders to blank a version's words."""

    list_display = ("question", "version", "requested_by", "requested_at", "confirmed_by", "confirmed_at")
    list_select_related = ("question", "requested_by", "confirmed_by")
    search_fields = ("question__slug", "legal_basis")


@admin.register(AudiencePolicy)
class AudiencePolicyDesk(Desk[AudiencePolicy]):
    """Which sign-offs an audience's texts need beside the clinical one."""

    add_step = ADD_SIGN_OFF
    list_display = ("audience", "sign_off")

    def add_refused(self, user: User) -> str:
        """Ask for a lead."""
        return lead(user, None, timezone.now())


@admin.register(ReviewReminder)
class ReviewReminderDesk(Desk[ReviewReminder]):
    """Reminders that were sent about review dates."""

    list_display = ("question", "version", "state", "due_on", "claimed_at")
    list_filter = ("state",)
    list_select_related = ("question",)
    search_fields = ("question__slug",)
