"""Evidence: sources, which answers cite them, and what became of that when a source no longer stands."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from faq.models.calendar import in_calendar


class Source(models.Model):
    """A document that answers cite. Its key never changes; what a version cites is frozen in that version's Words."""

    class State(models.TextChoices):
        """Whether the document still stands."""

        CURRENT = "current"
        SUPERSEDED = "superseded"
        RETRACTED = "retracted"

    key = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=60, blank=True)
    title = models.CharField(max_length=500)
    publisher = models.CharField(max_length=500, blank=True)
    year = models.PositiveSmallIntegerField(null=True, blank=True)
    url = models.CharField(max_length=500, blank=True)
    doi = models.CharField(max_length=500, blank=True)
    read_on = models.DateField(null=True, blank=True)
    note = models.TextField(blank=True)
    state = models.CharField(max_length=20, choices=State, default=State.CURRENT)

    class Meta:
        ordering: ClassVar = ["key"]
        constraints: ClassVar = [in_calendar("source", days=["read_on"])]

    def __str__(self) -> str:
        return self.key


class Citation(models.Model):
    """That an answer cites a source: one row per key in its words, kept in step by every edit, so that a query finds who cites what."""

    answer = models.ForeignKey("faq.Answer", models.PROTECT, related_name="citations")
    source = models.ForeignKey(Source, models.PROTECT, related_name="citations")

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["answer", "source"], name="citation_once")]

    def __str__(self) -> str:
        return f"{self.source} in {self.answer}"


class EvidenceAlert(models.Model):
    """A published entry cites a source that no longer stands; somebody must say what that means for the answer."""

    class Outcome(models.TextChoices):
        """What triage found."""

        OPEN = "", "to be looked at"
        UNAFFECTED = "unaffected"
        MINOR = "minor"
        AFFECTED = "affected"

    publication = models.ForeignKey("faq.Publication", models.PROTECT, related_name="evidence_alerts")
    source = models.ForeignKey(Source, models.PROTECT, related_name="alerts")
    state = models.CharField(max_length=20, choices=Source.State, help_text="What the source became.")
    raised_at = models.DateTimeField()
    outcome = models.CharField(max_length=20, choices=Outcome, blank=True)
    note = models.TextField(blank=True)
    triaged_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    triaged_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["raised_at", "pk"]
        constraints: ClassVar = [
            # With the state, so that a source which is superseded first and retracted later is looked at twice; among those that wait,
            # so that one which stood again and is retracted anew is looked at anew.
            models.UniqueConstraint(fields=["publication", "source", "state"], condition=Q(outcome=""), name="evidencealert_one_open"),
            models.CheckConstraint(
                condition=Q(outcome="", triaged_by=None, triaged_at=None)
                | (~Q(outcome="") & Q(triaged_by__isnull=False, triaged_at__gte=F("raised_at"))),
                name="evidencealert_triaged_whole",
            ),
            in_calendar("evidencealert", moments=["raised_at", "triaged_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.state}: {self.publication}"
