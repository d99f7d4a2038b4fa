"""The three forms of a timestamp on the wire: epoch seconds, ISO 8601 and the date of HTTP."""

from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

EPOCH, ISO, HTTP_DATE = "unixtimestamp", "iso8601", "rfc822"


def read_timestamp(value: str | float) -> datetime:
    """Read epoch seconds, ISO 8601 or an HTTP date into an aware UTC datetime; `ValueError` if it is none of them."""
    try:
        return datetime.fromtimestamp(float(value), UTC)
    except (OverflowError, OSError) as error:
        raise ValueError(f"{value!r} is out of range") from error
    except ValueError:
        return _read_text(str(value))


def _read_text(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = parsedate_to_datetime(text)
    try:
        return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except OverflowError as error:
        raise ValueError(f"{text!r} is out of range") from error


def write_timestamp(moment: datetime, form: str) -> str | float:
    """Write an aware datetime; no form rounds up, so "since this time" never misses its own source."""
    moment = moment.astimezone(UTC)
    if form == ISO:
        precision = "microseconds" if moment.microsecond % 1000 else "milliseconds"
        return moment.replace(tzinfo=None).isoformat(timespec=precision) + "Z"
    if form == HTTP_DATE:
        return format_datetime(moment, usegmt=True)
    return moment.timestamp()
