import gzip
import zlib
from collections.abc import Callable
from datetime import UTC, datetime

import httpx
from tenacity import Retrying, retry_if_exception, stop_after_attempt

from services.sagemaker.aws.s3 import ObjectStore, S3Uri
from services.sagemaker.errors import SageMakerError, StorageError
from services.sagemaker.jobs.inputs import InputObject
from services.sagemaker.jobs.payloads import RecordTooLargeError, assemble, output_key, split_payloads
from services.sagemaker.jobs.runner import Signals
from services.sagemaker.jobs.transform_plan import TransformPlan

CLIENT = "ClientError"
ALGORITHM = "AlgorithmError"


class ObjectFailedError(SageMakerError):
    """One object could not be transformed; the job goes on with the others and ends as Failed."""

    def __init__(self, kind: str, summary: str, body: str = "") -> None:
        super().__init__(summary)
        self.kind, self.summary, self.body = kind, summary, body


class ObjectTransformer:
    """Transforms objects: reads, splits, invokes, assembles, writes. Used by many threads at once."""

    def __init__(
        self,
        store: ObjectStore,
        plan: TransformPlan,
        output: S3Uri,
        *,
        zipped: bool,
        signals: Signals,
        data_log: Callable[[str], None],
    ) -> None:
        self._store, self._plan, self._output, self._zipped = store, plan, output, zipped
        self._signals, self._data_log = signals, data_log
        self._client = httpx.Client(
            timeout=plan.timeout_seconds,
            trust_env=False,
            limits=httpx.Limits(max_connections=None, keepalive_expiry=2.0),
        )

    def close(self) -> None:
        """Close the connections to the containers."""
        self._client.close()

    def transform(self, item: InputObject, base_url: str) -> str | None:
        """Transform one object; return None, or who is at fault if it failed. The data log says why."""
        self._signals.check()
        try:
            result = self._result(item, base_url)
            key = output_key(self._output.key, item.relative)
            content_type = self._plan.headers.get("Accept", "application/octet-stream")
            self._write(S3Uri(self._output.bucket, key), result, content_type)
        except ObjectFailedError as failure:
            self._report(item, failure)
            return failure.kind
        return None

    def _result(self, item: InputObject, base_url: str) -> bytes:
        body = self._read(item.address)
        plan = self._plan
        payloads = split_payloads(
            body, split_type=plan.split_type, batch_strategy=plan.batch_strategy, max_payload_mb=plan.max_payload_mb
        )
        try:
            return assemble([self._invoke(payload, base_url) for payload in payloads], plan.assemble_with)
        except RecordTooLargeError as error:
            raise ObjectFailedError(CLIENT, f"ClientError: {error}") from error

    def _read(self, address: S3Uri) -> bytes:
        try:
            body = self._store.read(address)
            return gzip.decompress(body) if self._zipped else body
        except (StorageError, OSError, EOFError, zlib.error) as error:
            raise ObjectFailedError(CLIENT, f"ClientError: {error}") from error

    def _write(self, address: S3Uri, result: bytes, content_type: str) -> None:
        self._signals.check()
        try:
            self._store.write(address, result, content_type)
        except StorageError as error:
            raise ObjectFailedError(CLIENT, f"ClientError: {error}") from error

    def _invoke(self, payload: bytes, base_url: str) -> bytes:
        """Post one payload; a missing answer or a server error is tried again, a client error is not."""
        tries = stop_after_attempt(self._plan.max_retries + 1)
        return Retrying(stop=tries, retry=retry_if_exception(_may_pass), reraise=True)(self._post, payload, base_url)

    def _post(self, payload: bytes, base_url: str) -> bytes:
        self._signals.check()
        try:
            answer = self._client.post(f"{base_url}/invocations", content=payload, headers=dict(self._plan.headers))
        except httpx.HTTPError as error:
            raise ObjectFailedError(ALGORITHM, "Unable to get response from algorithm") from error
        if answer.is_success:
            return answer.content
        if answer.status_code < 500:
            raise ObjectFailedError(CLIENT, f"ClientError: {answer.status_code}", answer.text)
        summary = f"Bad HTTP status received from algorithm: {answer.status_code}"
        raise ObjectFailedError(ALGORITHM, summary, answer.text)

    def _report(self, item: InputObject, failure: ObjectFailedError) -> None:
        place = f"{item.address.bucket}/{item.address.key}"
        self._data_log(f"{place}: {failure.summary}")
        if failure.body:
            for text in ("", "Message:", *failure.body.splitlines()):
                self._data_log(f"{place}: {text}")


def _may_pass(error: BaseException) -> bool:
    return isinstance(error, ObjectFailedError) and error.kind == ALGORITHM


def data_log_line(text: str, now: float) -> str:
    """Write one line of a job's data log."""
    moment = datetime.fromtimestamp(now, UTC).isoformat(timespec="milliseconds").removesuffix("+00:00")
    return f"{moment}:[sagemaker logs]: {text}"
