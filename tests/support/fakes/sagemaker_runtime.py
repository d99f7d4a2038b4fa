# ruff: noqa: N803
"""SageMaker's runtime in memory: an endpoint that answers what a test says."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

from .client import ACCOUNT, FakeClient, operation

if TYPE_CHECKING:
    from collections.abc import Callable


class FakeSageMakerRuntime(FakeClient):
    """`answers` says by endpoint what it makes of an image's bytes: JSON values, or bytes as they are.

    What is asked asynchronously waits in `queue` with the location of its answer; nobody answers by themselves.
    """

    service = "sagemaker-runtime"

    def __init__(self) -> None:
        super().__init__()
        self.answers: dict[str, Callable[[bytes], Any]] = {}
        self.queue: list[dict[str, Any]] = []

    @operation
    def invoke_endpoint(self, EndpointName: str, Body: bytes, **_: Any) -> dict[str, Any]:
        if EndpointName not in self.answers:
            raise self.error("ValidationError", f"Endpoint {EndpointName} of account {ACCOUNT} not found.")
        answer = self.answers[EndpointName](Body)
        body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        return {"Body": io.BytesIO(body), "ContentType": "application/json"}

    @operation
    def invoke_endpoint_async(self, EndpointName: str, **request: Any) -> dict[str, Any]:
        if EndpointName not in self.answers:
            raise self.error("ValidationError", f"Endpoint {EndpointName} of account {ACCOUNT} not found.")
        path = f"{request['S3OutputPathExtension']}/{request['Filename']}"
        answer = {
            "InferenceId": request["InferenceId"],
            "OutputLocation": f"s3://bucket/async/answers/{path}",
            "FailureLocation": f"s3://bucket/async/failures/{len(self.queue)}-error.out",
        }
        self.queue.append({**request, **answer})
        return answer
