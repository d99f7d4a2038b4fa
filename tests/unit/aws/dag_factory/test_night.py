"""Which night a run is about: a calendar day of the loop's clock that is over, whatever kind of run it is."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo, available_timezones

import pendulum
import pytest
from airflow.timetables.base import TimeRestriction
from airflow.timetables.interval import CronDataIntervalTimetable as SchedulerTimetable
from airflow.timetables.simple import NullTimetable
from hypothesis import given, settings
from hypothesis import strategies as st

from nightloop.aws.dag_factory.night import night_of
from nightloop.aws.errors import SetupError
from nightloop.domain.calendar.days import end_of_day, last_day_over


def run(start=None, after="2026-11-23T02:00+00:00"):
    start = datetime.fromisoformat(start) if start else None
    return SimpleNamespace(data_interval_start=start, run_after=datetime.fromisoformat(after))


@pytest.mark.parametrize(
    ("start", "timezone", "night"),
    [
        ("2026-11-22T02:00+00:00", "UTC", "2026-11-22"),
        ("2026-11-21T17:00+00:00", "Asia/Tokyo", "2026-11-22"),
        ("2026-11-21T23:30+00:00", "Europe/Berlin", "2026-11-22"),
        ("2026-11-22T09:00+00:00", "Pacific/Honolulu", "2026-11-21"),
    ],
)
def test_the_day_the_interval_begins_on_on_the_loop_s_clock(start, timezone, night):
    assert night_of(run(start), {}, timezone=timezone, scheduled=True) == night


def test_a_named_night_wins():
    assert (
        night_of(run("2026-11-22T02:00+00:00"), {"night": "2026-01-02"}, timezone="UTC", scheduled=True) == "2026-01-02"
    )


@pytest.mark.parametrize("scheduled", [True, False])
@pytest.mark.parametrize("night", ["2026-11-23", "2026-11-24"])
def test_a_day_that_is_not_over_is_listed_for_no_night_that_counts(night, scheduled):
    """The run that fires after it would find the list of the morning, and the evening's images be never seen."""
    late = run(after="2026-11-22T23:30+00:00")  # the 23rd in Berlin
    arguments = {"timezone": "Europe/Berlin", "scheduled": scheduled}
    with pytest.raises(SetupError, match=rf"The day {night} is not over.* Name 2026-11-22 or an earlier night"):
        night_of(late, {"night": night, "dry_run": False}, **arguments)
    assert night_of(late, {"night": night, "dry_run": True}, **arguments) == night
    assert night_of(late, {"night": "2026-11-22"}, **arguments) == "2026-11-22"


@pytest.mark.parametrize("night", ["yesterday", "2026-02-30", "22.11.2026", "2026-11"])
def test_a_night_that_is_no_date_is_refused(night):
    with pytest.raises(SetupError, match="is no date"):
        night_of(run(), {"night": night}, timezone="UTC", scheduled=True)


@pytest.mark.parametrize("empty", [{}, {"night": None}, {"night": ""}])
@pytest.mark.parametrize("scheduled", [True, False])
def test_without_an_interval_a_run_takes_the_last_day_that_is_over(empty, scheduled):
    assert night_of(run(), empty, timezone="UTC", scheduled=scheduled) == "2026-11-22"
    assert night_of(run(), empty, timezone="Pacific/Honolulu", scheduled=scheduled) == "2026-11-21"


@pytest.mark.parametrize("timezone", ["UTC", "Asia/Tokyo", "Europe/Berlin"])
def test_the_scheduler_s_intervals_give_one_night_after_the_other(timezone):
    """Also over the days the clocks change, and for a run by hand."""
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


def by_hand(moment, *, logical=None, cron="0 2 * * *", timezone="UTC"):
    """Make a run as Airflow makes it for the trigger form, the API or `airflow dags trigger`."""
    logical = logical or moment
    timetable = SchedulerTimetable(cron, timezone=timezone) if cron else NullTimetable()
    start = timetable.infer_manual_data_interval(run_after=pendulum.instance(logical)).start
    return SimpleNamespace(data_interval_start=start, run_after=moment, logical_date=logical)


def at(text):
    return datetime.fromisoformat(text)


