"""From approved words to versions: publication, schedule, objections, sign-offs, attestation."""

from datetime import date, timedelta

import pytest
from pytest_django import Settings

from faq import jobs, workflow
from faq.content.state import load_state
from faq.content.words import read_words
from faq.models import Answer, AudiencePolicy, Change, EvidenceAlert, Publication, PublicationTopic, ReviewDecision, Waiver
from faq.workflow import TransitionRefused, publishing
from faq.workflow.readiness_context import readiness_of
from tests.factories import (
    NOW,
    a,
    approve,
    make_approved,
    make_draft,
    make_publication,
    make_reviewer,
    make_source,
    make_submission,
    make_text,
    make_topic,
    waive,
)

pytestmark = pytest.mark.django_db


def test_publication_copies_the_approved_bytes() -> None:
    submission = make_approved()
    publication = workflow.publish(submission, by=a("publisher"), at=NOW)
    assert (publication.words, publication.content_hash) == (submission.words, submission.content_hash)


def test_unapproved_words_are_not_published() -> None:
    with pytest.raises(TransitionRefused, match="submitted"):
        workflow.publish(make_submission(), by=a("publisher"), at=NOW)


def test_publishing_needs_the_role_of_publisher() -> None:
    with pytest.raises(TransitionRefused, match="role of publisher"):
        workflow.publish(make_approved(), by=a("author"), at=NOW)


def test_the_next_version_replaces_the_one_before() -> None:
    first, second = make_publication("her2"), make_publication("her2", at=NOW + timedelta(days=1))
    first.refresh_from_db()
    assert (first.status, first.ended_at) == ("superseded", second.published_at)
    assert (second.version, second.status) == (2, "current")


def test_a_change_carries_the_complete_state() -> None:
    make_topic("hearts", name="Hearts")
    publication = make_publication("her2", topics=["hearts"], related=["other"])
    state = load_state(publication.last_change.state)
    assert [(place.slug, place.name, place.kind) for place in state.topics] == [("hearts", "Hearts", "condition")]
    assert (state.version, state.status, state.related) == (1, "current", ["other"])
    assert state.next_review_due_on == publication.next_review_due_on


def test_readiness_is_asked_again_before_publication() -> None:
    submission = make_approved()
    source = submission.answer.citations.get().source
    workflow.mark_source(source, by=a("reviewer"), at=NOW, state="retracted", comment="The journal says so.")
    with pytest.raises(TransitionRefused, match="retracted"):
        workflow.publish(submission, by=a("publisher"), at=NOW)


def supersede_source() -> None:
    workflow.mark_source(make_source(), by=a("reviewer"), at=NOW, state="superseded", comment="A newer one is out.")


def open_alerts(publication: Publication) -> list[tuple[str, str]]:
    """Return (source, state) of what waits for triage, which readers are told of as well."""
    rows = EvidenceAlert.objects.filter(publication=publication, outcome="")
    waiting = [(row.source.key, row.state) for row in rows]
    assert [(alert.source, alert.state) for alert in load_state(publication.last_change.state).alerts] == waiting
    return waiting


def test_a_source_superseded_since_the_approval_raises_an_alert_with_the_version() -> None:
    submission = make_approved()
    supersede_source()
    assert open_alerts(workflow.publish(submission, by=a("publisher"), at=NOW)) == [("s1", "superseded")]


def test_so_it_does_where_the_clock_publishes() -> None:
    submission = make_approved()
    workflow.schedule(submission, by=a("publisher"), at=NOW, moment=NOW + timedelta(hours=1))
    supersede_source()
    publishing.publish_scheduled(submission.answer, at=NOW + timedelta(hours=2))
    assert open_alerts(Publication.objects.current().get()) == [("s1", "superseded")]


def test_so_it_does_where_a_version_is_restored() -> None:
    first = make_publication("her2")
    workflow.withdraw(first, by=a("reviewer"), at=NOW, reason="error")
    supersede_source()
    restored = workflow.restore(first, by=make_reviewer(), at=NOW, comment="It was right.")
    assert open_alerts(restored) == [("s1", "superseded")]


def test_a_source_that_was_superseded_when_the_words_were_approved_raises_none() -> None:
    supersede_source()
    submission = make_submission(make_draft("her2"))
    concerns = [each for each in readiness_of(submission, NOW) if each.grade == "concern"]
    approve(submission, waivers=[waive(each.code, each.sentence) for each in concerns])
    assert open_alerts(workflow.publish(submission, by=a("publisher"), at=NOW)) == []


def test_errors_stop_approval() -> None:
    with pytest.raises(TransitionRefused, match=r"^Not ready"):
        approve(make_submission(body=""))


def test_a_review_date_that_does_not_lie_ahead_is_refused() -> None:
    with pytest.raises(TransitionRefused, match="must lie ahead"):
        approve(make_submission(), next_review_due_on=NOW.date())


