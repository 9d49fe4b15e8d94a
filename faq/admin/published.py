"""What is published and what has become of it: the versions, erasures that wait, and reminders."""

from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.safestring import SafeString

from faq.admin import columns, opinions, panels
from faq.admin.action_forms import REAFFIRM, SURE, WithdrawForm
from faq.admin.actions import refusal_of
from faq.admin.base import read_only
from faq.admin.chosen import chosen_keys, chosen_page
from faq.admin.filters import PublicationStatusFilter, ReviewDueFilter
from faq.admin.forms import VerbForm, run_action
from faq.admin.readers_see import readers_see
from faq.admin.value_filters import (
    ApproverFilter,
    AudienceFilter,
    GradeFilter,
    LanguageFilter,
    OriginFilter,
    TopicFilter,
    TranslationFilter,
)
from faq.content.words import read_words
from faq.models import Erasure, Publication, ReviewReminder
from faq.public.links import page_path


@admin.register(Publication)
class PublicationAdmin(columns.WordsAdmin[Publication]):
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
        found: QuerySet[Publication] = publications.with_original_version()
        return found.select_related("question", "submission", "last_change", "decision__by")

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
        return {"publication": thing, **told, **opinions.panel(thing), **panels.publication_panels(thing, at)}

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
