"""Hostile templates and inputs against a review service: the seconds each takes, and how long `/healthz` waits."""

from __future__ import annotations

import sys
import tempfile
import threading
import time
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.common import records
from benchmarks.hostile.attack import Attack
from benchmarks.hostile.attack_list import attacks
from benchmarks.hostile.doors import FAILURES, Doors, Pulse
from benchmarks.review.servers import KEYS, new_database, review_server
from services.review.people.commands import save_worker
from services.review.server.state import utc_now
from services.review.storage.database.engine import Database

if TYPE_CHECKING:
    from collections.abc import Sequence

COMMAND = "make bench-hostile"
MOST_SECONDS = 10.0
MOST_HEALTH_SECONDS = 1.0
GREEDY = 12
PASSWORD = "a long password of the benchmark"
HONEST = """<script src="https://assets.crowd.aws/crowd-html-elements.js"></script><crowd-form>
<crowd-bounding-box name="boxes" src="{{ task.input.taskObject | grant_read_access }}" header="{{ task.input.header }}"
labels="{{ task.input.labels | to_json | escape }}"></crowd-bounding-box></crowd-form>"""
HONEST_INPUT = '{"taskObject": "s3://bucket/a.jpg", "labels": ["cat", "dog"], "header": "Cats"}'


def main() -> int:
    """Measure; the exit status is 1 when a bar was missed."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        database = new_database("sqlite", folder, "hostile")
        with review_server(database, "http://127.0.0.1:9", folder / "review.log") as url, Pulse(url) as pulse:
            doors = make_doors(url, database, KEYS)
            found = [*_one_by_one(doors, pulse, attacks()), *_beside_others(doors, pulse)]
            found.append(
                records.limited(
                    f"/healthz, the longest of {pulse.beats:,}",
                    pulse.overall,
                    "s",
                    most=MOST_HEALTH_SECONDS,
                    command=COMMAND,
                )
            )
    return 0 if records.write("hostile", found) else 1


def make_doors(url: str, database: str, keys: dict[str, str]) -> Doors:
    """Make the people of a service and sign them in."""
    group = f"group-{uuid.uuid4().hex[:8]}"
    people = [(f"{name}-{uuid.uuid4().hex[:8]}@example.com", PASSWORD) for name in ("worker", "admin")]
    there = Database(database)
    for (email, password), is_administrator in zip(people, (False, True), strict=True):
        account = {"name": "Ann", "email": email, "password": password, "groups": [group]}
        there.write(
            lambda session, account=account, admin=is_administrator: save_worker(
                session, **account, is_administrator=admin, now=utc_now()
            )
        )
    there.close()
    return Doors(url, keys, people[0], people[1], group)


def _one_by_one(doors: Doors, pulse: Pulse, listed: Sequence[Attack]) -> list[records.Record]:
    found = []
    for attack in listed:
        pulse.since_last()
        seconds, reply = doors.enter(attack)
        health = pulse.since_last()
        ok = seconds <= MOST_SECONDS and health <= MOST_HEALTH_SECONDS and not any(word in reply for word in FAILURES)
        bar = f"<= {MOST_SECONDS:g} s, /healthz <= {MOST_HEALTH_SECONDS:g} s, no failure of the service"
        what = f"{attack.door}: {attack.what} -> {reply[:80]}; /healthz {health:.3f} s"
        found.append(records.Record(what, round(seconds, 3), "s", COMMAND, bar=bar, ok=ok))
        print(f"{seconds:7.3f} s  /healthz {health:.3f} s  {attack.door}: {attack.what} -> {reply[:80]}", flush=True)
    slowest = max(record.value for record in found)
    return [*found, records.limited(f"the slowest of {len(found)}", slowest, "s", most=MOST_SECONDS, command=COMMAND)]


def _beside_others(doors: Doors, pulse: Pulse) -> list[records.Record]:
    """A worker loads an honest task, alone and while one caller has a dozen templates rendered that never end."""
    load = doors.open_task(HONEST, HONEST_INPUT)
    alone = sorted(load()[0] for _ in range(100))
    slow = Attack("uniq", "render", "{{ (1..90000) | join: ',' | split: ',' | uniq | size }}")
    over = threading.Event()
    taken: list[float] = []
    threads = [threading.Thread(target=_again, args=(doors, slow, over, taken)) for _ in range(GREEDY)]
    pulse.since_last()
    for thread in threads:
        thread.start()
    time.sleep(1)
    beside = sorted(load()[0] for _ in range(100))
    over.set()
    for thread in threads:
        thread.join()
    health = pulse.since_last()
    what = "a worker's page"
    greedy = f"beside {GREEDY} callers' endless templates of one key"
    return [
        records.Record(f"{what}, p50", round(alone[50] * 1000, 1), "ms", COMMAND),
        records.Record(f"{what}, p95", round(alone[95] * 1000, 1), "ms", COMMAND),
        records.Record(f"{what}, p50, {greedy}", round(beside[50] * 1000, 1), "ms", COMMAND),
        records.limited(f"{what}, p95, {greedy}", beside[95], "s", most=1.0, command=COMMAND),
        records.limited(
            f"the slowest of the {len(taken)} endless ones", max(taken), "s", most=MOST_SECONDS, command=COMMAND
        ),
        records.limited(f"/healthz, {greedy}", health, "s", most=MOST_HEALTH_SECONDS, command=COMMAND),
    ]


def _again(doors: Doors, attack: Attack, over: threading.Event, taken: list[float]) -> None:
    while not over.is_set():
        seconds, reply = doors.enter(attack)
        taken.append(seconds)
        if reply == "ThrottlingException":
            over.wait(0.2)


if __name__ == "__main__":
    sys.exit(main())
