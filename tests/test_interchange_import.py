"""What an import does with good rows: through the ordinary verbs, once, and by stated rules where rows and library differ."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from faq import verify, workflow
from faq.clock import local_date
from faq.interchange.importer import GROUP_SIZE
from faq.interchange.options import Attestation, ImportOptions, ImportRefused, Stage
from faq.models import (
    Answer,
    Change,
    ImportRun,
    Publication,
    Question,
    ReviewDecision,
    Source,
    StandingText,
    Submission,
    Topic,
    TopicName,
    TopicPlacement,
)
from faq.workflow.drafts import draft_of
from tests.factories import a, approve, make_draft, make_publication, make_reviewer, make_user
from tests.interchange import REVIEW, Heard, counts, entry, lines, make_importer, publish, run

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows(tmp_path: Path) -> Any:
    """Return a function that writes rows to a file of JSON Lines, the same each time."""

    def write(*each: dict[str, Any]) -> Path:
        return lines(tmp_path / "rows.jsonl", each)

    return write


def test_an_entry_becomes_a_draft_of_the_importer(rows: Any) -> None:
    make_draft("other")
    assert run(rows(entry(phrasings=["what's that"], related=["other"]))) == counts(created=1)
    answer = Answer.objects.get(question__slug="what-is-it")
    assert (answer.status, str(answer.author), draft_of(answer).phrasings) == ("draft", "importer", ["what's that"])
    assert answer.question.related == ["other"]


def test_submitted_drafts_wait_for_review(rows: Any) -> None:
    assert run(rows(entry(short_answer="It is.")), stage=Stage.SUBMITTED) == counts(created=1)
    submission = Submission.objects.get()
    assert submission.answer.status == "submitted"
    approve(submission, at=timezone.now())


def test_attested_words_wait_for_a_publisher(rows: Any) -> None:
    assert run(rows(entry()), stage=Stage.ATTESTED) == counts(created=1)
    decision = ReviewDecision.objects.get(kind="attest")
    assert (decision.attested_by, str(decision.attested_on), decision.document) == tuple(map(str, vars(REVIEW).values()))
    assert Answer.objects.get().status == "approved"


def test_attested_words_are_published(rows: Any) -> None:
    assert publish(rows(entry(), entry("another"))) == counts(created=2)
    publication = Publication.objects.current().get(slug="what-is-it")
    assert (publication.decision_kind, publication.attested_by, publication.document) == ("attest", REVIEW.attested_by, REVIEW.document)
    assert list(verify.faults()) == []


def test_the_feed_says_which_import_brought_a_version(rows: Any) -> None:
    publish(rows(entry()))
    change = Change.objects.get(kind="republished")
    assert (change.slug, change.run) == ("what-is-it", ImportRun.objects.get())


def test_a_second_import_changes_nothing(rows: Any) -> None:
    path = rows(entry(), entry("another", phrasings=["b", "a"], key_facts=[{"label": "a", "value": "b"}]))
    publish(path)
    before = (ReviewDecision.objects.count(), Change.objects.count(), TopicName.objects.count())
    assert publish(path) == counts(unchanged=2)
    assert (ReviewDecision.objects.count(), Change.objects.count(), TopicName.objects.count()) == before


@pytest.mark.parametrize("stage", list(Stage))
def test_a_second_import_changes_nothing_at_any_stage(rows: Any, stage: Stage) -> None:
    path = rows(entry())
    run(path, stage=stage)
    decisions = ReviewDecision.objects.count()
    assert run(path, stage=stage) == counts(unchanged=1)
    assert ReviewDecision.objects.count() == decisions


def test_changed_words_are_a_new_version(rows: Any) -> None:
    publish(rows(entry()))
    assert publish(rows(entry(body="It is something else [^s1].", change_note="Better."))) == counts(new_version=1)
    assert list(Publication.objects.order_by("version").values_list("version", "status")) == [(1, "superseded"), (2, "current")]


def test_fields_that_a_row_leaves_out_become_empty(rows: Any) -> None:
    publish(rows(entry(phrasings=["a"], short_answer="Short.")))
    publish(rows(entry(body="Other [^s1].")))
    answer = Answer.objects.order_by("-pk")[0]
    assert (draft_of(answer).short_answer, draft_of(answer).phrasings) == ("", [])


def test_an_older_file_does_not_undo_a_newer_version(rows: Any) -> None:
    publish(rows(entry()))
    publish(rows(entry(body="Newer [^s1].")))
    assert publish(rows(entry())) == counts(unchanged=1)
    assert Publication.objects.current().get().version == 2


def test_versions_in_one_file_come_in_their_order(rows: Any) -> None:
    path = rows(entry(), entry(version=2, body="Newer [^s1]."), entry("another"))
    assert publish(path) == counts(created=2, new_version=1)
    assert publish(path) == counts(unchanged=3)
    assert "Newer" in Publication.objects.current().get(slug="what-is-it").words


def test_of_several_versions_the_last_becomes_the_draft(rows: Any) -> None:
    path = rows(entry(), entry(version=2, body="Newer [^s1]."))
    assert run(path) == counts(created=1, unchanged=1)
    assert run(path) == counts(unchanged=2)
    assert draft_of(Answer.objects.get()).body == "Newer [^s1]."


def test_a_draft_in_a_file_stays_a_draft(rows: Any) -> None:
    path = rows(entry(), entry(status="draft", body="Not yet [^s1]."))
    assert publish(path) == counts(created=1, new_version=1)
    assert publish(path) == counts(unchanged=2)
    assert draft_of(Answer.objects.get(status="draft")).body == "Not yet [^s1]."


def test_a_changed_draft_is_edited(rows: Any) -> None:
    run(rows(entry()))
    assert run(rows(entry(body="Other [^s1]."))) == counts(new_version=1)
    assert draft_of(Answer.objects.get()).body == "Other [^s1]."


def test_drafts_go_further_when_asked_to(rows: Any) -> None:
    path = rows(entry())
    run(path)
    run(path, stage=Stage.SUBMITTED)
    assert publish(path) == counts(new_version=1)
    assert Publication.objects.get().version == 1


def test_words_that_wait_for_a_decision_are_not_replaced(rows: Any) -> None:
    run(rows(entry()), stage=Stage.SUBMITTED)
    heard = Heard()
    assert run(rows(entry(body="Other [^s1].")), heard=heard) == counts(refused=1)
    assert heard.errors == ["rows.jsonl:1: slug: other words of this entry wait for a decision here; have them decided or taken back first"]


def test_a_draft_of_somebody_else_is_left_alone(rows: Any) -> None:
    run(rows(entry()))
    heard = Heard()
    other = make_user("author", "importer", username="other")
    assert run(rows(entry(body="Other [^s1].")), by=other, heard=heard) == counts(refused=1)
    assert heard.errors == ["rows.jsonl:1: row: importer holds this answer; take it over first."]


def test_an_entry_that_was_taken_down_does_not_come_back_by_a_file(rows: Any) -> None:
    publish(rows(entry()))
    workflow.withdraw(Publication.objects.get(), by=a("reviewer"), at=timezone.now(), reason="unsafe")
    heard = Heard()
    assert publish(rows(entry(body="Other [^s1].")), heard=heard) == counts(refused=1)
    assert heard.errors == ["rows.jsonl:1: slug: was taken down here; bring it in as a draft, so that people decide whether it comes back"]
    assert publish(rows(entry())) == counts(unchanged=1)
    assert not Publication.objects.current().exists()


def test_the_language_of_a_question_never_changes(rows: Any) -> None:
    run(rows(entry()))
    heard = Heard()
    assert run(rows(entry(language="es")), heard=heard) == counts(refused=1)
    assert heard.errors[0].startswith("rows.jsonl:1: language: what-is-it is a question in en here")


@pytest.mark.parametrize("origin", ["ai_assisted", "ai_generated"])
def test_text_of_ai_origin_is_never_attested(rows: Any, origin: str) -> None:
    heard = Heard()
    assert publish(rows(entry(origin=origin)), heard=heard) == counts(refused=1)
    assert heard.errors[0].startswith("rows.jsonl:1: origin: is text that an AI wrote or helped to write; it cannot be attested")
    assert run(rows(entry(origin=origin))) == counts(created=1)


def test_an_error_of_readiness_is_known_before_anything_is_written(rows: Any) -> None:
    heard = Heard()
    assert publish(rows(entry("good"), entry(body="Bad mark [^s2].")), heard=heard) == counts(refused=1)
    assert heard.errors == ["rows.jsonl:2: body: No source has the key “s2”: add the source, or correct the mark [^s2]."]
    assert not Question.objects.exists()


def test_a_bad_row_stops_the_good_ones(rows: Any) -> None:
    assert publish(rows(entry(), entry("another", audience="everybody"))) == counts(refused=1)
    assert not Question.objects.exists()
    assert not ImportRun.objects.exists()


def test_good_rows_beside_bad_ones_come_in_when_asked_for(rows: Any) -> None:
    path = rows(entry(), entry("bad", audience="everybody"), entry("another"), entry("worse", topics=["nowhere"]))
    heard = Heard()
    assert publish(path, heard=heard, skip_invalid=True) == counts(created=2, refused=2)
    assert [error.split(": ")[0] for error in heard.errors] == ["rows.jsonl:2", "rows.jsonl:4"]
    assert publish(path, skip_invalid=True) == counts(unchanged=2, refused=2)


@pytest.mark.parametrize("path", ["rows.jsonl", "rows.jsonl.gz"])
def test_a_dry_run_finds_the_same_and_changes_nothing(tmp_path: Path, path: str) -> None:
    each = [entry(), entry("another"), entry("bad", audience="everybody"), entry(version=2, body="Newer [^s1].")]
    file = lines(tmp_path / path, each)
    dry, real = Heard(), Heard()
    assert publish(file, heard=dry, is_rehearsal=True) == counts(created=2, new_version=1, refused=1)
    assert not any(model.objects.exists() for model in (Question, Topic, Source, ImportRun, Publication))
    assert publish(file, heard=real, skip_invalid=True) == counts(created=2, new_version=1, refused=1)
    assert dry.errors == real.errors


def test_a_translation_follows_its_original_wherever_it_stands(rows: Any) -> None:
    make_reviewer()
    translation = entry("que-es", translation_of={"slug": "what-is-it", "version": 1}, question="¿Qué es?")
    path = rows(translation, entry())
    assert publish(path, is_rehearsal=True) == counts(created=2)
    assert publish(path) == counts(created=2)
    assert Publication.objects.get(slug="que-es").translation_of_version == 1


def test_a_translation_of_what_was_never_published_is_refused(rows: Any) -> None:
    heard = Heard()
    translation = entry("que-es", translation_of={"slug": "what-is-it", "version": 7})
    assert publish(rows(entry(), translation), heard=heard) == counts(created=1, refused=1)
    assert heard.errors == ["rows.jsonl:2: row: what-is-it version 7, which this translates, was never published."]


def test_a_dry_run_of_many_refuses_what_the_import_refuses(rows: Any) -> None:
    many = [entry(f"e-{number}") for number in range(GROUP_SIZE + 5)]
    strange = [entry("que-es", translation_of={"slug": "e-1", "version": 7}), entry("e-1", version=2, body="Newer [^s1].")]
    path, dry, real = rows(*many, *strange), Heard(), Heard()
    expected = counts(created=len(many), new_version=1, refused=1)
    assert publish(path, heard=dry, is_rehearsal=True) == expected
    assert not any(model.objects.exists() for model in (Question, Topic, Source, Publication))
    assert publish(path, heard=real, skip_invalid=True) == expected
    assert dry.errors == real.errors == [f"rows.jsonl:{len(many) + 1}: row: e-1 version 7, which this translates, was never published."]


@pytest.mark.parametrize(("entries", "flags", "measures"), [(3, {}, True), (2, {}, False), (3, {"is_rehearsal": True}, False)])
def test_the_database_measures_its_tables_after_many_entries(
    rows: Any, monkeypatch: pytest.MonkeyPatch, entries: int, flags: dict[str, bool], measures: bool
) -> None:
    monkeypatch.setattr("faq.interchange.importing.MANY", 3)
    with CaptureQueriesContext(connection) as asked:
        publish(rows(*(entry(f"e-{number}") for number in range(entries))), **flags)
    assert ("ANALYZE" in [query["sql"] for query in asked.captured_queries]) == measures


@pytest.mark.parametrize("stage", [Stage.ATTESTED, Stage.PUBLISHED])
def test_a_row_that_fails_leaves_nothing_of_itself(rows: Any, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise workflow.TransitionRefused("Not today.")

    monkeypatch.setattr("faq.interchange.importer.workflow.attest", refuse)
    monkeypatch.setattr("faq.interchange.importer.workflow.publish_new", refuse)
    heard = Heard()
    assert run(rows(entry(), entry("another")), stage=stage, heard=heard, skip_invalid=True) == counts(refused=2)
    assert heard.errors == [f"rows.jsonl:{line}: row: Not today." for line in (1, 2)]
    left = (Question, Answer, Topic, TopicName, Source, Submission, ImportRun)
    assert [model.__name__ for model in left if model._default_manager.exists()] == ["ImportRun"]


def test_names_and_codes_of_topics_wait_for_a_second_person(rows: Any) -> None:
    run(rows(entry(topics=[{"slug": "whole", "name": "Whole", "kind": "test", "codes": [{"system": "UMLS", "code": "C1"}]}])))
    name = TopicName.objects.get()
    assert (name.name, name.approved_at, str(name.proposed_by)) == ("Whole", None, "importer")
    topic, placement = Topic.objects.get(), TopicPlacement.objects.get()
    assert (topic.kind, topic.codes.count()) == ("test", 0)
    assert (placement.codes, placement.approved_at, str(placement.proposed_by)) == ("UMLS|C1", None, "importer")


def test_an_approved_name_reaches_the_entries(rows: Any) -> None:
    publish(rows(entry()))
    topic = Topic.objects.get()
    name = workflow.propose(by=a("importer"), at=timezone.now(), topic=topic, language="en", name="All of it")
    workflow.approve_text(name, by=a("reviewer"), at=timezone.now())
    assert '"name":"All of it"' in Publication.objects.get().last_change.state


def topic(**changes: Any) -> dict[str, Any]:
    """A topic as an entry describes it."""
    return {"slug": "whole", "name": "Whole", "kind": "condition", "synonyms": [], "codes": []} | changes


def test_the_first_name_of_a_topic_stays_and_codes_and_synonyms_are_joined(rows: Any) -> None:
    heard = Heard()
    first = topic(synonyms=["all"], codes=[{"system": "UMLS", "code": "C1"}])
    second = topic(name="Entirety", synonyms=["ALL", "lot"], codes=[{"system": "UMLS", "code": "C2"}])
    run(rows(entry(topics=[first]), entry("b", topics=[second]), entry("c", topics=[topic(name="WHOLE")])), heard=heard)
    name = TopicName.objects.get()
    assert (name.name, name.synonyms) == ("Whole", ["all", "Entirety", "lot"])
    assert TopicPlacement.objects.get().codes == "UMLS|C1\nUMLS|C2"
    assert heard.warnings == ["rows.jsonl:2: topics: whole is called “Whole”; “Entirety” becomes a synonym"]


@pytest.mark.parametrize("is_approved", [True, False])
def test_the_librarys_name_of_a_topic_stays_and_codes_are_joined(rows: Any, is_approved: bool) -> None:
    run(rows(entry(topics=[topic(codes=[{"system": "UMLS", "code": "C1"}])])))
    if is_approved:
        workflow.approve_text(TopicPlacement.objects.get(), by=a("reviewer"), at=timezone.now())
    heard = Heard()
    changed = topic(name="Entirety", codes=[{"system": "UMLS", "code": "C2"}])
    for _ in range(2):  # the same file again proposes nothing more
        heard.warnings.clear()
        run(rows(entry("b", topics=[changed])), heard=heard)
    assert TopicName.objects.get().name == "Whole"
    assert list(TopicPlacement.objects.values_list("codes", flat=True)) == ["UMLS|C1", "UMLS|C1\nUMLS|C2"]
    assert Topic.objects.get().codes.count() == is_approved
    assert heard.warnings == ["rows.jsonl:1: topics: whole is called “Whole” here, not “Entirety”; that name stays"]


def test_a_name_in_another_language_is_proposed_beside_the_first(rows: Any) -> None:
    run(rows(entry(topics=[topic()])))
    run(rows(entry("b", language="es", topics=[topic(name="Todo")])))
    assert dict(TopicName.objects.values_list("language", "name")) == {"en": "Whole", "es": "Todo"}


def test_the_first_row_about_a_source_stays(rows: Any) -> None:
    heard = Heard()
    other = {"key": "s1", "title": "Another title", "url": "https://sources.example/2"}
    publish(rows(entry(), entry("b", sources=[other])), heard=heard)
    assert Source.objects.get().title == "A source"
    assert "rows.jsonl:2: sources: s1 stands otherwise in rows.jsonl:1; that row stays" in heard.warnings
    assert publish(rows(entry("b", sources=[other]))) == counts(unchanged=1)


def test_topics_sources_and_standing_texts_come_in_for_their_own_sake(rows: Any) -> None:
    path = rows(
        {"record": "topic", "slug": "part", "kind": "test", "parents": ["whole"], "names": {"en": {"name": "Part"}}},
        {"record": "topic", "slug": "whole", "kind": "condition"},
        {"record": "source", "key": "s9", "title": "Nine", "read_on": "2026-01-02"},
        {"record": "standing_text", "kind": "glossary", "key": "cell", "language": "en", "title": "Cell", "text": "A small part."},
    )
    assert run(path) == run(path) == counts()
    assert TopicPlacement.objects.get(topic__slug="part").parent_slugs == ["whole"]
    assert str(Source.objects.get().read_on) == "2026-01-02"
    text = StandingText.objects.get(kind="glossary")
    assert (text.title, text.approved_at) == ("Cell", None)


def test_a_refused_standing_text_is_named(rows: Any) -> None:
    heard = Heard()
    path = rows({"record": "standing_text", "kind": "advice_card", "key": "fever", "language": "fr", "text": "Appelez."})
    assert run(path, heard=heard) == counts(refused=1)
    assert heard.errors == ["rows.jsonl:1: level: an advice card needs its level and, as its title, the signs"]


def test_members_of_a_guide_get_their_places(rows: Any) -> None:
    guide = {"record": "topic", "slug": "start", "kind": "guide", "members": ["b", "what-is-it"]}
    assert publish(rows(guide, entry(), entry("b", topics=[{"slug": "whole", "place": 7}, "start"]))) == counts(created=2)
    places = Question.objects.get(slug="what-is-it").questiontopic_set.values_list("topic__slug", "position")
    assert dict(places) == {"whole": 0, "start": 2}
    assert dict(Question.objects.get(slug="b").questiontopic_set.values_list("topic__slug", "position")) == {"whole": 7, "start": 1}


def test_review_dates_are_spread_over_the_interval(rows: Any, settings: Settings) -> None:
    publish(rows(*(entry(f"e-{number}") for number in range(60))))
    days = sorted((due - local_date(timezone.now())).days for due in Publication.objects.values_list("next_review_due_on", flat=True))
    assert days[0] > settings.REVIEW_DUE_DAYS
    assert days[-1] <= settings.REVIEW_INTERVAL_DAYS
    assert len(set(days)) > 40
    assert days[20] < 107 < days[40]


def test_a_review_date_in_the_file_counts_if_it_lies_ahead(rows: Any) -> None:
    ahead, past = local_date(timezone.now()) + timedelta(days=99), "2020-01-01"
    publish(rows(entry(next_review_due_on=ahead.isoformat()), entry("b", next_review_due_on=past)))
    assert Publication.objects.get(slug="what-is-it").next_review_due_on == ahead
    assert Publication.objects.get(slug="b").next_review_due_on > local_date(timezone.now())


def test_entries_keep_the_titles_that_the_library_gives_their_sources(rows: Any) -> None:
    make_publication("first", at=timezone.now())
    publish(rows(entry(sources=[{"key": "s1", "title": "Other", "url": "https://sources.example/9"}])))
    assert "Source s1" in Publication.objects.get(slug="what-is-it").words


@pytest.mark.parametrize(
    ("roles", "stage", "reason"),
    [
        (("importer",), Stage.DRAFT, "role of author"),
        (("author",), Stage.ATTESTED, "role of importer"),
        (("author", "importer"), Stage.PUBLISHED, "role of publisher"),
    ],
)
def test_an_import_needs_the_roles_of_its_steps(rows: Any, roles: tuple[str, ...], stage: Stage, reason: str) -> None:
    with pytest.raises(ImportRefused, match=reason):
        run(rows(entry()), stage=stage, by=make_user(*roles))
    assert not Question.objects.exists()


def test_attestation_can_be_switched_off(rows: Any, settings: Settings) -> None:
    settings.ALLOW_ATTESTATION = False
    with pytest.raises(ImportRefused, match="set ALLOW_ATTESTATION"):
        publish(rows(entry()))


@pytest.mark.parametrize("text", ["", "Somebody", "Somebody; yesterday; Report", "Somebody; 2026-01-01;", "; 2026-01-01; Report"])
def test_an_attestation_says_who_when_and_where(text: str) -> None:
    with pytest.raises(ImportRefused, match="NAME; YYYY-MM-DD; DOCUMENT"):
        Attestation.of(text)


def test_an_attestation_cannot_lie_in_the_future(rows: Any) -> None:
    ahead = Attestation.of("Somebody; 2999-01-01; Report")
    with pytest.raises(ImportRefused, match="cannot lie in the future"):
        ImportOptions(make_importer(), Stage.ATTESTED, ahead).check(timezone.now())
