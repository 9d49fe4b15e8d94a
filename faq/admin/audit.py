"""The audit desk: every row that records what happened. All of it is for reading."""

import json
from typing import Any

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.utils.html import format_html
from django.utils.safestring import SafeString

from faq.admin.desk import Desk
from faq.admin.filters import Values
from faq.models import (
    Change,
    Citation,
    Comment,
    Edit,
    Ledger,
    Phrasing,
    PublicationTopic,
    QuestionTopic,
    Resource,
    ReviewDecision,
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
class ReviewDecisionDesk(Desk[ReviewDecision]):
    """Who decided what, in order, each row chained to the one before."""

    list_display = ("sequence", "at", "kind", "by_name", "by_role", "question", "version", "about", "comment")
    list_filter = ("kind", "is_demo", ("sign_off", Values), "question__language")
    list_select_related = ("question",)
    search_fields = ("by_name", "question__slug", "about", "comment", "content_hash")
    date_hierarchy = "at"
    ordering = ("-sequence",)
    exclude = ("details",)
    readonly_fields = ("recorded",)

    @admin.display(description="details")
    def recorded(self, decision: ReviewDecision) -> SafeString | str:
        """Return what else the verb recorded."""
        return readable(decision.details)


@admin.register(Change)
class ChangeDesk(Desk[Change]):
    """What readers could notice, with the entry's complete state after it."""

    list_display = ("sequence", "at", "kind", "slug", "version", "reason", "standing_text")
    list_filter = ("kind", ("reason", Values))
    list_select_related = ("standing_text",)
    search_fields = ("slug", "row_hash")
    date_hierarchy = "at"
    ordering = ("-sequence",)
    exclude = ("state",)
    readonly_fields = ("after",)

    @admin.display(description="state")
    def after(self, change: Change) -> SafeString | str:
        """Return the state after the change."""
        return readable(change.state)


@admin.register(Edit)
class EditDesk(Desk[Edit]):
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
        """Return each changed field with its new value."""
        return readable(edit.changes)


@admin.register(Waiver)
class WaiverDesk(Desk[Waiver]):
    """Why a concern was let stand."""

    list_display = ("code", "submission", "sentence", "reason", "decision", "is_carried")
    list_filter = ("code",)
    list_select_related = ("submission__question", "decision")
    search_fields = ("code", "sentence", "reason", "submission__question__slug")

    @admin.display(description="carried over", boolean=True)
    def is_carried(self, waiver: Waiver) -> bool:
        """Return whether it was given for an earlier submission."""
        return waiver.carried_from_id is not None


@admin.register(SubmissionEditor)
class SubmissionEditorDesk(Desk[SubmissionEditor]):
    """Who wrote part of a submission and so may not approve it."""

    list_display = ("submission", "name", "role")
    list_select_related = ("submission__question",)
    search_fields = ("name", "submission__question__slug")


@admin.register(Ledger)
class LedgerDesk(Desk[Ledger]):
    """The last sequence and head of each chain."""

    list_display = ("last_sequence", "change_head", "decision_sequence", "decision_head", "moved_at")


@admin.register(Comment)
class CommentDesk(Desk[Comment]):
    """Remarks between colleagues."""

    list_display = ("answer", "by", "at", "text")
    list_select_related = ("answer", "by")
    search_fields = ("text", "answer__wording")


@admin.register(Citation)
class CitationDesk(Desk[Citation]):
    """Which answer cites which source, and what for."""

    list_display = ("source", "answer", "position", "locator", "supporting_quote")
    list_select_related = ("source", "answer")
    search_fields = ("source__key", "answer__wording", "supporting_quote")


@admin.register(Phrasing)
class PhrasingDesk(Desk[Phrasing]):
    """Questions in patients' own words."""

    list_display = ("text", "answer", "position")
    list_select_related = ("answer",)
    search_fields = ("text", "answer__wording")


@admin.register(Resource)
class ResourceDesk(Desk[Resource]):
    """Services and recordings that answers name."""

    list_display = ("name", "kind", "url", "phone", "region", "answer")
    list_filter = ("kind", ("region", Values))
    list_select_related = ("answer",)
    search_fields = ("name", "url", "phone", "answer__wording")


@admin.register(TopicCode)
class TopicCodeDesk(Desk[TopicCode]):
    """Codes of topics in terminologies."""

    list_display = ("system", "code", "topic")
    list_filter = ("system",)
    list_select_related = ("topic",)
    search_fields = ("code", "topic__slug")


@admin.register(QuestionTopic)
class QuestionTopicDesk(Desk[QuestionTopic]):
    """The topics of questions."""

    list_display = ("question", "topic", "position")
    list_filter = ("topic",)
    list_select_related = ("question", "topic")
    search_fields = ("question__slug", "topic__slug")


@admin.register(PublicationTopic)
class PublicationTopicDesk(Desk[PublicationTopic]):
    """The topics of published versions."""

    list_display = ("publication", "topic", "position")
    list_filter = ("topic",)
    list_select_related = ("publication", "topic")
    search_fields = ("publication__slug", "topic__slug")


@admin.register(LogEntry)
class LogEntryDesk(Desk[LogEntry]):
    """What was changed about accounts."""

    list_display = ("action_time", "user", "object_repr", "message")
    list_select_related = ("user", "content_type")
    search_fields = ("object_repr", "user__username")

    @admin.display(description="what")
    def message(self, entry: Any) -> str:
        """Return what was changed, in words."""
        return str(entry.get_change_message())
