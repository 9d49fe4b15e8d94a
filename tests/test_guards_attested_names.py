"""A name of a topic that was reviewed elsewhere has the decision that says so, whatever SQL is written."""

from typing import Any

import pytest

from faq.models import ReviewDecision, TopicName
from tests.factories import NOW, a, make_topic
from tests.guarding import insert, refuses, update
from tests.test_attested_names import make_attested

pytestmark = pytest.mark.django_db


def test_a_name_comes_into_force_by_a_decision_about_it_alone() -> None:
    attested = make_attested()
    topic = make_topic("lungs")
    other = TopicName.objects.create(topic=topic, language="es", number=7, name="Pulmón", proposed_by=a("importer"), proposed_at=NOW)
    told: dict[str, Any] = {"approved_at": NOW, "starts_at": NOW}
    refuses("topicname_attested", update(other, attestation_id=attested.attestation_id, **told))
    proposal = ReviewDecision.objects.filter(kind="propose").first()
    assert proposal is not None
    refuses("topicname_attested", update(other, attestation_id=proposal.pk, **told))


def test_an_attested_name_stays_what_it_is() -> None:
    name = make_attested()
    other = ReviewDecision.objects.order_by("sequence")[0].pk
    changes: list[dict[str, Any]] = [{"attestation_id": other}, {"name": "Lungs"}, {"synonyms": ["pneumopathy"]}]
    for columns in changes:
        refuses("topicname_fixed", update(name, **columns))


@pytest.mark.parametrize("lack", [{"attested_by": ""}, {"attested_on": None}, {"document": ""}])
def test_the_decision_names_reviewer_day_and_document(lack: dict[str, Any]) -> None:
    decision = make_attested().attestation
    assert decision is not None
    refuses("decision_attest_text", insert(decision, sequence=decision.sequence + 1, **lack))
