"""Lets an administrator who looked at an answer that was given too fast let it count."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from services.review.errors import UnknownTask
from services.review.storage.queues.claims import lock_loop
from services.review.storage.queues.outputs import ask_again
from services.review.storage.states import ClaimState, LoopState
from services.review.storage.tables import Claim

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session


def confirm(session: Session, claim_id: str, *, by: str, now: datetime) -> str:
    """Let an answer count that was given too fast, and return its review's name; the first confirmation is stored.

    If output.json is already written, it is written again without the mark, so a night that has not collected it yet
    learns from it.

    :raises UnknownTask: if there is no such task.
    """
    claim = session.get(Claim, claim_id)
    if claim is None:
        raise UnknownTask
    loop = lock_loop(session, claim.human_loop_id)
    session.refresh(claim)
    if claim.state == ClaimState.SUBMITTED and claim.floor_seconds is not None and claim.confirmed_at is None:
        claim.confirmed_at, claim.confirmed_by = now, by
        if loop.state in {LoopState.COMPLETED, LoopState.STOPPED}:
            ask_again(session, loop.id, now)
    return loop.name


def any_confirmed(session: Session, loop_id: int) -> bool:
    """Tell whether an answer of a review counts because an administrator confirmed it."""
    statement = select(Claim.id).where(Claim.human_loop_id == loop_id, Claim.confirmed_at.is_not(None)).limit(1)
    return session.scalar(statement) is not None
