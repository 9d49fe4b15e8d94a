"""The verbs on evidence that moved: a source is superseded or retracted, and somebody says what that means for each answer."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from faq.content.state import Alert
from faq.content.words import read_words
from faq.integrity.ledger import LedgerWriter
from faq.models import Change, EvidenceAlert, Publication, ReviewDecision, Source, User
from faq.workflow import publishing
from faq.workflow.errors import TransitionRefused, require_text, verb
from faq.workflow.locks import check_all_locked, lock_question, lock_questions
from faq.workflow.publishing import about_source, decide_on_version, entry_changes, update_state
from faq.workflow.transitions import Kind, require


@verb
def mark_source(source: Source, *, by: User, at: datetime, state: str, comment: str) -> Source:
    """Say that a source was superseded or retracted (or stands again); every current entry that cites it gets an alert."""
    source = Source.objects.select_for_update(no_key=True).get(pk=source.pk)
    locked = lock_questions(list(source.publications.current().values_list("question_id", flat=True)))
    require("mark_source", source, by, at)
    if state not in Source.State.values or state == source.state:
        raise TransitionRefused(f"Choose another state than {source.state}: {', '.join(Source.State.values)}.")
    text = require_text(comment, "how you know")
    source.state = state
    source.save(update_fields=["state"])
    with entry_changes(at) as ledger:
        decision = ledger.decide(Kind.MARK_SOURCE, by, about=about_source(source.key), comment=text, details={"state": state})
        citing = list(source.publications.current().select_related("question", "last_change", "submission").order_by("question_id"))
        check_all_locked([question.pk for question in locked], [publication.question_id for publication in citing])
        for publication in citing:
            raise_or_clear_alert(ledger, publication, source, decision)
    return source


def raise_or_clear_alert(ledger: LedgerWriter, publication: Publication, source: Source, cause: ReviewDecision) -> None:
    """Raise or clear the alert of one current entry after `source` changed its state.

    One that still waits is not raised twice; one that was looked at says nothing of a source that stood again and then moved anew.
    """
    stands = source.state == Source.State.CURRENT
    if not stands:
        waits: dict[str, Any] = {"state": source.state, "outcome": EvidenceAlert.Outcome.OPEN}
        EvidenceAlert.objects.get_or_create(publication=publication, source=source, **waits, defaults={"raised_at": ledger.at})
    kind = Change.Kind.EVIDENCE_CLEARED if stands else Change.Kind.EVIDENCE_ALERT
    record_evidence(ledger, publication, kind, cause)


def record_evidence(ledger: LedgerWriter, publication: Publication, kind: Change.Kind, cause: ReviewDecision) -> None:
    """Tell an entry's alerts and the states of its sources as they are now."""
    states = publishing.source_states(read_words(publication.words))
    update_state(ledger, publication, kind, cause, alerts=standing_alerts(publication, states), source_states=states)


def standing_alerts(publication: Publication, states: Mapping[str, str]) -> list[Alert]:
    """Return the alerts about sources as they are now (`states`) that triage has not found harmless, oldest first.

    Of each source the newest alone counts: what was found of it earlier was found of another move.
    """
    rows = EvidenceAlert.objects.filter(publication=publication).select_related("source").order_by("raised_at", "pk")
    newest = {row.source.key: row for row in rows if states.get(row.source.key) == row.state}
    standing = [row for row in newest.values() if row.outcome != EvidenceAlert.Outcome.UNAFFECTED]
    standing.sort(key=lambda row: (row.raised_at, row.pk))
    return [Alert(source=row.source.key, state=row.state, raised_at=row.raised_at, outcome=row.outcome) for row in standing]


@verb
def triage_alert(alert: EvidenceAlert, *, by: User, at: datetime, outcome: str, note: str) -> EvidenceAlert:
    """Say what a moved source means for one entry: unaffected (clears the alert), minor, or affected."""
    lock_question(alert.publication.question_id)
    alert = EvidenceAlert.objects.select_related("publication__question", "publication__last_change", "publication__submission").get(
        pk=alert.pk
    )
    require("triage_alert", alert, by, at)
    if outcome not in ("unaffected", "minor", "affected"):
        raise TransitionRefused("Choose what it means: unaffected, minor or affected.")
    publication = alert.publication
    with entry_changes(at) as ledger:
        alert.outcome, alert.note, alert.triaged_by, alert.triaged_at = outcome, require_text(note, "why"), by, ledger.at
        alert.save()
        said: dict[str, Any] = {"about": about_source(alert.source.key), "comment": alert.note, "details": {"outcome": outcome}}
        decision = decide_on_version(ledger, publication, Kind.TRIAGE_ALERT, by, **said)
        if publication.status == Publication.Status.CURRENT:
            cleared = outcome == EvidenceAlert.Outcome.UNAFFECTED
            kind = Change.Kind.EVIDENCE_CLEARED if cleared else Change.Kind.EVIDENCE_ALERT
            record_evidence(ledger, publication, kind, decision)
    return alert
