"""Waiting for a migration that another process runs."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from services.review.errors import DatabaseNotReady
from services.review.storage.database import schema

if TYPE_CHECKING:
    from services.review.storage.database.engine import Database

logger = logging.getLogger(__name__)

PAUSE_SECONDS = 2.0


def wait_for_schema(database: Database, seconds: float) -> None:
    """Return as soon as the database is there and has the schema this code was written for.

    :param seconds: how long to wait at most.
    :raises DatabaseNotReady: if it is not so by then, or at once if a newer version made the schema.
    """
    end = time.monotonic() + seconds
    while (reason := _missing(database)) is not None:
        if time.monotonic() >= end:
            raise DatabaseNotReady(f"waited {seconds:g} seconds: {reason}")
        logger.info("waiting for the schema", extra={"reason": reason})
        time.sleep(PAUSE_SECONDS)


def _missing(database: Database) -> str | None:
    """Say what is not there yet; None if nothing is missing."""
    try:
        current = schema.current_revision(database)
    except SQLAlchemyError as error:
        # Its text may hold the address of the database with its password.
        return f"the database cannot be reached ({type(error).__name__})"
    schema.refuse_newer(current)
    newest = schema.newest_revision()
    if current == newest:
        return None
    return f"the database is at revision {current or 'none'}, this service needs {newest}"
