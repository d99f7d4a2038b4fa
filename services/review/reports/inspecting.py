"""One review as administrators see it: its claims, its answers and its late answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from services.review.errors import UnknownTask
from services.review.humanloops.finding import find_loop
from services.review.storage.states import OPEN_STATES, ClaimState, LoopState, shown_status
from services.review.storage.tables import Claim, FlowDefinition, HumanTaskUi, OutboxRecord, Worker

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session


@dataclass(frozen=True)
class ClaimView:
    """A worker's claim on a review; `answer` and `late_answer` are JSON as it was stored."""

    id: str
    worker_id: str
    worker_name: str
    state: str
    accepted_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    active_seconds: float | None
    floor_seconds: float | None
    confirmed_at: datetime | None
    answer: str | None
    late_answer: str | None

    @property
    def is_too_fast(self) -> bool:
        """Whether the answer was given too fast and nobody confirmed it."""
        return self.floor_seconds is not None and self.confirmed_at is None

    @property
    def is_held(self) -> bool:
        """Whether the worker has the task now."""
        return self.state == ClaimState.HELD


@dataclass(frozen=True)
class LoopView:
    """A review with everything an administrator may want to know about it."""

    name: str
    flow_name: str
    flow_is_deleted: bool
    template_name: str
    template: str
    status: str
    state: str
    task_count: int
    created_at: datetime
    expires_at: datetime
    finished_at: datetime | None
    input_content: str
    content_classifiers: tuple[str, ...]
    failure_code: str | None
    failure_reason: str | None
    output_uri: str | None
    output_problem: str | None
    claims: tuple[ClaimView, ...]

    @property
    def may_be_stopped(self) -> bool:
        """Whether stopping would change anything."""
        return self.state == LoopState.IN_PROGRESS

    @property
    def is_open(self) -> bool:
        """Whether it may still change."""
        return self.state in OPEN_STATES

    @property
    def answers(self) -> int:
        """The number of its answers."""
        return sum(claim.answer is not None for claim in self.claims)


@dataclass(frozen=True)
class StoredAnswers:
    """The answers to a task, in time and too late."""

    loop_name: str
    answer: str | None
    late_answer: str | None


def inspect_loop(session: Session, name: str) -> LoopView:
    """Read a review; raises UnknownHumanLoop."""
    loop = find_loop(session, name)
    flow = session.get_one(FlowDefinition, loop.flow_definition_id)
    template = session.get_one(HumanTaskUi, flow.human_task_ui_id)
    problem = session.scalar(select(OutboxRecord.last_error).where(OutboxRecord.human_loop_id == loop.id))
    return LoopView(
        name=loop.name,
        flow_name=flow.name,
        flow_is_deleted=flow.deleted_at is not None,
        template_name=template.name,
        template=template.content,
        status=shown_status(loop.state),
        state=loop.state,
        task_count=loop.task_count,
        created_at=loop.created_at,
        expires_at=loop.expires_at,
        finished_at=loop.finished_at,
        input_content=loop.input_content,
        content_classifiers=tuple(loop.content_classifiers),
        failure_code=loop.failure_code,
        failure_reason=loop.failure_reason,
        output_uri=loop.output_uri,
        output_problem=problem,
        claims=_claims(session, loop.id),
    )


def stored_answers(session: Session, claim_id: str) -> StoredAnswers:
    """Return the answers to a task; raises UnknownTask."""
    claim = session.get(Claim, claim_id)
    if claim is None:
        raise UnknownTask
    return StoredAnswers(claim.human_loop.name, claim.answer, claim.late_answer)


def _claims(session: Session, loop_id: int) -> tuple[ClaimView, ...]:
    rows = session.execute(
        select(Claim, Worker.public_id, Worker.name)
        .join(Worker, Worker.id == Claim.worker_id)
        .where(Claim.human_loop_id == loop_id)
        .order_by(Claim.accepted_at, Claim.id)
    )
    return tuple(
        ClaimView(
            id=claim.id,
            worker_id=public_id,
            worker_name=worker_name,
            state=claim.state,
            accepted_at=claim.accepted_at,
            expires_at=claim.expires_at,
            ended_at=claim.ended_at,
            active_seconds=claim.active_seconds,
            floor_seconds=claim.floor_seconds,
            confirmed_at=claim.confirmed_at,
            answer=claim.answer,
            late_answer=claim.late_answer,
        )
        for claim, public_id, worker_name in rows
    )
