"""A worker's index follows what is published: the next search sees it, whoever did it."""

from datetime import timedelta
from unittest import mock

import pytest

from faq import workflow
from faq.models import Document
from faq.public.caching import library_state
from faq.search.library import LIBRARY, SearchLibrary
from faq.search.results import search
from tests.factories import NOW, a, make_publication, make_topic
from tests.reading import LATER, get

pytestmark = pytest.mark.django_db


def found(query: str, **params: str) -> list[str]:
    """Return the slugs that the API finds."""
    rest = "".join(f"&{name}={value}" for name, value in params.items())
    answer = get(f"search/?q={query}{rest}")
    assert answer.status_code == 200, answer.content
    return [row["slug"] for row in answer.json()["results"]]


def test_what_is_published_is_found_by_the_next_search() -> None:
    assert found("zebra") == []
    make_publication("stripes", question="Why has a zebra stripes?")
    assert found("zebra") == ["stripes"]


def test_the_next_version_is_found_by_its_own_words_alone() -> None:
    make_publication("stripes", question="Why has a zebra stripes?")
    assert found("zebra") == ["stripes"]
    make_publication("stripes", question="Why has a tiger stripes?")
    assert (found("zebra"), found("tiger")) == ([], ["stripes"])


def test_what_is_withdrawn_is_found_no_more() -> None:
    publication = make_publication("stripes", question="Why has a zebra stripes?")
    make_publication("spots", question="Why has a leopard spots, and a zebra none?")
    assert found("zebra") == ["stripes", "spots"]
    workflow.withdraw(publication, by=a("reviewer"), at=NOW, reason="unsafe", notice="withdrawn")
    assert found("zebra") == ["spots"]


def test_what_is_withdrawn_is_not_shown_even_where_the_index_does_not_know_yet() -> None:
    publication = make_publication("stripes", question="Why has a zebra stripes?")
    assert found("zebra") == ["stripes"]
    with mock.patch.object(SearchLibrary, "follow"):
        workflow.withdraw(publication, by=a("reviewer"), at=NOW, reason="unsafe", notice="withdrawn")
        assert found("zebra") == []


def test_words_that_nobody_may_read_any_more_are_suggested_no_more() -> None:
    publication = make_publication("stripes", question="Why has a zebra stripes?")
    make_publication("spots", question="Why has a leopard spots?")
    assert get("search/?q=zebro").json()["did_you_mean"] == "zebra"
    workflow.withdraw(publication, by=a("reviewer"), at=NOW, reason="unsafe", notice="withdrawn", withhold=[1])
    erasure = workflow.erase(publication, by=a("lead"), at=NOW, legal_basis="GDPR, article 17")
    workflow.confirm_erasure(erasure, by=a("reviewer"), at=NOW)
    assert get("search/?q=zebro").json()["did_you_mean"] is None
    assert "zebra" not in "".join(Document.objects.values_list("search_terms", flat=True))


def test_what_is_held_is_found_with_its_warning() -> None:
    publication = make_publication("stripes", question="Why has a zebra stripes?")
    workflow.hold(publication, by=a("reviewer"), at=NOW, comment="A doubt.")
    (row,) = get("search/?q=zebra").json()["results"]
    assert row["review"]["held"]


def test_another_name_of_a_topic_is_a_way_of_asking() -> None:
    topic = make_topic("trastuzumab", name="Trastuzumab", kind="medicine")
    make_publication("help", question="How does trastuzumab help?", topics=["trastuzumab"])
    assert found("herceptin") == []
    proposal = workflow.propose(by=a("lead"), at=NOW, topic=topic, language="en", name="Trastuzumab", synonyms=["Herceptin"])
    assert found("herceptin") == []
    workflow.approve_text(proposal, by=a("reviewer"), at=NOW)
    assert found("herceptin") == ["help"]


def test_each_worker_sees_the_same_and_one_that_starts_late_too() -> None:
    early = SearchLibrary()
    for number, animal in enumerate(["zebra", "tiger", "zebra and tiger", "lion"]):
        make_publication(f"n{number}", question=f"Why has a {animal} stripes?")
        early.at(library_state(LATER))
    late = SearchLibrary()
    for library in (early, late):
        with mock.patch("faq.search.results.LIBRARY", library):
            hits = search("zebra tiger stripes", Document.objects.all(), (), library_state(LATER)).hits
            assert [hit.slug for hit in hits] == ["n2", "n0", "n1"]
    state = library_state(LATER)
    one, other = (library.at(state)["en"].index for library in (early, late))
    assert one.best(one.scores(["zebra"], ["zebra"]), 9) == other.best(other.scores(["zebra"], ["zebra"]), 9)


def test_only_what_has_changed_is_read_again() -> None:
    make_publication("stripes", question="Why has a zebra stripes?")
    library = SearchLibrary()
    kept = library.at(library_state(LATER))["en"].entries["stripes"]
    make_publication("spots", question="Why has a leopard spots?")
    assert library.at(library_state(LATER))["en"].entries["stripes"] is kept


def test_a_library_that_was_restored_from_a_backup_is_read_anew() -> None:
    make_publication("stripes", question="Why has a zebra stripes?")
    library = SearchLibrary()
    kept = library.at(library_state(LATER))["en"].entries["stripes"]
    for head, sequence in (("f" * 64, library.sequence), ("f" * 64, library.sequence + 9)):
        library.head, library.sequence = head, sequence
        assert library.at(library_state(LATER))["en"].entries["stripes"] is not kept


def test_whoever_read_the_state_earlier_does_not_take_the_index_back() -> None:
    make_publication("stripes", question="Why has a zebra stripes?")
    earlier, library = library_state(LATER), SearchLibrary()
    make_publication("spots", question="Why has a leopard spots?")
    shelves = library.at(library_state(LATER))
    assert library.at(earlier) is shelves
    assert library.at(library_state(LATER)) is shelves


def test_a_worker_that_begins_before_there_is_a_library_begins_empty() -> None:
    assert SearchLibrary().at(library_state(LATER)) == {}


def test_languages_are_kept_apart() -> None:
    make_publication("raya", question="¿Por qué tiene rayas la cebra?", language="es")
    make_publication("stripes", question="Why has a zebra stripes?")
    assert found("cebra zebra", language="es") == ["raya"]
    assert set(found("cebra zebra")) == {"raya", "stripes"}


def test_a_filter_that_keeps_few_finds_them_among_many_better_matches() -> None:
    make_topic("rare")
    for number in range(4):
        make_publication(f"zebra-{number}", question="Why has a zebra stripes?")
    make_publication("one", question="What else may one see with a zebra, at a zoo, in the morning?", topics=["rare"])
    with mock.patch("faq.search.results.MOST", 2):
        assert found("zebra", topic="rare") == ["one"]


def test_what_expires_or_is_told_of_tomorrow_follows_the_documents() -> None:
    make_publication("stripes", question="Why has a zebra stripes?")
    assert get("search/?q=zebra", at=LATER + timedelta(days=40)).json()["count"] == 1


def test_the_index_of_a_process_is_one() -> None:
    make_publication("stripes", question="Why has a zebra stripes?")
    assert found("zebra") == ["stripes"]
    assert list(LIBRARY.at(library_state(LATER))) == ["en"]
