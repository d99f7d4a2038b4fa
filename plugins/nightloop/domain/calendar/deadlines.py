"""The reviewers' deadline: a time of day on somebody's clock."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def next_time_of_day(after: datetime, clock_time: time, zone: ZoneInfo) -> datetime:
    """Return the first moment later than `after` at which clocks of `zone` show `clock_time`, in UTC.

    If the clocks skip that time on a day, it is the moment they jump; if they show it twice, both times count.
    """
    today = after.astimezone(zone).date()
    days = (today + timedelta(days=number) for number in range(-1, 3))
    moments = (moment for day in days for moment in _moments(day, clock_time, zone))
    return min(moment for moment in moments if moment > after)


def _moments(day: date, clock_time: time, zone: ZoneInfo) -> set[datetime]:
    first, second = (
        datetime.combine(day, clock_time.replace(fold=fold), tzinfo=zone).astimezone(UTC) for fold in (0, 1)
    )
    if first <= second:
        return {first, second}
    # Skipped (PEP 495): read with the offset before the jump it lies after it, with the one after it before it.
    return {jump_between(second, first, zone)}


def jump_between(low: datetime, high: datetime, zone: ZoneInfo) -> datetime:
    """Return the moment between two at which the offset of a zone changes, to the second."""
    before = low.astimezone(zone).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) / 2
        low, high = (middle, high) if middle.astimezone(zone).utcoffset() == before else (low, middle)
    return high.replace(microsecond=0)