def test_an_open_objection_blocks_publication_until_resolved() -> None:
    submission = make_approved()
    workflow.object(submission, by=make_reviewer(), at=NOW, comment="The figure is old.")
    with pytest.raises(TransitionRefused, match="objection is open"):
        workflow.publish(submission, by=a("publisher"), at=NOW)
    workflow.resolve(submission, by=a("reviewer"), at=NOW, comment="Checked: it is the newest.")
    assert workflow.publish(submission, by=a("publisher"), at=NOW).version == 1


def test_an_author_cannot_resolve_objections_to_their_own_words() -> None:
    author = make_reviewer(user=a("author"))
    submission = make_approved(make_draft(by=author))
    workflow.object(submission, by=make_reviewer(), at=NOW, comment="Wrong.")
    with pytest.raises(TransitionRefused, match="You wrote part"):
        workflow.resolve(submission, by=author, at=NOW, comment="It is fine.")


def test_an_audience_may_ask_for_a_sign_off_beside_the_clinical_one() -> None:
    workflow.ask_sign_off(audience="patient", sign_off="patient_reader", by=a("lead"), at=NOW)
    submission = make_submission()
    approve(submission)
    with pytest.raises(TransitionRefused, match="submitted"):
        workflow.publish(submission, by=a("publisher"), at=NOW)
    reader = make_reviewer(sign_offs=["patient_reader"], profession="Patient reader")
    approve(submission, by=reader, sign_off="patient_reader")
    assert workflow.publish(submission, by=a("publisher"), at=NOW).decided_by_role == "Oncology nurse"


def test_no_policy_takes_the_clinical_sign_off_away() -> None:
    workflow.ask_sign_off(audience="patient", sign_off="patient_reader", by=a("lead"), at=NOW)
    submission = make_submission()
    approve(submission, by=make_reviewer(sign_offs=["patient_reader"]), sign_off="patient_reader")
    with pytest.raises(TransitionRefused, match="submitted"):
        workflow.publish(submission, by=a("publisher"), at=NOW)


def test_a_sign_off_asked_for_no_more_leaves_its_decision() -> None:
    policy = workflow.ask_sign_off(audience="patient", sign_off="plain_language", by=a("lead"), at=NOW)
    decision = workflow.drop_sign_off(policy, by=a("lead"), at=NOW, comment="The editors do it.")
    assert (decision.kind, AudiencePolicy.objects.count()) == ("drop_sign_off", 0)


@pytest.mark.parametrize(("audience", "sign_off"), [("everybody", "clinical"), ("patient", "astrology")])
def test_a_policy_names_a_known_audience_and_sign_off(audience: str, sign_off: str) -> None:
    with pytest.raises(TransitionRefused, match="Choose"):
        workflow.ask_sign_off(audience=audience, sign_off=sign_off, by=a("lead"), at=NOW)


def test_a_reviewer_gives_only_their_own_kind_of_sign_off() -> None:
    with pytest.raises(TransitionRefused, match="sign-off translation"):
        approve(make_submission(), sign_off="translation")


def test_scheduled_words_are_published_by_the_clock_and_not_before() -> None:
    submission = make_approved()
    moment = NOW + timedelta(days=1)
    workflow.schedule(submission, by=a("publisher"), at=NOW, moment=moment)
    assert jobs.run(moment - timedelta(seconds=1))["published"] == 0
    assert jobs.run(moment)["published"] == 1
    assert jobs.run(moment)["published"] == 0
    assert Publication.objects.get().published_at == moment
    assert ReviewDecision.objects.filter(kind="publish").get().by is None


def test_a_schedule_in_the_past_is_refused() -> None:
    with pytest.raises(TransitionRefused, match="must lie ahead"):
        workflow.schedule(make_approved(), by=a("publisher"), at=NOW, moment=NOW)


def test_unscheduled_words_wait_for_a_publisher() -> None:
    submission = make_approved()
    workflow.schedule(submission, by=a("publisher"), at=NOW, moment=NOW + timedelta(days=1))
    workflow.unschedule(submission, by=a("reviewer"), at=NOW)
    assert jobs.run(NOW + timedelta(days=2))["published"] == 0
    assert Answer.objects.get().status == "approved"


def test_a_scheduled_answer_that_something_stops_is_told_and_stays(caplog: pytest.LogCaptureFixture) -> None:
    submission = make_approved()
    workflow.schedule(submission, by=a("publisher"), at=NOW, moment=NOW + timedelta(days=1))
    workflow.object(submission, by=a("reviewer"), at=NOW, comment="Wait.")
    assert jobs.run(NOW + timedelta(days=2))["refused"] == 1
    assert "objection is open" in caplog.text
    assert Answer.objects.get().status == "scheduled"


