"""A day ends once, whatever the clocks do that night, and everything that asks when is told the same."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, strategies
from hypothesis import settings as hypothesis_settings

from faq.clock import end_of_day, local_date, next_review_change, review_state, start_of_day
from faq.public.caching import end_of_local_day
from tests.factories import NOW, make_publication
from tests.reading import ask, get

TICK, DAY = timedelta(microseconds=1), timedelta(days=1)
YEARS = (1919, 1987, 1993, 1994, 2006, 2011, 2018, 2023, 2026, 2027)
"""With Toronto's change at 23:30 and those of Newfoundland at a minute past midnight, days left out on the way over the date line, clocks
that change at midnight, and the years to come."""
ZONES = sorted(available_timezones())
CLOCKS_GO_BACK = [
    ("America/Santiago", date(2026, 4, 4)),
    ("America/Asuncion", date(2024, 3, 23)),
    ("Asia/Beirut", date(2026, 10, 24)),
    ("Africa/Cairo", date(2026, 10, 29)),
]


def days_near_changes(zone: ZoneInfo) -> Iterator[date]:
    """Yield the days around which a zone's clocks change in YEARS."""
    for year in YEARS:
        steps = [datetime(year, 1, 1, tzinfo=UTC) + timedelta(days=8 * step) for step in range(47)]
        for before, after in pairwise(steps):
            if before.astimezone(zone).utcoffset() != after.astimezone(zone).utcoffset():
                yield from (before.date() + timedelta(days=number) for number in range(-1, 10))


def test_the_tick_after_the_end_of_a_day_is_the_next_day_in_every_zone(settings: Any) -> None:
    wrong, left_out = [], []
    for name in ZONES:
        settings.LIBRARY_TIME_ZONE = name
        for day in days_near_changes(ZoneInfo(name)):
            end = end_of_day(day)
            if local_date(end + TICK) != day + DAY:
                left_out.append((name, day + DAY))
            if not (local_date(end) <= day < local_date(end + TICK)) or start_of_day(day + DAY) != end + TICK:
                wrong.append((name, day))
    assert wrong == []
    assert {day for _, day in left_out} == {date(1993, 8, 21), date(1994, 12, 31), date(2011, 12, 30)}  # no such day there


@pytest.mark.parametrize(("name", "day"), CLOCKS_GO_BACK)
def test_where_clocks_go_back_at_midnight_the_hour_that_comes_again_is_of_the_same_day(settings: Any, name: str, day: date) -> None:
    settings.LIBRARY_TIME_ZONE = name
    moments = [end_of_day(day) - timedelta(minutes=5 * number) for number in range(36)]
    assert {local_date(moment) for moment in moments} == {day}
    assert end_of_day(day) - start_of_day(day) > timedelta(hours=24, minutes=30)


def test_a_day_begins_for_good_where_clocks_go_back_over_midnight(settings: Any) -> None:
    settings.LIBRARY_TIME_ZONE = "America/St_Johns"  # from 00:01 on the 29th to 23:01 on the 28th
    start = start_of_day(date(2006, 10, 29))
    assert start == datetime(2006, 10, 29, 3, 30, tzinfo=UTC)
    assert {local_date(start + timedelta(minutes=5 * number)) for number in range(36)} == {date(2006, 10, 29)}


@pytest.mark.parametrize(
    ("name", "day"), [("America/Santiago", date(2026, 9, 6)), ("Asia/Beirut", date(2026, 3, 29)), ("America/Toronto", date(1919, 3, 31))]
)
def test_a_day_without_a_midnight_begins_when_the_clocks_change(settings: Any, name: str, day: date) -> None:
    settings.LIBRARY_TIME_ZONE = name
    start = start_of_day(day).astimezone(ZoneInfo(name))
    assert (start.date(), start.hour + start.minute / 60 > 0) == (day, True)
    assert local_date(start.astimezone(UTC) - TICK) == day - DAY


def test_a_day_that_a_zone_leaves_out_ends_as_it_begins(settings: Any) -> None:
    settings.LIBRARY_TIME_ZONE = "Pacific/Apia"
    assert start_of_day(date(2011, 12, 30)) == start_of_day(date(2011, 12, 31)) == datetime(2011, 12, 30, 10, tzinfo=UTC)
    assert end_of_day(date(2011, 12, 29)) == end_of_day(date(2011, 12, 30))


@hypothesis_settings(max_examples=100, deadline=None)
@given(
    name=strategies.sampled_from(ZONES),
    at=strategies.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=strategies.just(UTC)),  # noqa: DTZ001
    days=strategies.integers(-40, 400),
)
def test_the_review_state_flips_at_the_moment_announced_and_not_before(name: str, at: datetime, days: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.conf.settings.LIBRARY_TIME_ZONE", name)
        due_on = local_date(at) + timedelta(days=days)
        flip = next_review_change(due_on, at)
        if flip is None:
            assert review_state(due_on, at) == "overdue"
        else:
            assert flip > at
            assert review_state(due_on, at) == review_state(due_on, flip - TICK) != review_state(due_on, flip)


@pytest.mark.parametrize("day", [date.min, date.max])
def test_no_day_is_too_far_away_to_say_how_it_stands(settings: Any, day: date) -> None:
    for name in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
        settings.LIBRARY_TIME_ZONE = name
        assert review_state(day, NOW) == ("overdue" if day == date.min else "current")
        assert (next_review_change(day, NOW) is None) == (day == date.min)


def test_a_list_keeps_until_the_hour_that_comes_again_has_passed(settings: Any) -> None:
    settings.LIBRARY_TIME_ZONE = "America/Santiago"
    at = datetime(2026, 4, 5, 3, 30, tzinfo=UTC)  # 23:30 for the second time
    assert end_of_local_day(at) == datetime(2026, 4, 5, 4, tzinfo=UTC)


@pytest.mark.django_db
def test_what_was_published_in_the_hour_that_comes_again_is_what_that_day_shows(settings: Any) -> None:
    settings.LIBRARY_TIME_ZONE = "America/Santiago"
    at = datetime(2026, 4, 5, 3, 30, tzinfo=UTC)
    make_publication("what-is-her2", at=at)
    later = at + 20 * DAY
    assert "4 April 2026" in ask("GET", "/questions/what-is-her2/versions/", at=later).content.decode()
    answers = [get(f"entries/what-is-her2/?as_of={day}", at=later).status_code for day in ("2026-04-03", "2026-04-04", "2026-04-05")]
    assert answers == [404, 200, 200]


@pytest.mark.django_db
def test_what_changed_after_the_hour_that_comes_again_is_the_next_days(settings: Any) -> None:
    settings.LIBRARY_TIME_ZONE = "America/Santiago"
    make_publication("what-is-her2", at=NOW)
    at = datetime(2026, 4, 5, 4, tzinfo=UTC)
    make_publication("what-is-her2", at=at, short_answer="HER2 is a protein on cells.", change_note="Shorter.")
    shown = [get(f"entries/what-is-her2/?as_of={day}", at=at + 9 * DAY).json()["version"] for day in ("2026-04-04", "2026-04-05")]
    assert shown == [1, 2]
