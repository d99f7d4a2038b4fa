import time

from services.sagemaker.errors import JobStoppedError
from services.sagemaker.jobs import states
from services.sagemaker.storage.database import Database
from services.sagemaker.storage.tables import TransformJobRow


class TransformRecord:
    """The stored state of one transform job."""

    def __init__(self, database: Database, key: str) -> None:
        self._database, self._key = database, key

    def load(self) -> TransformJobRow:
        """Read the job."""
        with self._database.read() as session:
            return session.get_one(TransformJobRow, self._key)

    def begin(self) -> None:
        """Write when the transform began; a job that runs again keeps its first time."""
        with self._database.write() as session:
            row = session.get_one(TransformJobRow, self._key)
            row.started = row.started or time.time()

    def end(self, event: str, reason: str | None = None) -> None:
        """End the job; raises JobStoppedError if it was stopped meanwhile and the event is not part of that."""
        with self._database.write() as session:
            row = session.get_one(TransformJobRow, self._key)
            if row.status == "Stopping" and event != "stopped":
                raise JobStoppedError(row.name)
            row.failure_reason = reason
            advance_row(row, event, time.time())

    def fail(self, reason: str) -> None:
        """End the job as Failed, or as Stopped if it was being stopped."""
        try:
            self.end("fail", reason)
        except JobStoppedError:
            self.end("stopped")


def advance_row(row: TransformJobRow, event: str, now: float) -> None:
    """Apply an event to a job's row, within the caller's transaction."""
    row.status = states.transform_after(row.status, event)
    row.modified = now
    if row.status in states.TERMINAL:
        row.ended = now
