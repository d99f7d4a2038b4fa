"""SageMaker's runtime: one image in, its detections out."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from tenacity import Retrying, retry_if_exception, stop_after_attempt, wait_exponential

from nightloop.aws.clients.error_translation import error_code, error_message, translated
from nightloop.aws.clients.in_flight_limit import Places
from nightloop.aws.errors import EndpointMissingError, NightloopError, ServiceFaultError
from nightloop.aws.hooks.base import LoopHook

if TYPE_CHECKING:
    from botocore.config import Config

_IMAGE_ERRORS: Final = {"ModelError", "ValidationError", "ValidationException", "RequestEntityTooLarge", "413"}
_NOT_READY: Final = {"ModelNotReadyException", "InternalDependencyException"}
_NOT_READY_TRIES: Final = 6


class ImageRefusedError(NightloopError):
    """The endpoint gave no result for this one image; this is recorded for the image and never fails a night.

    `code` is AWS's error code. `model_at_fault` says whether the model failed (5xx) or refused the image.
    """

    def __init__(self, code: str, message: str, *, model_at_fault: bool = False) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.model_at_fault = model_at_fault


class InvocationHook(LoopHook):
    """Calls an endpoint (`sagemaker-runtime`) from several threads at once.

    :param concurrency: How many images are at the endpoint at once; further threads prepare theirs and wait.
    :param read_timeout_seconds: SageMaker gives a model 60 seconds, so the client waits a little longer.
    """

    def __init__(
        self,
        aws_conn_id: str | None = "aws_default",
        *,
        concurrency: int = 4,
        read_timeout_seconds: int = 70,
        **kwargs: Any,
    ) -> None:
        kwargs["client_type"] = "sagemaker-runtime"
        super().__init__(aws_conn_id=aws_conn_id, **kwargs)
        self.concurrency = concurrency
        self.places = Places(concurrency)
        self.read_timeout_seconds = read_timeout_seconds

    @property
    def client_settings(self) -> Config:
        """Retries as everywhere, with a timeout and a pool for many images."""
        from botocore.config import Config

        ours = Config(read_timeout=self.read_timeout_seconds, max_pool_connections=self.concurrency)
        return super().client_settings.merge(ours)

    def get_client_type(self, region_name: str | None = None, config: Any = None, deferrable: bool = False) -> Any:
        """Build the client, whose requests wait for a place at the endpoint."""
        client = super().get_client_type(region_name, config, deferrable)
        self.places.watch(client)
        return client

    @translated
    def detect(self, endpoint_name: str, body: bytes, content_type: str) -> dict[str, Any]:
        """Score one image; return the endpoint's JSON.

        :raises ImageRefusedError: if this image, or the model's answer to it, is at fault.
        :raises EndpointMissingError: if there is no such endpoint.
        """
        retrying = Retrying(
            retry=retry_if_exception(lambda error: error_code(error) in _NOT_READY),
            stop=stop_after_attempt(_NOT_READY_TRIES),
            wait=wait_exponential(max=10),
            reraise=True,
        )
        try:
            return _parse(retrying(self._invoke, endpoint_name, body, content_type))
        except self.client.exceptions.ClientError as error:
            if error_code(error) in _NOT_READY:
                message = f"The model of endpoint {endpoint_name} is not ready. The task will try again later."
                raise ServiceFaultError(message) from error
            raise _meaning_of(error, endpoint_name) from error

    def _invoke(self, endpoint_name: str, body: bytes, content_type: str) -> bytes:
        """Send the image; no place at the endpoint is held between two tries."""
        try:
            answer = self.client.invoke_endpoint(
                EndpointName=endpoint_name, Body=body, ContentType=content_type, Accept="application/json"
            )
        finally:
            self.places.leave()
        return bytes(answer["Body"].read())


def _meaning_of(error: Exception, endpoint_name: str) -> Exception:
    code, message = error_code(error), error_message(error)
    if code == "ValidationError" and message.startswith(f"Endpoint {endpoint_name} of account"):
        return EndpointMissingError(f"{message} Run this loop's bootstrap DAG first.")
    if code not in _IMAGE_ERRORS:
        return error
    original = int(getattr(error, "response", {}).get("OriginalStatusCode", 0) or 0)
    return ImageRefusedError(code, message, model_at_fault=code == "ModelError" and not 400 <= original < 500)


def _parse(body: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(body)
    except ValueError as error:
        raise ImageRefusedError("ModelError", f"the endpoint's answer is not JSON: {body[:200]!r}") from error
    if not isinstance(answer, dict):
        raise ImageRefusedError("ModelError", f"the endpoint's answer is not a JSON object: {body[:200]!r}")
    return answer
