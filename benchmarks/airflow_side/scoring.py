"""Images a second of `score_images` in one process, beside what endpoint and core allow, and beside a plain loop."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any

from benchmarks.common.records import Record, at_least
from benchmarks.stubs.reviews import BUCKET
from benchmarks.stubs.running import connections, stubs

if TYPE_CHECKING:
    from collections.abc import Callable

LATENCY = 0.05
FOLDER = "scoring"
SHARE = 0.85
CLASSES = tuple(f"class {number}" for number in range(20))


def scoring(command: str, *, images: int, concurrencies: tuple[int, ...]) -> list[Record]:
    """Measure each concurrency, then the bare loop on an endpoint without latency, then the notebook's loop."""
    rates: dict[int, float] = {}
    with stubs(latency=LATENCY, images={FOLDER: images}) as url:
        os.environ |= connections(url)
        for concurrency in concurrencies:
            rates[concurrency] = _operator(concurrency, images)
        sequential = _bare_loop(min(images, 100), time.perf_counter)
    with stubs(images={FOLDER: images}) as url:
        os.environ |= connections(url)
        per_core = _bare_loop(images, time.process_time)
    print(f"bare loop: {per_core:.0f} images a second of one core")
    found = []
    for concurrency, rate in rates.items():
        what = f"scoring, {concurrency} images at an endpoint of 50 ms"
        peer = f"the lesser of {concurrency} / 0.05 and the bare loop's {per_core:.0f} a core"
        bound = min(concurrency / LATENCY, per_core)
        found += [
            at_least(what, rate, "images/s", peer=peer, peer_value=bound, least=SHARE, command=command),
            Record(
                what,
                round(rate, 1),
                "images/s",
                command,
                "the notebook's loop, one after the other",
                round(sequential, 1),
                round(rate / sequential, 2),
            ),
        ]
    return found


def _operator(concurrency: int, images: int) -> float:
    from nightloop.aws.operators.night.list_images import ListImagesOperator
    from nightloop.aws.operators.night.score_images import ScoreImagesOperator
    from tests.integration.aws.running import run

    night = f"s3://{BUCKET}/loops/bench-{concurrency}/nights/2026-01-01"
    source = f"s3://{BUCKET}/images/{FOLDER}/"
    run(ListImagesOperator(task_id="list", night=night, images=source, images_per_chunk=images))
    score = ScoreImagesOperator(
        task_id="score",
        night=night,
        chunk="00000",
        endpoint_name="bench",
        classes=CLASSES,
        normalised=f"s3://{BUCKET}/normalised/",
        concurrency=concurrency,
    )
    for hook in (score.runtime, score.store, score.sagemaker):
        _ = hook.client  # their clients take a second to make, whatever the number of images
    began = time.perf_counter()
    result = run(score)
    seconds = time.perf_counter() - began
    if result["errors"] or result["images"] != images:
        raise RuntimeError(f"not every image was scored: {result}")
    return images / seconds


def _bare_loop(images: int, clock: Callable[[], float]) -> float:
    """Return images a second of the clock: fetch, invoke and read, over the same clients, one after the other."""
    from nightloop.aws.hooks.invocation import InvocationHook
    from nightloop.aws.storage.object_store import ObjectStore

    s3, runtime = ObjectStore().client, InvocationHook().client

    def one(number: int) -> Any:
        body = s3.get_object(Bucket=BUCKET, Key=f"images/{FOLDER}/{number:06d}.jpg")["Body"].read()
        answer = runtime.invoke_endpoint(EndpointName="bench", Body=body, ContentType="image/jpeg")
        return answer["Body"].read()

    one(0)
    began = clock()
    for number in range(images):
        one(number)
    return images / (clock() - began)
