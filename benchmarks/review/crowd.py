"""Two hundred workers at once: no error, no task done twice, every answer in its output.json."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from dataclasses import dataclass

import httpx
from sqlalchemy import create_engine, text

from benchmarks.common.records import Record, exact, median_ms
from benchmarks.review.seed import BUCKET
from benchmarks.review.servers import FLOW_ARN, client
from benchmarks.review.worker import Worker

SIGNING_IN_AT_ONCE = 8


@dataclass(frozen=True)
class Place:
    """A running service, its S3 and its database."""

    kind: str
    url: str
    s3_url: str
    database: str


async def crowd(place: Place, *, workers: int, tasks: int, command: str) -> list[Record]:
    """Have workers claim and submit at once until each has done his tasks, then count what is there."""
    api = client("sagemaker-a2i-runtime", place.url)
    await asyncio.to_thread(_start_loops, api, workers * tasks)
    gate = asyncio.Semaphore(SIGNING_IN_AT_ONCE)
    browsers = [httpx.AsyncClient(base_url=place.url, timeout=120) for _ in range(workers)]
    try:
        people = await asyncio.gather(*(_sign_in(browser, n, gate) for n, browser in enumerate(browsers)))
        begun = time.perf_counter()
        done = await asyncio.gather(*(_work(person, tasks) for person in people), return_exceptions=True)
        seconds = time.perf_counter() - begun
    finally:
        await asyncio.gather(*(browser.aclose() for browser in browsers))
    errors = [result for result in done if isinstance(result, BaseException)]
    for error in errors[:3]:
        print(f"  {error!r}")
    shifts = [result for result in done if not isinstance(result, BaseException)]
    acknowledged = [task for tasks_done, _ in shifts for task in tasks_done]
    times = [took for _, all_times in shifts for took in all_times]
    answers = await asyncio.to_thread(_answers_in_s3, place.s3_url, len(acknowledged))
    who = f"{place.kind}: {workers} workers at once"
    return [
        Record(f"{who}: answers taken", round(len(acknowledged) / seconds, 1), "a second", command),
        Record(f"{who}: submit and get the next task, median", round(median_ms(times), 1), "ms", command),
        exact(f"{who}: workers who met an error", len(errors), "workers", bar=0, command=command),
        exact(f"{who}: tasks acknowledged twice", _repeated(acknowledged), "tasks", bar=0, command=command),
        exact(f"{who}: slots with two answers", _slots_answered_twice(place.database), "slots", bar=0, command=command),
        exact(
            f"{who}: acknowledged answers not in exactly one output.json",
            abs(len(acknowledged) - len(answers)) + _repeated(answers),
            "answers",
            bar=0,
            command=command,
        ),
    ]


def _start_loops(api: object, count: int) -> None:
    for number in range(count):
        api.start_human_loop(  # type: ignore[attr-defined]
            HumanLoopName=f"crowd-{number}",
            FlowDefinitionArn=f"{FLOW_ARN}empty",
            HumanLoopInput={"InputContent": json.dumps({"number": number})},
        )


async def _sign_in(browser: httpx.AsyncClient, number: int, gate: asyncio.Semaphore) -> Worker:
    person = Worker(browser)
    async with gate:
        await person.signs_in(number)
    return person


async def _work(person: Worker, tasks: int) -> tuple[list[str], list[float]]:
    done, times = [], []
    task, _ = await person.starts("empty")
    while task is not None and len(done) < tasks:
        await person.sees(task)
        following, took = await person.submits(task, f"answer to {task}")
        done.append(task)
        times.append(took)
        task = following
    return done, times


def _answers_in_s3(s3_url: str, expected: int) -> list[str]:
    """Read the answers of all completed loops, waiting until as many are there as were acknowledged."""
    s3 = client("s3", s3_url)
    end = time.monotonic() + 180
    while True:
        pages = s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix="reviews/")
        keys = [item["Key"] for page in pages for item in page.get("Contents", [])]
        if len(keys) >= expected or time.monotonic() > end:
            break
        time.sleep(1)
    documents = [json.loads(s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()) for key in keys]
    return [one["answerContent"]["animal"]["label"] for document in documents for one in document["humanAnswers"]]


def _slots_answered_twice(database: str) -> int:
    engine = create_engine(database)
    with engine.connect() as connection:
        twice = "SELECT slot_id FROM claims WHERE state = 'submitted' GROUP BY slot_id HAVING count(*) > 1"
        count = len(connection.execute(text(twice)).all())
    engine.dispose()
    return count


def _repeated(values: list[str]) -> int:
    return sum(count - 1 for count in Counter(values).values())
