"""Chooses the next task while a worker is still busy, so that their browser can prepare its page.

The task stays in the queue and its time does not begin. The worker gets it when they have answered, and it counts as
accepted when its page is shown (`showing`). Only `claims.next_slot_id` stores it, so stops, expiries and deletions need
not look at it, and other workers take it if they would have nothing else to do.
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
    """A task that a worker will probably get when they have finished the one they hold."""

    human_loop_name: str
    flow_name: str
    input_content: str
    template: str
    template_name: str
    seconds: float  # how long the page stays usable: never longer than the task itself would last


def reserve(session: Session, claim_id: str, worker_id: int, now: datetime) -> NextTask | None:
    """Choose the task that follows the one a worker holds; None if every free one is reserved for another worker.

    :raises ReviewError: what `look_at` raises, for a task they do not hold.
    """
    look_at(session, claim_id, worker_id, now)
    claim = find_claim(session, claim_id, worker_id)
    found = oldest_free(session, claim.flow_definition_id, worker_id, now, skip_locked=True, skip_reserved=True)
    if found is None:
        claim.next_slot_id = None
        return None
    loop, claim.next_slot_id = found
    return _next_task(loop, now)


def look_ahead(session: Session, claim_id: str, worker_id: int, now: datetime) -> NextTask:
    """Return the reserved task to the worker it was reserved for, as long as it waits.

    :raises UnknownTask: if there is none.
    :raises ReviewError: what `look_at` raises, if they no longer hold the task before it.
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
