"""What is done with several rows of a list at once, on a page of its own."""

from collections.abc import Iterable
from typing import Any, Final

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse

from faq.admin.base import typed_key

CHOSEN: Final = 100
"""Rows that something is done with at once: a page that can still be read, and an address that servers take."""


def chosen_page(name: str, request: HttpRequest, queryset: QuerySet[Any]) -> str:
    """Return the address of the page on which something is done with the chosen rows, CHOSEN of them at most, the first of the list.

    A page of its own rather than an answer to this POST: its form is sent to the same address, keys and all.
    """
    keys = list(queryset.values_list("pk", flat=True)[: CHOSEN + 1])
    if len(keys) > CHOSEN:
        messages.warning(request, f"These are the first {CHOSEN} of those that you chose; do the others afterwards.")
    return page_about(name, keys[:CHOSEN])


def page_about(name: str, keys: Iterable[int]) -> str:
    """Return the address of a page about the rows `keys`."""
    return f"{reverse(name)}?{'&'.join(f'entry={key}' for key in keys)}"


def chosen_keys(request: HttpRequest) -> list[int]:
    return [typed_key(value) for value in request.GET.getlist("entry")[:CHOSEN]]
