"""Every row that records what happened, or hangs on another row. All of it is for reading."""

import json
from typing import Any

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.utils.html import format_html
from django.utils.safestring import SafeString

from faq.admin.base import BaseAdmin, read_only
from faq.admin.value_filters import AudienceFilter, LanguageFilter, ValuesFilter
from faq.models import (
    Assignment,
    Change,
    Citation,
    Comment,
    Document,
    DocumentLink,
    DocumentTerm,
    Edit,
    EntryVectors,
    Ledger,
    PublicationTopic,
    QuestionTopic,
    ReviewDecision,
    SignInAttempt,
    SubmissionEditor,
    TopicCode,
    Waiver,
)


def readable(text: str) -> SafeString | str:
    """Return stored JSON with a field per line; any other text as it is."""
    try:
        return format_html("<pre>{}</pre>", json.dumps(json.loads(text), indent=2, ensure_ascii=False))
    except ValueError:
        return text or "–"


@admin.register(ReviewDecision)
class ReviewDecisionAdmin(BaseAdmin[ReviewDecision]):
    """Who decided what, in order, each row chained to the one before."""

    list_display = ("sequence", "at", "kind", "by_name", "by_role", "question", "version", "about", "comment")
    list_filter = ("kind", "is_demo", ("sign_off", ValuesFilter), ("question__language", LanguageFilter))
    list_select_related = ("question",)
    search_fields = ("by_name", "question__slug", "about", "comment", "content_hash")
    date_hierarchy = "at"
    ordering = ("-sequence",)
    exclude = ("details",)
    readonly_fields = ("recorded",)

    @admin.display(description="details")
    def recorded(self, decision: ReviewDecision) -> SafeString | str:
        return readable(decision.details)


@admin.register(Change)
class ChangeAdmin(BaseAdmin[Change]):
    """What readers could notice, with the entry's complete state after it."""

    list_display = ("sequence", "at", "kind", "slug", "version", "reason", "standing_text")
    list_filter = ("kind", ("reason", ValuesFilter))
    list_select_related = ("standing_text",)
    search_fields = ("slug", "row_hash")
    date_hierarchy = "at"
    ordering = ("-sequence",)
    exclude = ("state",)
    readonly_fields = ("after",)

    @admin.display(description="state")
    def after(self, change: Change) -> SafeString | str:
        return readable(change.state)


@admin.register(Edit)
class EditAdmin(BaseAdmin[Edit]):
    """Who touched an answer's words, when and how."""

    list_display = ("at", "kind", "by_name", "answer")
    list_filter = ("kind",)
    list_select_related = ("answer",)
    search_fields = ("by_name", "answer__wording", "answer__question__slug")
    date_hierarchy = "at"
    ordering = ("-pk",)
    exclude = ("changes",)
    readonly_fields = ("changed",)

    @admin.display(description="changes")
    def changed(self, edit: Edit) -> SafeString | str:
        return readable(edit.changes)


@admin.register(Waiver)
class WaiverAdmin(BaseAdmin[Waiver]):
    """Why a concern was let stand."""

    list_display = ("code", "submission", "sentence", "reason", "decision", "is_as_last_time")
    list_filter = ("code",)
    list_select_related = ("submission__question", "decision")
    search_fields = ("code", "sentence", "reason", "submission__question__slug")

    @admin.display(description="as last time", boolean=True)
    def is_as_last_time(self, waiver: Waiver) -> bool:
        """Return whether the reason of an earlier waiver was given again."""
        return waiver.carried_from_id is not None


@admin.register(LogEntry)
class LogEntryAdmin(BaseAdmin[LogEntry]):
    """What was changed about accounts: they alone have Django's own forms, which note it there."""

    list_display = ("action_time", "user", "object_repr", "message")
    list_select_related = ("user", "content_type")
    search_fields = ("object_repr", "user__username")

    @admin.display(description="what")
    def message(self, entry: Any) -> str:
        return str(entry.get_change_message())


# Rows that have no more to tell than their columns. Names of other rows come with the list (list_select_related): a test counts
# queries, and finds a list that asks again for each row.

read_only(
    SubmissionEditor,
    list_display=("submission", "name", "role"),
    list_select_related=("submission__question",),
    search_fields=("name", "submission__question__slug"),
)
read_only(
    Assignment,
    list_display=("answer", "reviewer", "due_on"),
    list_select_related=("answer", "reviewer"),
    search_fields=("answer__wording", "answer__question__slug"),
)
read_only(Ledger, list_display=("last_sequence", "change_head", "decision_sequence", "decision_head", "moved_at"))
read_only(
    Comment,
    list_display=("answer", "by", "at", "text"),
    list_select_related=("answer", "by"),
    search_fields=("text", "answer__wording"),
)
read_only(
    Citation,
    list_display=("source", "answer"),
    list_select_related=("source", "answer"),
    search_fields=("source__key", "answer__wording"),
)
read_only(
    TopicCode,
    list_display=("system", "code", "topic"),
    list_filter=("system",),
    list_select_related=("topic",),
    search_fields=("code", "topic__slug"),
)
read_only(
    QuestionTopic,
    list_display=("question", "topic", "position"),
    list_filter=("topic",),
    list_select_related=("question", "topic"),
    search_fields=("question__slug", "topic__slug"),
)
read_only(
    PublicationTopic,
    list_display=("publication", "topic", "position"),
    list_filter=("topic",),
    list_select_related=("publication", "topic"),
    search_fields=("publication__slug", "topic__slug"),
)
read_only(
    Document,
    list_display=("slug", "status", "is_listed", "language", "audience", "last_change", "changes_at"),
    list_filter=("status", "is_listed", ("language", LanguageFilter), ("audience", AudienceFilter)),
    search_fields=("slug",),
    deferred=("body", "beside", "folded_text", "search_terms", "wordings"),
)
read_only(
    DocumentLink,
    list_display=("document", "slug"),
    list_select_related=("document",),
    search_fields=("slug", "document__slug"),
    deferred=("document__body", "document__beside", "document__folded_text", "document__search_terms", "document__wordings"),
)
read_only(
    DocumentTerm,
    list_display=("document", "kind", "value"),
    list_filter=("kind",),
    list_select_related=("document",),
    search_fields=("value", "document__slug"),
    deferred=("document__body", "document__beside", "document__folded_text", "document__search_terms", "document__wordings"),
)
read_only(
    EntryVectors,
    list_display=("slug", "own", "made_of", "encoder"),
    search_fields=("slug",),
    exclude=("vectors",),
    deferred=("vectors",),
)
read_only(SignInAttempt, list_display=("key", "at"))
