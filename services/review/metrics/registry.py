"""The counters of one service, whether it is one process or several."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from sqlalchemy import event, inspect

from services.review.metrics.database_gauges import Standing
from services.review.metrics.shared_counters import are_shared
from services.review.storage.states import ClaimState
from services.review.storage.tables import Claim

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from sqlalchemy.orm import Session, UOWTransaction

    from services.review.storage.database.engine import Database

_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_HAPPENED = "metrics.claims"


class Metrics:
    """Counts what happens in this service; `exposition` adds the gauges of the database.

    Within `shared_counters`, any process returns the sums of all. Several services on one database each count their own
    requests and claims (add them up), and all return the same gauges of the database (take one).
    """

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "nightloop_review_requests", "Requests answered", ["method", "route", "status"], registry=self._registry
        )
        self._seconds = Histogram(
            "nightloop_review_request_seconds",
            "Time to answer a request",
            ["method", "route"],
            buckets=_BUCKETS,
            registry=self._registry,
        )
        self._claims = Counter(
            "nightloop_review_claims",
            "Tasks taken by workers, and how their holds ended",
            ["event"],
            registry=self._registry,
        )
        self._failures = Counter(
            "nightloop_review_send_failures",
            "Attempts to write an output or send an event that failed",
            ["destination"],
            registry=self._registry,
        )
        for name in ("taken", *(state.value for state in ClaimState if state is not ClaimState.HELD)):
            self._claims.labels(name)
        self._exposed = CollectorRegistry() if are_shared() else self._registry
        if are_shared():
            MultiProcessCollector(self._exposed)  # type: ignore[no-untyped-call]
        self._exposed.register(Standing(database, clock))
        event.listen(database.sessions, "after_flush", _note_claims)
        event.listen(database.sessions, "after_commit", self._count_claims)

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count an answered request."""
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(method, route).observe(seconds)

    def send_failed(self, destination: str, count: int = 1) -> None:
        """Count attempts that did not reach `s3`, `sqs` or `eventbridge`."""
        self._failures.labels(destination).inc(count)

    def exposition(self) -> bytes:
        """Write everything in Prometheus' text format."""
        return generate_latest(self._exposed)

    def _count_claims(self, session: Session) -> None:
        for name in session.info.pop(_HAPPENED, []):
            self._claims.labels(name).inc()


def _note_claims(session: Session, flush: UOWTransaction) -> None:  # noqa: ARG001 - SQLAlchemy's signature
    """Note in the session how claims change; the notes count once the transaction is committed."""
    session.info.setdefault(_HAPPENED, []).extend(_happened(session))


def _happened(session: Session) -> Iterator[str]:
    for row in session.new:
        if isinstance(row, Claim):
            yield "taken"
    for row in session.dirty:
        if isinstance(row, Claim) and inspect(row).attrs.state.history.has_changes():
            yield str(row.state)
