"""What a database owner could still have done: chains, hashes, copies, State, derived HTML and guards, all recomputed.

Each check yields Faults in a fixed order, so the first one named is the same on every run. Nothing is mended here.
"""

from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple

from django.db import IntegrityError, connection, transaction
from django.db.models import Count, F, Max, Q, QuerySet

from faq import payload, publishing, triggers
from faq.ledger import chain_hash
from faq.models import (
    Answer,
    Change,
    Edit,
    Ledger,
    Publication,
    PublicationTopic,
    ReviewDecision,
    StandingText,
    Submission,
    SubmissionEditor,
)
from faq.publishing import MAKES_VERSION
from faq.state import State, load

HTML_SAMPLE: Final = 200
"""How many publications a run without `--html` renders again: about three seconds."""


class Fault(NamedTuple):
    """A row that is not what it was."""

    table: str
    pk: object
    reason: str


def faults(*, html: bool = False) -> Iterator[Fault]:
    """Yield every fault found; with `html` every page's HTML is rendered again, otherwise an even sample of HTML_SAMPLE."""
    for check in CHECKS:
        yield from check()
    yield from derived_html(whole=html)


def guards() -> Iterator[Fault]:
    """Every guard stands and is switched on."""
    yield from (Fault("triggers", name, "is missing, altered or switched off") for name in triggers.missing(connection))


def references() -> Iterator[Fault]:
    """Every row that another one names is there; on SQLite foreign keys hold only where they were switched on."""
    try:
        with transaction.atomic():
            connection.check_constraints()
    except IntegrityError as error:
        yield Fault("references", "-", str(error))


def chains() -> Iterator[Fault]:
    """Both chains run from 1 to the Ledger's heads, each row with its own hash and the hash before."""
    ledger = Ledger.objects.filter(pk=1).first()
    if ledger is None:
        yield Fault("faq_ledger", 1, "is missing")
        return
    yield from chain(ReviewDecision.objects.order_by("sequence"), ledger.decision_sequence, ledger.decision_head)
    yield from chain(Change.objects.order_by("sequence"), ledger.last_sequence, ledger.change_head)


def chain(rows: "QuerySet[Any]", last: int, head: str) -> Iterator[Fault]:
    """Follow one chain to its `head`, the hash of row `last`."""
    table = rows.model._meta.db_table
    expected, before = 1, ""
    for row in rows.iterator():
        if row.sequence != expected:
            yield Fault(table, expected, f"is missing: {row.sequence} follows {expected - 1}")
        elif row.previous_hash != before:
            yield Fault(table, row.pk, "does not carry the hash of the row before")
        if row.row_hash != chain_hash(row):
            yield Fault(table, row.pk, "is not what its hash says")
        expected, before = row.sequence + 1, row.row_hash
    if (expected - 1, before) != (last, head):
        yield Fault(table, expected - 1, f"is the last row, and the Ledger says {last}: the end was cut off or the Ledger moved")


def submissions() -> Iterator[Fault]:
    """Frozen words have their hash and say what the columns beside them say; all who wrote them are listed."""
    erased = erased_submissions()
    for row in Submission.objects.order_by("pk").iterator():
        if row.pk in erased:
            if row.words:
                yield Fault("faq_submission", row.pk, "was to be erased and still has words")
            continue
        if payload.digest(row.words) != row.content_hash:
            yield Fault("faq_submission", row.pk, "does not match its hash")
            continue
        words = payload.read(row.words)
        if (words.language, words.audience, words.provenance.origin) != (row.language, row.audience, row.origin):
            yield Fault("faq_submission", row.pk, "differs from its words in language, audience or origin")
    yield from unlisted_editors()


def erased_submissions() -> set[int]:
    """Return the submissions whose erasure two people ordered."""
    return set(Submission.objects.filter(erasures__confirmed_at__isnull=False).values_list("pk", flat=True))


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
    """Return how a version's bytes differ from those approved, or an empty string."""
    if row.words != row.submission.words or row.content_hash != row.submission.content_hash:
        return "does not hold the submitted words"
    if row.is_erased:
        return "is erased and still has words" if row.words else ""
    return "" if payload.digest(row.words) == row.content_hash else "does not match its hash"


