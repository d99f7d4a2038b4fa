"""Which night a run of the nightly DAG is about."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol
from zoneinfo import ZoneInfo

from nightloop.aws.errors import SetupError

if TYPE_CHECKING:
    from collections.abc import Mapping


class Run(Protocol):
    """What of a DAG run says when it is."""

    data_interval_start: datetime | None
    run_after: datetime


def night_of(run: Run, params: Mapping[str, Any], *, timezone: str, scheduled: bool) -> str:
    """Return a run's night, as 2026-11-22.

    The one named in the trigger form; else the day its data interval begins on, on the loop's clock: the run that fires
    at 02:00 is about the day before, and so is its backfill at any later time. A run by hand has the last complete
    interval. One without an interval is about its own day, or the day before if the loop has a schedule: a day that is
    not over must not be listed, for its images are listed once.

    :raises SetupError: if the trigger form names a day that is not over, for a loop with a schedule and no dry run.
    """
    if params.get("night"):
        return _named(str(params["night"]), run, timezone, final=scheduled and not params.get("dry_run"))
    start = run.data_interval_start
    if start is None:
        start = run.run_after - timedelta(days=1 if scheduled else 0)
    return start.astimezone(ZoneInfo(timezone)).date().isoformat()


def _named(night: str, run: Run, timezone: str, *, final: bool) -> str:
    today = run.run_after.astimezone(ZoneInfo(timezone)).date().isoformat()
    if final and night >= today:
        raise SetupError(
            f"The day {night} is not over: its images are listed once, and the scheduled run would not see those still "
            "to come. Name an earlier night, or start a dry run."
        )
    return night
