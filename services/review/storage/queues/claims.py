"""The one place that hands out a slot, the same for both databases.

Three things together make sure that no slot ever has two holders. The loop's row is locked first, so that a claim and a
stop take turns (on SQLite the whole transaction already has the write lock). The slot changes hands by an UPDATE that
repeats its condition, and only the statement that changed a row has won. And partial unique indexes on `claims` would
refuse a second holder even if the two before were wrong.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import exists, select, update
from sqlalchemy.orm import aliased

from services.review.storage.states import ClaimState, LoopState, SlotState
from services.review.storage.tables import Claim, HumanLoop, Slot

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

# A worker meets a loop once: not again while he holds it, after he answered it, nor after he declined it.
MET = (ClaimState.HELD, ClaimState.SUBMITTED, ClaimState.DECLINED)


def take_slot(
    session: Session, *, flow_definition_id: int, worker_id: int, now: datetime
) -> tuple[HumanLoop, int] | None:
    """Mark the oldest free slot of a flow as held and answer its loop and slot id; None when there is none.

    It first passes over what somebody else's browser is getting ready, and over loops somebody else is taking from at
    this moment; only if that leaves nothing does it take the former and wait for the latter, so that a crowd at the
    start of a shift does not stand in one line, and nobody is idle because of what another may do next.
    """
    for passing_over in ({"skip_locked": True, "skip_reserved": True}, {"skip_locked": True}, {}):
        while True:
            found = session.execute(oldest_free(flow_definition_id, worker_id, now, **passing_over)).first()
            if found is None:
                break
            loop, slot_id = found
            if mark_held(session, slot_id):
                return loop, slot_id
    return None


def mark_held(session: Session, slot_id: int) -> bool:
    """Turn a waiting slot into a held one; False when somebody else was first."""
    taken = session.execute(
        update(Slot)
        .where(Slot.id == slot_id, Slot.state == SlotState.WAITING)
        .values(state=SlotState.HELD)
        .returning(Slot.id)
    ).first()
    return taken is not None


def lock_loop(session: Session, loop_id: int) -> HumanLoop:
    """Lock a loop's row and read it afresh; all that changes a loop or its slots begins here."""
    return session.execute(
        select(HumanLoop)
        .where(HumanLoop.id == loop_id)
        .with_for_update(of=HumanLoop)
        .execution_options(populate_existing=True)
    ).scalar_one()


def oldest_free(
    flow_definition_id: int, worker_id: int, now: datetime, *, skip_locked: bool = False, skip_reserved: bool = False
) -> Select[HumanLoop, int]:
    """Select the oldest slot of a flow that this worker may take, and lock its loop.

    A reserved slot is one that another worker's browser is getting ready while he works on the task before it.
    """
    earlier, another = aliased(Claim), aliased(Claim)
    met_before = exists().where(
        earlier.human_loop_id == HumanLoop.id, earlier.worker_id == worker_id, earlier.state.in_(MET)
    )
    reserved = exists().where(
        another.next_slot_id == Slot.id, another.state == ClaimState.HELD, another.worker_id != worker_id
    )
    return (
        select(HumanLoop, Slot.id)
        .join(Slot, Slot.human_loop_id == HumanLoop.id)
        .where(
            HumanLoop.flow_definition_id == flow_definition_id,
            HumanLoop.state == LoopState.IN_PROGRESS,
            HumanLoop.expires_at > now,
            Slot.state == SlotState.WAITING,
            ~met_before,
            *([~reserved] if skip_reserved else []),
        )
        .order_by(HumanLoop.created_at, HumanLoop.id, Slot.ordinal)
        .limit(1)
        .with_for_update(of=HumanLoop, skip_locked=skip_locked)
    )
