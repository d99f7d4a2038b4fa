"""Reads what each worker did lately, for administrators."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import case, func, select

from services.review.errors import UnknownWorker
from services.review.reports.queues import median_seconds
from services.review.storage.states import ClaimState
from services.review.storage.tables import Claim, FlowDefinition, HumanLoop, Worker, WorkerSession

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.orm import Session

DAY, WEEK, MONTH = timedelta(days=1), timedelta(days=7), timedelta(days=30)
LAST_TASKS = 50


@dataclass(frozen=True)
class Held:
    """A task that a worker holds now."""

    loop_name: str
    flow_name: str
    until: datetime


@dataclass
class Activity:
    """A worker's figures for the last 24 hours, 7 days and 30 days.

    `median_seconds` covers the answers of 7 days; `active_seconds`, `declined` and `expired` cover 30. `last_seen_at`
    is when they last opened a page or had a task, the later of the two.
    """

    row_id: int
    worker_id: str
    name: str
    email: str
    is_active: bool
    answers_day: int = 0
    answers_week: int = 0
    answers_month: int = 0
    active_seconds: float = 0.0
    median_seconds: float | None = None
    declined: int = 0
    expired: int = 0
    last_seen_at: datetime | None = None
    held: tuple[Held, ...] = ()

    def was_seen(self, moment: datetime | None) -> None:
        """Record a moment at which they were active."""
        if moment is not None and (self.last_seen_at is None or moment > self.last_seen_at):
            self.last_seen_at = moment


@dataclass(frozen=True)
class LastTask:
    """A task a worker had."""

    loop_name: str
    flow_name: str
    state: str
    accepted_at: datetime
    ended_at: datetime | None
    active_seconds: float | None
    is_late: bool


def activities(
    session: Session, now: datetime, *, flow_id: int | None = None, worker_row: int | None = None
) -> list[Activity]:
    """List the activity of every worker, by name; optionally only in one flow, or of one worker."""
    conditions: list[ColumnElement[bool]] = []
    if flow_id is not None:
        conditions.append(Claim.flow_definition_id == flow_id)
    if worker_row is not None:
        conditions.append(Claim.worker_id == worker_row)
    rows = {row.row_id: row for row in _workers(session, worker_row)}
    _add_counts(session, rows, now, conditions)
    for worker_id, seconds in session.execute(median_seconds(Claim.worker_id, now - WEEK, *conditions)):
        rows[worker_id].median_seconds = seconds
    _add_held(session, rows, conditions)
    for worker_id, moment in session.execute(_last_visits(worker_row)):
        rows[worker_id].was_seen(moment)
    return list(rows.values())


def find_worker(session: Session, public_id: str) -> Worker:
    """Find a worker by the id that outputs show; raises UnknownWorker."""
    worker = session.scalar(select(Worker).where(Worker.public_id == public_id))
    if worker is None:
        raise UnknownWorker
    return worker


def last_tasks(session: Session, worker_row: int) -> list[LastTask]:
    """List the tasks a worker finished last, the newest first."""
    rows = session.execute(
        select(
            HumanLoop.name,
            FlowDefinition.name,
            Claim.state,
            Claim.accepted_at,
            Claim.ended_at,
            Claim.active_seconds,
            Claim.late_answer.is_not(None),
        )
        .join(HumanLoop, HumanLoop.id == Claim.human_loop_id)
        .join(FlowDefinition, FlowDefinition.id == Claim.flow_definition_id)
        .where(Claim.worker_id == worker_row, Claim.ended_at.is_not(None))
        .order_by(Claim.ended_at.desc())
        .limit(LAST_TASKS)
    )
    return [LastTask(*row) for row in rows]


def _workers(session: Session, worker_row: int | None) -> Iterable[Activity]:
    statement = select(Worker.id, Worker.public_id, Worker.name, Worker.email, Worker.deactivated_at.is_(None))
    if worker_row is not None:
        statement = statement.where(Worker.id == worker_row)
    return [Activity(*row) for row in session.execute(statement.order_by(Worker.name, Worker.id))]


def _add_counts(
    session: Session, rows: dict[int, Activity], now: datetime, conditions: list[ColumnElement[bool]]
) -> None:
    def lately(span: timedelta) -> ColumnElement[int]:
        return func.sum(case((Claim.ended_at >= now - span, 1), else_=0))

    statement = (
        select(
            Claim.worker_id,
            Claim.state,
            lately(DAY),
            lately(WEEK),
            func.count(),
            func.sum(Claim.active_seconds),
            func.max(Claim.ended_at),
        )
        .where(
            Claim.state.in_((ClaimState.SUBMITTED, ClaimState.DECLINED, ClaimState.EXPIRED)),
            Claim.ended_at >= now - MONTH,
            *conditions,
        )
        .group_by(Claim.worker_id, Claim.state)
    )
    for worker_id, state, day, week, month, seconds, last in session.execute(statement):
        row = rows[worker_id]
        if state == ClaimState.SUBMITTED:
            row.answers_day, row.answers_week, row.answers_month = day, week, month
            row.active_seconds = seconds or 0.0
        elif state == ClaimState.DECLINED:
            row.declined = month
        else:
            row.expired = month
        if state != ClaimState.EXPIRED:  # time ran out because they were not there
            row.was_seen(last)


def _add_held(session: Session, rows: dict[int, Activity], conditions: list[ColumnElement[bool]]) -> None:
    statement = (
        select(Claim.worker_id, HumanLoop.name, FlowDefinition.name, Claim.expires_at, Claim.accepted_at)
        .join(HumanLoop, HumanLoop.id == Claim.human_loop_id)
        .join(FlowDefinition, FlowDefinition.id == Claim.flow_definition_id)
        .where(Claim.state == ClaimState.HELD, *conditions)
        .order_by(Claim.accepted_at)
    )
    for worker_id, loop_name, flow_name, until, accepted_at in session.execute(statement):
        rows[worker_id].held += (Held(loop_name, flow_name, until),)
        rows[worker_id].was_seen(accepted_at)


def _last_visits(worker_row: int | None) -> Select[int, datetime | None]:
    seen = func.max(func.coalesce(WorkerSession.last_seen_at, WorkerSession.created_at))
    statement = select(WorkerSession.worker_id, seen).group_by(WorkerSession.worker_id)
    return statement if worker_row is None else statement.where(WorkerSession.worker_id == worker_row)
