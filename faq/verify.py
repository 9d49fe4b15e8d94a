"""What a database owner could still have done: chains, hashes, copies, State, documents and guards, all recomputed.

Each check yields Faults in a fixed order, so the first one named is the same on every run. Nothing is mended here.
"""

import json
import random
from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple

from django.apps import apps
from django.db import connection
from django.db.models import Count, Exists, F, ForeignKey, Max, Model, OuterRef, Q, QuerySet
from django.utils import timezone

from faq.content.state import State, load_state
from faq.content.words import digest, read_words
from faq.integrity import triggers
from faq.integrity.guards.publications import CAUSES
from faq.integrity.ledger import chain_hash
from faq.models import (
    Answer,
    Change,
    Citation,
    Document,
    Edit,
    Erasure,
    Ledger,
    Publication,
    PublicationTopic,
    ReviewDecision,
    StandingText,
    Submission,
    SubmissionEditor,
    Topic,
    TopicCode,
    TopicName,
    TopicPlacement,
)
from faq.public import documents
from faq.workflow import publishing
from faq.workflow.placements import place_details
from faq.workflow.publishing import MAKES_VERSION

SAMPLE: Final = 1_000
"""How many entries a run without `--html` composes again, other ones each time: about two seconds."""


class Fault(NamedTuple):
    """A row that is not what it was."""

    table: str
    pk: object
    reason: str


def faults(*, html: bool = False) -> Iterator[Fault]:
    """Yield every fault found; with `html` what readers get of every entry is composed again, otherwise of SAMPLE of them."""
    for check in CHECKS:
        yield from check()
    yield from composed(whole=html)


def guards() -> Iterator[Fault]:
    """Every guard stands and is switched on."""
    yield from (Fault("triggers", name, "is missing, altered or switched off") for name in triggers.missing(connection))


def references() -> Iterator[Fault]:
    """Every row that another one names is there.

    Asked of the rows themselves: PostgreSQL looks at a foreign key only when a row is written, which its owner can switch off, and on
    SQLite they hold only where they were switched on.
    """
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.concrete_fields:
            if isinstance(field, ForeignKey):
                yield from dangling(model, field)


def dangling(model: type[Model], field: "ForeignKey[Any, Any]") -> Iterator[Fault]:
    """Yield a fault for each row of `model` whose `field` names a row that is gone."""
    named, column = field.target_field, field.attname
    there = named.model._base_manager.filter(**{named.attname: OuterRef(column)})
    rows = model._base_manager.filter(~Exists(there), **{f"{column}__isnull": False}).order_by("pk")
    for pk, key in rows.values_list("pk", column):
        yield Fault(model._meta.db_table, pk, f"names {key} of {named.model._meta.db_table} as its {field.name}, which is not there")


def chains() -> Iterator[Fault]:
    """Both chains run from 1 to the Ledger's heads, each row with its own hash and the hash before."""
    ledger = Ledger.objects.filter(pk=1).first()
    if ledger is None:
        yield Fault("faq_ledger", 1, "is missing")
        return
    yield from chain(ReviewDecision.objects.order_by("sequence"), ledger.decision_sequence, ledger.decision_head)
    yield from chain(Change.objects.order_by("sequence"), ledger.last_sequence, ledger.change_head)


def chain(rows: "QuerySet[Any]", last: int, head: str) -> Iterator[Fault]:
    """`head` is the hash of row `last`: without it nobody would miss rows that were cut off at the end."""
    table = rows.model._meta.db_table
    expected, before = 1, ""
    for row in rows.iterator():
        if row.sequence != expected:
            yield Fault(table, expected, f"is missing: {row.sequence} follows {expected - 1}")
        elif row.previous_hash != before:
            yield Fault(table, row.pk, "does not carry the hash of the row before")
        if row.row_hash != chain_hash(row):
            yield Fault(table, row.pk, "is not what its hash says")
        # Goes on from what the row says, so that one fault is told once and not again at every row after it.
        expected, before = row.sequence + 1, row.row_hash
    if (expected - 1, before) != (last, head):
        yield Fault(table, expected - 1, f"is the last row, and the Ledger says {last}: the end was cut off or the Ledger moved")


