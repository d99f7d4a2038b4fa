"""Gauges of the reviews and the outbox, read from the database at most every few seconds."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from prometheus_client.core import GaugeMetricFamily
from sqlalchemy import func, select

from services.review.storage.queues import events
from services.review.storage.states import LoopState, SlotState
from services.review.storage.tables import EventRecord, FlowDefinition, HumanLoop, OutboxRecord, Slot

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from prometheus_client import Metric
    from sqlalchemy.orm import Session

    from services.review.storage.database.engine import Database

KEPT_SECONDS = 10.0


class Standing:
    """A Prometheus collector that returns the same figures to all callers for some seconds."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock
        self._lock = threading.Lock()
        self._read_at = float("-inf")
        self._answer: list[Metric] = []

    def describe(self) -> Iterable[Metric]:
        """Name no metrics in advance, since registering must not need the database."""
        return []

    def collect(self) -> Iterable[Metric]:
        """Collect the gauges."""
        with self._lock:
            if time.monotonic() - self._read_at > KEPT_SECONDS:
                self._answer = self._database.read(lambda session: _read(session, self._clock()))
                self._read_at = time.monotonic()
            return self._answer


def _read(session: Session, now: datetime) -> list[Metric]:
    return [_loops(session), *_waiting(session, now), *_outbox(session, now)]


def _loops(session: Session) -> Metric:
    family = GaugeMetricFamily("nightloop_review_loops", "Reviews by flow and state", labels=["flow", "state"])
    rows = session.execute(
        select(FlowDefinition.name, HumanLoop.state, func.count())
        .join(HumanLoop, HumanLoop.flow_definition_id == FlowDefinition.id)
        .where(FlowDefinition.deleted_at.is_(None))
        .group_by(FlowDefinition.name, HumanLoop.state)
    )
    for flow, state, count in rows:
        family.add_metric([flow, state], count)
    return family


def _waiting(session: Session, now: datetime) -> list[Metric]:
    tasks = GaugeMetricFamily("nightloop_review_waiting_tasks", "Tasks that wait for a worker", labels=["flow"])
    oldest = GaugeMetricFamily(
        "nightloop_review_oldest_waiting_seconds", "Age of the oldest task that waits for a worker", labels=["flow"]
    )
    rows = session.execute(
        select(FlowDefinition.name, func.count(), func.min(HumanLoop.created_at))
        .join(HumanLoop, HumanLoop.flow_definition_id == FlowDefinition.id)
        .join(Slot, Slot.human_loop_id == HumanLoop.id)
        .where(HumanLoop.state == LoopState.IN_PROGRESS, Slot.state == SlotState.WAITING)
        .group_by(FlowDefinition.name)
    )
    for flow, count, first in rows:
        tasks.add_metric([flow], count)
        oldest.add_metric([flow], _age(first, now))
    return [tasks, oldest]


def _outbox(session: Session, now: datetime) -> list[Metric]:
    depth = GaugeMetricFamily(
        "nightloop_review_outbox", "Outputs and events that are not delivered yet", labels=["destination"]
    )
    oldest = GaugeMetricFamily(
        "nightloop_review_outbox_oldest_seconds", "Age of the oldest of them", labels=["destination"]
    )
    outputs, first_output = session.execute(select(func.count(), func.min(OutboxRecord.created_at))).one()
    new, first_new = session.execute(
        select(func.count(), func.min(EventRecord.occurred_at)).where(EventRecord.routed_at.is_(None))
    ).one()
    standing = {"s3": (outputs, first_output), "unrouted": (new, first_new)}
    standing |= {one.destination: (one.waiting, one.oldest) for one in events.backlog(session)}
    for destination, (count, first) in standing.items():
        depth.add_metric([destination], count)
        oldest.add_metric([destination], _age(first, now))
    return [depth, oldest]


def _age(since: datetime | None, now: datetime) -> float:
    return max(0.0, (now - since).total_seconds()) if since else 0.0
