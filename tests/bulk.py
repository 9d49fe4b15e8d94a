"""Many published entries at once, for tests that count queries or pages.

Each is a copy of one entry that went through the real workflow. The guards come off while the copies are written, and stand again after.
"""

from collections.abc import Sequence
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Model

from faq.content.state import load_state
from faq.integrity import triggers
from faq.integrity.ledger import chain_hash
from faq.models import Change, Ledger, Publication, PublicationTopic, Question
from faq.public import documents
from faq.workflow.publishing import sort_key
from tests.factories import NOW, make_publication

Row = TypeVar("Row", bound=Model)


def make_many_publications(count: int, *, slug: str = "bulk", **changes: Any) -> list[Publication]:
    """Make `count` current entries `bulk-1`, `bulk-2`, …, each related to the next one; `changes` are those of make_publication."""
    first = make_publication(f"{slug}-1", related=[f"{slug}-2"], **changes)
    slugs = [f"{slug}-{number}" for number in range(1, count + 2)]
    connection.check_constraints()  # PostgreSQL takes no trigger off a table on which deferred checks still wait
    triggers.remove(connection)
    published = [first, *copies(first, slugs)]
    connection.check_constraints()
    triggers.install(connection)
    documents.keep(slugs, NOW)
    return published


def copies(first: Publication, slugs: Sequence[str]) -> list[Publication]:
    """Write a copy of `first` for each of `slugs` but its own and the last, which the one before names as related."""
    questions = Question.objects.bulk_create(copy(first.question, slug=slug) for slug in slugs[1:-1])
    related = slugs[2:]
    changes = chained(
        [copy(first.last_change, question=q, slug=q.slug, state=related_to(first, r)) for q, r in zip(questions, related, strict=True)]
    )
    rows = [
        copy(first, question=change.question, slug=change.slug, sort_key=sort_key(first.wording, change.slug), last_change=change)
        for change in changes
    ]
    published = Publication.objects.bulk_create(rows, batch_size=200)
    places = list(PublicationTopic.objects.filter(publication=first))
    PublicationTopic.objects.bulk_create(copy(place, publication=each) for each in published for place in places)
    return published


def copy(row: Row, **columns: Any) -> Row:
    """Return a new row with the columns of `row` but for its key and those given."""
    kept = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields if not field.primary_key}
    for name in columns:
        kept.pop(row._meta.get_field(name).attname)  # type: ignore[union-attr]
    return type(row)(**kept, **columns)


def related_to(first: Publication, slug: str) -> str:
    """Return the State of `first` with another related entry."""
    return load_state(first.last_change.state).model_copy(update={"related": [slug]}).dump()


def chained(changes: list[Change]) -> list[Change]:
    """Number `changes`, put them at the end of the chain, and store them."""
    ledger = Ledger.objects.get()
    for change in changes:
        change.sequence, change.previous_hash = ledger.last_sequence + 1, ledger.change_head
        change.row_hash = chain_hash(change)
        ledger.last_sequence, ledger.change_head = change.sequence, change.row_hash
    stored = Change.objects.bulk_create(changes)
    ledger.save()
    return stored
