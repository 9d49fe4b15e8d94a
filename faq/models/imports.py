"""Files that somebody chose in the admin and is about to import: kept between the preview and the import, and no longer."""

from typing import ClassVar

from django.conf import settings
from django.db import models


class ImportFile(models.Model):
    """One person's chosen file, byte for byte as it was previewed, and how far it shall go. A row is made and thrown away, never changed.

    It stands in the database because several workers serve, and the one that imports need not be the one that previewed.
    """

    name = models.CharField(max_length=200)
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64, help_text="Of the content, as hexadecimal digits.")
    options = models.JSONField(help_text="How far entries go, the review done elsewhere, and whether wrong rows are left out.")
    by = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", help_text="Who chose it; a later choice replaces it."
    )
    made_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True, blank=True, help_text="When the import under way last showed that it lives.")

    class Meta:
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return self.name
