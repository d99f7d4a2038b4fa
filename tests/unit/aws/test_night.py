"""Which night a run is about: the day its data interval begins on, on the loop's clock."""

from __future__ import annotations

from datetime import datetime
from types import SimpleNamespace

import pytest
from airflow.timetables.interval import CronDataIntervalTimetable as SchedulerTimetable

from nightloop.aws.errors import SetupError
from nightloop.aws.night import night_of


def run(start=None, after="2026-11-23T02:00+00:00"):
    start = datetime.fromisoformat(start) if start else None
    return SimpleNamespace(data_interval_start=start, run_after=datetime.fromisoformat(after))


@pytest.mark.parametrize(
    ("start", "timezone", "night"),
    [
        ("2026-11-22T02:00+00:00", "UTC", "2026-11-22"),
        ("2026-11-21T17:00+00:00", "Asia/Tokyo", "2026-11-22"),
        ("2026-11-22T23:30+00:00", "Europe/Berlin", "2026-11-23"),
        ("2026-11-22T09:00+00:00", "Pacific/Honolulu", "2026-11-21"),
    ],
)
def test_the_day_the_interval_begins_on_on_the_loop_s_clock(start, timezone, night):
    assert night_of(run(start), {}, timezone=timezone, scheduled=True) == night


def test_a_named_night_wins():
    assert (
        night_of(run("2026-11-22T02:00+00:00"), {"night": "2026-01-02"}, timezone="UTC", scheduled=True) == "2026-01-02"
    )


@pytest.mark.parametrize("night", ["2026-11-23", "2026-11-24"])
def test_a_day_that_is_not_over_is_listed_for_no_night_that_counts(night):
    """The run that fires after it would find the list of the morning, and the evening's images be never seen."""
    late = run(after="2026-11-22T23:30+00:00")  # the 23rd in Berlin
    arguments = {"timezone": "Europe/Berlin"}
    with pytest.raises(SetupError, match=f"The day {night} is not over"):
        night_of(late, {"night": night, "dry_run": False}, scheduled=True, **arguments)
    assert night_of(late, {"night": night, "dry_run": True}, scheduled=True, **arguments) == night
    assert night_of(late, {"night": night}, scheduled=False, **arguments) == night
    assert night_of(late, {"night": "2026-11-22"}, scheduled=True, **arguments) == "2026-11-22"


def test_without_an_interval_a_scheduled_loop_takes_the_last_day_that_is_over():
    assert night_of(run(), {"night": None}, timezone="UTC", scheduled=True) == "2026-11-22"
    assert night_of(run(), {"night": None}, timezone="UTC", scheduled=False) == "2026-11-23"


@pytest.mark.parametrize("timezone", ["UTC", "Asia/Tokyo", "Europe/Berlin"])
def test_the_scheduler_s_intervals_give_one_night_after_the_other(timezone):
    """Also over the days the clocks change, and for a run by hand."""
    import pendulum
    from airflow.timetables.base import TimeRestriction

    timetable = SchedulerTimetable("0 2 * * *", timezone=timezone)
    zone = pendulum.timezone(timezone)
    limits = TimeRestriction(pendulum.datetime(2026, 3, 26, tz=zone), pendulum.datetime(2026, 4, 2, tz=zone), True)
    nights, last = [], None
    while info := timetable.next_dagrun_info(last_automated_data_interval=last, restriction=limits):
        last = info.data_interval
        scheduled = SimpleNamespace(data_interval_start=last.start, run_after=info.run_after)
        nights.append(night_of(scheduled, {}, timezone=timezone, scheduled=True))
    assert nights == [f"2026-03-{day}" for day in range(26, 32)] + ["2026-04-01"]
    noon = pendulum.datetime(2026, 11, 23, 12, tz=zone)
    by_hand = timetable.infer_manual_data_interval(run_after=noon)
    assert (
        night_of(
            SimpleNamespace(data_interval_start=by_hand.start, run_after=noon), {}, timezone=timezone, scheduled=True
        )
        == "2026-11-22"
    )
