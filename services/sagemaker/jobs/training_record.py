import time
from collections.abc import Callable
from typing import Any

from services.sagemaker.errors import JobStoppedError
from services.sagemaker.jobs import states
from services.sagemaker.storage.database import Database
from services.sagemaker.storage.tables import TrainingJobRow

REASON_CHARACTERS = 1024


class TrainingRecord:
    """The stored state of one training job: each step is written here before it happens."""

    def __init__(self, database: Database, key: str, clock: Callable[[], float] = time.time) -> None:
        self._database, self._key, self._clock = database, key, clock

    def load(self) -> TrainingJobRow:
        """Read the job."""
        with self._database.read() as session:
            return session.get_one(TrainingJobRow, self._key)

    def advance(self, event: str) -> float:
        """Apply an event of the states' table and return its time.

        :raises JobStoppedError: if a caller stopped the job meanwhile and the event is not part of stopping.
        """
        with self._database.write() as session:
            row = session.get_one(TrainingJobRow, self._key)
            if row.secondary_status == "Stopping" and event != "stopped":
                raise JobStoppedError(row.name)
            return advance_row(row, event, self._clock())

    def reword(self, message: str) -> None:
        """Change the message of the job's status; a stopping job keeps its own."""
        with self._database.write() as session:
            row = session.get_one(TrainingJobRow, self._key)
            if row.status == "InProgress":
                row.transitions = states.reword_transition(row.transitions, message)
                row.modified = self._clock()

    def fail(self, reason: str) -> None:
        """End the job as Failed, or as Stopped if it was being stopped."""
        with self._database.write() as session:
            row = session.get_one(TrainingJobRow, self._key)
            if row.secondary_status == "Stopping":
                advance_row(row, "stopped", self._clock())
            else:
                row.failure_reason = reason[:REASON_CHARACTERS]
                advance_row(row, "fail", self._clock())

    def save_metrics(self, metrics: list[dict[str, Any]]) -> None:
        """Write the final metrics."""
        with self._database.write() as session:
            session.get_one(TrainingJobRow, self._key).metrics = metrics


def advance_row(row: TrainingJobRow, event: str, now: float) -> float:
    """Apply an event to a job's row, within the caller's transaction."""
    row.secondary_status = states.training_after(row.secondary_status, event)
    row.status = states.primary_of(row.secondary_status)
    row.transitions = states.add_transition(row.transitions, row.secondary_status, now)
    row.modified = now
    if row.secondary_status == "Downloading" and row.started is None:
        row.started = now
    if row.status in states.TERMINAL:
        row.ended = now
    return now
