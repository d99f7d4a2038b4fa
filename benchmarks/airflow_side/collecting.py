"""Collecting answers and building the manifest: images a second, and memory for few and for many."""

from __future__ import annotations

import json
import os
import sys
import time
from typing import Any

from benchmarks.airflow_side.plan import write_loops, write_plan
from benchmarks.common.memory import in_a_process, peak_mb, present_mb
from benchmarks.common.records import Record, compared
from benchmarks.stubs.reviews import BUCKET
from benchmarks.stubs.running import connections, stubs

GROWTH = 1.5
PREFIX = "seeded"


def collecting(command: str, *, few: int, many: int) -> list[Record]:
    """Collect and build in a process of its own for each number of answers."""
    told = {count: _measured(count) for count in (few, many)}
    what = f"collecting {many:,} answers and building the manifest"
    peer = f"the same with {few:,}"
    small, large = told[few], told[many]
    return [
        compared(
            f"{what}: memory at most",
            large["peak"],
            "MB",
            peer=peer,
            peer_value=small["peak"],
            most=GROWTH,
            command=command,
        ),
        Record(f"{what}: memory beyond imports", large["grown"], "MB", command, peer, small["grown"]),
        Record(what, round(many / large["seconds"], 1), "images/s", command, peer, round(few / small["seconds"], 1)),
    ]


def _measured(count: int) -> dict[str, Any]:
    with stubs(seeded=count, answered=count) as url:
        return in_a_process("benchmarks.airflow_side.collecting", url, count)


def main() -> None:
    """Collect and build in this process, which does nothing else, and print what it took."""
    url, count = json.loads(sys.argv[1])
    os.environ |= connections(url)
    loop = f"s3://{BUCKET}/loops/bench"
    night = f"{loop}/nights/2026-01-03"
    write_plan(night, count, PREFIX)
    write_loops(night, count, PREFIX)
    print(json.dumps(_collect(loop, night, count)))


def _collect(loop: str, night: str, count: int) -> dict[str, Any]:
    from nightloop.aws.operators.night.build_manifest import BuildManifestOperator
    from nightloop.aws.operators.night.collect_answers import CollectAnswersOperator
    from tests.integration.aws.running import run

    collect = CollectAnswersOperator(task_id="collect", night=night, loop_folder=loop, classes=("person",))
    build = BuildManifestOperator(task_id="build", night=night, classes=("person",), attribute="box")
    before, began = present_mb(), time.perf_counter()
    run(collect)
    lines = run(build)["lines"]
    seconds = time.perf_counter() - began
    if lines != count:
        raise RuntimeError(f"{lines} of {count} answers are in the manifest")
    return {"seconds": seconds, "peak": round(peak_mb(), 1), "grown": round(peak_mb() - before, 1)}


if __name__ == "__main__":
    main()
