"""Names of topics that come with an attested import count as reviewed with it; whatever else they say waits for a second person."""

from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from faq import verify, workflow
from faq.content.state import load_state
from faq.integrity import triggers
from faq.interchange.options import Stage
from faq.models import Publication, ReviewDecision, Topic, TopicName, TopicPlacement
from faq.workflow import ExternalNameReview, NewTopic, TransitionRefused
from tests.admin_client import see
from tests.factories import NOW, a, make_topic, make_user
from tests.interchange import entry, lines, run
from tests.reading import get

pytestmark = pytest.mark.django_db
REVIEW = ExternalNameReview("Dr Roe", NOW.date(), "Minutes 7")
HEARTS = {"slug": "hearts", "kind": "condition", "name": "Heart problems", "synonyms": ["cardiopathy"], "codes": []}


def imported(tmp_path: Path, *rows: Any, stage: Stage = Stage.PUBLISHED) -> Any:
    return run(lines(tmp_path / "rows.jsonl", rows), stage=stage)


def named(**columns: Any) -> Any:
    return entry(**({"topics": [HEARTS]} | columns))


def make_attested(by: Any = None) -> TopicName:
    topic = NewTopic("hearts", {"kind": "condition"}, [], [], {"en": {"name": "Heart problems", "synonyms": ["cardiopathy"]}})
    workflow.create_topics_and_sources([topic], [], by=by or a("importer"), at=NOW, reviewed=REVIEW)
    return TopicName.objects.get()


def test_with_an_attested_import_they_are_in_force_at_once_and_say_who_reviewed_them(tmp_path: Path) -> None:
    imported(tmp_path, named(question="What are heart problems?"))
    name = TopicName.objects.get()
    assert name.attestation is not None
    assert name.approved_at is not None
    assert (name.approved_by, name.attestation.kind, name.attestation.attested_by) == (None, "attest_text", "National Institutes")
    assert name.attestation.about == "Heart problems (en)"
    state = load_state(Publication.objects.get().last_change.state)
    assert [topic.name for topic in state.topics] == ["Heart problems"]
    assert [hit["slug"] for hit in get("search/?q=what+are+cardiopathy", at=name.approved_at).json()["results"]]
    assert list(verify.faults()) == []


@pytest.mark.parametrize("stage", [Stage.DRAFT, Stage.SUBMITTED])
def test_without_an_attestation_they_wait(tmp_path: Path, stage: Stage) -> None:
    imported(tmp_path, named(), stage=stage)
    assert TopicName.objects.get().approved_at is None


def test_beside_text_of_ai_origin_they_wait(tmp_path: Path) -> None:
    by_ai: dict[str, Any] = {
        "slug": "by-ai",
        "origin": "ai_generated",
        "generator": {"name": "M", "generated_on": "2026-01"},
        "status": "draft",
        "topics": [HEARTS],
    }
    imported(tmp_path, named(), entry(**by_ai))
    assert TopicName.objects.get().approved_at is None


def test_places_and_codes_wait_for_a_second_person_all_the_same(tmp_path: Path) -> None:
    imported(tmp_path, named(topics=[HEARTS | {"codes": [{"system": "MeSH", "code": "D1"}]}]))
    assert TopicPlacement.objects.get().approved_at is None


def test_a_topic_that_is_here_already_gets_no_name_by_an_import_alone(tmp_path: Path) -> None:
    make_topic("hearts", name="Hearts")
    imported(tmp_path, named())
    assert [(row.name, row.attestation) for row in TopicName.objects.all()] == [("Hearts", None)]


def test_the_next_version_takes_a_second_person() -> None:
    first = make_attested()
    later = workflow.propose(by=a("lead"), at=NOW, topic=first.topic, language="en", name="Hearts")
    assert later.approved_at is None
    workflow.approve_text(later, by=a("reviewer"), at=NOW)
    first.refresh_from_db()
    assert (first.ends_at, TopicName.objects.present().get().name) == (NOW, "Hearts")
    assert list(verify.faults()) == []


def test_it_takes_an_importer_and_a_library_that_allows_it(settings: Any) -> None:
    with pytest.raises(TransitionRefused, match="role of importer"):
        make_attested(make_user("author"))
    settings.ALLOW_ATTESTATION = False
    with pytest.raises(TransitionRefused, match="Attestation is switched off here"):
        make_attested()
    assert (Topic.objects.count(), ReviewDecision.objects.count()) == (0, 0)


def test_the_admin_says_so() -> None:
    make_attested()
    assert "in force, reviewed elsewhere by Dr Roe" in see(a("reviewer"), "/admin/faq/topicname/")


# Afterwards.


def test_verify_finds_a_name_whose_record_is_another_s() -> None:
    name = make_attested()
    triggers.remove(connection)
    TopicName.objects.filter(pk=name.pk).update(name="Lungs")
    assert [fault.reason for fault in verify.faults() if fault.table == "faq_topicname"] == ["is not what was attested"]
