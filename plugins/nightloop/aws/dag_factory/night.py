"""Which night a run of the nightly DAG is about: a calendar day of the loop's clock that is over."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, Protocol
from zoneinfo import ZoneInfo

from nightloop.aws.errors import SetupError
from nightloop.domain.calendar.days import last_day_over

if TYPE_CHECKING:
    from collections.abc import Mapping

_TWO_INTERVALS: Final = timedelta(hours=50)
"""The longest time between a run by hand and the start of the interval Airflow gives it: days of 25 hours."""


class Run(Protocol):
    """What says when a DAG run is; if it has a `logical_date`, that counts too."""

    data_interval_start: datetime | None
    run_after: datetime


def night_of(run: Run, params: Mapping[str, Any], *, timezone: str, scheduled: bool) -> str:
    """Return a run's night, as 2026-11-22: a day that is over when the run may begin.

    It is the night named in the trigger form, else the day on which its data interval begins on the loop's clock: the
    run that fires at 02:00 is about the day before, and so is its backfill at any later time. A run by hand, or one
    without an interval, is about the last day that was over at its logical date. No run is about a day that is not
    over: its images are listed once, and the ones still to come would be missed.

    :param scheduled: Whether the loop has a schedule.
    :raises SetupError: if the trigger form names no date, or a day that is not over without a dry run.
    """
    zone = ZoneInfo(timezone)
    over = last_day_over(run.run_after, zone)
    if params.get("night"):
        return _named(str(params["night"]), over, final=not params.get("dry_run"), scheduled=scheduled)
    start = run.data_interval_start
    if start is None:
        return over.isoformat()
    asked = getattr(run, "logical_date", run.run_after)
    if asked is not None and timedelta() < asked - start <= _TWO_INTERVALS:
        # By hand: Airflow gives it the last complete interval, which is a day older before the hour of the schedule.
        return min(last_day_over(asked, zone), over).isoformat()
    return min(start.astimezone(zone).date(), over).isoformat()


def _named(night: str, over: date, *, final: bool, scheduled: bool) -> str:
    try:
        day = date.fromisoformat(night)
    except ValueError as error:
        raise SetupError(f"{night!r} is no date. Name the night as 2026-11-22.") from error
    if final and day > over:
        next_run = "the scheduled run" if scheduled else "a later run"
        raise SetupError(
            f"The day {night} is not over: its images are listed once, and {next_run} would not see those still to "
            f"come. Name {over} or an earlier night, or start a dry run."
        )
    return day.isoformat()
