"""The write side: answers as people edit them, and who edited them."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from faq.models.calendar import in_calendar
from faq.models.catalogue import Question

OPEN = ("draft", "submitted", "approved", "scheduled")
"""The statuses of an answer that somebody still works on; a question has one such answer at most."""


class Answer(models.Model):
    """One working copy of a question's words, kept as one document. The database lets it change in draft only."""

    class Status(models.TextChoices):
        """Where the working copy stands; it moves in the verbs of faq.workflow alone."""

        DRAFT = "draft"
        SUBMITTED = "submitted"
        APPROVED = "approved"
        SCHEDULED = "scheduled"
        PUBLISHED = "published"
        DISCARDED = "discarded"

    question = models.ForeignKey(Question, models.PROTECT, related_name="answers")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="answers")
    status = models.CharField(max_length=20, choices=Status, default=Status.DRAFT)
    scheduled_for = models.DateTimeField(null=True, blank=True)
    # Every moment is the verb's `at`, never the column's own now: load_demo plays a history.
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    words = models.TextField(help_text="Canonical JSON (RFC 8785) of content.words.DraftWords; empty once erased.")
    # Copied from the words, so that lists open no document; a guard of the database holds them to it.
    wording = models.CharField(max_length=500, verbose_name="question")
    audience = models.CharField(max_length=20)
    origin = models.CharField(max_length=20)

    class Meta:
        ordering: ClassVar = ["-changed_at", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["question"], condition=Q(status__in=OPEN), name="answer_one_open"),
            models.CheckConstraint(
                condition=Q(status="scheduled", scheduled_for__isnull=False) | (~Q(status="scheduled") & Q(scheduled_for=None)),
                name="answer_scheduled_has_moment",
            ),
            in_calendar("answer", moments=["scheduled_for", "created_at", "changed_at"]),
        ]

    def __str__(self) -> str:
        return self.wording


class Edit(models.Model):
    """Who touched an answer's words, when and how. Never updated, never deleted; `erase` blanks the changes."""

    class Kind(models.TextChoices):
        STARTED = "started"
        EDITED = "edited"
        TAKEN_OVER = "taken_over", "taken over"
        RECALLED = "recalled"

    answer = models.ForeignKey(Answer, models.PROTECT, related_name="edits")
    kind = models.CharField(max_length=20, choices=Kind)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    by_name = models.CharField(max_length=300)
    at = models.DateTimeField()
    changes = models.TextField(help_text="JSON: each changed field with its new value.")

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"{self.by_name} {self.get_kind_display()} {self.at:%Y-%m-%d %H:%M}"


class Comment(models.Model):
    """A remark between colleagues about an answer; readers never see it."""

    answer = models.ForeignKey(Answer, models.PROTECT, related_name="comments")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    text = models.TextField()

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"{self.by}: {self.text[:60]}"
