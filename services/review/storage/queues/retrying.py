"""Plans retries, and gives a row to one process while it tries."""

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

# A process that takes a row postpones its next attempt by this; if the process dies, others find the row after that
# time. It has to be longer than the longest attempt, or two processes may do the same work: once too often, never too
# seldom.
LEASE = timedelta(seconds=60)
_MOST_ATTEMPTS = 30
# No row waits for longer than this. A later time comes from a clock that was ahead, and is ignored.
LONGEST_WAIT = timedelta(seconds=LONGEST_DELAY_SECONDS) + LEASE


def is_due(next_attempt_at: QueryableAttribute[datetime], now: datetime) -> ColumnElement[bool]:
    """Select the rows that are due, including those that a clock that was ahead would hold back."""
    return or_(next_attempt_at <= now, next_attempt_at > now + LONGEST_WAIT)


def delay_after(attempts: int) -> float:
    """Return the seconds to wait after so many failed attempts: doubling from 1 to 300, and never giving up."""
    return min(math.ldexp(FIRST_DELAY_SECONDS, min(attempts, _MOST_ATTEMPTS)), LONGEST_DELAY_SECONDS)


def counted(attempts: int) -> int:
    """Count one more attempt, up to the number from which the delay stays the same."""
    return min(attempts + 1, _MOST_ATTEMPTS)
