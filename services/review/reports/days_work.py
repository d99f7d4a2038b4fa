"""Counts what a worker has done in a day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from services.review.storage.states import ClaimState
from services.review.storage.tables import Claim

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session


@dataclass(frozen=True)
class DaysWork:
    """How many tasks were submitted, and the active seconds in them."""

    tasks: int
    seconds: float


def since(session: Session, worker_id: int, begin: datetime) -> DaysWork:
    """Add up what a worker has submitted of the tasks they took since `begin`."""
    tasks, seconds = session.execute(
        select(func.count(), func.coalesce(func.sum(Claim.active_seconds), 0.0)).where(
            Claim.worker_id == worker_id, Claim.accepted_at >= begin, Claim.state == ClaimState.SUBMITTED
        )
    ).one()
    return DaysWork(tasks, seconds or 0.0)