def comments() -> Iterator[Fault]:
    """What was said with a decision has the hash that the chain holds, or went with an erasure of its question."""
    since = Erasure.objects.filter(question=OuterRef("question"), confirmed_at__gte=OuterRef("at"))
    rows = ReviewDecision.objects.exclude(comment="", comment_hash="").annotate(was_erased=Exists(since))
    for row in rows.order_by("sequence").iterator():
        if row.comment and digest(row.comment) != row.comment_hash:
            yield Fault("faq_reviewdecision", row.pk, "does not have the comment of its hash")
        elif not row.comment and not row.was_erased:
            yield Fault("faq_reviewdecision", row.pk, "lost its comment, and no erasure took it")


def causes() -> Iterator[Fault]:
    """Every Change came of a decision of the same moment, about the same entry, of a kind that causes it."""
    for change in Change.objects.select_related("decision").order_by("sequence").iterator():
        decision = change.decision
        about = decision.question_id in (None, change.question_id)
        if not about or (decision.row_hash, decision.at) != (change.decision_hash, change.at) or decision.kind not in CAUSES[change.kind]:
            yield Fault("faq_change", change.pk, "does not come of its decision")


def submissions() -> Iterator[Fault]:
    """Frozen words have their hash and say what the columns beside them say; all who wrote them are listed."""
    erased = erased_submissions()
    for row in Submission.objects.order_by("pk").iterator():
        if row.pk in erased:
            if row.words:
                yield Fault("faq_submission", row.pk, "was to be erased and still has words")
            continue
        if digest(row.words) != row.content_hash:
            yield Fault("faq_submission", row.pk, "does not match its hash")
            continue  # such words may not even be JSON
        words = read_words(row.words)
        if (words.language, words.audience, words.provenance.origin) != (row.language, row.audience, row.origin):
            yield Fault("faq_submission", row.pk, "differs from its words in language, audience or origin")
    yield from unlisted_editors()


def erased_submissions() -> set[int]:
    """Those of erased versions, and those never published that were submitted before words of their question were erased.

    Before in the chain, and not by moments, which may be the same, or come of clocks that differ.
    """
    kinds = ReviewDecision.Kind
    erasing = ReviewDecision.objects.filter(question=OuterRef("question"), sequence__gt=OuterRef("sequence"), kind=kinds.CONFIRM_ERASURE)
    submitted = ReviewDecision.objects.filter(Exists(erasing), kind=kinds.SUBMIT, submission__publications=None)
    confirmed = Submission.objects.filter(erasures__confirmed_at__isnull=False)
    return {*confirmed.values_list("pk", flat=True), *submitted.values_list("submission", flat=True)}


def unlisted_editors() -> Iterator[Fault]:
    """Everybody who edited an answer before a submission is listed as its editor."""
    before = Edit.objects.filter(pk__lte=F("answer__submissions__last_edit"))
    written = set(before.values_list("answer__submissions", "by").distinct())
    listed = set(SubmissionEditor.objects.values_list("submission", "user"))
    yield from (Fault("faq_submission", pk, f"does not list its editor {person}") for pk, person in sorted(written - listed))


def publications() -> Iterator[Fault]:
    """Every version has the bytes of its submission, a valid decision, and the columns its words and decision say."""
    rows = Publication.objects.select_related("submission", "decision", "question").order_by("pk")
    for row in rows.iterator():
        reason = wrong_words(row) or wrong_decision(row) or wrong_columns(row)
        if reason:
            yield Fault("faq_publication", row.pk, reason)
    newest = Publication.objects.values("question").annotate(count=Count("pk"), newest=Max("version"))
    yield from (Fault("faq_publication", row["question"], "has a gap in its versions") for row in newest.exclude(count=F("newest")))


def wrong_words(row: Publication) -> str:
    """Return what is wrong with a version's bytes, or an empty string, as every `wrong_…` here does."""
    if row.words != row.submission.words or row.content_hash != row.submission.content_hash:
        return "does not hold the submitted words"
    if row.is_erased:
        return "is erased and still has words" if row.words else ""
    return "" if digest(row.words) == row.content_hash else "does not match its hash"


