"""What Airflow itself costs a night: the whole DAG beside its own operators, on services that take no time."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.common.memory import in_a_process
from benchmarks.common.records import Record, limited
from benchmarks.stubs.reviews import BUCKET
from benchmarks.stubs.running import connections, stubs

if TYPE_CHECKING:
    from local.demo.driver.airflow_api import AirflowApi

LOOP = "bench"
DAG = f"nightly_review_{LOOP}"
WARM, FEW, MANY, BARE = "2026-01-01", "2026-01-02", "2026-01-03", "2026-01-04"
UNMAPPED = 10
"""Tasks of a night that have one instance, however many images there are."""
LONGEST_SECONDS = 900.0


@dataclass(frozen=True)
class Told:
    """What Airflow says of a night."""

    images: int
    seconds: float
    instances: int


def orchestration(command: str, *, few: int, many: int) -> list[Record]:
    """Run nights of few and of many images as DAGs, and the operators of one of many without Airflow.

    A short night goes first: a freshly started Airflow is not what a night costs.
    """
    images = {WARM: 1, FEW: few, MANY: many, BARE: many}
    with tempfile.TemporaryDirectory() as name, stubs(images=images, answered_at_once=True) as url:
        os.environ |= connections(url)
        loops = Path(name) / "loops"
        write_loop(loops)
        _, small, large = nights(Path(name) / "state", loops, url, {date: images[date] for date in (WARM, FEW, MANY)})
        alone = operators_alone(loops)
    what = f"a night of {many:,} images, services without latency"
    return [
        Record(f"{what}: beyond the work itself", round(large.seconds - alone, 1), "s", command),
        Record(
            f"{what}: from the run's start to its end",
            large.seconds,
            "s",
            command,
            "its operators alone, one after the other in one process",
            round(alone, 1),
            round(large.seconds / alone, 2),
        ),
        Record(f"a night of {few:,} images, services without latency", small.seconds, "s", command),
        *(instances(night, command) for night in (small, large)),
    ]


def instances(night: Told, command: str) -> Record:
    """Make the record of a night's task instances: so many chunks as its size asks for, and the other tasks."""
    from nightloop.domain.images.chunks import chunk_size

    size = chunk_size(night.images)
    return limited(
        f"a night of {night.images:,} images: task instances, {UNMAPPED} and one for each {size:,} images",
        night.instances,
        "instances",
        most=UNMAPPED + -(-night.images // size),
        command=command,
    )


def write_loop(folder: Path) -> None:
    """Write a loop on the stubs, and what a loop learned from before its first night."""
    from local.demo.driver.loop_file import read_loop
    from nightloop.aws.storage.object_store import ObjectStore
    from tests.integration.aws.pictures import upload_data

    settings = read_loop()
    seed = {part: f"s3://{BUCKET}/{name}.manifest" for part, name in (("manifest", "seed"), ("holdout", "holdout"))}
    settings |= {"name": LOOP, "bucket": BUCKET, "images": f"s3://{BUCKET}/images/{{ds}}/", "schedule": None}
    settings["seed"] |= seed
    folder.mkdir()
    (folder / f"{LOOP}.yaml").write_text(json.dumps(settings), encoding="utf-8")
    upload_data(ObjectStore().client, BUCKET, settings["classes"])


def nights(state: Path, loops: Path, url: str, images: dict[str, int]) -> list[Told]:
    """Run nights of so many images, by date, one after the other on an Airflow of their own."""
    from benchmarks.stubs.airflow import airflow

    with airflow(state, loops, url) as api:
        api.wait_for_dags(DAG)
        api.unpause(DAG)
        return [_night(api, date, count) for date, count in images.items()]


def operators_alone(loops: Path) -> float:
    """Return the seconds that the operators of the night `BARE` take in a process of their own."""
    seconds: float = in_a_process("benchmarks.airflow_side.orchestration", str(loops), BARE)["seconds"]
    return seconds


def _night(api: AirflowApi, date: str, images: int) -> Told:
    run = api.wait(api.trigger(DAG, conf={"night": date}), LONGEST_SECONDS)
    tasks = api.task_instances(run.dag_id, run.run_id)
    for task in sorted(tasks, key=lambda task: str(task["start_date"])):
        print(f"{task['task_id']}: {task['start_date']} to {task['end_date']}, {task['duration']} s", flush=True)
    told = Told(images, round(run.seconds, 1), len(tasks))
    print(f"{told}", flush=True)
    return told


def main() -> None:
    """Run the operators of a night in this process, and print what it took."""
    loops, date = json.loads(sys.argv[1])
    os.environ["NIGHTLOOP_LOOPS"] = loops
    from nightloop.config import load_loops
    from tests.integration.aws.nights import Night

    (loop,), _ = load_loops()
    night = Night(loop, date)
    began = time.perf_counter()
    for chunk in night.list():
        night.score(chunk)
    night.plan()
    night.wait(night.open()["flow_definition_arn"], 1)
    night.finish()
    print(json.dumps({"seconds": time.perf_counter() - began}))


if __name__ == "__main__":
    main()
