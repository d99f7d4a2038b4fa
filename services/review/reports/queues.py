"""Reads every flow's queue, for administrators, in a few grouped statements for any number of reviews."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import Float, case, cast, exists, func, select

from services.review.storage.states import ClaimState, LoopState, SlotState
from services.review.storage.tables import Claim, FlowDefinition, HumanLoop, HumanTaskUi, Slot, Workteam

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.orm import InstrumentedAttribute, Session


@dataclass
class Queue:
    """A flow and the figures of its reviews.

    `waiting` and `working` count tasks (a review has TaskCount tasks), `counts` counts reviews by `LoopState`, and
    `median_seconds` is the median active time of the answers of the last 24 hours.
    """

    flow_id: int
    flow_name: str
    title: str
    status: str
    team: str
    template: str
    created_at: datetime
    counts: dict[str, int] = field(default_factory=dict)
    waiting: int = 0
    working: int = 0
    oldest_waiting_at: datetime | None = None
    answers_last_hour: int = 0
    answers_last_day: int = 0
    median_seconds: float | None = None

    def count(self, *states: str) -> int:
        """Add up the reviews in these states."""
        return sum(self.counts.get(state, 0) for state in states)

    @property
    def writing(self) -> int:
        """Reviews whose output is on its way to S3."""
        return self.count(LoopState.ANSWERED, LoopState.CLOSING)


def queues(session: Session, now: datetime, flow_name: str | None = None) -> list[Queue]:
    """List the queue of every flow that is not deleted, by name, or only that of one flow."""
    rows = {row.flow_id: row for row in _flows(session, flow_name)}
    for flow_id, state, count in session.execute(_loops_by_state(rows)):
        rows[flow_id].counts[state] = count
    for flow_id, count in session.execute(_waiting_tasks(rows)):
        rows[flow_id].waiting = count
    for flow_id, count in session.execute(_held_tasks(rows)):
        rows[flow_id].working = count
    for flow_id, created_at in session.execute(_oldest_waiting(rows)):
        rows[flow_id].oldest_waiting_at = created_at
    for flow_id, hour, day in session.execute(_answers(rows, now)):
        rows[flow_id].answers_last_hour, rows[flow_id].answers_last_day = hour, day
    medians = median_seconds(Claim.flow_definition_id, now - timedelta(days=1), Claim.flow_definition_id.in_(rows))
    for flow_id, seconds in session.execute(medians):
        rows[flow_id].median_seconds = seconds
    return list(rows.values())


def median_seconds(
    group: InstrumentedAttribute[int], since: datetime, *conditions: ColumnElement[bool]
) -> Select[int, float]:
    """Select the median of the active seconds of answers since `since`, for each value of `group`.

    SQLite has no median: the rows of each group are numbered by their seconds, and the one or two in the middle count.
    """
    place = func.row_number().over(partition_by=group, order_by=Claim.active_seconds)
    size = func.count().over(partition_by=group)
    answers = select(group.label("of"), Claim.active_seconds.label("seconds"), place.label("place"), size.label("size"))
    numbered = answers.where(
        Claim.state == ClaimState.SUBMITTED,
        Claim.ended_at >= since,
        Claim.active_seconds.is_not(None),
        *conditions,
    ).subquery()
    row = numbered.c
    middle = (row.place * 2 >= row.size) & (row.place * 2 <= row.size + 2)
    return select(row.of, cast(func.avg(row.seconds), Float)).where(middle).group_by(row.of)


def _flows(session: Session, flow_name: str | None) -> Iterable[Queue]:
    statement = (
        select(
            FlowDefinition.id,
            FlowDefinition.name,
            FlowDefinition.title,
            FlowDefinition.status,
            Workteam.name,
            HumanTaskUi.name,
            FlowDefinition.created_at,
        )
        .join(Workteam, Workteam.id == FlowDefinition.workteam_id)
        .join(HumanTaskUi, HumanTaskUi.id == FlowDefinition.human_task_ui_id)
        .where(FlowDefinition.deleted_at.is_(None))
        .order_by(FlowDefinition.name)
    )
    if flow_name is not None:
        statement = statement.where(FlowDefinition.name == flow_name)
    return [Queue(*row) for row in session.execute(statement)]


def _loops_by_state(flow_ids: Iterable[int]) -> Select[int, str, int]:
    return (
        select(HumanLoop.flow_definition_id, HumanLoop.state, func.count())
        .where(HumanLoop.flow_definition_id.in_(flow_ids))
        .group_by(HumanLoop.flow_definition_id, HumanLoop.state)
    )


def _waiting_tasks(flow_ids: Iterable[int]) -> Select[int, int]:
    return (
        select(HumanLoop.flow_definition_id, func.count())
        .join(Slot, Slot.human_loop_id == HumanLoop.id)
        .where(
            HumanLoop.flow_definition_id.in_(flow_ids),
            HumanLoop.state == LoopState.IN_PROGRESS,
            Slot.state == SlotState.WAITING,
        )
        .group_by(HumanLoop.flow_definition_id)
    )


def _held_tasks(flow_ids: Iterable[int]) -> Select[int, int]:
    return (
        select(Claim.flow_definition_id, func.count())
        .where(Claim.flow_definition_id.in_(flow_ids), Claim.state == ClaimState.HELD)
        .group_by(Claim.flow_definition_id)
    )


def _oldest_waiting(flow_ids: Iterable[int]) -> Select[int, datetime | None]:
    free_slot = exists().where(Slot.human_loop_id == HumanLoop.id, Slot.state == SlotState.WAITING)
    oldest = (
        select(HumanLoop.created_at)
        .where(HumanLoop.flow_definition_id == FlowDefinition.id, HumanLoop.state == LoopState.IN_PROGRESS, free_slot)
        .order_by(HumanLoop.created_at, HumanLoop.id)
        .limit(1)
        .correlate(FlowDefinition)
        .scalar_subquery()
    )
    return select(FlowDefinition.id, oldest).where(FlowDefinition.id.in_(flow_ids))


def _answers(flow_ids: Iterable[int], now: datetime) -> Select[int, int, int]:
    in_last_hour = case((Claim.ended_at >= now - timedelta(hours=1), 1), else_=0)
    return (
        select(Claim.flow_definition_id, func.sum(in_last_hour), func.count())
        .where(
            Claim.flow_definition_id.in_(flow_ids),
            Claim.state == ClaimState.SUBMITTED,
            Claim.ended_at >= now - timedelta(days=1),
        )
        .group_by(Claim.flow_definition_id)
    )
