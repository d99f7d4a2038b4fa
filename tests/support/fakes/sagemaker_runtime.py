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
    """`answers` says by endpoint what it makes of an image's bytes: JSON values, or bytes as they are."""

    service = "sagemaker-runtime"

    def __init__(self) -> None:
        super().__init__()
        self.answers: dict[str, Callable[[bytes], Any]] = {}

    @operation
    def invoke_endpoint(self, EndpointName: str, Body: bytes, **_: Any) -> dict[str, Any]:
        if EndpointName not in self.answers:
            raise self.error("ValidationError", f"Endpoint {EndpointName} of account {ACCOUNT} not found.")
        answer = self.answers[EndpointName](Body)
        body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        return {"Body": io.BytesIO(body), "ContentType": "application/json"}
