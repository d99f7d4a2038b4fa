"""Days on somebody's clock: of 23, 24 and 25 hours, in zones that skip midnight, repeat it or skip a whole day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nightloop.domain.calendar.days import end_of_day, last_day_over

ZONES = sorted(name for name in available_timezones() if "/" in name and not name.startswith(("posix/", "right/")))
MOMENTS = st.integers(-2_177_452_800, 2_145_830_400).map(lambda at: datetime.fromtimestamp(at, UTC))  # 1901 to 2037
QUARTER = timedelta(minutes=15)


@pytest.mark.parametrize(
    ("day", "zone", "ends"),
    [
        ("2026-11-22", "UTC", "2026-11-23T00:00Z"),
        ("2027-03-28", "Europe/Berlin", "2027-03-28T22:00Z"),
        ("2026-10-25", "Europe/Berlin", "2026-10-25T23:00Z"),
        ("2027-03-27", "Asia/Beirut", "2027-03-27T22:00Z"),  # midnight is skipped
        ("2026-10-24", "Asia/Beirut", "2026-10-24T22:00Z"),  # 24:00 becomes 23:00 of the same day
        (
            "2026-10-31",
            "America/Havana",
            "2026-11-01T04:00Z",
        ),  # 01:00 becomes 00:00: the day before is over at the first
        ("2006-10-28", "America/St_Johns", "2006-10-29T03:30Z"),  # 00:01 becomes 23:01: the day comes back
        ("2026-11-22", "Asia/Kolkata", "2026-11-22T18:30Z"),
        ("2026-11-22", "Australia/Lord_Howe", "2026-11-22T13:00Z"),
        ("2011-12-29", "Pacific/Apia", "2011-12-30T10:00Z"),
        ("2011-12-30", "Pacific/Apia", "2011-12-30T10:00Z"),  # there was none
    ],
)
def test_when_a_day_ends(day, zone, ends):
    assert end_of_day(date.fromisoformat(day), ZoneInfo(zone)) == datetime.fromisoformat(ends)


def test_a_day_the_zone_skipped_is_never_the_last_one():
    zone = ZoneInfo("Pacific/Apia")
    assert last_day_over(datetime(2011, 12, 30, 9, 59, tzinfo=UTC), zone) == date(2011, 12, 28)
    assert last_day_over(datetime(2011, 12, 30, 10, 0, tzinfo=UTC), zone) == date(2011, 12, 29)
    assert last_day_over(datetime(2011, 12, 31, 10, 0, tzinfo=UTC), zone) == date(2011, 12, 31)


@settings(max_examples=300, deadline=None)
@given(MOMENTS, st.sampled_from(ZONES))
def test_no_clock_of_the_zone_shows_the_last_day_over_again(moment, name):
    zone = ZoneInfo(name)
    day = last_day_over(moment, zone)
    later = (moment + number * QUARTER for number in range(26 * 4))
    assert all(one.astimezone(zone).date() > day for one in later)


@settings(max_examples=300, deadline=None)
@given(MOMENTS, st.sampled_from(ZONES))
def test_a_day_ends_once_clocks_have_shown_it_for_the_last_time(moment, name):
    zone = ZoneInfo(name)
    day = moment.astimezone(zone).date()
    ends = end_of_day(day, zone)
    assert moment < ends
    assert ends.astimezone(zone).date() > day
    assert (ends - timedelta(seconds=1)).astimezone(zone).date() <= day


@settings(max_examples=200, deadline=None)
@given(MOMENTS, st.sampled_from(ZONES))
def test_days_follow_one_another_and_every_day_is_one(moment, name):
    """From the end of one day to that of the next, the last day over is the next day that there is."""
    zone = ZoneInfo(name)
    day = moment.astimezone(zone).date()
    ends = end_of_day(day, zone)
    assert last_day_over(ends, zone) == day
    assert last_day_over(ends - timedelta(seconds=1), zone) < day
