"""load_demo plays the library's past through the ordinary verbs: all of it or nothing, once, and never beside real work."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from pathlib import Path

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.db import connection
from pytest_django import Settings

from faq import verify
from faq.interchange import demo
from faq.interchange.errors import RowErrors
from faq.models import Change, Publication, PublicationTopic, Question, ReviewDecision, StandingText, Submission, Topic, TopicName, User
from tests.factories import make_user

TOPICS = """
- {slug: part, kind: condition, parents: [whole], names: {en: {name: Part}, es: {name: Parte}}, codes: [{system: ICD-10-CM, code: C50.-}]}
- {slug: whole, kind: condition, names: {en: {name: Whole, synonyms: [all of it]}}}
- {slug: start, kind: guide, names: {en: {name: Start here}}, members: [unmade, what-is-it]}
"""
SOURCES = "- {key: s1, title: A source, publisher: A publisher, year: 2024, read_on: '2025-01-02'}\n"
STANDING = "- {kind: notice, key: withdrawn, language: en, text: Taken down.}\n"
ENTRY = """---
slug: what-is-it
question: What is it?
language: en
audience: patient
origin: human
sources: [{key: s1, locator: page 3}]
topics: [part]
---
It is what it is[^s1].
"""
HISTORY = """
- {at: '2025-06-01T08:00:00Z', verb: propose_text, by: demo-lead, file: standing.yaml}
- {at: '2025-06-01T09:00:00Z', verb: approve_text, by: demo-reviewer, file: standing.yaml}
- {at: '2025-06-02T08:00:00Z', verb: create, by: demo-author, slug: what-is-it, file: what-is-it.md}
- {at: '2025-06-02T09:00:00Z', verb: submit, by: demo-author, slug: what-is-it}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A demonstration of one question."""
    files = {"topics.yaml": TOPICS, "sources.yaml": SOURCES, "standing.yaml": STANDING, "history.yaml": HISTORY, "what-is-it.md": ENTRY}
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    return tmp_path


@pytest.fixture
def history(folder: Path) -> Callable[[str], Path]:
    """Return a function that adds rows to the small history, and returns its folder."""

    def add(rows: str) -> Path:
        (folder / "history.yaml").write_text(HISTORY + rows)
        return folder

    return add


@pytest.mark.usefixtures("shipped", "db")
class TestShipped:
    """The demonstration that the project ships."""

    def test_it_has_what_the_readme_points_at(self) -> None:
        told = dict(Publication.objects.filter(slug="what-if-cancer-is-left-after-surgery").values_list("version", "status"))
        assert told == {1: "superseded", 2: "current"}
        assert Publication.objects.get(slug="which-order-are-medicines-given").status == "withdrawn"
        assert Publication.objects.current().filter(language="es").exists()
        assert Publication.objects.current().filter(audience="clinician").exists()

    def test_the_disputed_draft_is_published_nowhere(self) -> None:
        assert Submission.objects.filter(words__contains="zebrafinch-draft").exists()
        assert not Publication.objects.filter(words__contains="zebrafinch").exists()
        assert not Change.objects.filter(state__contains="zebrafinch").exists()

    def test_every_record_of_it_holds(self) -> None:
        assert list(verify.faults()) == []

    def test_it_has_a_past(self) -> None:
        moments = list(Change.objects.order_by("sequence").values_list("at", flat=True))
        assert moments == sorted(moments)
        assert (moments[-1] - moments[0]).days > 365

    def test_everybody_in_it_says_demo_and_every_decision_counts_as_one(self) -> None:
        assert all("demo" in str(user).lower() and user.is_demo and user.is_staff for user in User.objects.all())
        assert not ReviewDecision.objects.filter(is_demo=False).exists()
        assert {user.reviewer.profession for user in User.objects.exclude(reviewer=None)} == {"Demo reviewer, not a clinician"}

    @pytest.mark.parametrize(("role", "username", "password"), demo.LOGINS)
    def test_the_printed_logins_open_the_library(self, role: str, username: str, password: str) -> None:
        assert authenticate(username=username, password=password)

    def test_a_second_run_changes_nothing_and_asks_little(self, django_assert_max_num_queries: Callable[..., object]) -> None:
        before = ReviewDecision.objects.count()
        with django_assert_max_num_queries(2):  # type: ignore[attr-defined]
            assert demo.load_library() == 0
        assert ReviewDecision.objects.count() == before

    def test_topics_have_their_names_in_two_languages(self) -> None:
        named = TopicName.objects.exclude(approved_at=None).filter(topic__slug="breast-cancer")
        assert dict(named.values_list("language", "name")) == {"en": "Breast cancer", "es": "Cáncer de mama"}


@pytest.mark.django_db
def test_topics_may_come_before_their_parents(folder: Path) -> None:
    demo.load_library(folder)
    part = Topic.objects.get(slug="part")
    assert [parent.slug for parent in part.parents.all()] == ["whole"]
    assert [str(code) for code in part.codes.all()] == ["ICD-10-CM|C50.-"]


@pytest.mark.django_db
def test_a_member_of_a_guide_gets_its_place(history: Callable[[str], Path]) -> None:
    demo.load_library(history(""))
    assert dict(Question.objects.get(slug="what-is-it").questiontopic_set.values_list("topic__slug", "position")) == {"part": 0, "start": 2}
    assert not PublicationTopic.objects.exists()


@pytest.mark.django_db
def test_a_fault_names_the_row_and_leaves_nothing(history: Callable[[str], Path]) -> None:
    folder = history("- {at: '2025-06-03T09:00:00Z', verb: publish, by: demo-publisher, slug: what-is-it}\n")
    with pytest.raises(RowErrors, match=r"^history.yaml:6: publish what-is-it: The answer is "):
        demo.load_library(folder)
    assert not any(model.objects.exists() for model in (User, Question, Topic, StandingText, ReviewDecision))


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("{at: '2025-06-03T09:00:00Z', verb: vanish, by: demo-lead}", "verb: unknown; known are "),
        ("{at: '2025-06-03T09:00:00Z', verb: submit, by: somebody}", "by: unknown; known are "),
        ("{at: '2025-06-03', verb: submit, by: demo-author}", "at: must name its time zone"),
        ("{at: soon, verb: submit, by: demo-author}", "at: must be a moment"),
        ("{at: '2025-05-01T09:00:00Z', verb: submit, by: demo-author}", "at: lies before the row above"),
        ("{at: '2025-06-03T09:00:00Z', verb: submit, by: demo-author, slug: none}", "slug: none has no open answer here"),
        ("{at: '2025-06-03T09:00:00Z', verb: recall, by: demo-author, slug: what-is-it, why: x}", "why: recall does not take this"),
        ("{at: '2025-06-03T09:00:00Z', verb: request_changes, by: demo-reviewer, slug: what-is-it}", "comment: is missing"),
        ("{at: '2025-06-03T09:00:00Z', verb: create, by: demo-author, slug: x, file: ../x.md}", "file: must be a path inside"),
        (
            "{at: '2025-06-03T09:00:00Z', verb: create, by: demo-author, slug: x, file: what-is-it.md}",
            "slug: is x, but what-is-it.md holds",
        ),
    ],
)
@pytest.mark.django_db
def test_a_row_that_makes_no_sense_is_named(history: Callable[[str], Path], row: str, fault: str) -> None:
    with pytest.raises(RowErrors) as refused:
        demo.load_library(history(f"- {row}\n"))
    assert str(refused.value).startswith(f"history.yaml:6: {fault}")


@pytest.mark.django_db
def test_a_waiver_of_nothing_is_named(history: Callable[[str], Path]) -> None:
    row = "- {at: '2025-06-03T09:00:00Z', verb: approve, by: demo-reviewer, slug: what-is-it, next_review_due_on: '2026-06-03', "
    with pytest.raises(RowErrors, match="waive: there is no concern status-emoji"):
        demo.load_library(history(row + "waive: {status-emoji: It is fine.}}\n"))


@pytest.mark.django_db
def test_a_live_library_refuses_it(settings: Settings, folder: Path) -> None:
    settings.LIBRARY_STATUS = "live"
    with pytest.raises(demo.DemoRefused, match="This library is live"):
        demo.load_library(folder)
    assert not User.objects.exists()


@pytest.mark.django_db
def test_other_peoples_work_refuses_it(folder: Path) -> None:
    Topic.objects.create(slug="theirs", kind="condition")
    with pytest.raises(demo.DemoRefused, match="other people's work"):
        demo.load_library(folder)


@pytest.mark.django_db
def test_an_account_with_a_demo_name_refuses_it(folder: Path) -> None:
    make_user(username="demo-lead")
    with pytest.raises(demo.DemoRefused, match="an account demo-lead"):
        demo.load_library(folder)


@pytest.mark.django_db
def test_the_command_says_what_it_did(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo.load_library, "__defaults__", (folder,))
    said = StringIO()
    call_command("load_demo", stdout=said)
    call_command("load_demo", stdout=said)
    assert said.getvalue().splitlines() == ["Demonstration loaded: 4 rows of history.", "The demonstration is loaded already."]


@pytest.mark.django_db
def test_the_command_fails_with_a_sentence(settings: Settings) -> None:
    settings.LIBRARY_STATUS = "live"
    with pytest.raises(CommandError, match="Set LIBRARY_STATUS to demonstration"):
        call_command("load_demo")


@pytest.mark.usefixtures("threads_see_it")
def test_two_at_once_do_not_harm_each_other(folder: Path) -> None:
    def load() -> int:
        try:
            return demo.load_library(folder)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        played = sorted(run.result() for run in [threads.submit(load), threads.submit(load)])
    assert played == [0, 4]
    assert Question.objects.count() == 1
