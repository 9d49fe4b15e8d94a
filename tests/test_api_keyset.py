"""`next` and `previous` of `GET /api/v1/entries/`: whoever follows them meets every entry whose place did not change, once."""

import os
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from pytest_django.plugin import DjangoDbBlocker

from faq import workflow
from faq.api.keyset import rows_of
from faq.models import Document, Publication
from faq.public.caching import COUNTS, STORE
from faq.public.listing import SORT_KEYS
from tests.bulk import make_many_publications
from tests.factories import NOW, a, make_publication, make_topic
from tests.once import once
from tests.reading import LATER, get

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
START = "http://testserver/api/v1/"
NOWHERE = "Is no place in this list: take it whole from its `next` or `previous`, or begin at its first page."


def page(query: str) -> Any:
    """The JSON of a page."""
    answer = get(f"entries/{query}")
    assert answer.status_code == 200, answer.content
    return answer.json()


def slugs(found: Any) -> list[str]:
    return [row["slug"] for row in found["results"]]


def follow(found: Any, relation: str = "next") -> Any:
    """The page that a link of one leads to."""
    return page(found[relation].removeprefix(f"{START}entries/"))


def walk(found: Any, relation: str = "next") -> Iterator[list[str]]:
    """The slugs of a page and of all that follow, of which there are not many."""
    yield from map(slugs, pages_of(found, relation))


def pages_of(found: Any, relation: str = "next") -> Iterator[Any]:
    """A page and all that follow."""
    yield found
    for _ in range(MANY):
        if not found[relation]:
            return
        found = follow(found, relation)
        yield found
    pytest.fail("the list has no end")


def errors(query: str) -> dict[str, str]:
    answer = get(f"entries/{query}")
    assert answer.status_code == 400, answer.content
    return {error["field"]: error["detail"] for error in answer.json()["errors"]}


MANY = 50
"""More pages than any list of these tests has."""
ORDERS = {"question": "abcde", "-published_at": "edbca", "-last_reviewed_on": "edbca"}