def test_a_translation_of_what_was_never_published_is_refused() -> None:
    submission = make_approved(translation_of={"slug": "her2", "version": 1}, language="es")
    with pytest.raises(TransitionRefused, match="never published"):
        workflow.publish(submission, by=a("publisher"), at=NOW)


def test_a_translation_of_what_was_taken_down_is_refused() -> None:
    original = make_publication("her2")
    submission = make_approved(translation_of={"slug": "her2", "version": 1}, language="es")
    workflow.withdraw(original, by=a("reviewer"), at=NOW, reason="unsafe")
    with pytest.raises(TransitionRefused, match="was taken down"):
        workflow.publish(submission, by=a("publisher"), at=NOW)


def attest(submission: object, **arguments: object) -> ReviewDecision:
    """Attest as the importer would."""
    told = {"attested_by": "Dr Outside", "attested_on": date(2026, 1, 5), "document": "Minutes 7", "next_review_due_on": date(2027, 1, 5)}
    return workflow.attest(submission, at=NOW, **{"by": a("importer")} | told | arguments)  # type: ignore[arg-type]


def test_an_attested_review_is_told_with_who_when_and_where() -> None:
    submission = make_submission()
    attest(submission)
    publication = workflow.publish(submission, by=a("publisher"), at=NOW)
    told = (publication.decision_kind, publication.attested_by, publication.attested_on, publication.document)
    assert told == ("attest", "Dr Outside", date(2026, 1, 5), "Minutes 7")
    assert publication.last_reviewed_on == date(2026, 1, 5)


@pytest.mark.parametrize("origin", ["ai_assisted", "ai_generated"])
def test_text_of_ai_origin_is_never_attested(origin: str) -> None:
    with pytest.raises(TransitionRefused, match="cannot be attested"):
        attest(make_submission(origin=origin))


def test_attestation_keeps_concerns_without_waiving_them() -> None:
    attest(make_submission(short_answer=""))
    assert (Waiver.objects.get().code, Waiver.objects.get().reason) == ("short-answer-missing", "")


def test_attestation_is_refused_where_it_is_switched_off(settings: Settings) -> None:
    settings.ALLOW_ATTESTATION = False
    with pytest.raises(TransitionRefused, match="ALLOW_ATTESTATION"):
        attest(make_submission())


def test_attestation_needs_the_role_of_importer() -> None:
    with pytest.raises(TransitionRefused, match="role of importer"):
        attest(make_submission(), by=a("reviewer"))


def test_a_standing_text_needs_a_second_person() -> None:
    proposal = workflow.propose(by=a("reviewer"), at=NOW, kind="notice", key="n", language="en", text="Gone.")
    with pytest.raises(TransitionRefused, match="second person"):
        workflow.approve_text(proposal, by=a("reviewer"), at=NOW)


def test_the_next_standing_text_ends_the_one_before_at_the_same_moment_and_tells_readers() -> None:
    first = make_text(key="withdrawn", text="Gone.")
    later = NOW + timedelta(hours=1)
    second = make_text(at=later, key="withdrawn", text="Taken down.")
    first.refresh_from_db()
    assert first.ends_at == second.starts_at == later
    assert Change.objects.filter(kind="standing_text").count() == 2


def test_a_text_that_current_entries_need_is_replaced_and_not_ended() -> None:
    make_publication()
    text = make_text(kind="disclaimer", key="more", placement="after", required=True, text="Ask.")
    with pytest.raises(TransitionRefused, match="propose its next version"):
        workflow.end_text(text, by=a("lead"), at=NOW, comment="Too long.")


def test_a_topic_renamed_is_told_on_its_entries() -> None:
    topic = make_topic("hearts", name="Hearts")
    publication = make_publication("her2", topics=["hearts"])
    proposal = workflow.propose(by=a("lead"), at=NOW, topic=topic, language="en", name="Heart")
    workflow.approve_text(proposal, by=a("reviewer"), at=NOW)
    publication.refresh_from_db()
    assert publication.last_change.kind == "reclassified"
    assert [place.name for place in load_state(publication.last_change.state).topics] == ["Heart"]


def test_an_entry_that_moves_from_one_topic_to_another_is_found_in_the_other_alone() -> None:
    for slug in ("hearts", "lungs"):
        make_topic(slug)
    publication = make_publication("her2", topics=["hearts"])
    workflow.reclassify(publication.question, by=a("author"), at=NOW, topics=["lungs"], related=[])
    assert list(publication.topics.values_list("slug", flat=True)) == ["lungs"]
    workflow.reclassify(publication.question, by=a("author"), at=NOW, topics={"lungs": 4}, related=[])
    assert list(PublicationTopic.objects.values_list("topic__slug", "position")) == [("lungs", 4)]


def test_the_reading_grade_is_counted_from_the_words() -> None:
    publication = make_publication(body="We look at the cells. They help us to see what is there. " * 20 + "[^s1]")
    assert publication.reading_grade == publishing.grade_of(read_words(publication.words)) is not None
