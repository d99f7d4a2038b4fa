"""Opening human loops while the API throttles."""

from __future__ import annotations

import os
import time

from benchmarks.airflow_side.plan import write_plan
from benchmarks.common.records import Record, at_least, exact
from benchmarks.stubs.reviews import BUCKET
from benchmarks.stubs.running import connections, counts, stubs

SHARE = 0.9


def opening(command: str, *, loops: int, rate: float) -> list[Record]:
    """Open loops against an API that lets through `rate` calls a second of each operation, with a second's burst."""
    with stubs(rate=rate) as url:
        os.environ |= connections(url)
        seconds, opened = _open(loops)
        asked = counts(url)
    what = f"opening {loops:,} loops, API throttled"
    steady = (loops - rate) / seconds  # the burst is a gift of the server's, not of the pace
    throttled = asked.get("StartHumanLoop throttled", 0) + asked.get("DescribeHumanLoop throttled", 0)
    return [
        at_least(what, steady, "loops/s", peer="the allowed rate", peer_value=rate, least=SHARE, command=command),
        exact(f"{what}: errors that surfaced", loops - opened, "loops", bar=0, command=command),
        exact(f"{what}: started twice", asked.get("started twice", 0), "loops", bar=0, command=command),
        Record(
            f"{what}: throttled calls for each that was let through", round(throttled / (2 * loops), 4), "x", command
        ),
    ]


def _open(loops: int) -> tuple[float, int]:
    from nightloop.aws.operators.night.open_reviews import OpenReviewsOperator
    from tests.integration.aws.running import run

    night = f"s3://{BUCKET}/loops/bench/nights/2026-01-02"
    write_plan(night, loops, "opened")
    operator = OpenReviewsOperator(
        task_id="open",
        night=night,
        flow_definition_name="bench",
        workteam_arn="arn:aws:sagemaker:us-east-1:123456789012:workteam/private-crowd/reviewers",
        classes=("person",),
    )
    began = time.perf_counter()
    result = run(operator)
    return time.perf_counter() - began, int(result["opened"])
