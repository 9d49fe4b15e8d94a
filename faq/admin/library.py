"""The library desk: questions, answers, topics, sources and standing texts."""

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import Count, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from faq import workflow
from faq.admin import library_forms as steps
from faq.admin import showing
from faq.admin.answer_form import EDIT_ANSWER, preview
from faq.admin.desk import Desk
from faq.admin.exporting import EXPORTS
from faq.admin.filters import InForce, Newest, Open, Values
from faq.admin.forms import Step
from faq.admin.steps import refusal
from faq.models import Answer, Publication, Question, QuestionTopic, Source, StandingText, Topic, TopicName, User
from faq.workflow import rules, who
from faq.workflow.library import TEXT_FIELDS


@admin.register(Question)
class QuestionDesk(Desk[Question]):
    """A question's identity, its drafts and its versions."""

    add_step = steps.ADD_QUESTION
    list_display = ("slug", "wording", "language", "topic_slugs", "draft", "version")
    list_filter = ("language", Newest, "topics")
    search_fields = ("slug", "answers__wording", "answers__phrasings__text")
    actions = EXPORTS
    fields = ("slug", "language", "topic_slugs", "related", "created_at")
    exhibit_template = "admin/faq/exhibit_question.html"

    def add_refused(self, user: User) -> str:
        """Ask for an author."""
        return rules.author(user, None, timezone.now())

    def get_queryset(self, request: HttpRequest) -> QuerySet[Question]:
        """Fetch the newest wording and version with each question."""
        answers = Answer.objects.filter(question=OuterRef("pk")).order_by("-pk")
        versions = Publication.objects.filter(question=OuterRef("pk")).order_by("-version")
        topics = Prefetch("questiontopic_set", QuestionTopic.objects.select_related("topic"))
        newest = {
            "newest_wording": Subquery(answers.values("wording")[:1]),
            "newest_draft": Subquery(answers.values("status")[:1]),
            "newest_version": Subquery(versions.values("version")[:1]),
            "newest_status": Subquery(versions.values("status")[:1]),
        }
        return super().get_queryset(request).annotate(**newest).prefetch_related(topics)

    @admin.display(description="question", ordering="newest_wording")
    def wording(self, question: Any) -> str:
        """Return the newest wording."""
        return str(question.newest_wording or "")

    @admin.display(description="topics")
    def topic_slugs(self, question: Any) -> str:
        """Return the topics in their order."""
        return ", ".join(row.topic.slug for row in question.questiontopic_set.all())

    @admin.display(description="working copy", ordering="newest_draft")
    def draft(self, question: Any) -> str:
        """Return where the newest working copy stands."""
        return str(question.newest_draft or "")

    @admin.display(description="newest version", ordering="newest_version")
    def version(self, question: Any) -> str:
        """Return the newest version and what became of it."""
        return f"{question.newest_version}, {question.newest_status}" if question.newest_version else ""

    def exhibit(self, thing: Question, at: datetime) -> dict[str, Any]:
        """Show its working copies, versions and decisions."""
        return {
            "answers": thing.answers.select_related("author").order_by("-pk"),
            "publications": thing.publications.defer("words", "html").order_by("-version"),
            "decisions": showing.history(thing),
        }


