"""Images a second of one chunk, and of two chunks side by side, each a process of its own as Airflow runs them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import IO, TYPE_CHECKING

from benchmarks.common.records import Record, at_least
from benchmarks.stubs.reviews import BUCKET
from benchmarks.stubs.running import connections, stubs

if TYPE_CHECKING:
    from collections.abc import Sequence

LATENCY = 0.05
FOLDER = "chunks"
CLASSES = tuple(f"class {number}" for number in range(20))
LEAST = 0.95
READY, GO = "ready", "go"
ROOT = Path(__file__).parents[2]


def chunks(command: str, *, images: int, at_once: int, processes: tuple[int, ...]) -> Sequence[Record]:
    """Score with `at_once` images at the endpoint, shared by one or by several chunks; the bound is the endpoint's."""
    found: list[Record] = []
    with stubs(latency=LATENCY, images={FOLDER: images}) as url:
        os.environ |= connections(url)
        for count in processes:
            rate, milliseconds = _rate(images, count, at_once // count)
            what = f"scoring with {at_once} images at an endpoint of 50 ms, {count} chunks side by side"
            peer = f"{at_once} / 0.05"
            bound = at_once / LATENCY
            found += [
                at_least(what, rate, "images/s", peer=peer, peer_value=bound, least=LEAST, command=command),
                Record(f"{what}: processor time of the workers", round(milliseconds, 2), "ms an image", command),
            ]
    return found


def _rate(images: int, processes: int, concurrency: int) -> tuple[float, float]:
    """Return images a second, and the milliseconds of processor time that an image takes."""
    from nightloop.aws.operators.night.list_images import ListImagesOperator
    from tests.integration.aws.running import run

    night = f"s3://{BUCKET}/loops/bench-{processes}/nights/2026-01-01"
    source = f"s3://{BUCKET}/images/{FOLDER}/"
    size = -(-images // processes)
    names = run(ListImagesOperator(task_id="list", night=night, images=source, images_per_chunk=size))
    workers = [_start(night, name, concurrency) for name in names]
    for worker in workers:
        _wait_for(worker.stdout, READY)
    began = time.perf_counter()
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write(f"{GO}\n")
        worker.stdin.flush()
    told = [json.loads(_wait_for(worker.stdout, "{")) for worker in workers]
    seconds = time.perf_counter() - began
    scored = sum(each["scored"] for each in told)
    if any(worker.wait(60) for worker in workers) or scored != images:
        raise RuntimeError(f"{scored} of {images} images were scored")
    return images / seconds, 1000 * sum(each["seconds"] for each in told) / images


def _start(night: str, name: str, concurrency: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "benchmarks.scale.chunks", json.dumps([night, name, concurrency])]
    paths = f"{ROOT}{os.pathsep}{ROOT / 'plugins'}"
    environment = os.environ | {"PYTHONPATH": paths}
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def _wait_for(output: IO[str] | None, beginning: str) -> str:
    assert output is not None
    for line in output:
        if line.startswith(beginning):
            return line
    raise RuntimeError("a chunk's process has ended")


def main() -> None:
    """Score one chunk, as soon as the other processes are ready too."""
    from nightloop.aws.operators.night.score_images import ScoreImagesOperator
    from tests.integration.aws.running import run

    night, name, concurrency = json.loads(sys.argv[1])
    score = ScoreImagesOperator(
        task_id="score",
        night=night,
        chunk=name,
        endpoint_name="bench",
        classes=CLASSES,
        normalised=f"s3://{BUCKET}/normalised/",
        concurrency=concurrency,
    )
    for hook in (score.runtime, score.store, score.sagemaker):
        _ = hook.client  # their clients take a second to make, whatever the number of images
    print(READY, flush=True)
    sys.stdin.readline()
    began = time.process_time()
    result = run(score)
    seconds = time.process_time() - began
    print(json.dumps({"scored": result["images"] - result["errors"], "seconds": seconds}), flush=True)


if __name__ == "__main__":
    main()
