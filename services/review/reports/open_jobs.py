"""Lists the jobs a worker may take, and how many reviews wait for them in each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import exists, func, literal, select, union_all
from sqlalchemy.orm import aliased

from services.review.storage.queues.claims import MET
from services.review.storage.states import ClaimState, LoopState, SlotState
from services.review.storage.tables import Claim, HumanLoop, Slot

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from services.review.storage.tables import FlowDefinition


# A higher count would not help a worker, and would make the list slower the longer the queue is.
MOST_COUNTED = 1000


@dataclass(frozen=True)
class Job:
    """A flow as a worker sees it in their list; it counts at most `MOST_COUNTED` waiting reviews."""

    flow_name: str
    title: str
    description: str
    keywords: tuple[str, ...]
    time_limit_seconds: int
    waiting: int
    more_wait: bool
    held_task_id: str | None


def jobs_for(session: Session, flows: Sequence[FlowDefinition], worker_id: int, now: datetime) -> list[Job]:
    """List jobs with how many reviews wait for this worker in each, in two statements for any number of flows."""
    flow_ids = [flow.id for flow in flows]
    waiting = _waiting_by_flow(session, flow_ids, worker_id, now)
    held = _held_by_flow(session, flow_ids, worker_id, now)
    return [
        Job(
            flow_name=flow.name,
            title=flow.title,
            description=flow.description,
            keywords=tuple(flow.request.get("HumanLoopConfig", {}).get("TaskKeywords", ())),
            time_limit_seconds=flow.time_limit_seconds,
            waiting=min(waiting.get(flow.id, 0), MOST_COUNTED),
            more_wait=waiting.get(flow.id, 0) > MOST_COUNTED,
            held_task_id=held.get(flow.id),
        )
        for flow in flows
    ]


def _waiting_by_flow(session: Session, flow_ids: Sequence[int], worker_id: int, now: datetime) -> dict[int, int]:
    earlier = aliased(Claim)
    met_before = exists().where(
        earlier.human_loop_id == HumanLoop.id, earlier.worker_id == worker_id, earlier.state.in_(MET)
    )
    free_slot = exists().where(Slot.human_loop_id == HumanLoop.id, Slot.state == SlotState.WAITING)
    if not flow_ids:
        return {}
    counts = []
    for flow_id in flow_ids:
        waiting = (
            select(HumanLoop.id)
            .where(
                HumanLoop.flow_definition_id == flow_id,
                HumanLoop.state == LoopState.IN_PROGRESS,
                # Not the bare column: with it SQLite would walk through all flows' reviews by the index of their
                # expiry.
                func.coalesce(HumanLoop.expires_at, now) > now,
                free_slot,
                ~met_before,
            )
            .limit(MOST_COUNTED + 1)
            .subquery()
        )
        counts.append(select(literal(flow_id), func.count()).select_from(waiting))
    return dict(session.execute(union_all(*counts)).all())


def _held_by_flow(session: Session, flow_ids: Sequence[int], worker_id: int, now: datetime) -> dict[int, str]:
    rows = session.execute(
        select(Claim.flow_definition_id, Claim.id).where(
            Claim.flow_definition_id.in_(flow_ids),
            Claim.worker_id == worker_id,
            Claim.state == ClaimState.HELD,
            Claim.expires_at > now,
        )
    )
    return dict(rows.all())