@admin.register(Answer)
class AnswerDesk(Desk[Answer]):
    """Working copies: the holder edits in draft, everybody else reads."""

    edit_step = EDIT_ANSWER
    list_display = ("wording", "question", "status", "author", "audience", "origin", "changed_at")
    list_filter = (Open, "audience", "origin", "question__language")
    list_select_related = ("question", "author")
    search_fields = ("wording", "question__slug", "phrasings__text", "body")
    date_hierarchy = "changed_at"
    fields = ("question", "author", "status", "scheduled_for", "created_at", "changed_at")
    exhibit_template = "admin/faq/exhibit_answer.html"
    form_template = "admin/faq/answer_form.html"

    def edit_refused(self, user: User, thing: Answer) -> str:
        """Ask for the holder, and for a draft."""
        return refusal(thing, "edit", user)

    def exhibit(self, thing: Answer, at: datetime) -> dict[str, Any]:
        """Show the words as readers would see them, what readiness finds, comments and submissions."""
        return {
            "comments": thing.comments.select_related("by"),
            "edits": thing.edits.defer("changes").order_by("-pk"),
            "submissions": thing.submissions.defer("words").select_related("submitted_by"),
            "decisions": showing.history(thing.question).filter(submission__answer=thing),
            **showing.of_draft(thing, at),
        }

    def page(self, request: HttpRequest, thing: Answer, at: datetime) -> dict[str, Any]:
        """Leave submitting to the form's own button where there is one, so that nothing typed is lost."""
        context = super().page(request, thing, at)
        if request.resolver_match and request.resolver_match.url_name == "faq_answer_change":
            context["buttons"] = [button for button in context["buttons"] if button[0] != "submit"]
        return context

    def edit_page(self, request: HttpRequest, thing: Answer, step: Step) -> HttpResponse:
        """Save, or show how it would look."""
        if "_preview" not in request.POST:
            return super().edit_page(request, thing, step)
        at = timezone.now()
        form = self.form_for(request, step, thing, at)
        context = self.page(request, thing, at) | {"form": form, "step": step, "title": str(thing)}
        return self.show(request, self.form_template, context | self.previewed(form, at))

    def previewed(self, form: Any, at: datetime) -> dict[str, Any]:
        """Return what the preview shows; nothing where the form is refused."""
        if not form.is_valid():
            return {}
        try:
            words, found = preview(form.thing, by=form.by, at=at, **form.arguments())
        except workflow.TransitionRefused as refused:
            form.add_error(None, str(refused))
        except workflow.WordsRefused as refused:
            form.refuse(refused.problems)
        else:
            return {"shown": showing.shown(words, at), "unsaved": True, **showing.readiness(found)}
        return {}

    def leave(self, request: HttpRequest, step: Step, outcome: Any, thing: Answer | None) -> Any:
        """Go on to the submission where that button was pressed."""
        response = super().leave(request, step, outcome, thing)
        if "_submit" in request.POST and thing is not None:
            response["Location"] = response["Location"].replace("/change/", "/do/submit/")
        return response


class Curated(Desk[Any]):
    """What authors, importers and leads keep: topics and sources."""

    def add_refused(self, user: User) -> str:
        """Ask for a curator."""
        return rules.curator(user, None, timezone.now())

    def edit_refused(self, user: User, thing: Any) -> str:
        """Ask for a curator."""
        return self.add_refused(user)


@admin.register(Topic)
class TopicDesk(Curated):
    """Topics, their place and their codes."""

    add_step, edit_step = steps.ADD_TOPIC, steps.EDIT_TOPIC
    list_display = ("slug", "kind", "position", "is_safety", "may_expire", "above", "entries")
    list_filter = ("kind", "is_safety", "may_expire")
    search_fields = ("slug", "names__name", "codes__code")
    exhibit_template = "admin/faq/exhibit_topic.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Topic]:
        """Count the current entries with each topic."""
        current = Count("publications", filter=Q(publications__status=Publication.Status.CURRENT), distinct=True)
        rows: QuerySet[Topic] = super().get_queryset(request)
        return rows.annotate(current_entries=current).prefetch_related("parents")

    @admin.display(description="parents")
    def above(self, topic: Topic) -> str:
        """Return the topics above."""
        return ", ".join(parent.slug for parent in topic.parents.all())

    @admin.display(description="current entries", ordering="current_entries")
    def entries(self, topic: Any) -> int:
        """Return how many current entries it has."""
        return int(topic.current_entries)

    def exhibit(self, thing: Topic, at: datetime) -> dict[str, Any]:
        """Show its names."""
        return {"names": thing.names.order_by("language", "-number"), "codes": thing.codes.all()}


