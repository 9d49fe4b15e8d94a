"""What readers get of each entry, composed once: derived from Publications, Changes and standing texts, and made again at will."""

from typing import ClassVar

from django.db import models
from django.db.models import Q


def list_index(key: str) -> models.Index:
    """Return the index of lists in the order of `key`.

    All that they ask for stands in it, its condition too, which SQLite would look up in each row, body and all. No text of an author's
    does: PostgreSQL takes no index row of more than 2,704 bytes.
    """
    chosen_by = ("audience", "language", "origin", "published_at", "last_reviewed_on", "next_review_due_on")
    return models.Index(fields=[key, *chosen_by, "slug", "is_listed"], condition=Q(is_listed=True), name=f"document_by_{key}")


class Document(models.Model):
    """The present answer about one slug, whatever became of the entry, and what it was composed from.

    It is in no chain. It holds as long as `standing_sequence` is the Ledger's, `release` the program's, `changes_at` lies ahead, and
    `composed_at` does not: what a clock composed that was ahead says nothing of today.
    """

    slug = models.CharField(max_length=100, primary_key=True)
    # What lists sort by: each is another one for each entry, as hexadecimal digits, which sort alike on every database. All that lists
    # look at stands before the long texts, for SQLite reads a row from its start.
    sort_key = models.CharField(max_length=800, help_text="Of the question's wording, then the slug.")
    published_key = models.CharField(max_length=240, help_text="Of the moment of publication, the newest first, then the slug.")
    reviewed_key = models.CharField(max_length=240, help_text="Of the day of the last review, the newest first, then the slug.")

    # What they choose by, beside the many-valued things (DocumentTerm).
    is_listed = models.BooleanField(help_text="The entry is in force.")
    language = models.CharField(max_length=20)
    audience = models.CharField(max_length=20)
    origin = models.CharField(max_length=20)
    published_at = models.DateTimeField()
    last_reviewed_on = models.DateField()
    next_review_due_on = models.DateField()
    folded_text = models.TextField(blank=True, help_text="What an entry in force says, as content.folding folds it.")
    search_terms = models.TextField(blank=True, help_text="The same as content.analysis takes it apart, with all ways of asking for it.")
    wordings = models.TextField(blank=True, help_text="All ways of asking, folded, a line each; an empty one before those by other names.")
    wordings_hash = models.CharField(max_length=64, blank=True, help_text="Their SHA-256, by which EntryVectors are known to be theirs.")

    status = models.PositiveSmallIntegerField(help_text="The HTTP status: 200, or 410 where the entry was taken down.")
    body = models.TextField(help_text="The finished JSON of the API.")
    beside = models.TextField(help_text="What the page of the entry tells beside it, as JSON.")
    tag = models.CharField(max_length=40, help_text="The entity tag of both, in its quotes.")
    link_header = models.TextField(help_text="Where its versions are, as RFC 8288 and RFC 5829 have it.")

    last_change = models.BigIntegerField(db_index=True, help_text="The sequence of the entry's last Change.")
    standing_sequence = models.BigIntegerField(help_text="The sequence of the last Change to any standing text.")
    release = models.CharField(max_length=16, help_text="Of the program and the settings that shape a document.")
    composed_at = models.DateTimeField(help_text="The moment of which it tells.")
    changes_at = models.DateTimeField(null=True, blank=True, help_text="When time alone makes it another one.")

    class Meta:
        ordering: ClassVar = ["sort_key"]
        indexes: ClassVar = [
            *(list_index("sort_key"), list_index("published_key"), list_index("reviewed_key")),
            # All that is asked of entries that may lack vectors, as above.
            models.Index(fields=["language", "slug", "wordings_hash", "is_listed"], condition=Q(is_listed=True), name="document_wordings"),
        ]

    def __str__(self) -> str:
        return self.slug


class EntryVectors(models.Model):
    """The sentence vectors of the ways of asking for an entry in force, made by a model that the service may have or not (SEARCH_MODEL).

    They count only where `made_of` is the hash of the document's wordings, and `encoder` the identity of the model in use. A row is never
    changed but replaced, with the Ledger in hand: whoever knows all rows up to a key needs but look for higher ones.
    """

    slug = models.CharField(max_length=100, unique=True)
    made_of = models.CharField(max_length=64, help_text="The SHA-256 of the wordings.")
    encoder = models.CharField(max_length=64, help_text="What tells the model that made them from others.")
    own = models.PositiveSmallIntegerField(help_text="How many wordings, the first ones, are the entry's own and not by other names.")
    vectors = models.BinaryField(help_text="A row of numbers of two bytes (IEEE 754, little-endian) for each wording, in their order.")

    class Meta:
        verbose_name_plural = "entry vectors"

    def __str__(self) -> str:
        return self.slug


class DocumentLink(models.Model):
    """That a document says something of the entry `slug`, or of a translation of it: so it is composed anew with that one."""

    document = models.ForeignKey(Document, models.CASCADE, related_name="links")
    slug = models.CharField(max_length=100, db_index=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["document", "slug"], name="documentlink_once")]

    def __str__(self) -> str:
        return f"{self.document_id} names {self.slug}"


class DocumentTerm(models.Model):
    """One of the many things by which lists find an entry in force: a topic's slug, a source's key, a region, what it applies to."""

    class Kind(models.TextChoices):
        """Which filter asks for it."""

        TOPIC = "topic"
        SOURCE = "source"
        REGION = "region"
        APPLIES_TO = "applies_to"

    # Found by its constraint, which begins with it, and without an index of its own.
    document = models.ForeignKey(Document, models.CASCADE, db_index=False, related_name="terms")
    kind = models.CharField(max_length=20, choices=Kind)
    value = models.CharField(max_length=500)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["document", "kind", "value"], name="documentterm_once")]
        indexes: ClassVar = [models.Index(fields=["kind", "value", "document"], name="documentterm_find")]

    def __str__(self) -> str:
        return f"{self.document_id} has the {self.kind} {self.value}"
