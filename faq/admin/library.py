"""Questions, answers, topics, sources and standing texts."""

from datetime import datetime
from typing import Any, cast

from django.contrib import admin
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.safestring import SafeString

from faq.admin import answer_form, columns, library_forms, panels
from faq.admin.actions import refusal_of
from faq.admin.answer_form import EDIT_ANSWER, AnswerForm, autosaved
from faq.admin.as_typed import not_stored
from faq.admin.base import BaseAdmin, typed_key
from faq.admin.exporting import EXPORTS
from faq.admin.filters import OpenAnswerFilter, TextStatusFilter, VisibleFilter
from faq.admin.forms import Action, attempt, run_action
from faq.admin.permissions import user_of
from faq.admin.sittings import sittings
from faq.admin.value_filters import (
    AudienceFilter,
    HolderFilter,
    LanguageFilter,
    OriginFilter,
    QuestionTopicFilter,
    TopicFilter,
    ValuesFilter,
)
from faq.models import Answer, Publication, Question, Source, StandingText, Topic, TopicName, TopicPlacement, User
from faq.unsaved import entered
from faq.workflow import permissions, transitions
from faq.workflow.sent_back import sent_back_to_draft
from faq.workflow.standing_texts import TEXT_FIELDS


@admin.register(Question)
class QuestionAdmin(BaseAdmin[Question]):
    """A question's identity, its drafts and its versions."""

    add_action = library_forms.ADD_QUESTION
    list_display = ("wording", "slug", "spoken", "topic_names", "draft", "version")
    list_filter = (VisibleFilter, QuestionTopicFilter, ("language", LanguageFilter))
    search_fields = ("slug", "answers__words")
    actions = EXPORTS
    fields = ("slug", "spoken", "topic_names", "related", "created_at")
    detail_template = "admin/faq/detail_question.html"

    def add_refused(self, user: User) -> str:
        return transitions.author(user, None, timezone.now())

    def get_queryset(self, request: HttpRequest) -> QuerySet[Question]:
        """Fetch with each question what its list shows of the newest working copy and version."""
        answers = Answer.objects.filter(question=OuterRef("pk")).order_by("-pk")
        versions = Publication.objects.filter(question=OuterRef("pk")).order_by("-version")
        newest = {
            "newest_wording": Subquery(answers.values("wording")[:1]),
            "newest_draft": Subquery(answers.values("status")[:1]),
            "newest_version": Subquery(versions.values("version")[:1]),
            "newest_status": Subquery(versions.values("status")[:1]),
        }
        return super().get_queryset(request).annotate(**newest).prefetch_related(columns.named_topics())

    @admin.display(description="question", ordering="newest_wording")
    def wording(self, question: Any) -> str:
        return str(question.newest_wording or question.slug)

    @admin.display(description="language", ordering="language")
    def spoken(self, question: Question) -> str:
        return columns.language_name(question.language)

    @admin.display(description="topics")
    def topic_names(self, question: Any) -> str:
        return columns.topics_of(question)

    @admin.display(description="working copy", ordering="newest_draft")
    def draft(self, question: Any) -> str:
        return str(question.newest_draft or "")

    @admin.display(description="newest version", ordering="newest_version")
    def version(self, question: Any) -> str:
        return f"{question.newest_version}, {columns.STATUSES[question.newest_status]}" if question.newest_version else ""

    def detail_context(self, thing: Question, at: datetime) -> dict[str, Any]:
        return {
            "answers": thing.answers.select_related("author").order_by("-pk"),
            "publications": thing.publications.defer("words").order_by("-version"),
            "decisions": panels.history(thing),
        }


