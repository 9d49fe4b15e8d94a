"""People: accounts, and the record that makes one of them a reviewer."""

from typing import ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models

from faq.models.calendar import in_calendar

ROLES = ("author", "publisher", "importer", "auditor", "lead")
"""The groups that the workflow knows (permissions.py). A reviewer is never a group: it is an active Reviewer row."""

PROFESSIONS = (
    *("Physician", "General practitioner", "Oncologist", "Medical oncologist", "Radiation oncologist", "Surgeon", "Pathologist"),
    *("Cardiologist", "Nurse", "Oncology nurse", "Pharmacist", "Oncology pharmacist", "Physiotherapist", "Dietitian", "Psychologist"),
    *("Medical translator", "Patient reader"),
)
"""The usual professions of reviewers, which the pages say in their own language. Any other is shown as it was typed."""

CLINICAL = "clinical"
"""The sign-off that every text needs."""
SIGN_OFFS = (CLINICAL, "plain_language", "patient_reader", "translation")
"""What an approval may vouch for. Every text needs the clinical one; AudiencePolicy says which others its audience needs."""


class User(AbstractUser):
    """An account. People who decided something are deactivated, never deleted: every record points here with PROTECT."""

    name_is_public = models.BooleanField(default=False, help_text="This person agrees that readers see their name beside their role.")
    is_demo = models.BooleanField(
        default=False, editable=False, help_text="Made by load_demo; such a person's decisions bar a live library."
    )

    def __str__(self) -> str:
        return self.get_full_name() or self.username

    def get_short_name(self) -> str:
        """Return what the admin greets the person with: the whole name, for part of one may say something else."""
        return str(self)


def all_sign_offs() -> list[str]:
    """Return the sign-off a new reviewer gives unless told otherwise. The name stands in a migration, so it stays."""
    return ["clinical"]


class Reviewer(models.Model):
    """What entitles a person to decide: profession, scope, and until when that was verified."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, related_name="reviewer")
    profession = models.CharField(max_length=200, help_text="Shown to readers as the reviewer's role, such as “Oncology pharmacist”.")
    register = models.CharField(max_length=200, blank=True, help_text="The professional register and number.")
    languages = models.JSONField(default=list, help_text='Language codes, such as ["en", "es"].')
    all_topics = models.BooleanField(default=False, help_text="May decide on any topic, and on entries without one.")
    topics = models.ManyToManyField("faq.Topic", blank=True, related_name="reviewers", help_text="With all topics below them.")
    sign_offs = models.JSONField(default=all_sign_offs, help_text=f"Any of {', '.join(SIGN_OFFS)}.")
    is_on_duty = models.BooleanField(default=False, help_text="Told at once when a reader reports harm; a lead says who.")
    verified_until = models.DateField(help_text="The last day on which this person may decide.")
    granted_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["user__username"]
        constraints: ClassVar = [in_calendar("reviewer", days=["verified_until"], moments=["granted_at", "revoked_at"])]

    def __str__(self) -> str:
        return f"{self.user}, {self.profession}"


class SignInAttempt(models.Model):
    """A try to sign in that failed, or is under way: counted in the database, since several workers serve. Nobody's name stands in it."""

    key = models.CharField(max_length=64, help_text="SHA-256 of the account's name and the address.")
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-pk"]
        indexes: ClassVar = [models.Index(fields=["key", "at"], name="signinattempt_key")]

    def __str__(self) -> str:
        return f"{self.key[:8]} {self.at:%Y-%m-%d %H:%M}"
