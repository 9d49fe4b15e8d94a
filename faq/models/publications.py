"""The read side: approved words as published, the Changes that readers can follow, and the Ledger that orders them.

Read faces know the models of this module, the standing texts, and the topics and sources that publications use.
"""

from datetime import datetime
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery

from faq.models.calendar import in_calendar
from faq.models.catalogue import Question, Topic
from faq.models.evidence import Source
from faq.models.reviews import ReviewDecision, Submission


class ImportRun(models.Model):
    """One import of files, so that it can resume and what it brought can be told."""

    path = models.CharField(max_length=500)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    counts = models.JSONField(default=dict)
    told = models.JSONField(
        default=dict, blank=True, help_text="What the admin said of it: the file's entries, what was refused, and warnings."
    )

    class Meta:
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return f"{self.path} {self.started_at:%Y-%m-%d %H:%M}"


class Change(models.Model):
    """One thing that readers can notice, with the entry's complete new state; each row carries the hash of the one before."""

    class Kind(models.TextChoices):
        """What happened; CONTRACTS of the change feed name what a client does about each."""

        PUBLISHED = "published"
        REPUBLISHED = "republished"
        REAFFIRMED = "reaffirmed"
        RECLASSIFIED = "reclassified"
        WITHDRAWN = "withdrawn"
        EXPIRED = "expired"
        HELD = "held"
        RELEASED = "released"
        RESTORED = "restored"
        EVIDENCE_ALERT = "evidence_alert"
        EVIDENCE_CLEARED = "evidence_cleared"
        STANDING_TEXT = "standing_text"
        ERASED = "erased"

    sequence = models.BigIntegerField(primary_key=True)
    kind = models.CharField(max_length=20, choices=Kind)
    at = models.DateTimeField()
    question = models.ForeignKey(Question, models.PROTECT, null=True, blank=True, related_name="changes")
    slug = models.CharField(max_length=100, blank=True)
    version = models.PositiveIntegerField(null=True, blank=True)
    standing_text = models.ForeignKey("faq.StandingText", models.PROTECT, null=True, blank=True, related_name="changes")
    reason = models.CharField(max_length=60, blank=True)
    replacement = models.CharField(max_length=100, blank=True)
    state = models.TextField(help_text="Canonical JSON: the entry's complete State after this change (content.state.State).")
    run = models.ForeignKey(ImportRun, models.PROTECT, null=True, blank=True, related_name="changes")
    decision = models.ForeignKey(ReviewDecision, models.PROTECT, related_name="changes", help_text="What caused it.")
    decision_hash = models.CharField(max_length=64, help_text="The decision's own hash: it ties the two chains together.")
    previous_hash = models.CharField(max_length=64, blank=True)
    row_hash = models.CharField(max_length=64)

    class Meta:
        ordering: ClassVar = ["sequence"]
        constraints: ClassVar = [in_calendar("change", moments=["at"])]
        indexes: ClassVar = [
            models.Index(fields=["slug", "sequence"], name="change_of_slug"),
            models.Index(fields=["slug", "at"], name="change_of_slug_at"),
        ]

    def __str__(self) -> str:
        return f"{self.sequence} {self.kind} {self.slug}"


class PublicationQuerySet(models.QuerySet["Publication"]):
    """What readers may be shown."""

    def current(self) -> Self:
        """Keep the entries in force, held ones included."""
        return self.filter(status=Publication.Status.CURRENT)

    def unconfirmed(self) -> Self:
        """Keep the restored versions in force that wait, held, for another person's `confirm`."""
        about = ReviewDecision.objects.filter(question=OuterRef("question"), version=OuterRef("version"))
        restored, confirmed = about.filter(kind=ReviewDecision.Kind.RESTORE), about.filter(kind=ReviewDecision.Kind.CONFIRM)
        return self.current().filter(Exists(restored), ~Exists(confirmed))

    def as_of(self, slug: str, at: datetime) -> Self:
        """Keep the version of `slug` that readers met at the moment `at`; `state_then` is its State then."""
        then = Change.objects.filter(slug=slug, at__lte=at).order_by("-sequence")
        return self.filter(slug=slug, version=Subquery(then.values("version")[:1])).annotate(state_then=Subquery(then.values("state")[:1]))

    def with_standing_sequence(self) -> Self:
        """Add `standing_sequence`: the sequence of the last Change to any standing text."""
        return self.annotate(standing_sequence=Subquery(Ledger.objects.values("standing_sequence")[:1]))

    def with_newest_version(self) -> Self:
        """Add `newest_version`: the number of the newest version of the same entry."""
        newest = Publication.objects.filter(question=OuterRef("question")).order_by("-version").values("version")[:1]
        return self.annotate(newest_version=Subquery(newest))

    def with_original_version(self) -> Self:
        """Add `original_version`: the number of the newest version of the entry that each translates; None for what translates none."""
        newest = Publication.objects.filter(slug=OuterRef("translation_of_slug")).order_by("-version").values("version")[:1]
        return self.annotate(original_version=Subquery(newest))


