"""Starts a task's time when its worker first sees its page; only from then on can they answer."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from services.review.humanloops.answering import active_seconds
from services.review.humanloops.claiming import HeldTask, expired, find_claim, held_task, look_at
from services.review.storage.queues.claims import lock_loop
from services.review.storage.states import ClaimState

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from services.review.errors import ClaimExpired


def show(
    session: Session, claim_id: str, worker_id: int, *, seconds_ago: object = 0.0, now: datetime
) -> HeldTask | ClaimExpired:
    """Record that a worker has seen a task for `seconds_ago`, and return it; the first record counts.

    That is the time of acceptance, though never before the task was given to them. A page that reports too late no
    longer has its task: the refusal is returned, not raised, and the work done on it is kept as a late answer.

    :raises InvalidInput: if `seconds_ago` is not a finite number.
    :raises ReviewError: what `look_at` raises, for a task they do not hold.
    """
    claim = find_claim(session, claim_id, worker_id)
    loop = lock_loop(session, claim.human_loop_id)
    session.refresh(claim)
    since = now - timedelta(seconds=active_seconds(seconds_ago, (now - claim.accepted_at).total_seconds()))
    if claim.is_shown:
        return look_at(session, claim_id, worker_id, now)
    if claim.state == ClaimState.RETURNED:
        claim.is_shown, claim.state = True, ClaimState.EXPIRED
        return expired(claim)
    look_at(session, claim_id, worker_id, now)
    claim.is_shown = True
    claim.accepted_at = since
    claim.expires_at = min(since + timedelta(seconds=loop.flow_definition.time_limit_seconds), loop.expires_at)
    return held_task(claim)
