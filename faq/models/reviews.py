"""Reviews: the frozen words that were submitted, and what people decided about them."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from faq.models.answers import Answer, Edit
from faq.models.calendar import in_calendar
from faq.models.catalogue import Question
from faq.models.people import SIGN_OFFS


class Submission(models.Model):
    """An answer's words, frozen as canonical text with its hash. Decisions are about this row, never about the answer."""

    answer = models.ForeignKey(Answer, models.PROTECT, related_name="submissions")
    question = models.ForeignKey(Question, models.PROTECT, related_name="submissions")
    number = models.PositiveIntegerField(help_text="Counts the submissions of a question, from 1.")
    words = models.TextField(help_text="The canonical JSON (RFC 8785); empty once erased.")
    content_hash = models.CharField(max_length=64, help_text="SHA-256 of the canonical JSON, as hexadecimal digits.")
    schema_version = models.PositiveIntegerField()
    language = models.CharField(max_length=20)
    audience = models.CharField(max_length=20)
    origin = models.CharField(max_length=20)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField()
    last_edit = models.ForeignKey(Edit, models.PROTECT, related_name="+", help_text="The edit after which the words were frozen.")

    class Meta:
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["question", "number"], name="submission_number")]

    def __str__(self) -> str:
        return f"{self.question} submission {self.number}"


class SubmissionEditor(models.Model):
    """Somebody who wrote part of a submission since the last approved version, and so may not approve it."""

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="editors")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    name = models.CharField(max_length=300)
    role = models.CharField(max_length=200)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["submission", "user"], name="submissioneditor_once")]

    def __str__(self) -> str:
        return self.name


class Assignment(models.Model):
    """Whose decision an answer's submitted words wait for, and until when. It gives and takes no right; each move leaves a decision."""

    answer = models.OneToOneField(Answer, models.PROTECT, related_name="assignment")
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", help_text="Empty: whoever may decide."
    )
    due_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [in_calendar("assignment", days=["due_on"])]

    def __str__(self) -> str:
        whose = str(self.reviewer or "whoever may decide")
        return f"{whose}, by {self.due_on}" if self.due_on else whose


class ReviewDecision(models.Model):
    """What one person decided, in the order it happened; each row carries the hash of the one before.

    Every verb of the workflow but `edit` and `comment` leaves one. Names and roles are copied: they are those of that day.
    """

    class Kind(models.TextChoices):
        """The verb, by its name in faq.workflow; `reopen` comes of others (workflow.reopening)."""

        CREATE_QUESTION = "create_question"
        START_REVISION = "start_revision"
        TAKE_OVER = "take_over"
        LOWER_ORIGIN = "lower_origin"
        DISCARD = "discard"
        SUBMIT = "submit"
        RECALL = "recall"
        ASSIGN = "assign"
        REQUEST_CHANGES = "request_changes"
        APPROVE = "approve"
        ATTEST = "attest"
        OBJECT = "object"
        RESOLVE = "resolve"
        SCHEDULE = "schedule"
        UNSCHEDULE = "unschedule"
        REOPEN = "reopen"
        PUBLISH = "publish"
        WITHDRAW = "withdraw"
        HOLD = "hold"
        RELEASE = "release"
        RESTORE = "restore"
        CONFIRM = "confirm"
        REAFFIRM = "reaffirm"
        RECLASSIFY = "reclassify"
        EXPIRE = "expire"
        ERASE = "erase"
        CONFIRM_ERASURE = "confirm_erasure"
        MARK_SOURCE = "mark_source"
        TRIAGE_ALERT = "triage_alert"
        PROPOSE = "propose"
        APPROVE_TEXT = "approve_text"
        ATTEST_TEXT = "attest_text"
        END_TEXT = "end_text"
        EDIT_TOPIC = "edit_topic"
        EDIT_SOURCE = "edit_source"
        ASK_SIGN_OFF = "ask_sign_off"
        DROP_SIGN_OFF = "drop_sign_off"
        EDIT_CHECKLIST = "edit_checklist"
        GRANT_REVIEWER = "grant_reviewer"
        REVOKE_REVIEWER = "revoke_reviewer"
        PUT_ON_DUTY = "put_on_duty"
        TAKE_OFF_DUTY = "take_off_duty"
        LINK_QUESTION = "link_question"
        REJECT_QUESTION = "reject_question"
        CLOSE_REPORT = "close_report"

    # Counted by the Ledger: the database's own counters skip a number whenever a transaction is taken back.
    sequence = models.BigIntegerField(primary_key=True)
    kind = models.CharField(max_length=20, choices=Kind)
    at = models.DateTimeField()
    # None where the clock acted. Name and role are copied beside it: people marry, and change what they do.
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="decisions")
    by_name = models.CharField(max_length=300, help_text="“The library's clock” where a job acted.")
    by_role = models.CharField(max_length=200)
    name_is_public = models.BooleanField(default=False)
    is_demo = models.BooleanField(default=False)
    question = models.ForeignKey(Question, models.PROTECT, null=True, blank=True, related_name="decisions")
    submission = models.ForeignKey(Submission, models.PROTECT, null=True, blank=True, related_name="decisions")
    version = models.PositiveIntegerField(null=True, blank=True, help_text="The version it concerns, where it concerns one.")
    content_hash = models.CharField(max_length=64, blank=True, help_text="The hash of the words this person saw.")
    sign_off = models.CharField(max_length=20, blank=True)
    comment = models.TextField(blank=True)
    comment_hash = models.CharField(max_length=64, blank=True, help_text="SHA-256 of the comment, which stays when it is erased.")
    resolves = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="resolutions")
    next_review_due_on = models.DateField(null=True, blank=True)
    expires_on = models.DateField(null=True, blank=True)
    attested_by = models.CharField(max_length=300, blank=True)
    attested_on = models.DateField(null=True, blank=True)
    document = models.CharField(max_length=500, blank=True)
    about = models.CharField(max_length=300, blank=True, help_text="The standing text, topic, source or person it concerns.")
    details = models.TextField(blank=True, help_text="JSON: whatever else the verb recorded.")
    previous_hash = models.CharField(max_length=64, blank=True)
    row_hash = models.CharField(max_length=64)

    class Meta:
        ordering: ClassVar = ["sequence"]
        constraints: ClassVar = [
            in_calendar("reviewdecision", days=["next_review_due_on", "expires_on", "attested_on"], moments=["at"]),
        ]

    def __str__(self) -> str:
        return f"{self.by_name}: {self.get_kind_display()} {self.at:%Y-%m-%d %H:%M}"


