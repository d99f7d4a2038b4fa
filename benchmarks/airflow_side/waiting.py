"""The trigger that waits for a hundred thousand human loops: its calls and its memory."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from benchmarks.common.memory import in_a_process, peak_mb, present_mb
from benchmarks.common.records import Record, exact, limited
from benchmarks.stubs.reviews import BUCKET, FLOW_ARN, LOOP_ARN
from benchmarks.stubs.running import connections, counts, stubs

PER_PAGE = 100
FULL_SWEEP = 1_001
"""Calls of a sweep over 100,000 loops, at most."""
NIGHT_SHARE = 0.6
MEMORY_MB = 200
LOOPS_A_SECOND = 80
"""How quickly the loops were opened."""


def waiting(command: str, *, loops: int, sweeps: int) -> list[Record]:
    """Let reviewers answer evenly, oldest first, over so many sweeps."""
    began, per_sweep = time.time() - 3 * 3600, -(-loops // sweeps)
    settings = {"seeded": loops, "began": began, "apart": 1 / LOOPS_A_SECOND, "answered_per_sweep": per_sweep}
    with stubs(**settings) as url:
        told = in_a_process("benchmarks.airflow_side.waiting", url, loops, began)
        asked = counts(url)
    made, full = asked["sweeps"], loops // PER_PAGE + 1
    calls = sum(count for name, count in asked.items() if name in {"ListHumanLoops", "DescribeHumanLoop"})
    what = f"waiting for {loops:,} loops (stub)"
    return [
        exact(f"{what}: loops seen completed", told["event"]["completed"], "loops", bar=loops, command=command),
        limited(f"{what}: calls of a full sweep", asked["sweep 1"], "calls", most=full, command=command),
        Record(
            f"{what}: calls of a night of {made} sweeps, answers oldest first",
            calls,
            "calls",
            command,
            f"{made} sweeps of {full}",
            made * full,
            round(calls / (made * full), 3),
            f"<= {NIGHT_SHARE} x",
            calls <= NIGHT_SHARE * made * full,
        ),
        limited(f"{what}: memory of the trigger", told["memory"], "MB", most=MEMORY_MB, command=command),
        Record(f"{what}: its process at most, Airflow's imports included", told["peak"], "MB", command),
        Record(f"{what}: processor time of one sweep of 100,000", told["cpu"] / (calls / 1000), "s", command),
    ]


def main() -> None:
    """Run the trigger in this process, which does nothing else, and print what it took."""
    url, loops, began = json.loads(sys.argv[1])
    os.environ |= connections(url)
    uri = _write_loops(loops, began)
    print(json.dumps(asyncio.run(_wait(uri))))


def _write_loops(loops: int, began: float) -> str:
    from nightloop.aws.storage.object_store import ObjectStore
    from nightloop.domain.reviews.opened import OpenedReview
    from nightloop.domain.rows.jsonl import dump_rows

    start = datetime.fromtimestamp(began, UTC)
    lines = (
        OpenedReview(
            f"seeded-{n:06d}", "opened", f"{LOOP_ARN}seeded-{n:06d}", start + timedelta(seconds=n / LOOPS_A_SECOND)
        )
        for n in range(loops)
    )
    uri = f"s3://{BUCKET}/loops/bench/nights/2026-01-01/reviews.jsonl"
    ObjectStore().write_lines_once(uri, dump_rows(lines))
    return uri


async def _wait(uri: str) -> dict[str, Any]:
    from nightloop.aws.triggers.human_loops import HumanLoopsTrigger

    deadline = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    trigger = HumanLoopsTrigger(
        loops_uri=uri, flow_definition_arn=f"{FLOW_ARN}bench", deadline=deadline, poll_seconds=0.01
    )
    before, cpu = present_mb(), time.process_time()
    async for event in trigger.run():
        memory, peak = peak_mb() - before, peak_mb()
        taken = time.process_time() - cpu
        return {"event": event.payload, "memory": round(memory, 1), "peak": round(peak, 1), "cpu": taken}
    raise RuntimeError("the trigger ended without an event")


if __name__ == "__main__":
    main()
