"""The write side: answers as people edit them, and who edited them."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from faq.models.catalogue import Question

OPEN = ("draft", "submitted", "approved", "scheduled")


class Answer(models.Model):
    """One working copy of a question's words. The database lets them change in draft only."""

    class Status(models.TextChoices):
        """Where the working copy stands; it moves in workflow.py alone."""

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
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    # The words. Phrasings, citations and resources are rows of their own.
    wording = models.CharField(max_length=500, verbose_name="question", help_text="The question as readers see it.")
    audience = models.CharField(max_length=20, default="patient")
    region = models.CharField(max_length=500, blank=True)
    applies_to = models.JSONField(default=list, blank=True)
    translation_of_slug = models.CharField(max_length=100, blank=True)
    translation_of_version = models.PositiveIntegerField(null=True, blank=True)
    short_answer = models.TextField(blank=True)
    status_lines = models.JSONField(default=list, blank=True)
    advice_cards = models.JSONField(default=list, blank=True)
    body = models.TextField(blank=True)
    key_facts = models.JSONField(default=list, blank=True)
    care_team_questions = models.JSONField(default=list, blank=True)
    quotations = models.JSONField(default=list, blank=True)
    call_to_action = models.JSONField(null=True, blank=True)
    origin = models.CharField(max_length=20, default="human")
    generator = models.JSONField(null=True, blank=True)
    byline = models.CharField(max_length=500, blank=True)
    licence = models.CharField(max_length=500, blank=True)
    attribution = models.TextField(blank=True)
    update_type = models.CharField(max_length=10, default="major")
    change_note = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar = ["-changed_at", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["question"], condition=Q(status__in=OPEN), name="answer_one_open"),
            models.CheckConstraint(
                condition=Q(status="scheduled", scheduled_for__isnull=False) | (~Q(status="scheduled") & Q(scheduled_for=None)),
                name="answer_scheduled_has_moment",
            ),
        ]

    def __str__(self) -> str:
        return self.wording


class Phrasing(models.Model):
    """The question in a patient's own words."""

    answer = models.ForeignKey(Answer, models.PROTECT, related_name="phrasings")
    position = models.PositiveIntegerField()
    text = models.CharField(max_length=500)

    class Meta:
        ordering: ClassVar = ["position", "pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["answer", "text"], name="phrasing_once")]

    def __str__(self) -> str:
        return self.text


class Edit(models.Model):
    """Who touched an answer's words, when and how. Never updated, never deleted; `erase` blanks the changes."""

    class Kind(models.TextChoices):
        """What was done."""

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