@admin.register(Answer)
class AnswerAdmin(columns.WordsAdmin[Answer]):
    """Working copies: the holder edits in draft, everybody else reads."""

    edit_action = EDIT_ANSWER
    list_display = ("wording", "status", "author", "changed", "about", "began", "question")
    list_filter = (
        *(OpenAnswerFilter, HolderFilter, TopicFilter),
        *(("question__language", LanguageFilter), ("audience", AudienceFilter), ("origin", OriginFilter)),
    )
    list_select_related = ("question", "author")
    search_fields = ("question__slug", "words")  # the JSON of the words: what stands in any field is found
    fields = ("question", "author", "status", "scheduled_for", "created_at", "changed_at")
    detail_template = "admin/faq/detail_answer.html"
    form_template = "admin/faq/answer_form.html"

    @admin.display(description="changed", ordering="changed_at")
    def changed(self, answer: Answer) -> SafeString:
        return columns.ago(answer.changed_at)

    def edit_refused(self, user: User, thing: Answer) -> str:
        return refusal_of(thing, "edit", user)

    def detail_context(self, thing: Answer, at: datetime) -> dict[str, Any]:
        return {
            "comments": thing.comments.select_related("by"),
            "sittings": sittings(thing.edits.defer("changes").order_by("pk")),
            "submissions": thing.submissions.defer("words").select_related("submitted_by"),
            "decisions": panels.history(thing.question).filter(submission__answer=thing),
            "sent_back": sent_back_to_draft(thing),
            **panels.draft_panels(thing, at),
        }

    def page(self, request: HttpRequest, thing: Answer, at: datetime) -> dict[str, Any]:
        context = super().page(request, thing, at)
        # The form has a button of its own for it, which saves first: this one is a link, and what was typed would be lost.
        if request.resolver_match and request.resolver_match.url_name == "faq_answer_change":
            context["buttons"] = [button for button in context["buttons"] if button[0] != "submit"]
        return context

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> Any:
        """Give back what was typed where the words cannot be edited any more: somebody took them over, gave them up or submitted them."""
        typed = entered(request)
        thing = self.get_or_404(request, object_id) if typed and "seen" in typed and object_id else None
        refused = self.edit_refused(user_of(request), thing) if thing else ""
        if thing is None or typed is None or not refused:
            return super().changeform_view(request, object_id, form_url, extra_context)
        if answer_form.AUTOSAVE in typed:
            return JsonResponse({"message": f"Not saved: {refused}"})
        given_back = {"title": str(thing), "refused": refused, "typed": not_stored(typed, thing)}
        context = self.page(request, thing, timezone.now()) | given_back
        return self.show(request, "admin/faq/answer_not_taken.html", context)

    def edit_page(self, request: HttpRequest, thing: Answer, action: Action) -> HttpResponse:
        """Save, or do what another button asks for: a preview, one more row, a save while somebody types."""
        at = timezone.now()
        form = cast(AnswerForm, self.form_for(request, action, thing, at))
        pressed = request.POST.keys()
        if request.method == "POST" and answer_form.AUTOSAVE in pressed:
            return JsonResponse(autosaved(form))
        context: dict[str, Any] = {}
        if answer_form.ANOTHER_ROW in pressed:
            form.leave_unjudged()
        elif answer_form.PREVIEW in pressed:
            context = self.previewed(form, thing, at)
        elif request.method == "POST" and (outcome := run_action(action, form)):
            return cast(HttpResponse, self.redirect_after(request, action, outcome, thing))
        # After the verb, so that what somebody else saved meanwhile is what the page calls saved.
        context = self.page(request, Answer.objects.get(pk=thing.pk) if form.beside else thing, at) | context
        context |= {"form": form, "action": action, "title": str(thing)}
        return self.show(request, self.form_template, context | written(form, context))

    def previewed(self, form: AnswerForm, thing: Answer, at: datetime) -> dict[str, Any]:
        """Return the context of the preview, none where the form is refused: then it says why, and the saved words stand below."""
        outcome = attempt(answer_form.preview, form)  # no transaction: on SQLite it would keep all others from writing
        if outcome is None:
            return {}
        words, findings = outcome.result
        return {"panel": panels.words_panel(words, thing.question, at), "unsaved": True, "findings": panels.by_grade(findings)}

    def redirect_after(self, request: HttpRequest, action: Action, outcome: Any, thing: Answer | None) -> Any:
        """Go on to the page that submits, where that button was pressed: saving and submitting are two verbs."""
        response = super().redirect_after(request, action, outcome, thing)
        # The verb's page stands beside this one: /admin/faq/answer/1/change/ and /admin/faq/answer/1/do/submit/.
        if "_submit" in request.POST and thing is not None:
            response["Location"] = response["Location"].replace("/change/", "/do/submit/")
        return response


def written(form: AnswerForm, context: dict[str, Any]) -> dict[str, Any]:
    """Return the form in its order, each finding at its field, for the page whose panels are in `context`."""
    # Where the form is refused nothing is said of the words that are stored: other ones stand in the fields.
    is_said = "unsaved" in context or not form.is_bound
    found = [finding for _, _, graded in context.get("findings", ()) for finding in graded] if is_said else []
    return {"headings": form.headings(found), "elsewhere": form.without_place(found)}


def current_publications() -> Count:
    """Return the number of current publications of a topic, or that cite a source, for `annotate`."""
    return Count("publications", filter=Q(publications__status=Publication.Status.CURRENT), distinct=True)


class CuratedAdmin(BaseAdmin[Any]):
    """What authors, importers and leads keep: topics and sources."""

    def add_refused(self, user: User) -> str:
        return transitions.can_curate(user, None, timezone.now())

    def edit_refused(self, user: User, thing: Any) -> str:
        return self.add_refused(user)


