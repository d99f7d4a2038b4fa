"""The review service killed again and again under load: nothing it acknowledged may be lost, doubled or mixed up.

tests/with_postgresql python -m benchmarks.review.crash [--kills 50] [--seed 1] [--seconds 1.0] [--databases ...]
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

from benchmarks.common import records
from benchmarks.review.crash_checks import gather, records_of
from benchmarks.review.crash_clients import Journal, Reviewer, Starter, Watcher
from benchmarks.review.servers import new_database, s3_server
from tests.integration.review.conftest import BUCKET, REGION, Job, Service, make_job, wait_until

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.common.records import Record

WORKERS = 5
DRAIN_SECONDS = 300
START_SECONDS = 300
ACKNOWLEDGED_A_LIFE = 20
LONGEST_LIFE_SECONDS = 30
TEMPLATE = '<crowd-form><crowd-text-area name="marker"></crowd-text-area></crowd-form>'
FINISHED = "('Completed', 'Stopped', 'Failed')"
AT_REST = f"""SELECT (SELECT count(*) FROM human_loops WHERE state NOT IN {FINISHED}),
    (SELECT count(*) FROM outbox), (SELECT count(*) FROM events)"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run on each database, write build/bench/review-crash.json, and answer 0 if every bar was kept."""
    options = _parser().parse_args(arguments)
    command = f"python -m benchmarks.review.crash --kills {options.kills} --seed {options.seed}"
    found: list[Record] = []
    with tempfile.TemporaryDirectory() as folder:
        for kind in options.databases:
            place = Path(folder) / kind
            place.mkdir()
            found += crash(
                kind, place, kills=options.kills, seed=options.seed, seconds=options.seconds, command=command
            )
    return 0 if records.write("review-crash", found) else 1


def crash(kind: str, folder: Path, *, kills: int, seed: int, seconds: float, command: str) -> list[Record]:
    """Kill a service under load, `seconds` after it is ready on the average, let all come to rest, and check."""
    with s3_server(folder) as aws_url:
        clients = {name: _client(name, aws_url) for name in ("s3", "sqs")}
        clients["s3"].create_bucket(Bucket=BUCKET)
        queue_url = clients["sqs"].create_queue(QueueName="events", Attributes={"VisibilityTimeout": "600"})["QueueUrl"]
        service = Service(folder, aws_url)
        service.database = new_database(kind, folder, "crash")
        service.settings = {"EVENT_QUEUE_URL": queue_url, "SQS_ENDPOINT_URL": aws_url, "LOG_LEVEL": "WARNING"}
        assert service.command("migrate").returncode == 0
        service.starts()
        try:
            journal = Journal()
            _run(service, journal, clients, kills=kills, seed=seed, seconds=seconds)
            clients["a2i"] = service.a2i
            found = gather(journal, clients, queue_url, service.reads)
        finally:
            service.is_killed()
    for problem in [*journal.problems, *journal.seen_without_output][:5]:
        print(f"  {problem}")
    return records_of(kind, kills, journal, found, command)


def _run(service: Service, journal: Journal, clients: dict[str, Any], *, kills: int, seed: int, seconds: float) -> None:
    one = make_job(service, template=TEMPLATE, TaskCount=1)
    two = make_job(service, template=TEMPLATE, TaskCount=2)
    nobodys = make_job(service, template=TEMPLATE, TaskAvailabilityLifetimeInSeconds=2)
    load = [
        Starter(journal, service.a2i, [(one.arn, 1), (two.arn, 2), (one.arn, 1), (nobodys.arn, 0)], seed),
        Watcher(journal, service.a2i, clients["s3"], seed),
        *(Reviewer(journal, _worker(service, number, one, two), [one.name, two.name]) for number in range(WORKERS)),
    ]
    for client in load:
        client.start()
    _kill(service, journal, random.Random(seed), kills, seconds)
    time.sleep(seconds)
    journal.no_more.set()
    try:
        _come_to_rest(service)
    finally:
        journal.over.set()
        for client in load:
            client.join(30)


def _worker(service: Service, number: int, *jobs: Job) -> Any:
    worker = service.employs(f"reviewer{number}", *(job.group for job in jobs))
    worker.signs_in()
    return worker


def _kill(service: Service, journal: Journal, chance: random.Random, kills: int, seconds: float) -> None:
    """Kill and start again; one in eight does not live until it is ready.

    On a busy machine a life in seconds may be one without any work: it also lasts for a number of acknowledgements.
    """
    for kill in range(1, kills + 1):
        enough = journal.acknowledged + chance.randint(0, ACKNOWLEDGED_A_LIFE)
        longest = time.monotonic() + LONGEST_LIFE_SECONDS
        time.sleep(chance.uniform(0, 2 * seconds))
        while journal.acknowledged < enough and time.monotonic() < longest:
            time.sleep(chance.uniform(0, 0.02))
        service.is_killed()
        while chance.random() < 0.125:
            service.begins()
            time.sleep(chance.uniform(0, 2.0))
            service.is_killed()
        service.begins()
        wait_until(service.is_ready, seconds=START_SECONDS)
        if kill % 10 == 0:
            print(f"  {service.folder.name}: killed {kill} times", flush=True)


def _come_to_rest(service: Service) -> None:
    end = time.monotonic() + DRAIN_SECONDS
    while service.reads(AT_REST) != [(0, 0, 0)]:
        if time.monotonic() > end:
            print(f"not at rest after {DRAIN_SECONDS} s: {service.reads(AT_REST)} loops, outputs, events")
            return
        time.sleep(0.2)


def _client(name: str, url: str) -> Any:
    config = Config(s3={"addressing_style": "path"})
    keys = {"aws_access_key_id": "bench", "aws_secret_access_key": "bench"}
    return boto3.client(name, region_name=REGION, endpoint_url=url, config=config, **keys)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Kill the review service under load and see what is lost.")
    parser.add_argument("--kills", type=int, default=50, help="how often to kill, on each database")
    parser.add_argument("--seed", type=int, default=1, help="of the schedule")
    parser.add_argument("--seconds", type=float, default=1.0, help="how long it lives on the average")
    parser.add_argument("--databases", nargs="+", default=["sqlite", "postgresql"], choices=["sqlite", "postgresql"])
    return parser


if __name__ == "__main__":
    sys.exit(main())
