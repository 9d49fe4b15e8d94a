"""Evidence: sources, where an answer cites them, and the services and media it points to."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q


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

    def __str__(self) -> str:
        return self.key


class Citation(models.Model):
    """One answer's use of one source."""

    answer = models.ForeignKey("faq.Answer", models.PROTECT, related_name="citations")
    source = models.ForeignKey(Source, models.PROTECT, related_name="citations")
    position = models.PositiveIntegerField()
    locator = models.CharField(max_length=500, blank=True)
    supporting_quote = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar = ["position", "pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["answer", "source"], name="citation_once")]

    def __str__(self) -> str:
        return f"{self.source} in {self.answer}"


class Resource(models.Model):
    """A service, helpline or recording that one answer names; which fields count depends on the kind (payload.py)."""

    answer = models.ForeignKey("faq.Answer", models.PROTECT, related_name="resources")
    position = models.PositiveIntegerField()
    kind = models.CharField(max_length=20)
    name = models.CharField(max_length=500)
    url = models.CharField(max_length=500, blank=True)
    phone = models.CharField(max_length=500, blank=True)
    hours = models.CharField(max_length=500, blank=True)
    region = models.CharField(max_length=500, blank=True)
    description = models.TextField(blank=True)
    captions = models.BooleanField(default=False)
    duration_s = models.PositiveIntegerField(null=True, blank=True, help_text="Length in seconds.")
    transcript = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar = ["position", "pk"]

    def __str__(self) -> str:
        return self.name


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
            models.UniqueConstraint(fields=["publication", "source", "state"], name="evidencealert_once"),
            models.CheckConstraint(
                condition=Q(outcome="", triaged_by=None, triaged_at=None)
                | (~Q(outcome="") & Q(triaged_by__isnull=False, triaged_at__gte=F("raised_at"))),
                name="evidencealert_triaged_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.state}: {self.publication}"
