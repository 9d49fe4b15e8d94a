"""What readers send in: questions that no entry answered, reports, opinions. Readers never see it, and no decision rests on it."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from faq.models.answers import Answer
from faq.models.calendar import in_calendar
from faq.models.catalogue import Question
from faq.models.publications import Publication


class SubmittedQuestion(models.Model):
    """A reader's question in their own words, for the team alone, and what became of it. The words are deleted after a set time."""

    class Outcome(models.TextChoices):
        """What somebody who sorted it said."""

        WAITING = "", "to be sorted"
        LINKED = "linked", "an entry answers it"
        OPENED = "opened", "a question of the library came of it"
        REJECTED = "rejected"

    text = models.TextField(blank=True, help_text="As it was asked; empty once its time is over.")
    language = models.CharField(max_length=20)
    asked_at = models.DateTimeField()
    terms = models.TextField(blank=True, help_text="The words it is compared by, in the order of the alphabet.")
    group = models.PositiveBigIntegerField(default=0, db_index=True, help_text="The number of the first of those that ask nearly the same.")
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    question = models.ForeignKey(Question, models.PROTECT, null=True, blank=True, related_name="asked")
    phrasing = models.CharField(
        max_length=500, blank=True, help_text="A way of asking for the entry's next version, in the words of who sorted it."
    )
    taken_into = models.ForeignKey(
        Answer, models.PROTECT, null=True, blank=True, related_name="+", help_text="The draft that has the phrasing since."
    )
    reason = models.TextField(blank=True)
    sorted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    sorted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(outcome="", sorted_by=None, sorted_at=None)
                | (~Q(outcome="") & Q(sorted_by__isnull=False, sorted_at__isnull=False)),
                name="submittedquestion_sorted_whole",
            ),
            models.CheckConstraint(
                condition=Q(question=None, outcome__in=["", "rejected"]) | Q(question__isnull=False, outcome__in=["linked", "opened"]),
                name="submittedquestion_leads_somewhere",
            ),
            in_calendar("submittedquestion", moments=["asked_at", "sorted_at"]),
        ]

    def __str__(self) -> str:
        return f"Question {self.pk} of a reader"


class Report(models.Model):
    """That something is wrong with a version, in a reader's words; one about harm goes to the reviewer on duty at once."""

    publication = models.ForeignKey(Publication, models.PROTECT, related_name="reports")
    text = models.TextField(blank=True, help_text="As it was sent; emptied some time after it was closed.")
    is_harmful = models.BooleanField(default=False, help_text="Whoever sent it says that somebody may come to harm.")
    sent_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True, blank=True, help_text="When somebody on duty was mailed about harm.")
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(closed_by=None, closed_at=None) | Q(closed_by__isnull=False, closed_at__isnull=False),
                name="report_closed_whole",
            ),
            in_calendar("report", moments=["sent_at", "told_at", "closed_at"]),
        ]

    def __str__(self) -> str:
        return f"Report {self.pk} on {self.publication}"


class Feedback(models.Model):
    """One opinion on one version."""

    publication = models.ForeignKey(Publication, models.PROTECT, related_name="feedback")
    is_helpful = models.BooleanField()
    comment = models.TextField(blank=True, help_text="As it was sent; emptied once its time is over.")
    sent_at = models.DateTimeField()
    key = models.CharField(max_length=64, null=True, blank=True, unique=True, help_text="SHA-256 of the Idempotency-Key that came with it.")

    class Meta:
        verbose_name_plural = "feedback"
        ordering: ClassVar = ["-pk"]
        indexes: ClassVar = [models.Index(fields=["publication", "sent_at"], name="feedback_of_version")]
        constraints: ClassVar = [in_calendar("feedback", moments=["sent_at"])]

    def __str__(self) -> str:
        return f"{'helpful' if self.is_helpful else 'not helpful'}: {self.publication}"


class InboxLook(models.Model):
    """That somebody was shown words of readers: who, when, and which rows of which list."""

    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    kind = models.CharField(max_length=30, help_text="The list, by the name of its rows.")
    rows = models.JSONField(help_text="The numbers of the rows that were shown.")

    class Meta:
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [in_calendar("inboxlook", moments=["at"])]

    def __str__(self) -> str:
        return f"{self.by} saw {len(self.rows)} of {self.kind}"


class MissedSearch(models.Model):
    """Words for which a search found nothing: kept once they were asked for on five separate days; until then only a keyed hash is."""

    digest = models.CharField(max_length=64, unique=True, help_text="HMAC-SHA-256 of the folded words under the library's secret.")
    words = models.CharField(max_length=100, blank=True)
    days = models.PositiveIntegerField(default=1, help_text="On how many days they were asked for.")
    last_on = models.DateField()

    class Meta:
        verbose_name_plural = "missed searches"
        ordering: ClassVar = ["-days", "-last_on", "pk"]
        constraints: ClassVar = [in_calendar("missedsearch", days=["last_on"])]

    def __str__(self) -> str:
        return self.words or "not kept yet"


class ReaderWrite(models.Model):
    """That something was sent in from an address, counted so that nobody floods the inbox. No address stands in it."""

    key = models.CharField(max_length=64, help_text="HMAC-SHA-256 of what was sent and from where, under the library's secret.")
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-pk"]
        indexes: ClassVar = [models.Index(fields=["key", "at"], name="readerwrite_key")]
        constraints: ClassVar = [in_calendar("readerwrite", moments=["at"])]

    def __str__(self) -> str:
        return f"{self.key[:8]} {self.at:%Y-%m-%d %H:%M}"
