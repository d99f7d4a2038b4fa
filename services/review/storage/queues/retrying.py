"""When something is tried again, and how a row belongs to one process while it tries."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import or_

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import QueryableAttribute

FIRST_DELAY_SECONDS = 1.0
LONGEST_DELAY_SECONDS = 300.0
LONGEST_REASON = 2000

# Who takes a row moves its next attempt ahead by this; if he dies, others find it when that time has come. It has to
# be longer than the longest attempt, or two processes may do the same work: once too often, never too seldom.
LEASE = timedelta(seconds=60)
_MOST_ATTEMPTS = 30
# No row waits for longer than this. A later time was written by a clock that was ahead, and is not waited for.
LONGEST_WAIT = timedelta(seconds=LONGEST_DELAY_SECONDS) + LEASE


def is_due(next_attempt_at: QueryableAttribute[datetime], now: datetime) -> ColumnElement[bool]:
    """Select the rows whose turn it is, those that a clock which was ahead would hold back included."""
    return or_(next_attempt_at <= now, next_attempt_at > now + LONGEST_WAIT)


def delay_after(attempts: int) -> float:
    """Return the seconds to wait after so many failed attempts: doubling from 1 to 300, without an end."""
    return min(math.ldexp(FIRST_DELAY_SECONDS, min(attempts, _MOST_ATTEMPTS)), LONGEST_DELAY_SECONDS)


def counted(attempts: int) -> int:
    """Count one attempt more, up to where more would change nothing."""
    return min(attempts + 1, _MOST_ATTEMPTS)