class Publication(models.Model):
    """Version N of an entry: the approved bytes, and what has become of them since.

    The first block never changes; the second moves only together with a Change; the third is derived and can be made again.
    """

    class Status(models.TextChoices):
        """What became of this version. A held entry stays current."""

        CURRENT = "current"
        SUPERSEDED = "superseded"
        WITHDRAWN = "withdrawn"
        EXPIRED = "expired"

    question = models.ForeignKey(Question, models.PROTECT, related_name="publications")
    slug = models.CharField(max_length=100)
    version = models.PositiveIntegerField()
    submission = models.ForeignKey(Submission, models.PROTECT, related_name="publications")
    decision = models.ForeignKey(ReviewDecision, models.PROTECT, related_name="publications", help_text="The approval or attestation.")
    decision_kind = models.CharField(max_length=20)
    decided_at = models.DateTimeField()
    decided_by_role = models.CharField(max_length=200)
    decided_by_name = models.CharField(max_length=300, blank=True, help_text="Empty unless the person agreed to be named.")
    attested_by = models.CharField(max_length=300, blank=True)
    attested_on = models.DateField(null=True, blank=True)
    document = models.CharField(max_length=500, blank=True)
    words = models.TextField()
    content_hash = models.CharField(max_length=64)
    schema_version = models.PositiveIntegerField()
    language = models.CharField(max_length=20)
    audience = models.CharField(max_length=20)
    origin = models.CharField(max_length=20)
    wording = models.CharField(max_length=500)
    sort_key = models.CharField(
        max_length=800, help_text="The folded wording and the slug as hexadecimal digits: sorts alike on every database."
    )
    translation_of_slug = models.CharField(max_length=100, blank=True)
    translation_of_version = models.PositiveIntegerField(null=True, blank=True)
    published_at = models.DateTimeField()

    status = models.CharField(max_length=20, choices=Status, default=Status.CURRENT)
    ended_at = models.DateTimeField(null=True, blank=True)
    last_reviewed_on = models.DateField()
    next_review_due_on = models.DateField()
    expires_on = models.DateField(null=True, blank=True)
    is_held = models.BooleanField(default=False)
    is_withheld = models.BooleanField(default=False, help_text="Its text is served in no form any more.")
    is_erased = models.BooleanField(default=False)
    last_change = models.ForeignKey(Change, models.PROTECT, related_name="publications")

    reading_grade = models.FloatField(null=True, blank=True)

    topics: "models.ManyToManyField[Topic, Any]" = models.ManyToManyField(
        Topic, through="faq.PublicationTopic", related_name="publications"
    )
    sources: "models.ManyToManyField[Source, Any]" = models.ManyToManyField(Source, related_name="publications")

    objects = PublicationQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["sort_key"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["question", "version"], name="publication_version"),
            models.UniqueConstraint(fields=["slug", "version"], name="publication_slug_version"),
            models.UniqueConstraint(fields=["question"], condition=Q(status="current"), name="publication_one_current"),
            models.CheckConstraint(
                condition=Q(status="current", ended_at=None) | (~Q(status="current") & Q(ended_at__isnull=False)),
                name="publication_ended_whole",
            ),
            in_calendar(
                "publication",
                days=["attested_on", "last_reviewed_on", "next_review_due_on", "expires_on"],
                moments=["decided_at", "published_at", "ended_at"],
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["status", "audience", "language", "sort_key"], name="publication_list"),
            models.Index(fields=["status", "audience", "language", "next_review_due_on"], name="publication_review"),
            models.Index(fields=["status", "language", "-published_at"], name="publication_newest"),
            models.Index(fields=["translation_of_slug"], name="publication_translation"),
            models.Index(fields=["content_hash"], name="publication_hash"),
        ]

    def __str__(self) -> str:
        return f"{self.slug} version {self.version}"


class PublicationTopic(models.Model):
    """A published version's place in a topic; follows the last Change's State."""

    publication = models.ForeignKey(Publication, models.PROTECT)
    topic = models.ForeignKey(Topic, models.PROTECT)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["publication", "topic"], name="publicationtopic_once")]

    def __str__(self) -> str:
        return f"{self.publication} in {self.topic}"


class Ledger(models.Model):
    """One row: the last sequence of each chain and its head. Whoever extends a chain holds this row's lock."""

    last_sequence = models.BigIntegerField(default=0)
    change_head = models.CharField(max_length=64, blank=True)
    decision_sequence = models.BigIntegerField(default=0)
    decision_head = models.CharField(max_length=64, blank=True)
    standing_sequence = models.BigIntegerField(default=0)
    moved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "ledger"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(pk=1), name="ledger_one_row"),
            in_calendar("ledger", moments=["moved_at"]),
        ]

    def __str__(self) -> str:
        return f"sequence {self.last_sequence}"
