import logging
import time

import httpx
from botocore.exceptions import ClientError

from services.sagemaker.aws.s3 import S3Uri
from services.sagemaker.config.resources import Resources
from services.sagemaker.errors import NoInstanceError, StorageError
from services.sagemaker.fleets.fleet import Lease
from services.sagemaker.fleets.routing import Router
from services.sagemaker.storage.tables import AsyncRequestRow

logger = logging.getLogger(__name__)

AGAIN_SECONDS = 1.0
LOST_CONTAINER_LIMIT = 3
TIMED_OUT = "The request took longer than InvocationTimeoutSeconds, {timeout:.0f}."
EXPIRED = "The request was longer in the queue than RequestTTLSeconds allows."


class TryAgainLaterError(Exception):
    """The request is not finished: no instance, or a service that does not answer now."""


class AsyncAttempt:
    """Takes one request from its input to its output or failure object; what passes by itself is tried again."""

    def __init__(self, resources: Resources, client: httpx.Client) -> None:
        self._resources, self._client = resources, client
        self._lost: dict[str, int] = {}  # by request: how many containers ended while they worked on it

    def run(self, row: AsyncRequestRow, router: Router) -> None:
        """Work on a request; raises TryAgainLaterError if it has to go back to the queue."""
        try:
            body = row.body if row.body is not None else self._read(row)
        except StorageError as error:
            if not _is_final(error):
                raise TryAgainLaterError(str(error)) from error
            self.fail(row, f"The input could not be downloaded: {error}")
            return
        try:
            lease = router.acquire(None)
        except NoInstanceError as error:
            raise TryAgainLaterError(str(error)) from error
        try:
            answer, seconds = self._send(row, lease, body)
        finally:
            lease.release()
        self._lost.pop(row.id, None)
        self._count(lease, answer.status_code if answer else 500, seconds)
        if answer is None:
            self.fail(row, TIMED_OUT.format(timeout=row.timeout))
        elif not answer.is_success:
            kind = "client" if answer.is_client_error else "server"
            self.fail(row, f'Received {kind} error ({answer.status_code}) from primary with message "{answer.text}".')
        else:
            content_type = answer.headers.get("Content-Type", "application/octet-stream")
            self._write(row, row.output, answer.content, content_type)

    def fail(self, row: AsyncRequestRow, reason: str) -> None:
        """Write the failure object; without a failure path nobody hears of it but the log."""
        logger.warning("asynchronous request %s of %s failed: %s", row.id, row.endpoint, reason)
        if row.failure is not None:
            self._write(row, row.failure, reason.encode(), "text/plain")

    def _read(self, row: AsyncRequestRow) -> bytes:
        assert row.input is not None
        return self._resources.store.read(S3Uri.parse(row.input))

    def _send(self, row: AsyncRequestRow, lease: Lease, body: bytes) -> tuple[httpx.Response | None, float]:
        """Ask the container; no answer in time is None. A container that ends is asked for no other reason again."""
        began = time.perf_counter()
        url = f"{lease.instance.base_url}/invocations"
        timeout = httpx.Timeout(row.timeout, connect=5.0)
        try:
            answer = self._client.post(url, content=body, headers=dict(row.headers), timeout=timeout)
        except (httpx.ReadTimeout, httpx.WriteTimeout):
            return None, time.perf_counter() - began
        except httpx.ConnectError as error:
            raise TryAgainLaterError("the instance does not listen") from error
        except httpx.HTTPError as error:
            lost = self._lost[row.id] = self._lost.get(row.id, 0) + 1
            if lost < LOST_CONTAINER_LIMIT:
                raise TryAgainLaterError("the container ended during the request") from error
            self._lost.pop(row.id)
            message = f"The container closed the connection without an answer, {lost} times."
            return httpx.Response(500, text=message), time.perf_counter() - began
        return answer, time.perf_counter() - began

    def _count(self, lease: Lease, status: int, seconds: float) -> None:
        self._resources.metrics.invocation(
            lease.fleet.endpoint,
            lease.variant.name,
            lease.fleet.deployment.config_name,
            instances=lease.instances,
            status=status,
            model_us=seconds * 1e6,
            overhead_us=0.0,
        )

    def _write(self, row: AsyncRequestRow, uri: str, body: bytes, content_type: str) -> None:
        try:
            self._resources.store.write(S3Uri.parse(uri), body, content_type)
        except StorageError as error:
            if not _is_final(error):
                raise TryAgainLaterError(str(error)) from error
            logger.error("asynchronous request %s: its answer is lost: %s", row.id, error)  # noqa: TRY400


def _is_final(error: StorageError) -> bool:
    """Say whether S3 refuses for good: it answered, and not about itself."""
    cause = error.__cause__
    if not isinstance(cause, ClientError):
        return cause is None  # an address that is none
    return 400 <= int(cause.response["ResponseMetadata"]["HTTPStatusCode"]) < 500