@admin.register(Source)
class SourceDesk(Curated):
    """Sources, whether they stand, and the entries that cite them."""

    add_step, edit_step = steps.ADD_SOURCE, steps.EDIT_SOURCE
    list_display = ("key", "title", "publisher", "year", "state", "read_on", "entries")
    list_filter = ("state", ("kind", Values), "year")
    search_fields = ("key", "title", "publisher", "doi", "url")
    exhibit_template = "admin/faq/exhibit_source.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Source]:
        """Count the current entries that cite each source."""
        current = Count("publications", filter=Q(publications__status=Publication.Status.CURRENT), distinct=True)
        rows: QuerySet[Source] = super().get_queryset(request)
        return rows.annotate(current_entries=current)

    @admin.display(description="current entries", ordering="current_entries")
    def entries(self, source: Any) -> int:
        """Return how many current entries cite it."""
        return int(source.current_entries)

    def exhibit(self, thing: Source, at: datetime) -> dict[str, Any]:
        """Show the entries that cite it."""
        return {"source": thing, "citing": thing.publications.current().defer("words", "html").order_by("sort_key")}


class Proposed(Desk[Any]):
    """What one person proposes and another approves."""

    def add_refused(self, user: User) -> str:
        """Ask for a curator or a reviewer."""
        return who.any_of(rules.curator, who.is_reviewer)(user, None, timezone.now())


@admin.register(StandingText)
class StandingTextDesk(Proposed):
    """Disclaimers, glossary, notices, advice cards and introductions."""

    add_step = steps.ADD_TEXT
    list_display = ("key", "kind", "language", "number", "audience", "origin", "title", "standing", "proposed_by", "starts_at")
    list_filter = (InForce, "kind", "language", ("audience", Values), "required")
    list_select_related = ("proposed_by", "approved_by")
    search_fields = ("key", "title", "text")
    exhibit_template = "admin/faq/exhibit_text.html"

    @admin.display(description="standing")
    def standing(self, text: StandingText) -> str:
        """Return whether it waits, is in force or has ended."""
        return standing(text)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Begin with the text that `from` names, so that its next version can be written."""
        text = StandingText.objects.filter(pk=from_of(request)).first()
        return {name: getattr(text, name) for name in TEXT_FIELDS} if text else {}

    def exhibit(self, thing: StandingText, at: datetime) -> dict[str, Any]:
        """Show the text that it replaces."""
        return {"text": thing, "standing": standing(thing), "replaces": showing.replaced(thing)}


@admin.register(TopicName)
class TopicNameDesk(Proposed):
    """What topics are called, per language."""

    add_step = steps.ADD_NAME
    list_display = ("name", "topic", "language", "number", "standing", "proposed_by", "starts_at")
    list_filter = (InForce, "language", "topic__kind")
    list_select_related = ("topic", "proposed_by", "approved_by")
    search_fields = ("name", "topic__slug")
    exhibit_template = "admin/faq/exhibit_name.html"

    @admin.display(description="standing")
    def standing(self, name: TopicName) -> str:
        """Return whether it waits, is in force or has ended."""
        return standing(name)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Begin with the name that `from` names, or with the topic that `topic` names."""
        name = TopicName.objects.filter(pk=from_of(request)).first()
        if name:
            return {"topic": name.topic_id, "language": name.language, "name": name.name, "synonyms": name.synonyms}
        return {"topic": request.GET.get("topic", "")}


def from_of(request: HttpRequest) -> int:
    """Return the row that the address names under `from`, 0 for none."""
    value = request.GET.get("from", "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 19 else 0


def standing(text: StandingText | TopicName) -> str:
    """Return where a proposed or approved text stands, in words."""
    if text.ends_at:
        return "ended" if text.approved_at else "refused"
    return "in force" if text.approved_at else "waits for a second person"
