"""The catalogue: topics with their names and codes, and the questions themselves."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from faq.models.standing import VersionedText, approval_constraints


class Topic(models.Model):
    """A subject that questions belong to. Its slug never changes; its parents and codes are those of its TopicPlacement in force."""

    class Kind(models.TextChoices):
        """What sort of subject it is; a guide's members are ordered and its introduction is a standing text."""

        CONDITION = "condition"
        MEDICINE = "medicine"
        TEST = "test"
        SYMPTOM = "symptom"
        LIVING_WITH = "living_with", "living with it"
        RESEARCH = "research"
        GUIDE = "guide"

    slug = models.CharField(max_length=100, unique=True)
    kind = models.CharField(max_length=20, choices=Kind)
    parents: "models.ManyToManyField[Topic, Any]" = models.ManyToManyField("self", symmetrical=False, blank=True, related_name="children")
    position = models.PositiveIntegerField(default=0)
    is_safety = models.BooleanField(default=False, help_text="Its entries must name an advice card and never expire.")
    may_expire = models.BooleanField(default=False, help_text="Its entries may leave by themselves when nobody reviews them.")

    class Meta:
        ordering: ClassVar = ["position", "slug"]

    def __str__(self) -> str:
        return self.slug


class TopicName(VersionedText):
    """What a topic is called in one language, with the words people use for it."""

    topic = models.ForeignKey(Topic, models.PROTECT, related_name="names")
    language = models.CharField(max_length=20)
    name = models.CharField(max_length=300)
    synonyms = models.JSONField(default=list, blank=True)
    attestation = models.ForeignKey(
        "faq.ReviewDecision",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="In place of an approval: the record of a review done elsewhere, of a name that came with an import.",
    )

    class Meta:
        ordering: ClassVar = ["topic", "language", "number"]
        constraints: ClassVar = [
            *approval_constraints("topicname", or_else="attestation"),
            models.UniqueConstraint(fields=["topic", "language", "number"], name="topicname_number"),
            models.UniqueConstraint(
                fields=["topic", "language"], condition=Q(approved_at__isnull=False, ends_at=None), name="topicname_one_in_force"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.language})"


class TopicPlacement(VersionedText):
    """The topics above one and its codes, as one person proposed them and another approved.

    Reviewers decide, and readers look, below a topic and by a code: both are found by rows (`Topic.parents`, TopicCode), which are those
    that the placement in force names.
    """

    topic = models.ForeignKey(Topic, models.PROTECT, related_name="placements")
    parents = models.TextField(blank=True, help_text="The slugs of the topics above it, one a line.")
    codes = models.TextField(blank=True, help_text="One a line, as system|code; a code may hold a bar of its own.")

    class Meta:
        ordering: ClassVar = ["topic", "number"]
        constraints: ClassVar = [
            *approval_constraints("topicplacement"),
            models.UniqueConstraint(fields=["topic", "number"], name="topicplacement_number"),
            models.UniqueConstraint(
                fields=["topic"], condition=Q(approved_at__isnull=False, ends_at=None), name="topicplacement_one_in_force"
            ),
        ]

    def __str__(self) -> str:
        return f"place of {self.topic}, {self.number}"

    @property
    def parent_slugs(self) -> list[str]:
        return self.parents.split("\n") if self.parents else []

    @property
    def code_lines(self) -> list[str]:
        return self.codes.split("\n") if self.codes else []

    @property
    def code_pairs(self) -> list[tuple[str, str]]:
        """(system, code)"""
        return [(system, code) for system, _, code in (line.partition("|") for line in self.code_lines)]


class TopicCode(models.Model):
    """A code of a topic in a terminology, such as ICD-10-CM C50.-."""

    topic = models.ForeignKey(Topic, models.PROTECT, related_name="codes")
    system = models.CharField(max_length=40)
    code = models.CharField(max_length=60)

    class Meta:
        ordering: ClassVar = ["system", "code"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["topic", "system", "code"], name="topiccode_once")]

    def __str__(self) -> str:
        return f"{self.system}|{self.code}"


class Question(models.Model):
    """A question's identity: slug and language, for ever. Its wording is in the Words of each version."""

    slug = models.CharField(max_length=100, unique=True)
    language = models.CharField(max_length=20)
    topics = models.ManyToManyField(Topic, through="faq.QuestionTopic", related_name="questions")
    # Slugs and no foreign key: an entry may name one that is still to be written, or that was taken down.
    related = models.JSONField(default=list, blank=True, help_text="Slugs of related entries, in the order readers see.")
    created_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["slug"]

    def __str__(self) -> str:
        return self.slug


class QuestionTopic(models.Model):
    """A question's place in a topic."""

    question = models.ForeignKey(Question, models.PROTECT)
    topic = models.ForeignKey(Topic, models.PROTECT)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["position", "topic__position", "topic__slug"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["question", "topic"], name="questiontopic_once")]

    def __str__(self) -> str:
        return f"{self.question} in {self.topic}"
