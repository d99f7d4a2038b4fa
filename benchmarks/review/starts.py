"""StartHumanLoop: how long one takes beside /healthz, and how many a second."""

from __future__ import annotations

import json
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import httpx
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from benchmarks.common.records import Record, median_ms
from benchmarks.review.servers import FLOW_ARN, KEYS, REGION

ROUNDS = 300
WARM_UP = 20
CALLERS = 16
CALLS = 100
_CREDENTIALS = Credentials(KEYS["aws_access_key_id"], KEYS["aws_secret_access_key"])


def start_time(kind: str, url: str, command: str) -> list[Record]:
    """Measure StartHumanLoop and /healthz of one server in turns, over one connection each, signatures made before."""
    starting, probing = [], []
    with httpx.Client(base_url=url, timeout=30) as browser:
        for _ in range(ROUNDS + WARM_UP):
            starting.append(_send(browser, _signed(url)))
            begun = time.perf_counter()
            browser.get("/healthz").raise_for_status()
            probing.append(time.perf_counter() - begun)
    value, peer_value = median_ms(starting[WARM_UP:]), median_ms(probing[WARM_UP:])
    return [
        Record(
            f"{kind}: StartHumanLoop",
            round(value, 3),
            "ms",
            command,
            "GET /healthz of the same server",
            round(peer_value, 3),
            round(value / peer_value, 2),
        )
    ]


def start_throughput(kind: str, url: str, command: str) -> list[Record]:
    """Measure how many loops many callers start in a second, beside how many probes they get answered."""

    def calls(_: int) -> None:
        with httpx.Client(base_url=url, timeout=60) as browser:
            for request in [_signed(url) for _ in range(CALLS)]:
                _send(browser, request)

    def probes(_: int) -> None:
        with httpx.Client(base_url=url, timeout=60) as browser:
            for _ in range(CALLS):
                browser.get("/healthz").raise_for_status()

    rates = []
    with ThreadPoolExecutor(CALLERS) as callers:
        for work in (calls, probes):
            begun = time.perf_counter()
            list(callers.map(work, range(CALLERS)))
            rates.append(CALLERS * CALLS / (time.perf_counter() - begun))
    started, probed = rates
    what = f"{kind}: StartHumanLoop, {CALLERS} callers at once (signing included)"
    peer = "GET /healthz by as many callers"
    return [Record(what, round(started, 1), "a second", command, peer, round(probed, 1), round(started / probed, 3))]


def _signed(url: str) -> AWSRequest:
    body = json.dumps(
        {
            "HumanLoopName": f"bench-{uuid.uuid4().hex}",
            "FlowDefinitionArn": f"{FLOW_ARN}empty",
            "HumanLoopInput": {"InputContent": json.dumps({"taskObject": "s3://bench/images/cat.jpg"})},
        }
    )
    headers = {"Content-Type": "application/json"}
    request = AWSRequest("POST", f"{url}/human-loops", data=body.encode(), headers=headers)
    SigV4Auth(_CREDENTIALS, "sagemaker", REGION).add_auth(request)
    return request


def _send(browser: httpx.Client, request: AWSRequest) -> float:
    begun = time.perf_counter()
    answer = browser.post("/human-loops", content=request.data, headers=dict(request.headers))
    seconds = time.perf_counter() - begun
    if answer.status_code not in {200, 201}:
        raise RuntimeError(f"StartHumanLoop failed: {answer.status_code} {answer.text[:300]}")
    return seconds
