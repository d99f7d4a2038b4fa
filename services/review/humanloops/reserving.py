"""The task after this one: chosen while a worker is still busy, so that his browser can get its page ready.

It stays in the queue and its time does not begin: it is given to them when they have answered, and counts as accepted
when its page is shown (`showing`). Nothing but `claims.next_slot_id` remembers it: a stop, an end of
its availability or a deletion need not know, and others take it when they would have nothing else to do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.review.errors import UnknownTask
from services.review.humanloops.claiming import find_claim, look_at
from services.review.storage.queues.claims import oldest_free
from services.review.storage.states import LoopState, SlotState
from services.review.storage.tables import HumanLoop, Slot

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session


@dataclass(frozen=True)
class NextTask:
    """A task that a worker will probably get when he is done with the one he holds."""

    human_loop_name: str
    flow_name: str
    input_content: str
    template: str
    template_name: str
    seconds: float  # how long the page may stay of use: never longer than the task itself would last


def reserve(session: Session, claim_id: str, worker_id: int, now: datetime) -> NextTask | None:
    """Choose the task that follows the one a worker holds; None when there is none that is not another's next.

    Raises as `look_at` for a task he does not hold.
    """
    look_at(session, claim_id, worker_id, now)
    claim = find_claim(session, claim_id, worker_id)
    found = session.execute(
        oldest_free(claim.flow_definition_id, worker_id, now, skip_locked=True, skip_reserved=True)
    ).first()
    if found is None:
        claim.next_slot_id = None
        return None
    loop, claim.next_slot_id = found
    return _next_task(loop, now)


def look_ahead(session: Session, claim_id: str, worker_id: int, now: datetime) -> NextTask:
    """Return the task that was reserved, to the worker it was reserved for, as long as it waits.

    Raises UnknownTask when there is none, and as `look_at` when he no longer holds the task before it.
    """
    look_at(session, claim_id, worker_id, now)
    claim = find_claim(session, claim_id, worker_id)
    slot = session.get(Slot, claim.next_slot_id) if claim.next_slot_id is not None else None
    if slot is None or slot.state != SlotState.WAITING:
        raise UnknownTask
    loop = session.get_one(HumanLoop, slot.human_loop_id)
    if loop.state != LoopState.IN_PROGRESS or loop.expires_at <= now:
        raise UnknownTask
    return _next_task(loop, now)


def _next_task(loop: HumanLoop, now: datetime) -> NextTask:
    flow = loop.flow_definition
    return NextTask(
        human_loop_name=loop.name,
        flow_name=flow.name,
        input_content=loop.input_content,
        template=flow.human_task_ui.content,
        template_name=flow.human_task_ui.name,
        seconds=min(float(flow.time_limit_seconds), (loop.expires_at - now).total_seconds()),
    )