class Waiver(models.Model):
    """A reviewer's reason for letting a concern stand, given in one approval; `carried_from` is the earlier one that was given again."""

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="waivers")
    decision = models.ForeignKey(ReviewDecision, models.PROTECT, related_name="waivers")
    code = models.CharField(max_length=60)
    sentence = models.TextField(blank=True)
    reason = models.TextField(help_text="Empty beside an attestation: there the concern is kept, not waived.", blank=True)
    carried_from = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"{self.code}: {self.reason}"


class AudiencePolicy(models.Model):
    """A sign-off that texts for an audience need beside the clinical one, which every text needs."""

    audience = models.CharField(max_length=20)
    sign_off = models.CharField(max_length=20, choices=[(kind, kind.replace("_", " ")) for kind in SIGN_OFFS])

    class Meta:
        verbose_name_plural = "audience policies"
        ordering: ClassVar = ["audience", "sign_off"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["audience", "sign_off"], name="audiencepolicy_once")]

    def __str__(self) -> str:
        return f"{self.audience}: {self.sign_off}"


class Checklist(models.Model):
    """What a reviewer is asked to have looked at before a sign-off; a lead words it. Each approval keeps the points as they stood."""

    sign_off = models.CharField(max_length=20, unique=True, choices=[(kind, kind.replace("_", " ")) for kind in SIGN_OFFS])
    items = models.JSONField(default=list, help_text="The points, in order.")

    class Meta:
        ordering: ClassVar = ["sign_off"]

    def __str__(self) -> str:
        return f"{self.sign_off} checklist"


class Erasure(models.Model):
    """Two people's order to blank one version's words: the only exception that the guards know."""

    question = models.ForeignKey(Question, models.PROTECT, related_name="erasures")
    submission = models.ForeignKey(Submission, models.PROTECT, related_name="erasures")
    version = models.PositiveIntegerField()
    legal_basis = models.TextField()
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["question", "version"], name="erasure_once"),
            models.CheckConstraint(condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("requested_by")), name="erasure_second_person"),
            models.CheckConstraint(
                condition=Q(confirmed_by=None, confirmed_at=None) | Q(confirmed_by__isnull=False, confirmed_at__isnull=False),
                name="erasure_confirmed_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.question} version {self.version}"


class ReviewReminder(models.Model):
    """A reminder about one review date; its row is the claim, so two machines send one."""

    question = models.ForeignKey(Question, models.PROTECT, related_name="reminders")
    version = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=[("due", "due"), ("overdue", "overdue")])
    due_on = models.DateField()
    claimed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["question", "version", "state", "due_on"], name="reviewreminder_once")]

    def __str__(self) -> str:
        return f"{self.question} {self.state} {self.due_on}"
