"""Times as AWS writes them."""

from datetime import UTC, datetime

from nightloop.domain.errors import RowError


def parse_time(text: str) -> datetime:
    """Read an ISO 8601 time, as UTC if it names no zone (Ground Truth writes none, A2I writes Z).

    :raises RowError: if it is no such time.
    """
    try:
        moment = datetime.fromisoformat(text)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise RowError(f"{text!r} is not a time such as 2026-11-23T07:59:58.321Z") from error
