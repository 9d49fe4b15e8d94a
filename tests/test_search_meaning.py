"""Search by meaning beside words, where there is a model: what it finds, what it follows, and what it never does."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import pytest
from django.core.checks import run_checks
from django.core.management import call_command
from pytest_django import Settings

from faq import jobs, workflow
from faq.models import Document, EntryVectors, Publication
from faq.public.caching import library_state
from faq.search import meaning
from faq.search.library import SearchLibrary
from faq.search.meaning import MOST_READ, EntryMeaning, Meanings, passages, together
from faq.search.minilm import WIDTH
from faq.search.results import search
from faq.workflow.vectors import make_vectors
from tests.factories import NOW, a, make_publication, make_topic
from tests.meanings import StandIn, understanding
from tests.reading import LATER, ask, get

pytestmark = pytest.mark.django_db


@pytest.fixture
def model() -> Iterator[StandIn]:
    with understanding() as encoder:
        yield encoder


def hits(query: str, params: str = "") -> list[tuple[str, float]]:
    """Return (slug, score) of what the API finds."""
    answer = get(f"search/?q={query}{params}")
    assert answer.status_code == 200, answer.content
    return [(row["slug"], row["score"]) for row in answer.json()["results"]]


def found(query: str, params: str = "") -> list[str]:
    return [slug for slug, _ in hits(query, params)]


def make_entry(slug: str, question: str, **words: Any) -> Publication:
    """Make an entry that is asked for by its question alone."""
    return make_publication(slug, question=question, **{"phrasings": []} | words)


def make_animals() -> None:
    make_entry("stripes", question="Why has a zebra lines?")
    make_entry("spots", question="Why has a leopard spots?")
    make_entry("cardiac", question="Is cardiac arrest sudden?")


# What it finds.


def test_other_words_for_the_same_find_an_entry(model: StandIn) -> None:
    make_animals()
    assert found("striped") == []
    assert make_vectors() == 3
    assert found("striped") == ["stripes"]


def test_what_is_near_to_nothing_finds_nothing(model: StandIn) -> None:
    make_animals()
    make_vectors()
    assert found("herceptin") == []


def test_words_and_meaning_count_together(model: StandIn) -> None:
    make_entry("both", question="Does a zebra sleep?")
    make_entry("meaning", question="Are the striped ones fast?")
    make_entry("words", question="Does a lion sleep?")
    make_vectors()
    assert found("does a zebra sleep") == ["both", "meaning", "words"]


def test_a_slip_is_repaired_before_it_is_encoded(model: StandIn) -> None:
    make_animals()
    make_vectors()
    assert found("zebraa")[0] == "stripes"
    assert model.asked[-1] == "zebra"


def test_another_name_of_a_topic_is_encoded_as_a_way_of_asking(model: StandIn) -> None:
    topic = make_topic("trastuzumab", name="Trastuzumab", kind="medicine")
    make_entry("help", question="How does trastuzumab help?", topics=["trastuzumab"])
    make_vectors()
    proposal = workflow.propose(by=a("lead"), at=NOW, topic=topic, language="en", name="Trastuzumab", synonyms=["Herceptin"])
    workflow.approve_text(proposal, by=a("reviewer"), at=NOW)
    assert EntryVectors.objects.count() == 0
    make_vectors()
    assert model.asked[-2:] == ["how does trastuzumab help?", "how does herceptin help?"]


def test_a_language_that_the_model_does_not_know_is_found_by_words(model: StandIn) -> None:
    make_entry("raya", question="¿Por qué tiene rayas la cebra?", language="es")
    make_animals()
    assert make_vectors() == 3
    with_model = hits("rayas", "&language=es")
    with mock.patch.object(meaning, "encoder_in", return_value=None):
        assert hits("rayas", "&language=es") == with_model != []
    assert found("rayas")[0] == "raya"


def test_filters_hold_for_what_is_found_by_meaning_too(model: StandIn) -> None:
    make_animals()
    make_entry("told", question="How do doctors see a striped lesion?", audience="clinician")
    make_vectors()
    assert "told" not in found("zebra")
    assert "told" in found("zebra", "&audience=any")


def test_a_letter_is_read_sentence_by_sentence_and_its_questions_first() -> None:
    assert passages("i had chemo in may. thanks. is my heart at risk? yours") == ["is my heart at risk?", "i had chemo in may."]
    assert passages("heart") == ["heart"]
    long = f"{'my story goes on. ' * 100}does it hurt? {'and on it went. ' * 10}"
    assert passages(long)[0] == "does it hurt?"
    assert sum(map(len, passages(long))) <= MOST_READ
    assert passages("a very long sentence " * 50) == ["a very long sentence " * 50]


def test_many_names_are_half_as_near_as_ways_of_asking_of_ones_own() -> None:
    east, north = np.eye(2, WIDTH, dtype=np.float32)
    rows = np.stack([north, east]).astype(np.float16)
    entries = {slug: EntryMeaning("", rows[:own], rows[own:]) for slug, own in (("own", 2), ("name", 1), ("unlikely", 1))}
    entries["neither"] = EntryMeaning("", rows[:1], rows[2:])
    meanings = Meanings(entries, ["name", "neither", "none", "own", "unlikely"])
    with mock.patch.object(meaning, "MOST_LIKELY", 2):
        found = meanings.likeness(np.stack([east, -north]), np.array([1, 0.5, 0, 0.1, 0.2], np.float32))
    assert found.tolist() == pytest.approx([0.5, 0, float("nan"), 1, 0], nan_ok=True)


def test_an_entry_without_vectors_is_as_near_in_meaning_as_in_words() -> None:
    words, likeness = np.array([4, 2, 0, 0], np.float32), np.array([np.nan, 0.8, 0.6, 0.1], np.float32)
    assert together(words, likeness).tolist() == pytest.approx([3.6, 2.6, 1.2, 0])


# What it follows.


def test_what_was_published_a_moment_ago_is_at_no_loss(model: StandIn) -> None:
    make_animals()
    make_vectors()
    make_entry("new", question="Can a zebra swim?")
    assert found("can a zebra swim")[:2] == ["new", "stripes"]


def test_the_next_version_is_found_by_its_own_meaning_alone(model: StandIn) -> None:
    make_animals()
    make_vectors()
    make_entry("stripes", question="Why has a tiger lines?")
    assert not EntryVectors.objects.filter(slug="stripes").exists()
    assert found("striped") == []
    assert make_vectors() == 1
    assert found("striped") == []


def test_no_answer_from_before_the_vectors_came_is_kept(model: StandIn) -> None:
    make_animals()
    api, page = get("search/?q=striped"), ask("GET", "/search/?q=striped")
    make_vectors()
    assert get("search/?q=striped", If_None_Match=api["ETag"]).status_code == 200
    assert ask("GET", "/search/?q=striped", If_None_Match=page["ETag"]).status_code == 200
    again = get("search/?q=striped")
    assert get("search/?q=striped", If_None_Match=again["ETag"]).status_code == 304


def test_vectors_of_other_wordings_are_never_used(model: StandIn) -> None:
    make_animals()
    make_vectors()
    EntryVectors.objects.filter(slug="stripes").update(made_of="0" * 64)
    with mock.patch("faq.search.results.LIBRARY", SearchLibrary()):
        assert found("striped") == []
    assert make_vectors() == 1
    assert found("striped") == ["stripes"]


@pytest.mark.parametrize("erased", [False, True])
def test_what_is_withdrawn_or_erased_leaves_at_once_with_its_vectors(model: StandIn, erased: bool) -> None:
    publication = make_entry("stripes", question="Why has a zebra lines?")
    make_entry("cardiac", question="Is cardiac arrest sudden?")
    make_vectors()
    assert found("striped") == ["stripes"]
    workflow.withdraw(publication, by=a("reviewer"), at=NOW, reason="unsafe", notice="withdrawn", withhold=[1])
    if erased:
        erasure = workflow.erase(publication, by=a("lead"), at=NOW, legal_basis="GDPR, article 17")
        workflow.confirm_erasure(erasure, by=a("reviewer"), at=NOW)
    assert found("striped") == []
    assert list(EntryVectors.objects.values_list("slug", flat=True)) == ["cardiac"]
    assert Document.objects.get(slug="stripes").wordings == ""


def test_a_worker_sees_vectors_that_another_process_made(model: StandIn) -> None:
    make_animals()
    library = SearchLibrary()
    assert library.at(library_state(LATER))["en"].meanings is None
    make_vectors()
    meanings = library.at(library_state(LATER))["en"].meanings
    assert meanings is not None
    assert sorted(meanings.entries) == ["cardiac", "spots", "stripes"]
    assert library.at(library_state(LATER))["en"].meanings is meanings


def test_vectors_that_came_before_a_worker_knew_the_wordings_are_seen_once_it_does(model: StandIn) -> None:
    make_animals()
    earlier, library = library_state(LATER), SearchLibrary()
    library.at(earlier)
    make_entry("stripes", question="Are bills high?")
    make_vectors()
    with mock.patch("faq.search.results.LIBRARY", library):
        assert "stripes" not in {hit.slug for hit in search("cost", Document.objects.all(), (), earlier).hits}
        assert found("cost") == ["stripes"]


def test_vectors_are_followed_where_the_last_row_is_gone(model: StandIn) -> None:
    make_animals()
    make_vectors()
    assert found("striped") == ["stripes"]
    newest = EntryVectors.objects.latest("pk").slug
    make_entry(newest, question="Are bills high?")
    assert found("striped") == ([] if newest == "stripes" else ["stripes"])
    make_vectors()
    assert found("cost") == [newest]


def test_each_worker_ranks_alike_however_it_came_to_its_vectors(model: StandIn) -> None:
    early = SearchLibrary()
    for number, animal in enumerate(["zebra", "striped cat", "zebra and tiger", "lion"]):
        make_entry(f"n{number}", question=f"Why has a {animal} lines?")
        make_vectors()
        early.at(library_state(LATER))
    ranked = []
    for library in (early, SearchLibrary()):
        with mock.patch("faq.search.results.LIBRARY", library):
            ranked.append(search("zebra lines", Document.objects.all(), (), library_state(LATER)).hits)
    assert ranked[0] == ranked[1]
    assert [hit.slug for hit in ranked[0]] == ["n0", "n2", "n1"]


# How vectors are made.


def test_two_runs_at_once_store_each_entry_once(model: StandIn) -> None:
    make_animals()
    inner: list[int] = []
    model.meanwhile = lambda: inner.append(make_vectors())
    assert make_vectors() == 0
    assert inner == [3]
    assert EntryVectors.objects.count() == 3


def test_what_changes_while_it_is_encoded_is_not_stored(model: StandIn) -> None:
    make_animals()
    model.meanwhile = lambda: make_entry("stripes", question="Why has a tiger lines?")
    assert make_vectors() == 2
    assert not EntryVectors.objects.filter(slug="stripes").exists()
    assert make_vectors() == 1


def test_another_model_makes_all_anew(model: StandIn) -> None:
    make_animals()
    make_vectors()
    with understanding(StandIn("another")):
        assert found("striped") == []
        assert make_vectors() == 3
    assert set(EntryVectors.objects.values_list("encoder", flat=True)) == {"another"}


def test_the_clock_makes_them_and_so_does_composing(model: StandIn, capsys: pytest.CaptureFixture[str]) -> None:
    make_animals()
    assert jobs.run(NOW)["encoded"] == 3
    EntryVectors.objects.all().delete()
    call_command("compose")
    assert capsys.readouterr().out == "composed=0 encoded=3\n"


def test_a_run_of_the_clock_gives_way_to_the_next(model: StandIn) -> None:
    make_animals()
    with mock.patch("faq.workflow.vectors.BATCH", 1):
        assert [make_vectors(seconds=0) for _ in range(4)] == [1, 1, 1, 0]


# Without it.


def test_without_a_model_search_is_what_it_was() -> None:
    make_animals()
    make_entry("zoo", question="What does a zebra eat, and a leopard?")
    queries = ("zebra", "why has a leopard lines", "sudden", "striped")
    before = [hits(query) for query in queries]
    assert make_vectors() == 0
    with understanding():
        make_vectors()
        assert [hits(query) for query in queries] != before
    assert [hits(query) for query in queries] == before
    for query, scored in zip(queries, before, strict=True):
        shelf = SearchLibrary().at(library_state(LATER))["en"]
        analyser = shelf.index.vocabulary.analyser
        assert shelf.index.best(shelf.index.scores(analyser.question_terms(query), analyser.terms(query)), 50)[: len(scored)] == scored


def test_a_model_that_cannot_be_read_is_told_and_search_goes_on(
    settings: Settings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    make_animals()
    settings.SEARCH_MODEL = tmp_path
    (fault, *_) = run_checks()
    assert (fault.id, str(tmp_path) in str(fault.msg)) == ("faq.E004", True)
    assert found("zebra")[0] == "stripes"
    assert "search finds by words alone" in caplog.text
    ready = ask("GET", "/health/ready")
    assert (ready.status_code, ready.json()["search"]) == (200, "words; SEARCH_MODEL cannot be used")


def test_missing_libraries_are_named(settings: Settings, tmp_path: Path) -> None:
    settings.SEARCH_MODEL = tmp_path
    for name in ("model.safetensors", "tokenizer.json"):
        (tmp_path / name).touch()
    assert [fault for fault in run_checks() if fault.id == "faq.E004"] == []
    with mock.patch("faq.checks.find_spec", return_value=None):
        faults = [str(fault.msg) for fault in run_checks() if fault.id == "faq.E004"]
    assert faults == ["SEARCH_MODEL: the library safetensors is missing.", "SEARCH_MODEL: the library tokenizers is missing."]


def test_ready_says_what_search_goes_by(model: StandIn) -> None:
    make_animals()
    waiting = ask("GET", "/health/ready").json()["search"]
    assert re.fullmatch(r"words and meaning; 3 entries wait for .*", waiting)
    make_vectors()
    answer = ask("GET", "/health/ready")
    assert (answer.status_code, answer.json()["search"]) == (200, "words and meaning")