def wrong_decision(row: Publication) -> str:
    decision = row.decision
    about = (decision.submission_id, decision.content_hash, decision.kind)
    if decision.kind not in ("approve", "attest") or about != (row.submission_id, row.content_hash, row.decision_kind):
        return "rests on no approval of these words"
    if decision.kind == "approve" and SubmissionEditor.objects.filter(submission=row.submission_id, user=decision.by_id).exists():
        return "was approved by one of its editors"
    return ""


def wrong_columns(row: Publication) -> str:
    if not row.words:
        return ""
    fixed = publishing.fixed_columns(row.submission, row.decision, read_words(row.words))
    return next((f"differs in {name} from what was approved" for name, value in fixed.items() if getattr(row, name) != value), "")


def states() -> Iterator[Fault]:
    """Each entry's newest version stands as its last Change says, and each version came with its Change."""
    # What is left of `made` at the end are versions that a Change told and no row holds any more.
    made = {(row.question_id, row.version): row.at for row in Change.objects.filter(kind__in=MAKES_VERSION)}
    newest: dict[int, State] = {}
    for change in Change.objects.exclude(question=None).order_by("sequence").iterator():
        newest[change.question_id or 0] = load_state(change.state)
    for row in Publication.objects.select_related("last_change").order_by("pk").iterator():
        reason = wrong_state(row, newest.get(row.question_id))
        if made.pop((row.question_id, row.version), None) != row.published_at:
            reason = reason or "was published without its Change"
        if reason:
            yield Fault("faq_publication", row.pk, reason)
    yield from (Fault("faq_publication", question, f"lacks version {version}, which was published") for question, version in sorted(made))
    yield from places(newest)


def wrong_state(row: Publication, state: State | None) -> str:
    if state is None:
        return "has no Change"
    if row.is_withheld != (row.version in state.withheld) or row.is_erased != (row.version in state.erased):
        return "is not withheld as its last Change says"
    if row.version != state.version:
        return "" if row.status != Publication.Status.CURRENT else "is current, and its last Change says another version is"
    names = ("status", "last_reviewed_on", "next_review_due_on", "expires_on")
    differs = next((name for name in names if getattr(row, name) != getattr(state, name)), "")
    if not differs and row.is_held != (state.held is not None):
        differs = "is_held"
    return f"differs in {differs} from its last Change" if differs else ""


def places(newest: dict[int, State]) -> Iterator[Fault]:
    """The topics of each newest version are those of its last Change."""
    linked: dict[tuple[int, int], set[str]] = {}
    for question, version, slug in PublicationTopic.objects.values_list("publication__question", "publication__version", "topic__slug"):
        linked.setdefault((question, version), set()).add(slug)
    for question, state in newest.items():
        if linked.get((question, state.version), set()) != {place.slug for place in state.topics}:
            yield Fault("faq_publicationtopic", question, "differs from the entry's last Change")


def answers() -> Iterator[Fault]:
    """An answer is published exactly where one of its submissions was."""
    # Of an answer's submissions one that was published is enough; the join gives a row for each that was not.
    stray = Answer.objects.filter(status=Answer.Status.PUBLISHED, submissions__publications=None)
    kept = stray.exclude(submissions__publications__isnull=False).distinct()
    yield from (Fault("faq_answer", row.pk, "says published, and no version came of it") for row in kept)
    silent = Answer.objects.filter(submissions__publications__isnull=False).exclude(status=Answer.Status.PUBLISHED).distinct()
    yield from (Fault("faq_answer", row.pk, "was published and says otherwise") for row in silent)


def citations() -> Iterator[Fault]:
    """The rows that say which sources an answer cites are those of its words."""
    cited: dict[int, set[str]] = {}
    for answer, key in Citation.objects.values_list("answer", "source__key"):
        cited.setdefault(answer, set()).add(key)
    for pk, words in Answer.objects.order_by("pk").values_list("pk", "words").iterator():
        named = {cited["key"] for cited in json.loads(words)["citations"]} if words else set()
        if cited.get(pk, set()) != named:
            yield Fault("faq_answer", pk, "cites other sources than its words")


