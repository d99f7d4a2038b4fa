import time
from dataclasses import replace

from services.sagemaker.fleets.deployment import Deployment
from services.sagemaker.storage.database import Database
from services.sagemaker.storage.tables import AsyncRequestRow, EndpointRow, TagRow

REASON_CHARACTERS = 1024


class EndpointRecord:
    """The stored state of one endpoint: each step is written here before it happens."""

    def __init__(self, database: Database, key: str) -> None:
        self._database, self._key = database, key

    def load(self) -> EndpointRow:
        """Read the endpoint."""
        with self._database.read() as session:
            return session.get_one(EndpointRow, self._key)

    def stage(self, stage: str) -> None:
        """Write the stage of the pending deployment: Creating, ActivatingTraffic or Baking with its message."""
        with self._database.write() as session:
            row = session.get_one(EndpointRow, self._key)
            assert row.pending is not None
            row.pending = replace(Deployment.from_json(row.pending), stage=stage).to_json()

    def commit(self) -> None:
        """Make the pending deployment the deployed one."""
        with self._database.write() as session:
            row = session.get_one(EndpointRow, self._key)
            assert row.pending is not None
            row.deployed, row.pending = row.pending, None
            row.config_name = row.deployed["config_name"]
            row.last_deployment_config = row.deployed["policy"] or row.last_deployment_config
            row.status, row.failure_reason, row.modified = "InService", None, time.time()

    def roll_back(self, reason: str) -> None:
        """Drop the pending deployment: back to the deployed one, or Failed if there is none."""
        with self._database.write() as session:
            row = session.get_one(EndpointRow, self._key)
            row.pending = None
            row.status = "InService" if row.deployed else "Failed"
            row.failure_reason, row.modified = reason[:REASON_CHARACTERS], time.time()

    def fail(self, reason: str) -> None:
        """Mark the endpoint as failed; it can only be deleted."""
        with self._database.write() as session:
            row = session.get_one(EndpointRow, self._key)
            row.status, row.pending = "Failed", None
            row.failure_reason, row.modified = reason[:REASON_CHARACTERS], time.time()

    def set_status(self, status: str) -> None:
        """Write only a status."""
        with self._database.write() as session:
            row = session.get_one(EndpointRow, self._key)
            row.status, row.modified = status, time.time()

    def delete(self) -> None:
        """Remove the endpoint, its tags and the requests in its queue."""
        with self._database.write() as session:
            row = session.get_one(EndpointRow, self._key)
            for request in session.query(AsyncRequestRow).filter_by(endpoint=self._key):
                session.delete(request)
            for tag in session.query(TagRow).filter_by(arn=row.arn):
                session.delete(tag)
            session.delete(row)
