"""Moves a review on when a worker's hold on it ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select, update

from services.review.storage.queues import events
from services.review.storage.queues.outputs import enqueue
from services.review.storage.states import (
    FINISHED_STATES,
    ClaimState,
    LoopEvent,
    LoopState,
    SlotState,
    next_state,
)
from services.review.storage.tables import Claim, Slot

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from services.review.storage.tables import HumanLoop

EXPIRED = "Expired"


def end_claim(session: Session, claim: Claim, loop: HumanLoop, *, state: ClaimState, now: datetime) -> None:
    """End a hold and move its review on; the caller has locked the review.

    A draft ends with the hold. If the task's time ran out, the draft is kept as its late answer, as if sent at the last
    moment.
    """
    if state is ClaimState.EXPIRED and claim.late_answer is None:
        claim.late_answer = claim.draft
    claim.draft = claim.next_slot_id = None
    claim.state = state
    claim.ended_at = now
    if state is ClaimState.SUBMITTED:
        slot_state = SlotState.ANSWERED
    elif loop.state == LoopState.IN_PROGRESS:
        slot_state = SlotState.WAITING
    else:
        slot_state = SlotState.CLOSED
    session.execute(update(Slot).where(Slot.id == claim.slot_id).values(state=slot_state))
    session.flush()
    settle(session, loop, now)


def settle(session: Session, loop: HumanLoop, now: datetime) -> None:
    """Move a review on as far as its claims allow."""
    event = _event_of(loop.state, loop.task_count, count_claims(session, loop.id))
    if event is not None:
        apply(session, loop, event, now)


def apply(session: Session, loop: HumanLoop, event: LoopEvent, now: datetime, *, failure_reason: str = "") -> None:
    """Make a transition and do what the new state requires.

    :raises TransitionRefused: if the table has no entry.
    """
    before, loop.state = loop.state, next_state(loop.state, event)
    if loop.state == before:
        return
    if loop.state != LoopState.ANSWERED:
        _close_waiting_slots(session, loop.id)
    if loop.state in {LoopState.ANSWERED, LoopState.CLOSING}:
        enqueue(session, loop.id, now)
    if loop.state == LoopState.FAILED:
        loop.failure_code = EXPIRED
        loop.failure_reason = failure_reason or "As many workers declined the task as the flow definition asks for."
    if loop.state in FINISHED_STATES:
        loop.finished_at = now
        events.append(session, loop, now)
    session.flush()


def count_claims(session: Session, loop_id: int) -> dict[str, int]:
    """Count a review's claims by state."""
    rows = session.execute(
        select(Claim.state, func.count()).where(Claim.human_loop_id == loop_id).group_by(Claim.state)
    )
    return dict(rows.all())


def _event_of(state: str, task_count: int, claims: dict[str, int]) -> LoopEvent | None:
    answers, held = claims.get(ClaimState.SUBMITTED, 0), claims.get(ClaimState.HELD, 0)
    if state == LoopState.IN_PROGRESS and answers >= task_count:
        return LoopEvent.ALL_ANSWERED
    if held:
        return None
    if state == LoopState.IN_PROGRESS and claims.get(ClaimState.DECLINED, 0) >= task_count:
        return LoopEvent.DECLINED_BY_ENOUGH
    if state == LoopState.STOPPING:
        return LoopEvent.LEFT_WITH_ANSWERS if answers else LoopEvent.LEFT_WITHOUT_ANSWER
    return None


def _close_waiting_slots(session: Session, loop_id: int) -> None:
    session.execute(
        update(Slot)
        .where(Slot.human_loop_id == loop_id, Slot.state == SlotState.WAITING)
        .values(state=SlotState.CLOSED)
    )
