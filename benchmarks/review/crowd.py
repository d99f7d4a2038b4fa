"""Two hundred workers at once: no error, no task done twice, every answer in its output.json."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from dataclasses import dataclass

import httpx
from sqlalchemy import create_engine, text

from benchmarks.common.processor import ProcessorClock
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

    def database_server(self) -> dict[str, str]:
        """Return the address of the database's server, if it has one."""
        return {} if self.database.startswith("sqlite") else {"PostgreSQL": self.database}


@dataclass(frozen=True)
class Outcome:
    """What a crowd did: the tasks acknowledged, the seconds of each submit, and what went wrong.

    :param spent: Seconds of processor time, of each server and of the crowd itself, while it worked.
    """

    acknowledged: list[str]
    times: list[float]
    errors: list[BaseException]
    seconds: float
    spent: dict[str, float]
    answered_twice: int
    misplaced: int

    @property
    def a_second(self) -> float:
        """Return how many answers were taken a second."""
        return len(self.acknowledged) / self.seconds

    def wrong(self, who: str, command: str) -> list[Record]:
        """Make the records of what must not happen."""
        found = (
            ("workers who met an error", len(self.errors), "workers"),
            ("tasks acknowledged twice", _repeated(self.acknowledged), "tasks"),
            ("slots with two answers", self.answered_twice, "slots"),
            ("acknowledged answers not in exactly one output.json", self.misplaced, "answers"),
        )
        return [exact(f"{who}: {what}", count, unit, bar=0, command=command) for what, count, unit in found]


async def crowd(place: Place, *, workers: int, tasks: int, command: str) -> list[Record]:
    """Have workers claim and submit at once until each has done his tasks, then count what is there."""
    outcome = await put_to_work(place, workers=workers, tasks=tasks)
    who = f"{place.kind}: {workers} workers at once"
    return [
        Record(f"{who}: answers taken", round(outcome.a_second, 1), "a second", command),
        Record(f"{who}: submit and get the next task, median", round(median_ms(outcome.times), 1), "ms", command),
        *outcome.wrong(who, command),
    ]


async def put_to_work(place: Place, *, workers: int, tasks: int) -> Outcome:
    """Start loops, sign everybody in, let them work, and look for every answer."""
    api = client("sagemaker-a2i-runtime", place.url)
    await asyncio.to_thread(_start_loops, api, workers * tasks)
    gate = asyncio.Semaphore(SIGNING_IN_AT_ONCE)
    browsers = [httpx.AsyncClient(base_url=place.url, timeout=120) for _ in range(workers)]
    clock = ProcessorClock({"the service": place.url, "S3": place.s3_url, **place.database_server()})
    try:
        people = await asyncio.gather(*(_sign_in(browser, n, gate) for n, browser in enumerate(browsers)))
        before, begun, own = clock.seconds(), time.perf_counter(), time.process_time()
        done = await asyncio.gather(*(_work(person, tasks) for person in people), return_exceptions=True)
        seconds = time.perf_counter() - begun
        spent = {name: total - before[name] for name, total in clock.seconds().items()}
        spent["the crowd"] = time.process_time() - own
    finally:
        await asyncio.gather(*(browser.aclose() for browser in browsers))
    errors = [result for result in done if isinstance(result, BaseException)]
    for error in errors[:3]:
        print(f"  {error!r}")
    shifts = [result for result in done if not isinstance(result, BaseException)]
    acknowledged = [task for tasks_done, _ in shifts for task in tasks_done]
    answers = await asyncio.to_thread(_answers_in_s3, place.s3_url, len(acknowledged))
    return Outcome(
        acknowledged,
        [took for _, all_times in shifts for took in all_times],
        errors,
        seconds,
        spent,
        _slots_answered_twice(place.database),
        abs(len(acknowledged) - len(answers)) + _repeated(answers),
    )


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
