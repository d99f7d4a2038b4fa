"""The one place that hands out a slot, the same for both databases.

Three things together ensure that no slot ever has two holders. The review's row is locked first, so that a claim and a
stop take turns (on SQLite the whole transaction already has the write lock). An UPDATE that repeats its condition moves
the slot, and only the statement that changed a row has won. Partial unique indexes on `claims` would refuse a second
holder even if the first two failed.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, exists, select, update
from sqlalchemy.orm import aliased

from services.review.storage.states import ClaimState, LoopState, SlotState
from services.review.storage.tables import Claim, HumanLoop, Slot

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import BindParameter, Select
    from sqlalchemy.orm import Session

# A worker gets a review once: not again while they hold it, after they answered it, or after they declined it.
MET = (ClaimState.HELD, ClaimState.SUBMITTED, ClaimState.DECLINED)


def take_slot(
    session: Session, *, flow_definition_id: int, worker_id: int, now: datetime
) -> tuple[HumanLoop, int] | None:
    """Mark the oldest free slot of a flow as held and return its review and slot id; None if there is none.

    It first skips slots that another worker's browser is preparing, and reviews that another worker is taking from now.
    Only if that leaves nothing, it takes the former and waits for the latter. So many workers at the start of a shift
    do not wait in one line, and nobody is idle because of what another may do next.
    """
    for passing_over in ({"skip_locked": True, "skip_reserved": True}, {"skip_locked": True}, {}):
        while True:
            found = oldest_free(session, flow_definition_id, worker_id, now, **passing_over)
            if found is None:
                break
            loop, slot_id = found
            if mark_held(session, slot_id):
                return loop, slot_id
    return None


def mark_held(session: Session, slot_id: int) -> bool:
    """Turn a waiting slot into a held one; False if another worker was first."""
    taken = session.execute(
        update(Slot)
        .where(Slot.id == slot_id, Slot.state == SlotState.WAITING)
        .values(state=SlotState.HELD)
        .returning(Slot.id)
    ).first()
    return taken is not None


def lock_loop(session: Session, loop_id: int) -> HumanLoop:
    """Lock a review's row and read it again; every change of a review or its slots begins here."""
    return session.execute(
        select(HumanLoop)
        .where(HumanLoop.id == loop_id)
        .with_for_update(of=HumanLoop)
        .execution_options(populate_existing=True)
    ).scalar_one()


def oldest_free(
    session: Session,
    flow_definition_id: int,
    worker_id: int,
    now: datetime,
    *,
    skip_locked: bool = False,
    skip_reserved: bool = False,
) -> tuple[HumanLoop, int] | None:
    """Find the oldest slot of a flow that this worker may take, and lock its review; None if there is none.

    A reserved slot is one that another worker's browser prepares while they work on the task before it.
    """
    statement = oldest_free_statement(skip_locked=skip_locked, skip_reserved=skip_reserved)
    found = session.execute(statement, {"flow": flow_definition_id, "worker": worker_id, "now": now}).first()
    return None if found is None else (found[0], found[1])


@cache
def oldest_free_statement(*, skip_locked: bool, skip_reserved: bool) -> Select[HumanLoop, int]:
    """Build the statement once: every claim needs it, and building it took a tenth of the time of an answer."""
    earlier, another = aliased(Claim), aliased(Claim)
    worker_id: BindParameter[int] = bindparam("worker")
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
            HumanLoop.flow_definition_id == bindparam("flow"),
            HumanLoop.state == LoopState.IN_PROGRESS,
            HumanLoop.expires_at > bindparam("now"),
            Slot.state == SlotState.WAITING,
            ~met_before,
            *([~reserved] if skip_reserved else []),
        )
        .order_by(HumanLoop.created_at, HumanLoop.id, Slot.ordinal)
        .limit(1)
        .with_for_update(of=HumanLoop, skip_locked=skip_locked)
    )
