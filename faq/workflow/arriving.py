"""Words that were reviewed elsewhere come in whole: one verb, made of create_question, submit, attest and publish."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from faq.ledger import ledger
from faq.models import ImportRun, Publication, User
from faq.workflow.drafting import Places, begin, put_forward
from faq.workflow.reviewing import Attested, check_original, make_public, record_review
from faq.workflow.rules import TransitionRefused, author, importer, publisher


@transaction.atomic
def bring_in(
    *,
    slug: str,
    language: str,
    changes: Mapping[str, Any],
    review: Attested,
    by: User,
    at: datetime,
    topics: Places = (),
    related: Sequence[str] = (),
    run: ImportRun | None = None,
) -> Publication:
    """Make a new question, submit its words, record the `review` done elsewhere, and publish: the same rows as by the four verbs.

    Nobody else can see what this transaction makes, and with the Ledger in hand nothing else moves, so no step need lock or ask again
    what the one before knew. Raises what the four verbs raise.
    """
    refused = author(by, None, at) or importer(by, None, at) or publisher(by, None, at)
    if refused:
        raise TransitionRefused(refused)
    with ledger(at):
        answer, words = begin(slug, language, changes["question"], by, at, topics, related, changes)
        submission = put_forward(answer, words, [by], by, at)
        decision = record_review(submission, review, by, at)
        check_original(words)
        return make_public(submission, decision, by, at, run)
