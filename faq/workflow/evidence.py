"""The verbs on evidence that moved: a source is superseded or retracted, and somebody says what that means for each answer."""

from datetime import datetime

from django.db import transaction

from faq import payload, publishing
from faq.ledger import Hand, ledger
from faq.models import Change, EvidenceAlert, Publication, Source, User
from faq.workflow.drafting import given, lock_question, lock_questions, refuse_newcomers
from faq.workflow.readers import decide
from faq.workflow.rules import Kind, TransitionRefused, require


@transaction.atomic
def mark_source(source: Source, *, by: User, at: datetime, state: str, comment: str) -> Source:
    """Say that a source was superseded or retracted (or stands again); every current entry that cites it gets an alert."""
    source = Source.objects.select_for_update(no_key=True).get(pk=source.pk)
    locked = lock_questions(list(source.publications.current().values_list("question_id", flat=True)))
    require("mark_source", source, by, at)
    if state not in Source.State.values or state == source.state:
        raise TransitionRefused(f"Choose another state than {source.state}: {', '.join(Source.State.values)}.")
    text = given(comment, "how you know")
    source.state = state
    source.save(update_fields=["state"])
    with ledger(at) as hand:
        citing = list(source.publications.current().select_related("question", "last_change", "submission").order_by("question_id"))
        refuse_newcomers([question.pk for question in locked], [publication.question_id for publication in citing])
        for publication in citing:
            alert(hand, publication, source)
        hand.decide(Kind.MARK_SOURCE, by, about=f"source {source.key}", comment=text, details={"state": state})
    return source


def alert(hand: Hand, publication: Publication, source: Source) -> None:
    """Raise or clear the alert of one current entry after `source` changed its state."""
    stands = source.state == Source.State.CURRENT
    if not stands:
        row = EvidenceAlert(publication=publication, source=source, state=source.state, raised_at=hand.at)
        EvidenceAlert.objects.get_or_create(
            publication=publication, source=source, state=source.state, defaults={"raised_at": row.raised_at}
        )
    kind = Change.Kind.EVIDENCE_CLEARED if stands else Change.Kind.EVIDENCE_ALERT
    tell_evidence(hand, publication, kind)


def tell_evidence(hand: Hand, publication: Publication, kind: Change.Kind) -> None:
    """Tell an entry's alerts and the states of its sources as they are now."""
    states = publishing.source_states(payload.read(publication.words))
    alerts = [each for each in publishing.open_alerts(publication) if states.get(each.source) == each.state]
    publishing.move(hand, publication, kind, alerts=alerts, source_states=states)


@transaction.atomic
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
    with ledger(at) as hand:
        alert.outcome, alert.note, alert.triaged_by, alert.triaged_at = outcome, given(note, "why"), by, hand.at
        alert.save()
        if publication.status == Publication.Status.CURRENT:
            cleared = outcome == EvidenceAlert.Outcome.UNAFFECTED
            tell_evidence(hand, publication, Change.Kind.EVIDENCE_CLEARED if cleared else Change.Kind.EVIDENCE_ALERT)
        about = f"source {alert.source.key}"
        decide(hand, publication, Kind.TRIAGE_ALERT, by, about=about, comment=alert.note, details={"outcome": outcome})
    return alert
