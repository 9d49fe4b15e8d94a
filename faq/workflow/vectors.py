"""Sentence vectors: made ahead of the ways of asking for each entry in force, where there is a model (SEARCH_MODEL).

They are derived, and made after an entry has come out, since the model takes a hundredth of a second for a wording, and verbs wait for each
other. Meanwhile the entry is found by words.
"""

from collections.abc import Iterator, Sequence
from itertools import takewhile
from time import monotonic
from typing import Final, NamedTuple

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from faq.integrity.ledger import lock_ledger
from faq.models import Document, EntryVectors
from faq.search import meaning
from faq.search.minilm import Encoder

BATCH: Final = 200
"""Entries whose wordings are encoded together: a second or two, in which nothing is locked."""


class Wordings(NamedTuple):
    """The ways of asking for an entry, as its document keeps them, and their hash."""

    slug: str
    text: str
    hash: str

    def own(self) -> list[str]:
        return list(takewhile(bool, self.text.split("\n")))

    def all(self) -> list[str]:
        return [wording for wording in self.text.split("\n") if wording]


def make_vectors(seconds: float | None = None) -> int:
    """Make the vectors that are lacking, and delete those that count no more; return how many entries got some.

    Batch by batch: safe to stop, and safe beside publishers and beside another run. It begins no batch after so many `seconds`.
    """
    model = meaning.encoder()
    if model is None:
        return 0
    delete_strays(model.identity)
    end = None if seconds is None else monotonic() + seconds
    made = 0
    for batch in lacking_batches(model.identity):
        made += keep(batch, encoded(batch, model), model.identity)
        if end is not None and monotonic() > end:
            break
    return made


def lacking(identity: str) -> QuerySet[Document]:
    """Return the documents of the entries in force that have no vectors of their wordings by the model `identity`."""
    here = EntryVectors.objects.filter(slug=OuterRef("slug"), made_of=OuterRef("wordings_hash"), encoder=identity)
    understood = Q(language=meaning.LANGUAGE) | Q(language__startswith=f"{meaning.LANGUAGE}-")
    return Document.objects.filter(understood, ~Exists(here), is_listed=True).exclude(wordings_hash="")


def lacking_batches(identity: str) -> Iterator[list[Wordings]]:
    last = ""
    while batch := wordings_of(lacking(identity).filter(slug__gt=last).order_by("slug")[:BATCH]):
        yield batch
        last = batch[-1].slug


def wordings_of(documents: QuerySet[Document]) -> list[Wordings]:
    return [Wordings(*row) for row in documents.values_list("slug", "wordings", "wordings_hash")]


def encoded(batch: Sequence[Wordings], model: Encoder) -> list[bytes]:
    """Return the vectors of each entry of a batch, as a row keeps them."""
    texts = [each.all() for each in batch]
    rows = iter(model.encode([wording for wordings in texts for wording in wordings]).astype(meaning.STORED))
    return [b"".join(next(rows).tobytes() for _ in wordings) for wordings in texts]


def keep(batch: Sequence[Wordings], vectors: Sequence[bytes], identity: str) -> int:
    """Store the vectors of those entries whose wordings are still the same and still lack them; return how many.

    With the Ledger in hand, so that whatever has a higher key comes later, for whoever follows (EntryVectors).
    """
    with transaction.atomic(), lock_ledger(timezone.now()):
        still = set(wordings_of(lacking(identity).filter(slug__in=[each.slug for each in batch])))
        rows = [
            EntryVectors(slug=each.slug, made_of=each.hash, encoder=identity, own=len(each.own()), vectors=made)
            for each, made in zip(batch, vectors, strict=True)
            if each in still
        ]
        EntryVectors.objects.filter(slug__in=[row.slug for row in rows]).delete()
        EntryVectors.objects.bulk_create(rows)
    return len(rows)


def delete_strays(identity: str) -> None:
    """Delete vectors of wordings that are in force no more, and those of another model: nobody reads them."""
    of_wordings = Document.objects.filter(slug=OuterRef("slug"), wordings_hash=OuterRef("made_of"), is_listed=True)
    EntryVectors.objects.filter(~Exists(of_wordings) | ~Q(encoder=identity)).delete()
