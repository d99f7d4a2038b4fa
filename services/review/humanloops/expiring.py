"""Ends what has run out of time: holds on tasks, and the availability of reviews."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from services.review.humanloops import deleting_flows
from services.review.humanloops.settling import apply, end_claim
from services.review.storage.queues.claims import lock_loop
from services.review.storage.states import ClaimState, LoopEvent, LoopState
from services.review.storage.tables import Claim, HumanLoop

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

# How many rows one transaction may change before others get their turn at the database.
BATCH = 200


def expire_due(session: Session, now: datetime) -> int:
    """End what is due, a batch of each kind, and return how many rows that were."""
    returned = return_expired_claims(session, now)
    return returned + fail_expired_loops(session, now) + deleting_flows.bury_deleted_flows(session, now)


def return_expired_claims(session: Session, now: datetime) -> int:
    """Return tasks whose time has ended to the queue."""
    due = session.execute(
        select(Claim.id, Claim.human_loop_id)
        .where(Claim.state == ClaimState.HELD, Claim.expires_at <= now)
        .order_by(Claim.expires_at)
        .limit(BATCH)
    )
    count = 0
    for claim_id, loop_id in due.all():
        loop = lock_loop(session, loop_id)
        claim = session.get_one(Claim, claim_id, populate_existing=True)
        if claim.state == ClaimState.HELD:
            # A task that was never shown took nobody's time.
            state = ClaimState.EXPIRED if claim.is_shown else ClaimState.RETURNED
            end_claim(session, claim, loop, state=state, now=now)
            count += 1
    return count


def fail_expired_loops(session: Session, now: datetime) -> int:
    """Fail reviews that were not answered within TaskAvailabilityLifetimeInSeconds."""
    due = session.scalars(
        select(HumanLoop.id)
        .where(HumanLoop.state == LoopState.IN_PROGRESS, HumanLoop.expires_at <= now)
        .order_by(HumanLoop.expires_at)
        .limit(BATCH)
    )
    count = 0
    for loop_id in due.all():
        loop = lock_loop(session, loop_id)
        if loop.state == LoopState.IN_PROGRESS:
            seconds = int((loop.expires_at - loop.created_at).total_seconds())
            reason = f"The human loop was not answered within the {seconds} seconds it was available."
            apply(session, loop, LoopEvent.AVAILABILITY_ENDED, now, failure_reason=reason)
            count += 1
    return count
