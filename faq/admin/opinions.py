"""What readers say of a version: how often it helped, month by month, and what is reported about it. Their words stand elsewhere."""

from typing import Any

from django.db.models import Count, Q
from django.db.models.functions import TruncMonth

from faq.models import Publication


def panel(publication: Publication) -> dict[str, Any]:
    """Return how many said that a version helped (`helped` of `total`, `share` in per cent), by month, and how many reports are open."""
    given = publication.feedback.all()
    counted = {"helped": Count("pk", filter=Q(is_helpful=True)), "total": Count("pk")}
    told = given.aggregate(**counted, comments=Count("pk", filter=~Q(comment="")))
    months = given.order_by().annotate(month=TruncMonth("sent_at")).values("month").annotate(**counted).order_by("-month")
    share = round(100 * told["helped"] / told["total"]) if told["total"] else 0
    return {
        "opinions": {**told, "share": share, "months": list(months) if told["total"] else []},
        "reports": publication.reports.filter(closed_at=None).count(),
    }