def standing_texts() -> Iterator[Fault]:
    """Every standing text that is or was in force came by a Change, approved by a second person."""
    approved = StandingText.objects.filter(approved_at__isnull=False)
    yield from (Fault("faq_standingtext", row.pk, "came into force without a Change") for row in approved.filter(changes=None))
    alone = approved.filter(Q(approved_by=F("proposed_by")) | Q(approved_by=None))
    yield from (Fault("faq_standingtext", row.pk, "was approved by nobody else") for row in alone)
    for change in Change.objects.filter(kind=Change.Kind.STANDING_TEXT).select_related("standing_text").iterator():
        text = change.standing_text
        event = publishing.standing_event(change)
        moment = text and (text.starts_at if event == "started" else text.ends_at)
        if text is None or moment != change.at:
            yield Fault("faq_standingtext", change.standing_text_id, f"{event} at another moment than its Change says")


def topic_names() -> Iterator[Fault]:
    """Every name that is or was in force was approved by a second person, or has the record of a review done elsewhere."""
    for row in TopicName.objects.filter(approved_at__isnull=False).select_related("attestation"):
        told = row.attestation
        if told is None and row.approved_by_id in (None, row.proposed_by_id):
            yield Fault("faq_topicname", row.pk, "was approved by nobody else")
        elif told and (told.kind, told.about, told.at) != (ReviewDecision.Kind.ATTEST_TEXT, str(row)[:300], row.approved_at):
            yield Fault("faq_topicname", row.pk, "is not what was attested")


def placements() -> Iterator[Fault]:
    """Every topic has the parents and codes of its place in force, which a second person approved by a decision that says the same."""
    approved = TopicPlacement.objects.filter(approved_at__isnull=False).select_related("topic")
    decided = ReviewDecision.objects.filter(kind=ReviewDecision.Kind.APPROVE_TEXT, about__startswith="place of ")
    told = {(row.about, row.at, row.by_id): publishing.details_of(row) for row in decided}
    for row in approved:
        if row.approved_by_id in (None, row.proposed_by_id):
            yield Fault("faq_topicplacement", row.pk, "was approved by nobody else")
        elif told.get((str(row)[:300], row.starts_at, row.approved_by_id)) != place_details(row):
            yield Fault("faq_topicplacement", row.pk, "is not what was decided")
    placed = {(row.topic.slug, *line) for row in approved if not row.ends_at for line in place_lines(row)}
    parents = Topic.parents.through._default_manager.values_list("from_topic__slug", "to_topic__slug")
    codes = TopicCode.objects.values_list("topic__slug", "system", "code")
    there = {(slug, parent) for slug, parent in parents} | set(codes)
    for slug, *line in sorted(placed ^ there):
        yield Fault("faq_topic", slug, f"stands elsewhere than its place says: {'|'.join(line)}")


def place_lines(placement: TopicPlacement) -> list[tuple[str, ...]]:
    return [*((slug,) for slug in placement.parent_slugs), *placement.code_pairs]


def composed(*, whole: bool) -> Iterator[Fault]:
    """What readers get of each entry, and the reading grade of each version, are what comes of composing and counting now."""
    if not Ledger.objects.exists():
        return  # named before; nothing can be composed without it
    strays = Document.objects.exclude(slug__in=Publication.objects.values("slug"))
    yield from (Fault("faq_document", slug, "belongs to no entry") for slug in strays.order_by("slug").values_list("slug", flat=True))
    slugs = list(Publication.objects.filter(version=1).order_by("slug").values_list("slug", flat=True))
    chosen = slugs if whole or len(slugs) <= SAMPLE else sorted(random.sample(slugs, SAMPLE))
    for start in range(0, len(chosen), documents.BATCH):
        batch = chosen[start : start + documents.BATCH]
        yield from (Fault("faq_document", slug, reason) for slug, reason in documents.differing(batch, timezone.now()))
        for row in Publication.objects.filter(slug__in=batch).exclude(words="").order_by("pk"):
            if row.reading_grade != publishing.grade_of(read_words(row.words)):
                yield Fault("faq_publication", row.pk, "has another reading grade than its words; run `manage.py compose --all`")


CHECKS: Final[tuple[Callable[[], Iterator[Fault]], ...]] = (
    guards,
    references,
    chains,
    comments,
    causes,
    submissions,
    publications,
    states,
    answers,
    citations,
    standing_texts,
    topic_names,
    placements,
)
