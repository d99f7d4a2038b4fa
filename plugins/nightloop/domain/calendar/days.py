"""Calendar days on somebody's clock: when a day is over, and which day was the last."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from nightloop.domain.calendar.deadlines import jump_between

_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)


def end_of_day(day: date, zone: ZoneInfo) -> datetime:
    """Return the first moment from which clocks of `zone` never again show `day` or an earlier date, in UTC.

    If clocks skip midnight, the day ends with their jump. If they show midnight twice, it ends at the second one only
    if they went back into the day. A day that a zone skipped as a whole ends when the day before it ends.
    """
    midnight = datetime.combine(day + _DAY, time())
    first, second = (midnight.replace(fold=fold, tzinfo=zone).astimezone(UTC) for fold in (0, 1))
    if first == second:
        return first
    if first > second:  # skipped (PEP 495)
        return jump_between(second, first, zone)
    return second if (second - _SECOND).astimezone(zone).date() <= day else first


def last_day_over(moment: datetime, zone: ZoneInfo) -> date:
    """Return the last calendar day of `zone` that is over at a moment and that the zone did not skip."""
    day = moment.astimezone(zone).date() - _DAY
    while end_of_day(day, zone) > moment or end_of_day(day - _DAY, zone) == end_of_day(day, zone):
        day -= _DAY
    return day
