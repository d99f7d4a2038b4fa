"""Images a second of `score_images` on one, two and four processes of a Celery worker, and after a worker's death."""

from __future__ import annotations

import os
import tempfile
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.airflow_side.scoring import CLASSES, LATENCY
from benchmarks.common.processor import family_seconds
from benchmarks.common.records import Record, exact, limited
from benchmarks.stubs.celery import QUEUE, celery_stack
from benchmarks.stubs.reviews import BUCKET
from benchmarks.stubs.running import connections, invocations, stubs
from local.config.settings import AIRFLOW_USER
from local.demo.driver.airflow_api import AirflowApi

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.stubs.celery import CeleryStack

FOLDER = "scoring"
CONCURRENCY = 4
"""Images at the endpoint at once, of one task: what a loop has unless it says otherwise."""
LONGEST_SECONDS = 900.0
DAG_FILE = '''"""Score the chunks of a night; the run's conf names the night."""

from datetime import timedelta

from airflow.sdk import DAG

from nightloop.aws.operators.night.score_images import ScoreImagesOperator

with DAG("scoring", schedule=None):
    ScoreImagesOperator.partial(
        task_id="score",
        night="{{{{ dag_run.conf['night'] }}}}",
        endpoint_name="bench",
        classes={classes!r},
        normalised="s3://{bucket}/normalised/",
        concurrency={concurrency},
        queue={queue!r},
        retries=2,
        retry_delay=timedelta(seconds=2),
    ).expand(chunk={chunks!r})
'''


@dataclass(frozen=True)
class Night:
    """How one night was scored.

    :param spent: Seconds of processor time of the worker and its tasks.
    """

    images: int
    seconds: float
    spent: float

    @property
    def a_second(self) -> float:
        """Return the images a second, from the first task's start to the last one's end."""
        return self.images / self.seconds


@dataclass(frozen=True)
class Airflow:
    """A running Airflow that scores images of the stubs, `chunk` a task."""

    stack: CeleryStack
    api: AirflowApi
    url: str
    images: int
    chunk: int


def celery_workers(command: str, *, processes: Sequence[int], chunks: int, chunk: int) -> list[Record]:
    """Score the same images with so many pool processes, one night after the other, and kill a worker in one more.

    :raises RuntimeError: where redis-server or PostgreSQL is missing.
    """
    images = chunks * chunk
    with tempfile.TemporaryDirectory() as name, stubs(latency=LATENCY, images={FOLDER: images}) as url:
        os.environ |= connections(url)
        dags = Path(name) / "dags"
        dags.mkdir()
        (dags / "scoring.py").write_text(_dag_file(chunks), encoding="utf-8")
        with celery_stack(Path(name) / "state", dags, url) as stack:
            api = AirflowApi(stack.settings.airflow_url, AIRFLOW_USER, stack.secrets.airflow_password)
            api.wait_for_dags("scoring")
            api.unpause("scoring")
            airflow = Airflow(stack, api, url, images, chunk)
            nights = {count: _night(airflow, count) for count in processes}
            return [*_rates(nights, command), *_killed(airflow, command)]


def _dag_file(chunks: int) -> str:
    names = [f"{number:05d}" for number in range(chunks)]
    return DAG_FILE.format(classes=CLASSES, bucket=BUCKET, concurrency=CONCURRENCY, queue=QUEUE, chunks=names)


def _night(airflow: Airflow, count: int) -> Night:
    night = _listed(f"2026-01-{count:02d}", airflow.chunk)
    worker = airflow.stack.start_worker(count)
    before = family_seconds(worker)
    run = airflow.api.wait(airflow.api.trigger("scoring", conf={"night": night}), LONGEST_SECONDS)
    spent = family_seconds(worker) - before
    airflow.stack.stop_worker()
    done = Night(airflow.images, _span(airflow.api.task_instances(run.dag_id, run.run_id)), spent)
    if wrong := _wrong(night, airflow.images):
        raise RuntimeError(f"{wrong} lines of {night} are missing or doubled")
    print(f"{count}: {done.a_second:.1f} images a second, {done}", flush=True)
    return done


def _span(instances: list[dict[str, Any]]) -> float:
    started = min(datetime.fromisoformat(one["start_date"]) for one in instances)
    return (max(datetime.fromisoformat(one["end_date"]) for one in instances) - started).total_seconds()


def _rates(nights: dict[int, Night], command: str) -> list[Record]:
    first, *_ = nights
    one = nights[first].a_second / first
    found = []
    for count, night in nights.items():
        who = f"scoring with {count} Celery {'process' if count == 1 else 'processes'} on {os.cpu_count()} cores"
        rate, bound = round(night.a_second, 1), count * CONCURRENCY / LATENCY
        at_once = f"the endpoint's bound: {count} x {CONCURRENCY} images, {LATENCY * 1000:.0f} ms each"
        found += [
            Record(who, rate, "images/s", command, at_once, bound, round(rate / bound, 2)),
            Record(
                f"{who}, each process beside one alone",
                round(night.a_second / count, 1),
                "images/s",
                command,
                "one process",
                round(one, 1),
                round(night.a_second / count / one, 2),
            ),
            Record(
                f"{who}: processor time of the worker, an image",
                round(night.spent / night.images * 1000, 2),
                "ms",
                command,
            ),
        ]
    return found


def _killed(airflow: Airflow, command: str) -> list[Record]:
    """Kill a worker of two processes in the middle of its tasks, and start another."""
    stack, api = airflow.stack, airflow.api
    night = _listed("2026-02-01", airflow.chunk)
    before = invocations(airflow.url)
    stack.start_worker(2)
    run = api.trigger("scoring", conf={"night": night})
    while invocations(airflow.url) - before < airflow.chunk // 2:
        time.sleep(0.05)
    stack.kill_worker()
    killed = time.monotonic()
    ran = sum(one["state"] == "running" for one in api.task_instances(run.dag_id, run.run_id))
    stack.start_worker(2)
    ended = api.wait(run, LONGEST_SECONDS)
    seconds = time.monotonic() - killed
    again = invocations(airflow.url) - before - airflow.images
    stack.stop_worker()
    instances = api.task_instances(ended.dag_id, ended.run_id)
    retried = sum(one["try_number"] > 1 for one in instances)
    wrong = _wrong(night, airflow.images)
    who = "a Celery worker killed in the middle of its tasks"
    return [
        Record(f"{who}: from the kill to the run's end", round(seconds, 1), "s", command),
        exact(f"{who}: tasks tried again", retried, "tasks", bar=ran, command=command),
        exact(f"{who}: lines of predictions missing or doubled", wrong, "lines", bar=0, command=command),
        limited(f"{who}: images asked for again", again, "images", most=ran * airflow.chunk, command=command),
    ]


def _listed(name: str, chunk: int) -> str:
    from nightloop.aws.operators.night.list_images import ListImagesOperator
    from tests.integration.aws.running import run

    night = f"s3://{BUCKET}/loops/celery/nights/{name}"
    source = f"s3://{BUCKET}/images/{FOLDER}/"
    run(ListImagesOperator(task_id="list", night=night, images=source, images_per_chunk=chunk))
    return night


def _wrong(night: str, images: int) -> int:
    """Return how many images have not exactly one prediction without an error."""
    from nightloop.aws.storage.layout import NightFiles
    from nightloop.aws.storage.night_files import iterate_predictions
    from nightloop.aws.storage.object_store import ObjectStore

    seen = [line.image.uri for line in iterate_predictions(ObjectStore(), NightFiles(night)) if line.error is None]
    return abs(images - len(set(seen))) + len(seen) - len(set(seen))
