"""Takes a task, looks at it, gives it back."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from services.review.errors import ClaimExpired, TaskAlreadySubmitted, TaskNotHeld, UnknownTask
from services.review.humanloops import expiring
from services.review.humanloops.memberships import team_ids
from services.review.humanloops.settling import end_claim
from services.review.storage.queues.claims import lock_loop, take_slot
from services.review.storage.states import ClaimState
from services.review.storage.tables import Claim

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from services.review.storage.tables import FlowDefinition

# How long a task waits for its page to be shown: a browser may crash then, or a network may fail for a while.
UNSHOWN = timedelta(minutes=2)


@dataclass(frozen=True)
class HeldTask:
    """A task as its holder sees it."""

    id: str
    flow_name: str
    title: str
    description: str
    human_loop_name: str
    accepted_at: datetime
    expires_at: datetime
    input_content: str
    template: str
    template_name: str
    time_limit_seconds: int
    is_shown: bool
    draft: str | None = None
    draft_seconds: float = 0.0

    def seconds_left(self, now: datetime) -> float:
        """Seconds until the task returns to the queue, never negative."""
        return max(0.0, (self.expires_at - now).total_seconds())


def claim_next(session: Session, flow: FlowDefinition, worker_id: int, now: datetime) -> HeldTask | None:
    """Give a worker the task of this flow that they already hold, else the oldest free one; None if there is none.

    The worker holds the task until the flow's time limit, or until the review's availability ends if that is sooner.
    Until its page is shown (`showing`), they hold it only for `UNSHOWN`.
    """
    expiring.return_expired_claims(session, now)
    held = session.scalar(
        select(Claim).where(
            Claim.flow_definition_id == flow.id, Claim.worker_id == worker_id, Claim.state == ClaimState.HELD
        )
    )
    if held is not None:
        return held_task(held)
    taken = take_slot(session, flow_definition_id=flow.id, worker_id=worker_id, now=now)
    if taken is None:
        return None
    loop, slot_id = taken
    claim = Claim(
        id=secrets.token_hex(16),
        slot_id=slot_id,
        human_loop=loop,
        flow_definition_id=flow.id,
        worker_id=worker_id,
        state=ClaimState.HELD,
        accepted_at=now,
        expires_at=min(now + min(UNSHOWN, timedelta(seconds=flow.time_limit_seconds)), loop.expires_at),
        is_shown=False,
        draft=_late_work(session, loop.id, worker_id),
    )
    session.add(claim)
    session.flush()
    return held_task(claim)


def look_at(session: Session, claim_id: str, worker_id: int, now: datetime) -> HeldTask:
    """Return a task to the worker who holds it.

    :raises UnknownTask: if they never held it, or have left the team.
    :raises TaskNotHeld: if they gave it back; `TaskAlreadySubmitted` or `ClaimExpired` if it ended in those ways.
    """
    claim = find_claim(session, claim_id, worker_id)
    if claim.state == ClaimState.SUBMITTED:
        raise TaskAlreadySubmitted
    if claim.state in {ClaimState.RETURNED, ClaimState.DECLINED}:
        raise TaskNotHeld
    task = held_task(claim)
    if claim.state == ClaimState.EXPIRED or task.expires_at <= now:
        raise expired(claim)
    return task


def give_back(session: Session, claim_id: str, worker_id: int, now: datetime, *, declined: bool) -> str:
    """Return a task to the queue and return its flow's name; a declined task never comes back to this worker.

    Returning a task that is no longer held is not an error, since the worker did not want it.
    """
    claim = find_claim(session, claim_id, worker_id)
    loop = lock_loop(session, claim.human_loop_id)
    session.refresh(claim)
    if claim.state == ClaimState.HELD:
        state = ClaimState.DECLINED if declined else ClaimState.RETURNED
        if claim.expires_at <= now:
            state = ClaimState.EXPIRED
        claim.is_shown = True  # a worker who gives it back has seen it
        end_claim(session, claim, loop, state=state, now=now)
    return loop.flow_definition.name


def find_claim(session: Session, claim_id: str, worker_id: int) -> Claim:
    """Find a claim of this worker in one of their teams; raises UnknownTask for another worker's claim."""
    claim = session.get(Claim, claim_id)
    if claim is None or claim.worker_id != worker_id:
        raise UnknownTask
    if claim.human_loop.flow_definition.workteam_id not in team_ids(session, worker_id):
        raise UnknownTask
    return claim


def expired(claim: Claim) -> ClaimExpired:
    """Build the refusal that says when a task's time ended and what happened to the task."""
    return ClaimExpired(expired_at=f"{claim.expires_at:%H:%M:%S}")


def _late_work(session: Session, loop_id: int, worker_id: int) -> str | None:
    """Find what this worker had done when their time for the same review ran out; they continue from there."""
    return session.scalar(
        select(Claim.late_answer)
        .where(Claim.human_loop_id == loop_id, Claim.worker_id == worker_id, Claim.late_answer.is_not(None))
        .order_by(Claim.accepted_at.desc())
        .limit(1)
    )


def held_task(claim: Claim) -> HeldTask:
    """Describe a claim; one not shown yet has the time it will have if it is shown at once."""
    loop = claim.human_loop
    flow = loop.flow_definition
    full_time = claim.accepted_at + timedelta(seconds=flow.time_limit_seconds)
    return HeldTask(
        id=claim.id,
        flow_name=flow.name,
        title=flow.title,
        description=flow.description,
        human_loop_name=loop.name,
        accepted_at=claim.accepted_at,
        expires_at=claim.expires_at if claim.is_shown else min(full_time, loop.expires_at),
        input_content=loop.input_content,
        template=flow.human_task_ui.content,
        template_name=flow.human_task_ui.name,
        time_limit_seconds=flow.time_limit_seconds,
        is_shown=claim.is_shown,
        draft=claim.draft,
        draft_seconds=claim.draft_seconds or 0.0,
    )
