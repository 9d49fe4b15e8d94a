"""Standing texts: short texts used by many entries, each a row per version, proposed by one person and approved by another."""

from datetime import datetime
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from faq.models.calendar import in_calendar


class VersionedQuerySet(models.QuerySet[Any]):
    """Rows that come into force and end."""

    def in_force(self, at: datetime) -> Self:
        """Keep the rows that readers were shown at the moment `at`."""
        # A text ends at the very moment its next version starts: `gt` beside `lte` shows one of them, never both or none.
        return self.filter(Q(ends_at=None) | Q(ends_at__gt=at), starts_at__lte=at)

    def proposed(self) -> Self:
        # A proposal that was refused has ended without ever starting.
        return self.filter(approved_at=None, ends_at=None)

    def present(self) -> Self:
        """Keep the rows in force now, whatever their moments say: where a clock was wrong, those may lie ahead."""
        return self.filter(approved_at__isnull=False, ends_at=None)


class VersionedText(models.Model):
    """A text that one person proposes and another approves; from then on only its end can be added."""

    number = models.PositiveIntegerField(help_text="The version of this text, from 1.")
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)

    objects = VersionedQuerySet.as_manager()

    class Meta:
        abstract = True


def approval_constraints(name: str, or_else: str = "") -> list[models.BaseConstraint]:
    """Return the constraints every VersionedText has: a second person, approval together with a start, and moments in the calendar.

    `or_else`: the column that stands in the place of a second person where it is filled; never beside one.
    """
    condition = Q(approved_by=None, approved_at=None, starts_at=None) | Q(
        approved_by__isnull=False, approved_at__isnull=False, starts_at__isnull=False
    )
    if or_else:
        other = Q((f"{or_else}__isnull", False), approved_by=None, approved_at__isnull=False, starts_at__isnull=False)
        condition = (condition & Q((or_else, None))) | other
    return [
        models.CheckConstraint(condition=Q(approved_by=None) | ~Q(approved_by=F("proposed_by")), name=f"{name}_second_person"),
        models.CheckConstraint(condition=condition, name=f"{name}_approved_whole"),
        in_calendar(name, moments=["proposed_at", "approved_at", "starts_at", "ends_at"]),
    ]


class StandingText(VersionedText):
    """One version of a disclaimer, glossary term, notice, advice card or topic introduction."""

    class Kind(models.TextChoices):
        """What the text is used for."""

        DISCLAIMER = "disclaimer"
        GLOSSARY = "glossary"
        NOTICE = "notice"
        ADVICE_CARD = "advice_card"
        TOPIC_TEXT = "topic_text"
        DANGER_PHRASES = "danger_phrases"

    class Placement(models.TextChoices):
        """Where a disclaimer stands."""

        BEFORE = "before", "before the answer"
        AFTER = "after", "after the answer"

    class Level(models.TextChoices):
        """How soon an advice card wants a reader to act."""

        EMERGENCY = "emergency"
        URGENT = "urgent"
        ROUTINE = "routine"

    kind = models.CharField(max_length=20, choices=Kind)
    key = models.CharField(max_length=120)
    language = models.CharField(max_length=20)
    audience = models.CharField(max_length=20, blank=True, help_text="Empty: for every audience.")
    origin = models.CharField(max_length=20, blank=True, help_text="Empty: for text of every origin.")
    placement = models.CharField(max_length=10, choices=Placement, blank=True)
    required = models.BooleanField(default=False, help_text="A text without it cannot be approved.")
    level = models.CharField(max_length=10, choices=Level, blank=True, help_text="Advice cards only.")
    title = models.CharField(max_length=500, blank=True, help_text="The term, the signs of an advice card, or the heading.")
    text = models.TextField()
    sources = models.JSONField(default=list, blank=True)

    class Meta:
        ordering: ClassVar = ["kind", "key", "language", "number"]
        constraints: ClassVar = [
            *approval_constraints("standingtext"),
            models.UniqueConstraint(fields=["kind", "key", "language", "audience", "origin", "number"], name="standingtext_number"),
            models.UniqueConstraint(
                fields=["kind", "key", "language", "audience", "origin"],
                condition=Q(approved_at__isnull=False, ends_at=None),
                name="standingtext_one_in_force",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.key} ({self.language}) {self.number}"
