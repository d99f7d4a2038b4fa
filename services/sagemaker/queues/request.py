import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from services.sagemaker.queues.backlog import Waiting
from services.sagemaker.storage.database import Database
from services.sagemaker.storage.tables import AsyncRequestRow

Document = dict[str, Any]

TTL_SECONDS = 21_600
TIMEOUT_SECONDS = 900.0
HEADERS = {
    "ContentType": "Content-Type",
    "Accept": "Accept",
    "CustomAttributes": "X-Amzn-SageMaker-Custom-Attributes",
    "InferenceId": "X-Amzn-SageMaker-Inference-Id",
}


def make_row(key: str, request: Mapping[str, Any], output: Mapping[str, Any], now: float) -> AsyncRequestRow:
    """Make the row of an InvokeEndpointAsync call.

    :param output: The OutputConfig of the endpoint.
    """
    identity = str(uuid.uuid4())
    folder = _joined(output["S3OutputPath"], request.get("S3OutputPathExtension", ""))
    failures = output.get("S3FailurePath")
    return AsyncRequestRow(
        id=identity,
        endpoint=key,
        received=now,
        expires=now + request.get("RequestTTLSeconds", TTL_SECONDS),
        timeout=float(request.get("InvocationTimeoutSeconds", TIMEOUT_SECONDS)),
        inference=request.get("InferenceId", identity),
        input=request.get("InputLocation"),
        body=request.get("Body"),
        headers={header: request[member] for member, header in HEADERS.items() if member in request},
        output=_joined(folder, request.get("Filename", f"{identity}.out")),
        failure=_joined(failures, f"{identity}-error.out") if failures else None,
    )


def _joined(folder: str, name: str) -> str:
    return "/".join(
        part.strip("/") if number else part.rstrip("/") for number, part in enumerate((folder, name)) if part
    )


class AsyncRequests:
    """The requests that are not finished, on disk."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, row: AsyncRequestRow) -> Waiting:
        """Store a request: from now on it survives the service."""
        with self._database.write() as session:
            session.add(row)
        return Waiting(row.id, row.received, row.expires)

    def find(self, identity: str) -> AsyncRequestRow | None:
        """Read a request; None if its endpoint was deleted."""
        with self._database.read() as session:
            return session.get(AsyncRequestRow, identity)

    def remove(self, identity: str) -> None:
        """Forget a request that is finished."""
        with self._database.write() as session:
            row = session.get(AsyncRequestRow, identity)
            if row is not None:
                session.delete(row)

    def all(self) -> list[tuple[str, Waiting]]:
        """List every endpoint's requests in the order of their arrival, each with the key of its endpoint."""
        columns = (AsyncRequestRow.endpoint, AsyncRequestRow.id, AsyncRequestRow.received, AsyncRequestRow.expires)
        with self._database.read() as session:
            rows = session.execute(select(*columns).order_by(AsyncRequestRow.received)).all()
        return [(endpoint, Waiting(identity, received, expires)) for endpoint, identity, received, expires in rows]
