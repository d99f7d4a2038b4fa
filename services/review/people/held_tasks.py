"""Returns the tasks of a worker who may no longer work on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from services.review.humanloops.memberships import team_ids
from services.review.humanloops.settling import end_claim
from services.review.storage.queues.claims import lock_loop
from services.review.storage.states import ClaimState
from services.review.storage.tables import Claim, FlowDefinition

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session


def return_unreachable_tasks(session: Session, worker_id: int, now: datetime) -> int:
    """Return the tasks a worker holds of teams they have left to the queue; return how many.

    A deactivated worker belongs to none.
    """
    session.flush()
    held = session.scalars(
        select(Claim)
        .join(FlowDefinition, FlowDefinition.id == Claim.flow_definition_id)
        .where(
            Claim.worker_id == worker_id,
            Claim.state == ClaimState.HELD,
            FlowDefinition.workteam_id.not_in(team_ids(session, worker_id)),
        )
        .order_by(Claim.human_loop_id)
    ).all()
    for claim in held:
        loop = lock_loop(session, claim.human_loop_id)
        session.refresh(claim)
        if claim.state == ClaimState.HELD:
            end_claim(session, claim, loop, state=ClaimState.RETURNED, now=now)
    return len(held)
