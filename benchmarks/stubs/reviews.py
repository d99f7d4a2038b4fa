"""Human loops by the hundred thousand, in memory, behind a rate limit as AWS has one for each operation."""

from __future__ import annotations

import json
import time
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from benchmarks.stubs.http import Request, Response

if TYPE_CHECKING:
    from benchmarks.stubs.s3 import Objects

FLOW_ARN = "arn:aws:sagemaker:us-east-1:123456789012:flow-definition/"
LOOP_ARN = "arn:aws:sagemaker:us-east-1:123456789012:human-loop/"
BUCKET = "bench"
_JSON = {"Content-Type": "application/json"}


@dataclass(slots=True)
class Loop:
    """One human loop; `created` in seconds since 1970."""

    name: str
    created: float
    content: str
    completed: bool = False


class Allowance:
    """A token bucket, as AWS throttles with: `rate` calls a second, and a second's worth of them at once."""

    def __init__(self, rate: float | None) -> None:
        self._rate = rate
        self._tokens = rate or 0.0
        self._filled = time.monotonic()

    def take(self) -> bool:
        """Say whether a call is let through."""
        if self._rate is None:
            return True
        now = time.monotonic()
        self._tokens = min(self._rate, self._tokens + (now - self._filled) * self._rate)
        self._filled = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True


class Reviews:
    """Amazon A2I's data plane for one flow definition.

    :param rate: Calls a second that each operation lets through, None for any number.
    :param answered_at_once: Every loop is completed as soon as it is started.
    :param answered_per_sweep: How many loops are completed before each sweep but the first, oldest first.
    """

    def __init__(
        self,
        objects: Objects,
        *,
        rate: float | None = None,
        answered_at_once: bool = False,
        answered_per_sweep: int = 0,
    ) -> None:
        self._objects = objects
        self._rate = rate
        self._answered_at_once = answered_at_once
        self._answered_per_sweep = answered_per_sweep
        self._allowances: dict[str, Allowance] = {}
        self._by_name: dict[str, Loop] = {}
        self._in_order: list[Loop] = []
        self._finished = 0
        self.counts: Counter[str] = Counter()

    def seed(self, count: int, began: float, apart: float) -> None:
        """Make open loops `seeded-000000` and so on, created `apart` seconds one after the other."""
        for number in range(count):
            content = json.dumps({"taskObject": f"s3://{BUCKET}/images/seeded/{number:06d}.jpg"})
            self._add(Loop(f"seeded-{number:06d}", began + number * apart, content))

    def finish(self, count: int) -> None:
        """Let the reviewers complete the oldest open loops."""
        for loop in self._in_order[self._finished : self._finished + count]:
            self._complete(loop)
        self._finished = min(self._finished + count, len(self._in_order))

    def handle(self, request: Request) -> Response:
        """Answer a request to the data plane."""
        name = request.path.removeprefix("/human-loops").strip("/")
        operation = {"POST": "StartHumanLoop", "GET": "DescribeHumanLoop" if name else "ListHumanLoops"}[request.method]
        self.counts[operation] += 1
        if not self._allowances.setdefault(operation, Allowance(self._rate)).take():
            self.counts[f"{operation} throttled"] += 1
            return _error(400, "ThrottlingException", "Rate exceeded")
        if operation == "StartHumanLoop":
            return self._start(json.loads(request.body))
        return self._describe(name) if name else self._list(request.query)

    def _start(self, asked: dict[str, Any]) -> Response:
        name, content = asked["HumanLoopName"], asked["HumanLoopInput"]["InputContent"]
        known = self._by_name.get(name)
        if known is not None and known.content != content:
            return _error(409, "ConflictException", "another input")
        if known is None:
            loop = Loop(name, time.time(), content)
            self._add(loop)
            if self._answered_at_once:
                self._complete(loop)
        else:
            self.counts["started twice"] += 1
        return _answer({"HumanLoopArn": LOOP_ARN + name}, 201)

    def _describe(self, name: str) -> Response:
        loop = self._by_name.get(name)
        if loop is None:
            return _error(404, "ResourceNotFoundException", "Requested resource not found")
        answer = self._summary(loop) | {"FlowDefinitionArn": f"{FLOW_ARN}bench", "HumanLoopArn": LOOP_ARN + name}
        if loop.completed:
            answer["HumanLoopOutput"] = {"OutputS3Uri": f"s3://{BUCKET}/{_output_key(name)}"}
        return _answer(answer)

    def _list(self, query: dict[str, str]) -> Response:
        size, token, after = int(query.get("MaxResults", "10")), query.get("NextToken"), query.get("CreationTimeAfter")
        start = int(token) if token else 0
        if not token:
            self._begin_sweep()
        self.counts[f"sweep {self.counts['sweeps']}"] += 1
        if after and not token:
            moment = datetime.fromisoformat(after).timestamp()
            start = bisect_right(self._in_order, moment, key=lambda loop: loop.created)
        page: dict[str, Any] = {"HumanLoopSummaries": [self._summary(x) for x in self._in_order[start : start + size]]}
        if start + size < len(self._in_order):
            page["NextToken"] = str(start + size)
        return _answer(page)

    def _begin_sweep(self) -> None:
        if self.counts["sweeps"]:
            self.finish(self._answered_per_sweep)
        self.counts["sweeps"] += 1

    def _summary(self, loop: Loop) -> dict[str, Any]:
        created = datetime.fromtimestamp(loop.created, UTC).isoformat(timespec="milliseconds")
        status = "Completed" if loop.completed else "InProgress"
        return {"HumanLoopName": loop.name, "HumanLoopStatus": status, "CreationTime": created.replace("+00:00", "Z")}

    def _add(self, loop: Loop) -> None:
        self._by_name[loop.name] = loop
        self._in_order.append(loop)

    def _complete(self, loop: Loop) -> None:
        loop.completed = True
        body = json.dumps(_output(loop)).encode()
        self._objects.put(BUCKET, _output_key(loop.name), body)


def _output_key(name: str) -> str:
    return f"reviews/{name}/output.json"


def _output(loop: Loop) -> dict[str, Any]:
    # What the endpoint of the stubs sees in every image: reviewers who contradict it would fail the manifest's check.
    box = {"label": "person", "left": 32, "top": 24, "width": 128, "height": 96}
    result = {"boundingBoxes": [box], "inputImageProperties": {"width": 320, "height": 240}}
    human = {
        "acceptanceTime": "2026-11-22T08:00:00.000Z",
        "answerContent": {"annotatedResult": result},
        "submissionTime": "2026-11-22T08:00:10.000Z",
        "timeSpentInSeconds": 10.0,
        "workerId": "0123456789abcdef",
        "workerMetadata": {"identityData": {"identityProviderType": "Cognito", "issuer": "i", "sub": "s"}},
    }
    return {
        "flowDefinitionArn": f"{FLOW_ARN}bench",
        "humanAnswers": [human],
        "humanLoopName": loop.name,
        "inputContent": json.loads(loop.content),
    }


def _answer(body: dict[str, Any], status: int = 200) -> Response:
    return Response(status, json.dumps(body).encode(), _JSON)


def _error(status: int, code: str, message: str) -> Response:
    return Response(status, json.dumps({"message": message}).encode(), _JSON | {"x-amzn-ErrorType": code})