@admin.register(Topic)
class TopicAdmin(CuratedAdmin):
    """Topics, their place and their codes."""

    add_action, edit_action = library_forms.ADD_TOPIC, library_forms.EDIT_TOPIC
    list_display = ("slug", "kind", "position", "is_safety", "may_expire", "above", "entries")
    list_filter = ("kind", "is_safety", "may_expire")
    search_fields = ("slug", "names__name", "codes__code")
    detail_template = "admin/faq/detail_topic.html"

    def edit_refused(self, user: User, thing: Topic) -> str:
        return transitions.refusal("edit_topic", thing, user, timezone.now())

    def get_queryset(self, request: HttpRequest) -> QuerySet[Topic]:
        topics: QuerySet[Topic] = super().get_queryset(request)
        return topics.annotate(current_entries=current_publications()).prefetch_related("parents")

    @admin.display(description="parents")
    def above(self, topic: Topic) -> str:
        return ", ".join(parent.slug for parent in topic.parents.all())

    @admin.display(description="current entries", ordering="current_entries")
    def entries(self, topic: Any) -> int:
        return int(topic.current_entries)

    def detail_context(self, thing: Topic, at: datetime) -> dict[str, Any]:
        return {"names": thing.names.order_by("language", "-number"), "placements": thing.placements.order_by("-number")}


@admin.register(Source)
class SourceAdmin(CuratedAdmin):
    """Sources, whether they stand, and the entries that cite them."""

    add_action, edit_action = library_forms.ADD_SOURCE, library_forms.EDIT_SOURCE
    list_display = ("key", "title", "publisher", "year", "state", "read_on", "entries")
    list_filter = ("state", ("kind", ValuesFilter), "year")
    search_fields = ("key", "title", "publisher", "doi", "url")
    detail_template = "admin/faq/detail_source.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Source]:
        sources: QuerySet[Source] = super().get_queryset(request)
        return sources.annotate(current_entries=current_publications())

    @admin.display(description="current entries", ordering="current_entries")
    def entries(self, source: Any) -> int:
        return int(source.current_entries)

    def detail_context(self, thing: Source, at: datetime) -> dict[str, Any]:
        return {"source": thing, "citing": thing.publications.current().defer("words").order_by("sort_key")}


class ProposedAdmin(BaseAdmin[Any]):
    """What one person proposes and another approves."""

    @admin.display(description="language", ordering="language")
    def spoken(self, thing: StandingText | TopicName) -> str:
        return columns.language_name(thing.language)

    def add_refused(self, user: User) -> str:
        return permissions.any_of(transitions.can_curate, permissions.is_reviewer)(user, None, timezone.now())


@admin.register(StandingText)
class StandingTextAdmin(ProposedAdmin):
    """Disclaimers, glossary, notices, advice cards and introductions."""

    add_action = library_forms.ADD_TEXT
    list_display = ("key", "kind", "spoken", "number", "readers", "origins", "title", "standing", "proposed_by", "starts_at")
    list_filter = (
        TextStatusFilter,
        "kind",
        ("language", LanguageFilter),
        ("audience", AudienceFilter),
        ("origin", OriginFilter),
        "required",
    )
    list_select_related = ("proposed_by", "approved_by")
    search_fields = ("key", "title", "text")
    detail_template = "admin/faq/detail_text.html"

    @admin.display(description="readers", ordering="audience")
    def readers(self, text: StandingText) -> str:
        return columns.audience_name(text.audience) if text.audience else "everybody"

    @admin.display(description="beside text", ordering="origin")
    def origins(self, text: StandingText) -> str:
        return columns.origin_name(text.origin) or "of every origin"

    @admin.display(description="standing")
    def standing(self, text: StandingText) -> str:
        return text_status(text)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Begin with the text that `from` names, so that its next version can be written."""
        # Django would fill in whatever the address names.
        text = StandingText.objects.filter(pk=typed_key(request.GET.get("from", ""))).first()
        return {name: getattr(text, name) for name in TEXT_FIELDS} if text else {}

    def detail_context(self, thing: StandingText, at: datetime) -> dict[str, Any]:
        return {"text": thing, "standing": text_status(thing), "replaces": panels.text_it_replaces(thing)}


def text_status(text: StandingText | TopicName | TopicPlacement) -> str:
    if text.ends_at:
        return "ended" if text.approved_at else "refused"
    if isinstance(text, TopicName) and text.attestation:
        return f"in force, reviewed elsewhere by {text.attestation.attested_by}"
    return "in force" if text.approved_at else "waits for a second person"
