"""A mark in the body names its source: whoever writes one need not name the source once more."""

from collections.abc import Collection

from faq.content.markdown import marks
from faq.models import Source


def marked_sources(body: str, cited: Collection[str]) -> list[str]:
    """Return the keys that `body` marks, that the library has and `cited` lacks, in the order of their marks."""
    wanted = [key for key in marks(body) if key not in cited]
    known = set(Source.objects.filter(key__in=wanted).values_list("key", flat=True)) if wanted else set()
    return [key for key in wanted if key in known]
