"""S3, an endpoint and human loops in one small server: `python -m benchmarks.stubs.server '{"latency": 0.05}'`."""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import dataclass, field

from benchmarks.common.pictures import jpegs
from benchmarks.stubs.endpoint import Endpoint
from benchmarks.stubs.http import Request, Response, serve
from benchmarks.stubs.reviews import BUCKET, FLOW_ARN, Reviews
from benchmarks.stubs.s3 import Objects

_JSON = {"Content-Type": "application/x-amz-json-1.1"}


@dataclass(frozen=True)
class Settings:
    """What the stubs hold and how they answer.

    :param latency: Seconds until the endpoint answers an image.
    :param images: How many images lie under `images/{folder}/`, for each folder.
    :param rate: Calls a second each operation of the reviews lets through.
    :param answered_at_once: Every loop is completed as soon as it is started.
    :param seeded: Loops that are there already, made `apart` seconds one after the other from `began` on.
    :param answered: How many of these are completed.
    :param answered_per_sweep: How many more reviewers complete before each sweep but the first, oldest first.
    """

    latency: float = 0.0
    images: dict[str, int] = field(default_factory=dict)
    rate: float | None = None
    answered_at_once: bool = False
    seeded: int = 0
    began: float = 0.0
    apart: float = 0.01
    answered: int = 0
    answered_per_sweep: int = 0


class Stubs:
    """Sends each request to the service it is for."""

    def __init__(self, settings: Settings) -> None:
        self.objects = Objects()
        self.endpoint = Endpoint(settings.latency)
        self.reviews = Reviews(
            self.objects,
            rate=settings.rate,
            answered_at_once=settings.answered_at_once,
            answered_per_sweep=settings.answered_per_sweep,
        )
        self.reviews.seed(settings.seeded, settings.began, settings.apart)
        self.reviews.finish(settings.answered)
        bodies = jpegs(8)
        for folder, count in settings.images.items():
            for number in range(count):
                self.objects.put(
                    BUCKET, f"images/{folder}/{number:06d}.jpg", bodies[number % len(bodies)], f"{number:032x}"
                )

    def handle(self, request: Request) -> Response:
        """Answer a request."""
        if request.path.startswith("/human-loops"):
            return self.reviews.handle(request)
        if request.path.startswith("/endpoints/"):
            return self.endpoint.invoke(request)
        if request.path == "/stub/counts":
            return Response(200, json.dumps(self.reviews.counts).encode(), _JSON)
        if request.path == "/stub/invocations":
            return Response(200, str(self.endpoint.invocations).encode(), _JSON)
        if "x-amz-target" in request.headers:
            return self._control_plane(request)
        return self.objects.handle(request)

    def _control_plane(self, request: Request) -> Response:
        operation = request.headers["x-amz-target"].partition(".")[2]
        if operation == "DescribeFlowDefinition":
            name = json.loads(request.body)["FlowDefinitionName"]
            flow = {"FlowDefinitionName": name, "FlowDefinitionArn": FLOW_ARN + name, "FlowDefinitionStatus": "Active"}
            return Response(200, json.dumps(flow).encode(), _JSON)
        if operation == "DescribeWorkteam":
            team = {"WorkteamName": "reviewers", "SubDomain": "portal.example.com", "Description": "d"}
            return Response(200, json.dumps({"Workteam": team}).encode(), _JSON)
        return self.endpoint.describe(operation, request)


def main() -> None:
    """Serve until ended; the first line of the output is the port."""
    given = json.loads(sys.argv[1]) if len(sys.argv) > 1 else {}
    stubs = Stubs(Settings(**given))
    asyncio.run(serve(stubs.handle, lambda port: print(port, flush=True)))


if __name__ == "__main__":
    main()
