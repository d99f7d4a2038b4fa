"""An endpoint that answers after a fixed time, as often as it is asked."""

from __future__ import annotations

import json

from benchmarks.stubs.http import Request, Response

MODEL, CONFIG = "stub-model", "stub-config"
ARTEFACT = "s3://bench/model.tar.gz"
_JSON = {"Content-Type": "application/json"}
_SURE, _UNSURE = (
    json.dumps({"prediction": [[14, score, 0.1, 0.1, 0.5, 0.5], [3, 0.2, 0.2, 0.2, 0.6, 0.7]]}).encode()
    for score in (0.9, 0.4)
)
_UNSURE_OF = 20
"""One image in so many."""


class Endpoint:
    """InvokeEndpoint, and what is asked about the endpoint before.

    :param latency: Seconds until an image is answered.
    """

    def __init__(self, latency: float) -> None:
        self.latency = latency
        self.invocations = 0

    def invoke(self, _: Request) -> Response:
        """Answer InvokeEndpoint."""
        self.invocations += 1
        detections = _SURE if self.invocations % _UNSURE_OF else _UNSURE
        return Response(200, detections, _JSON, delay=self.latency)

    def describe(self, operation: str, request: Request) -> Response:
        """Answer DescribeEndpoint, DescribeEndpointConfig and DescribeModel."""
        name = next(iter(json.loads(request.body or b"{}").values()), "")
        arn = f"arn:aws:sagemaker:us-east-1:123456789012:endpoint/{name}"
        variant = {"VariantName": "live", "ModelName": MODEL}
        answers: dict[str, dict[str, object]] = {
            "DescribeEndpoint": {
                "EndpointName": name,
                "EndpointArn": arn,
                "EndpointConfigName": CONFIG,
                "EndpointStatus": "InService",
                "CreationTime": 1.0,
                "LastModifiedTime": 1.0,
            },
            "DescribeEndpointConfig": {
                "EndpointConfigName": CONFIG,
                "EndpointConfigArn": arn,
                "ProductionVariants": [variant],
                "CreationTime": 1.0,
            },
            "DescribeModel": {
                "ModelName": MODEL,
                "ModelArn": arn,
                "CreationTime": 1.0,
                "PrimaryContainer": {"Image": "object-detection:1", "ModelDataUrl": ARTEFACT},
            },
        }
        if operation not in answers:
            return Response(400, json.dumps({"__type": "UnknownOperationException"}).encode(), _JSON)
        return Response(200, json.dumps(answers[operation]).encode(), _JSON)