class TestFive:
    """The entries a to e, published and reviewed in that order, b and c at one moment."""

    @pytest.fixture(autouse=True, scope="class")
    @staticmethod
    def _five(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
        with once(django_db_blocker):
            for slug, days in (("a", 0), ("b", 1), ("c", 1), ("d", 2), ("e", 3)):
                make_publication(slug, at=NOW + days * DAY, question=f"What is {slug}?")
            yield

    # Orders and links.

    def test_lists_come_in_the_order_asked_for_and_ties_end_in_the_slug(self) -> None:
        assert {ordering: "".join(slugs(page(f"?ordering={ordering}"))) for ordering in ORDERS} == ORDERS
        assert SORT_KEYS.keys() == ORDERS.keys()

    def test_a_review_moves_an_entry_in_the_order_of_reviews_alone(self) -> None:
        published = Publication.objects.get(slug="a")
        workflow.reaffirm(
            {published.pk: published.content_hash}, by=a("reviewer"), at=NOW + 9 * DAY, next_review_due_on=(NOW + 90 * DAY).date()
        )
        assert {ordering: "".join(slugs(page(f"?ordering={ordering}"))) for ordering in ORDERS} == ORDERS | {"-last_reviewed_on": "aedbc"}

    @pytest.mark.parametrize("ordering", ["published_at", "-question", "", "question,-published_at", "slug"])
    def test_an_unknown_order_is_refused_and_the_known_ones_are_named(self, ordering: str) -> None:
        assert errors(f"?ordering={ordering}") == {"ordering": "Unknown value. Known: question, -published_at, -last_reviewed_on."}

    @pytest.mark.parametrize("ordering", ORDERS)
    @pytest.mark.parametrize("size", [1, 2, 5])
    def test_pages_lead_through_the_whole_list_and_back(self, ordering: str, size: int) -> None:
        first = page(f"?ordering={ordering}&page_size={size}")
        there = list(walk(first))
        assert "".join(slug for rows in there for slug in rows) == ORDERS[ordering]
        assert {len(rows) for rows in there[:-1]} <= {size}
        *_, last = pages_of(first)
        assert list(walk(last, "previous")) == there[::-1]
        assert (first["previous"], last["next"], {first["count"], last["count"]}) == (None, None, {5})

    def test_links_are_absolute_keep_the_list_and_stand_in_the_header_too(self) -> None:
        make_topic("whole")
        query = "?page_size=2&fields=question&ordering=-published_at&language=en&audience=any"
        middle = get(f"entries/{page(query)['next'].removeprefix(f'{START}entries/')}")
        found = middle.json()
        for relation, name in (("next", "after"), ("previous", "before")):
            start = f"{START}entries/?audience=any&language=en&ordering=-published_at&fields=question&{name}="
            assert found[relation].startswith(start)
            assert found[relation].endswith("&page_size=2")
        assert middle["Link"] == f'<{found["next"]}>; rel="next", <{found["previous"]}>; rel="prev"'

    def test_a_page_has_one_tag_however_it_was_asked_for(self) -> None:
        query = page("?page_size=2")["next"].removeprefix(f"{START}entries/?")
        assert get(f"entries/?{query}&audience=patient&audience=caregiver")["ETag"] == get(f"entries/?{query}")["ETag"]
        assert len({get(f"entries/?{each}")["ETag"] for each in (query, "page_size=2", "page_size=2&page=2")}) == 3
        assert get("entries/?page_size=2&page=1&ordering=question")["ETag"] == get("entries/?page_size=2")["ETag"]

    def test_from_a_page_that_was_jumped_to_links_lead_on_by_place(self) -> None:
        third = page("?page=2&page_size=2")
        assert slugs(third) == ["c", "d"]
        assert (slugs(follow(third)), slugs(follow(third, "previous"))) == (["e"], ["a", "b"])
        assert "page=" not in third["next"] + third["previous"]

    def test_a_client_may_change_the_size_and_the_members_on_the_way(self) -> None:
        query = page("?page_size=1")["next"].removeprefix(f"{START}entries/?").removesuffix("&page_size=1")
        assert slugs(page(f"?{query}&page_size=3&fields=slug")) == ["b", "c", "d"]

    # Cursors.

    def test_a_page_is_found_in_one_way_alone(self) -> None:
        cursor = page("?page_size=2")["next"].partition("after=")[2].partition("&")[0]
        sentence = "Give one of {}: each says where the page lies."
        assert errors(f"?page=1&after={cursor}") == dict.fromkeys(["page", "after"], sentence.format("page, after"))
        assert errors(f"?before={cursor}&page=2") == dict.fromkeys(["page", "before"], sentence.format("page, before"))
        assert errors(f"?before={cursor}&after={cursor}") == dict.fromkeys(["after", "before"], sentence.format("after, before"))
        assert errors(f"?after={cursor}&after={cursor}") == {"after": "Give it once."}

    def test_a_cursor_of_another_list_is_refused(self, settings: Any) -> None:
        cursor = page("?page_size=2")["next"].partition("after=")[2].partition("&")[0]
        for other in ("ordering=-published_at", "ordering=-last_reviewed_on", "language=en", "audience=any"):
            assert errors(f"?after={cursor}&{other}") == {"after": NOWHERE}
            assert errors(f"?before={cursor}&{other}") == {"before": NOWHERE}
        settings.PUBLIC_URL = "https://another.example"
        assert errors(f"?after={cursor}") == {"after": NOWHERE}

    def test_a_cursor_that_was_cut_or_changed_is_refused(self) -> None:
        cursor = page("?page_size=2")["next"].partition("after=")[2].partition("&")[0]
        changed = [f"{cursor[:place]}{'A' if letter != 'A' else 'B'}{cursor[place + 1 :]}" for place, letter in enumerate(cursor)]
        for broken in (*changed, cursor[:-1], cursor[1:], f"{cursor}A", f"{cursor}=", f"{cursor}%20", "", "x", "%E2%82%AC", cursor * 40):
            assert errors(f"?after={broken}") == {"after": NOWHERE}, broken

    # While the list moves.

    def test_an_entry_taken_down_on_a_page_already_read_hides_none(self) -> None:
        first = page("?page_size=2")
        workflow.withdraw(Publication.objects.get(slug="a"), by=a("reviewer"), at=LATER + 4 * DAY, reason="unsafe")
        assert slugs(follow(first)) == ["c", "d"]

    def test_an_entry_that_comes_before_the_page_repeats_none(self) -> None:
        first = page("?page_size=2")
        make_publication("new", at=NOW + 4 * DAY, question="What is aa?")
        assert slugs(follow(first)) == ["c", "d"]
        assert slugs(follow(follow(first), "previous")) == ["new", "b"]

    def test_the_way_goes_on_where_the_entry_that_it_goes_on_from_is_gone(self) -> None:
        first = page("?page_size=2")
        for slug in ("b", "c"):
            workflow.withdraw(Publication.objects.get(slug=slug), by=a("reviewer"), at=LATER + 4 * DAY, reason="unsafe")
        second = follow(first)
        assert (slugs(second), second["next"], slugs(follow(second, "previous"))) == (["d", "e"], None, ["a"])

    def test_from_a_page_that_has_become_empty_the_way_leads_back_to_all_others(self) -> None:
        fourth = page("?page=2&page_size=3")
        before, after = page("?page_size=3"), follow(fourth, "previous")
        for slug in ("d", "e"):
            workflow.withdraw(Publication.objects.get(slug=slug), by=a("reviewer"), at=LATER + 4 * DAY, reason="unsafe")
        empty = follow(before)
        assert (slugs(empty), empty["next"], slugs(follow(empty, "previous"))) == ([], None, ["a", "b", "c"])
        for slug in ("a", "b"):
            workflow.withdraw(Publication.objects.get(slug=slug), by=a("reviewer"), at=LATER + 5 * DAY, reason="unsafe")
        assert slugs(after) == ["a", "b", "c"]
        assert slugs(follow(fourth, "previous")) == ["c"]


def test_who_is_led_through_a_topic_comes_to_its_end_though_it_has_no_entry_left() -> None:
    make_topic("her2")
    published = make_many_publications(3, topics=["her2"])
    first = page("?topic=her2&page_size=2")
    for each in published:
        workflow.reclassify(each.question, by=a("author"), at=LATER, topics=[], related=[])
    rest = follow(first)
    assert (rest["count"], rest["results"], rest["next"]) == (0, [], None)
    assert list(errors("?topic=her2")) == ["topic"]


def test_an_entry_taken_down_while_its_page_is_read_is_not_on_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for slug in ("a", "b"):
        make_publication(slug)

    def meanwhile(*arguments: Any) -> Any:
        found = rows_of(*arguments)
        workflow.withdraw(Publication.objects.get(slug="a"), by=a("reviewer"), at=NOW, reason="unsafe")
        return found

    monkeypatch.setattr("faq.api.views.rows_of", meanwhile)
    assert slugs(page("")) == ["b"]


# By chance.

STEPS = ("publish", "withdraw", "reword", "reaffirm")
LETTERS = "abcdefgh"
steps = st.tuples(st.sampled_from(STEPS), st.sampled_from(LETTERS), st.sampled_from("am z"))
pages = st.tuples(st.integers(1, 4), st.lists(steps, max_size=2))


def keys(ordering: str) -> dict[str, str]:
    """The places of the entries in force."""
    return dict(Document.objects.filter(is_listed=True).values_list("slug", SORT_KEYS[ordering]))


def take(step: str, slug: str, letter: str, day: int) -> None:
    """Do one thing that moves the list, to the entry named or to one that is there."""
    at = NOW + day * DAY
    current = list(Publication.objects.current().order_by("slug"))
    chosen = next((each for each in current if each.slug >= slug), None)
    if step == "publish":
        make_publication(f"{letter.strip() or 'n'}{day}", at=at, question=f"{letter} {slug} {day}?")
    elif chosen is None:
        return
    elif step == "withdraw":
        workflow.withdraw(chosen, by=a("reviewer"), at=at, reason="outdated")
    elif step == "reword":
        make_publication(chosen.slug, at=at, question=f"{letter} {chosen.slug} {day}?")
    else:
        workflow.reaffirm({chosen.pk: chosen.content_hash}, by=a("reviewer"), at=at, next_review_due_on=(at + 90 * DAY).date())


def meets_all_once(ordering: str, relation: str, walked: list[tuple[int, list[tuple[str, str, str]]]]) -> None:
    """Walk through the list while it moves; hold what was met against the entries whose place did not change."""
    before = keys(ordering)
    found = page(f"?ordering={ordering}&page_size={walked[0][0]}" + ("" if relation == "next" else "&page=1"))
    if relation == "previous":
        *_, found = pages_of(found)
    met = slugs(found)
    moved: set[str] = set()
    for number, (size, taken) in enumerate([*walked, *[(3, [])] * 20]):
        for step in taken:
            take(*step, day=number + 1)
        now = keys(ordering)
        moved |= {slug for slug in before if now.get(slug) != before[slug]}
        if found[relation] is None:
            break
        address = found[relation].removeprefix(f"{START}entries/").rpartition("&page_size=")[0]
        found = page(f"{address}&page_size={size}")
        met += slugs(found)
    assert found[relation] is None
    stayed = before.keys() - moved
    assert {slug: met.count(slug) for slug in stayed} == dict.fromkeys(stayed, 1)


@pytest.fixture
def eight() -> None:
    for number, slug in enumerate(LETTERS):
        make_publication(slug, at=NOW + (number // 3) * DAY, question=f"m {slug}?")


@pytest.mark.usefixtures("eight")
def test_whoever_follows_meets_every_entry_whose_place_did_not_change_once() -> None:
    thorough = bool(os.environ.get("THOROUGH"))

    @settings(
        max_examples=200 if thorough else 12,
        derandomize=not thorough,
        phases=list(Phase) if thorough else [Phase.explicit, Phase.generate],
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(
        ordering=st.sampled_from(list(ORDERS)),
        relation=st.sampled_from(["next", "previous"]),
        walked=st.lists(pages, min_size=1, max_size=5),
    )
    @example(ordering="question", relation="next", walked=[(2, [("withdraw", "a", "a")]), (2, [("publish", "a", "a")])])
    def run(**asked: Any) -> None:
        STORE.clear()
        COUNTS.known.clear()
        with transaction.atomic():
            meets_all_once(**asked)
            transaction.set_rollback(True)

    run()
