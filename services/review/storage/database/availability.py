"""Which failures mean that the database is away: not there, not answering, or unable to write."""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout


def is_away(error: BaseException) -> bool:
    """Whether an error is the database's absence (no connection, a full disk, a shutdown) and no mistake of a query."""
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    return isinstance(error, OperationalError | InterfaceError | PoolTimeout)
