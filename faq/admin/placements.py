"""Where topics stand and their codes: what is proposed, and what differs from what is in force."""

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from faq.admin import library_forms
from faq.admin.base import typed_key
from faq.admin.filters import TextStatusFilter
from faq.admin.library import ProposedAdmin, text_status
from faq.models import TopicPlacement


@admin.register(TopicPlacement)
class TopicPlacementAdmin(ProposedAdmin):
    """Where topics stand, and their codes."""

    add_action = library_forms.ADD_PLACEMENT
    list_display = ("topic", "number", "above", "coded", "standing", "proposed_by", "starts_at")
    list_filter = (TextStatusFilter, "topic__kind")
    list_select_related = ("topic", "proposed_by", "approved_by")
    search_fields = ("topic__slug", "parents", "codes")
    detail_template = "admin/faq/detail_placement.html"

    @admin.display(description="parents")
    def above(self, placement: TopicPlacement) -> str:
        return ", ".join(placement.parent_slugs)

    @admin.display(description="codes")
    def coded(self, placement: TopicPlacement) -> str:
        return ", ".join(placement.code_lines)

    @admin.display(description="standing")
    def standing(self, placement: TopicPlacement) -> str:
        return text_status(placement)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Begin with the place that `from` names, or with the newest of the topic that `topic` names."""
        rows = TopicPlacement.objects.order_by("number")
        placement = rows.filter(pk=typed_key(request.GET.get("from", ""))).first()
        placement = placement or rows.filter(topic=typed_key(request.GET.get("topic", "")), ends_at=None).last()
        if placement is None:
            return {"topic": request.GET.get("topic", "")}
        codes = [f"{system} | {code}" for system, code in placement.code_pairs]
        return {"topic": placement.topic_id, "parents": placement.parent_slugs, "codes": codes}

    def detail_context(self, thing: TopicPlacement, at: datetime) -> dict[str, Any]:
        """Show what differs from the place in force, or, of one that was decided, from the one before."""
        before = TopicPlacement.objects.filter(topic=thing.topic, approved_at__isnull=False).exclude(pk=thing.pk)
        earlier = before.filter(number__lt=thing.number) if thing.approved_at else before
        return {"rows": place_rows(earlier.order_by("number").last(), thing), "standing": text_status(thing)}


def place_rows(before: TopicPlacement | None, after: TopicPlacement) -> list[tuple[str, str, str]]:
    """Return (heading, line, what became of it: new, gone or nothing) for each parent and code of either."""
    rows = []
    for heading, name in (("Parent", "parent_slugs"), ("Code", "code_lines")):
        old, new = (set(getattr(place, name)) if place else set() for place in (before, after))
        rows += [(heading, line, "" if line in old & new else "new" if line in new else "gone") for line in sorted(old | new)]
    return rows
