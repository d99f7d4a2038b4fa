"""A schedule that is taken fires once on every day; any other is refused before Airflow sees it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from croniter import croniter
from hypothesis import given, settings
from hypothesis import strategies as st

from nightloop.config.models.schedules import schedule_violation

FIRST = datetime(2027, 12, 30, tzinfo=UTC)
DAYS = 430
"""Over a leap day and two ends of a year."""


def field(low, high):
    numbers = st.integers(low, high)
    ranges = st.tuples(numbers, numbers, st.integers(1, 7)).map(lambda r: f"{min(r[:2])}-{max(r[:2])}/{r[2]}")
    part = st.just("*") | numbers.map(str) | ranges | st.integers(1, 7).map("*/{}".format) | st.just(f"{low}-{high}")
    return st.lists(part, min_size=1, max_size=2).map(",".join)


FIELDS = st.tuples(field(0, 59), field(0, 23), field(1, 31), field(1, 12), field(0, 6))
DAILY = st.tuples(
    st.integers(0, 59).map(str),
    st.integers(0, 23).map(str),
    st.sampled_from(["*", "1-31", "*/1", "1-15,16-31"]),
    st.sampled_from(["*", "1-12", "jan-jun,jul-dec"]),
    st.sampled_from(["*", "0-6", "1-7", "sun-sat", "mon-fri,6,7"]),
)


@settings(max_examples=120, deadline=None)
@given(FIELDS.map(" ".join))
def test_what_is_taken_fires_once_on_every_day_and_what_does_not_is_refused(schedule):
    violation = schedule_violation(schedule)
    if violation is None:
        assert fired_days(schedule) == every_day()
    elif "leaves days out" not in violation and "is one value" not in violation:
        assert fired_days(schedule) != every_day()


@settings(max_examples=40, deadline=None)
@given(DAILY.map(" ".join))
def test_a_time_of_day_on_every_day_is_taken_however_it_is_written(schedule):
    assert schedule_violation(schedule) is None
    assert fired_days(schedule) == every_day()


@pytest.mark.parametrize("hour", ["0-0/1", "5-5", "7-7/3"])
def test_a_range_of_one_value_is_refused_because_it_may_fire_every_hour(hour):
    assert schedule_violation(f"0 {hour} * * *").endswith(f"which is one value: write {hour[0]}")


def fired_days(schedule):
    """Return the days a schedule fires on, as often as it does, as Airflow reads it."""
    end, ticks, found = FIRST + timedelta(days=DAYS), croniter(schedule, FIRST - timedelta(seconds=1)), []
    while (tick := ticks.get_next(datetime)) < end and len(found) <= DAYS + 1:
        found.append(tick.date())
    return found


def every_day():
    return [(FIRST + timedelta(days=number)).date() for number in range(DAYS)]
