"""Who has no clinical sign-off may stop words and warn; what brings words nearer to readers takes a clinical reviewer."""

from collections.abc import Callable
from typing import Any

import pytest

from faq import workflow
from faq.models import EvidenceAlert, Publication, Source, User
from faq.workflow import TransitionRefused
from tests.factories import NOW, a, make_publication, make_reviewer, make_submission, make_topic

pytestmark = pytest.mark.django_db
SAID: dict[str, Any] = {"at": NOW, "comment": "Looked at it."}


def superseded() -> Publication:
    """Return the first of two versions."""
    first = make_publication("her2")
    make_publication("her2")
    return Publication.objects.get(pk=first.pk)


def held() -> Publication:
    """Return a version under a warning."""
    return workflow.hold(make_publication(), by=a("reviewer"), **SAID)


def with_notice() -> Publication:
    """Return a withdrawn version whose notice waits for a second person."""
    publication = make_publication()
    workflow.withdraw(publication, by=a("reviewer"), at=NOW, reason="unsafe", notice_text="A dose was wrong.")
    return publication


def objected() -> Any:
    """Return a submission with an open objection."""
    submission = make_submission()
    workflow.object(submission, by=a("reviewer"), **SAID)
    return submission


def alert() -> EvidenceAlert:
    """Return an alert that nobody looked at."""
    make_publication()
    workflow.mark_source(Source.objects.get(), by=a("reviewer"), state="retracted", **SAID)
    return EvidenceAlert.objects.get()


def proposed(**fields: Any) -> Any:
    """Return a proposed text."""
    return workflow.propose(by=a("lead"), at=NOW, **{"language": "en"} | fields)


def source() -> Source:
    """Return a source that an entry cites."""
    make_publication()
    return Source.objects.get()


def reaffirm(publication: Publication, by: User) -> object:
    """Reaffirm as it stands."""
    seen = {publication.pk: publication.content_hash}
    return workflow.reaffirm(seen, by=by, at=NOW, next_review_due_on=publication.next_review_due_on)


CARD = {"kind": "advice_card", "key": "fever", "level": "routine", "title": "Fever", "text": "Wait."}
ASKED: dict[str, tuple[Callable[[], Any], Callable[[Any, User], object]]] = {
    "resolve": (objected, lambda thing, by: workflow.resolve(thing, by=by, **SAID)),
    "release": (held, lambda thing, by: workflow.release(thing, by=by, **SAID)),
    "restore": (superseded, lambda thing, by: workflow.restore(thing, by=by, **SAID)),
    "confirm a version": (
        lambda: workflow.restore(superseded(), by=a("reviewer"), **SAID),
        lambda thing, by: workflow.confirm(thing, by=by, at=NOW),
    ),
    "confirm a notice": (with_notice, lambda thing, by: workflow.confirm(thing, by=by, at=NOW)),
    "reaffirm": (make_publication, reaffirm),
    "mark_source": (source, lambda thing, by: workflow.mark_source(thing, by=by, state="superseded", **SAID)),
    "triage_alert": (alert, lambda thing, by: workflow.triage_alert(thing, by=by, at=NOW, outcome="unaffected", note="Read it.")),
    "a card": (lambda: proposed(**CARD), lambda thing, by: workflow.approve_text(thing, by=by, at=NOW)),
    "a notice": (lambda: proposed(kind="notice", key="held", text="Hm."), lambda thing, by: workflow.approve_text(thing, by=by, at=NOW)),
    "a name": (lambda: proposed(topic=make_topic(), name="HER2"), lambda thing, by: workflow.approve_text(thing, by=by, at=NOW)),
    "names": (
        lambda: proposed(topic=make_topic(), name="HER2"),
        lambda thing, by: workflow.approve_names(workflow.seen_names([thing]), by=by, at=NOW),
    ),
}


@pytest.mark.parametrize("verb", ASKED)
def test_what_brings_words_nearer_to_readers_takes_the_clinical_sign_off(verb: str) -> None:
    make, decide = ASKED[verb]
    thing, reader = make(), make_reviewer(sign_offs=["patient_reader", "plain_language", "translation"])
    with pytest.raises(TransitionRefused, match="This needs a reviewer with the clinical sign-off; a lead can add it"):
        decide(thing, reader)
    assert decide(thing, make_reviewer(sign_offs=["patient_reader", "clinical"]))


@pytest.mark.parametrize(
    ("make", "verb"),
    [
        (make_publication, lambda thing, by: workflow.withdraw(thing, by=by, at=NOW, reason="unsafe")),
        (make_publication, lambda thing, by: workflow.hold(thing, by=by, **SAID)),
        (make_submission, lambda thing, by: workflow.object(thing, by=by, **SAID)),
        (make_submission, lambda thing, by: workflow.request_changes(thing, by=by, **SAID)),
    ],
)
def test_what_stops_words_or_warns_takes_any_active_reviewer(make: Callable[[], Any], verb: Callable[[Any, User], object]) -> None:
    assert verb(make(), make_reviewer(sign_offs=["patient_reader"]))


def test_who_wrote_the_words_does_not_take_the_warning_off() -> None:
    publication = held()
    with pytest.raises(TransitionRefused, match="You wrote part"):
        workflow.release(publication, by=make_reviewer(user=a("author")), **SAID)