def test_a_run_by_hand_before_the_hour_of_the_schedule_takes_the_last_day_that_is_over():
    early = by_hand(at("2026-11-23T01:00+00:00"))
    assert early.data_interval_start == at("2026-11-21T02:00+00:00")
    assert night_of(early, {}, timezone="UTC", scheduled=True) == "2026-11-22"


def test_a_run_by_hand_of_a_loop_without_a_schedule_does_not_take_today():
    now = by_hand(at("2026-11-23T13:00+00:00"), cron=None)
    assert now.data_interval_start == now.run_after
    assert night_of(now, {}, timezone="UTC", scheduled=False) == "2026-11-22"


@pytest.mark.parametrize(
    ("cron", "logical", "night"),
    [
        ("0 2 * * *", "2026-11-20T02:00+00:00", "2026-11-19"),
        ("0 2 * * *", "2026-11-20T01:00+00:00", "2026-11-19"),
        ("0 2 * * *", "2027-01-20T02:00+00:00", "2026-11-22"),  # a date to come
        (None, "2026-11-20T02:00+00:00", "2026-11-20"),
        (None, "2026-11-20T23:59+00:00", "2026-11-20"),
        (None, "2027-01-20T02:00+00:00", "2026-11-22"),
    ],
)
def test_a_logical_date_of_the_past_names_a_past_night(cron, logical, night):
    asked = by_hand(at("2026-11-23T13:00+00:00"), logical=at(logical), cron=cron)
    assert night_of(asked, {}, timezone="UTC", scheduled=cron is not None) == night


def test_an_interval_given_to_the_api_names_its_day():
    given = run("2026-11-05T00:00+00:00", after="2026-11-23T13:00+00:00")
    given.logical_date = None
    assert night_of(given, {}, timezone="UTC", scheduled=True) == "2026-11-05"
    given.data_interval_start = at("2026-12-24T00:00+00:00")
    assert night_of(given, {}, timezone="UTC", scheduled=True) == "2026-11-22"


ZONES = sorted(name for name in available_timezones() if "/" in name and not name.startswith(("posix/", "right/")))
CRONS = st.builds("{} {} * * *".format, st.integers(0, 59), st.integers(0, 23)) | st.just("@daily")
MOMENTS = st.integers(1_104_537_600, 2_111_702_400).map(lambda at: datetime.fromtimestamp(at, UTC))  # 2005 to 2036


@settings(max_examples=150, deadline=None)
@given(CRONS, st.sampled_from(ZONES), MOMENTS)
def test_every_day_is_the_night_of_one_scheduled_run_and_it_is_over_by_then(cron, timezone, moment):
    zone, timetable = ZoneInfo(timezone), SchedulerTimetable(cron, timezone=timezone)
    first = pendulum.instance(moment)
    limits = TimeRestriction(first, first.add(days=12), True)
    nights, last = [], None
    while info := timetable.next_dagrun_info(last_automated_data_interval=last, restriction=limits):
        last = info.data_interval
        scheduled = SimpleNamespace(
            data_interval_start=last.start, run_after=info.run_after, logical_date=info.logical_date
        )
        nights.append(night_of(scheduled, {}, timezone=timezone, scheduled=True))
        assert end_of_day(date.fromisoformat(nights[-1]), zone) <= info.run_after
    assert nights == days_between(nights[0], nights[-1], zone)


@settings(max_examples=150, deadline=None)
@given(CRONS | st.none(), st.sampled_from(ZONES), MOMENTS)
def test_a_run_by_hand_is_about_the_last_day_that_is_over(cron, timezone, moment):
    asked = by_hand(moment, cron=cron, timezone=timezone)
    night = night_of(asked, {}, timezone=timezone, scheduled=cron is not None)
    assert night == last_day_over(moment, ZoneInfo(timezone)).isoformat()
    del asked.logical_date
    assert night_of(asked, {}, timezone=timezone, scheduled=cron is not None) == night


def days_between(first, last, zone):
    """Return the days there are, both ends with them: a zone may have skipped one."""
    days = [date.fromisoformat(first)]
    while days[-1] < date.fromisoformat(last):
        days.append(days[-1] + timedelta(days=1))
    there_are = [day for day in days if end_of_day(day, zone) > end_of_day(day - timedelta(days=1), zone)]
    return [day.isoformat() for day in there_are]
