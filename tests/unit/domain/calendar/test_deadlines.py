"""The deadline as a time of day, also when clocks are put forward and back."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightloop.domain.calendar.deadlines import next_time_of_day

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Asia/Tokyo",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Asia/Kathmandu",
]


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("opened", "clock", "zone", "deadline"),
    [
        ("2026-11-23T02:10", "07:30", "UTC", "2026-11-23T07:30"),
        ("2026-11-23T07:30", "07:30", "UTC", "2026-11-24T07:30"),
        ("2026-11-23T01:10", "07:30", "Europe/Berlin", "2026-11-23T06:30"),
        ("2026-07-23T00:10", "07:30", "Europe/Berlin", "2026-07-23T05:30"),
        ("2026-11-22T23:50", "07:30", "Asia/Tokyo", "2026-11-23T22:30"),
        ("2026-03-28T20:00", "07:30", "Europe/Berlin", "2026-03-29T05:30"),
        ("2026-10-24T20:00", "07:30", "Europe/Berlin", "2026-10-25T06:30"),
    ],
)
def test_the_next_time_the_clock_shows_it(opened: str, clock: str, zone: str, deadline: str) -> None:
    assert next_time_of_day(utc(opened), time.fromisoformat(clock), ZoneInfo(zone)) == utc(deadline)


def test_a_time_that_is_skipped_is_the_moment_of_the_jump() -> None:
    for clock in ("02:00", "02:01", "02:30", "02:59"):
        assert next_time_of_day(utc("2026-03-28T22:00"), time.fromisoformat(clock), BERLIN) == utc("2026-03-29T01:00")
    assert next_time_of_day(utc("2026-03-29T01:00"), time(2, 30), BERLIN) == utc("2026-03-30T00:30")


def test_a_whole_day_that_is_skipped() -> None:
    """Samoa had no 30 December 2011: the clocks went from 29 December 24:00 to 31 December 00:00."""
    samoa = ZoneInfo("Pacific/Apia")
    assert next_time_of_day(utc("2011-12-30T08:00"), time(7, 30), samoa) == utc("2011-12-30T10:00")


def test_a_time_that_comes_twice_counts_both_times() -> None:
    first = next_time_of_day(utc("2026-10-24T22:00"), time(2, 30), BERLIN)
    assert first == utc("2026-10-25T00:30")
    second = next_time_of_day(first, time(2, 30), BERLIN)
    assert second == utc("2026-10-25T01:30")
    assert next_time_of_day(second, time(2, 30), BERLIN) == utc("2026-10-26T01:30")


@given(
    st.integers(946_684_800, 2_145_916_800).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)),
    st.builds(time, st.integers(0, 23), st.integers(0, 59)),
    st.sampled_from(ZONES),
)
def test_it_is_later_soon_and_what_the_clock_shows(after: datetime, clock: time, name: str) -> None:
    zone = ZoneInfo(name)
    moment = next_time_of_day(after, clock, zone)
    assert timedelta() < moment - after <= timedelta(hours=26)
    local, before = moment.astimezone(zone), (moment - timedelta(seconds=1)).astimezone(zone)
    jumped = local.utcoffset() != before.utcoffset()
    assert local.time() == clock or jumped