def wrong_decision(row: Publication) -> str:
    """Return what is wrong with the decision a version rests on, or an empty string."""
    decision = row.decision
    about = (decision.submission_id, decision.content_hash, decision.kind)
    if decision.kind not in ("approve", "attest") or about != (row.submission_id, row.content_hash, row.decision_kind):
        return "rests on no approval of these words"
    if decision.kind == "approve" and SubmissionEditor.objects.filter(submission=row.submission_id, user=decision.by_id).exists():
        return "was approved by one of its editors"
    return ""


def wrong_columns(row: Publication) -> str:
    """Return the first copied column that differs from words or decision, or an empty string."""
    if not row.words:
        return ""
    fixed = publishing.fixed_columns(row.submission, row.decision, payload.read(row.words))
    return next((f"differs in {name} from what was approved" for name, value in fixed.items() if getattr(row, name) != value), "")


def states() -> Iterator[Fault]:
    """Each entry's newest version stands as its last Change says, and each version came with its Change."""
    made = {(row.question_id, row.version): row.at for row in Change.objects.filter(kind__in=MAKES_VERSION)}
    newest: dict[int, State] = {}
    for change in Change.objects.exclude(question=None).order_by("sequence").iterator():
        newest[change.question_id or 0] = load(change.state)
    for row in Publication.objects.select_related("last_change").order_by("pk").iterator():
        reason = wrong_state(row, newest.get(row.question_id))
        if made.pop((row.question_id, row.version), None) != row.published_at:
            reason = reason or "was published without its Change"
        if reason:
            yield Fault("faq_publication", row.pk, reason)
    yield from (Fault("faq_publication", question, f"lacks version {version}, which was published") for question, version in sorted(made))
    yield from places(newest)


def wrong_state(row: Publication, state: State | None) -> str:
    """Return how a version's State columns differ from the entry's last Change, or an empty string."""
    if state is None:
        return "has no Change"
    if row.is_withheld != (row.version in state.withheld) or row.is_erased != (row.version in state.erased):
        return "is not withheld as its last Change says"
    if row.version != state.version:
        return "" if row.status != Publication.Status.CURRENT else "is current, and its last Change says another version is"
    names = ("status", "last_reviewed_on", "next_review_due_on", "expires_on", "confirm_by")
    differs = next((name for name in names if getattr(row, name) != getattr(state, name)), "")
    if not differs and row.is_held != (state.held is not None):
        differs = "is_held"
    return f"differs in {differs} from its last Change" if differs else ""


def places(newest: dict[int, State]) -> Iterator[Fault]:
    """The topics of each newest version are those of its last Change."""
    found: dict[tuple[int, int], set[str]] = {}
    for question, version, slug in PublicationTopic.objects.values_list("publication__question", "publication__version", "topic__slug"):
        found.setdefault((question, version), set()).add(slug)
    for question, state in newest.items():
        if found.get((question, state.version), set()) != {place.slug for place in state.topics}:
            yield Fault("faq_publicationtopic", question, "differs from the entry's last Change")


def answers() -> Iterator[Fault]:
    """An answer is published exactly where one of its submissions was."""
    stray = Answer.objects.filter(status=Answer.Status.PUBLISHED, submissions__publications=None)
    kept = stray.exclude(submissions__publications__isnull=False).distinct()
    yield from (Fault("faq_answer", row.pk, "says published, and no version came of it") for row in kept)
    silent = Answer.objects.filter(submissions__publications__isnull=False).exclude(status=Answer.Status.PUBLISHED).distinct()
    yield from (Fault("faq_answer", row.pk, "was published and says otherwise") for row in silent)


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


def derived_html(*, whole: bool) -> Iterator[Fault]:
    """The HTML of each version (or an even sample) is what its words give with the renderer that made it."""
    rows = Publication.objects.exclude(words="").order_by("pk")
    step = 1 if whole else max(1, rows.count() // HTML_SAMPLE)
    for pk in list(rows.values_list("pk", flat=True))[::step]:
        row = rows.get(pk=pk)
        fresh = publishing.derived(payload.read(row.words))
        if fresh["renderer_version"] != row.renderer_version:
            yield Fault("faq_publication", row.pk, "has HTML of an older renderer; run `manage.py render`")
        elif fresh["html"] != row.html:
            yield Fault("faq_publication", row.pk, "has HTML that its words do not give")


CHECKS: Final[tuple[Callable[[], Iterator[Fault]], ...]] = (
    guards,
    references,
    chains,
    submissions,
    publications,
    states,
    answers,
    standing_texts,
)
