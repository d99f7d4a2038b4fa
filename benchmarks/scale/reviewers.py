"""Two hundred workers who never pause, on a review service of one, two and four processes on one PostgreSQL."""

from __future__ import annotations

import asyncio
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.common.records import Record, median_ms
from benchmarks.review.crowd import Outcome, Place, put_to_work
from benchmarks.review.seed import seed
from benchmarks.review.servers import new_database, review_server, s3_server

if TYPE_CHECKING:
    from collections.abc import Sequence

LOOPS_BEFORE = 1_000
"""Human loops of another flow that wait all the time."""


def reviewers(command: str, *, processes: Sequence[int], workers: int, tasks: int) -> list[Record]:
    """Let the same crowd work on services of so many processes, one after the other; each has a database of its own.

    The crowd, S3, PostgreSQL and the service share this machine's cores, so each one's processor time an answer is told
    too: what another machine would do can be reckoned from it.

    :raises KeyError: without NIGHTLOOP_TEST_POSTGRESQL (tests/with_postgresql).
    """
    found = []
    first: Outcome | None = None
    for count in processes:
        with tempfile.TemporaryDirectory() as folder:
            outcome = _crowd_on(count, Path(folder), workers, tasks)
        first = first or outcome
        who = f"{workers} workers without a pause, {count} {'process' if count == 1 else 'processes'}"
        print(f"{who}: {outcome.a_second:.1f} answers a second", flush=True)
        found += [_taken(who, outcome, first, processes[0], command), *_costs(who, outcome, command)]
        found += outcome.wrong(who, command)
    return found


def _crowd_on(processes: int, folder: Path, workers: int, tasks: int) -> Outcome:
    database = new_database("postgresql", folder, f"scale_{processes}")
    seed(database, loops=LOOPS_BEFORE, workers=workers)
    with s3_server(folder) as s3_url, review_server(database, s3_url, folder / "log", processes=processes) as url:
        place = Place("postgresql", url, s3_url, database)
        return asyncio.run(put_to_work(place, workers=workers, tasks=tasks))


def _taken(who: str, outcome: Outcome, first: Outcome, of: int, command: str) -> Record:
    value = round(outcome.a_second, 1)
    what = f"{who}: answers taken on {os.cpu_count()} cores"
    if outcome is first:
        return Record(what, value, "a second", command)
    peer = f"{of} {'process' if of == 1 else 'processes'}"
    return Record(what, value, "a second", command, peer, round(first.a_second, 1), round(value / first.a_second, 2))


def _costs(who: str, outcome: Outcome, command: str) -> list[Record]:
    answers = len(outcome.acknowledged)
    return [
        Record(f"{who}: submit and get the next task, median", round(median_ms(outcome.times), 1), "ms", command),
        *(
            Record(f"{who}: processor time of {name}, an answer", round(spent / answers * 1000, 2), "ms", command)
            for name, spent in outcome.spent.items()
        ),
    ]
