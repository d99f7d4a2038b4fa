"""The review service under load, on SQLite and on PostgreSQL: `make bench-review`.

What must not grow with the number of loops is measured on two servers at once, one with few loops and one with many, in
turns, so that a noisy machine disturbs both sides alike.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.common import records
from benchmarks.review.crowd import Place, crowd
from benchmarks.review.seed import seed
from benchmarks.review.servers import new_database, review_server, s3_server
from benchmarks.review.sizes import Sizes, claims, lists, pages
from benchmarks.review.starts import start_throughput, start_time

if TYPE_CHECKING:
    from benchmarks.common.records import Record

COMMAND = "make bench-review"
WORKERS = 200


def main() -> int:
    """Measure and write the records; the exit status says whether all bars were kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--databases", nargs="+", default=["sqlite", "postgresql"])
    parser.add_argument("--few", type=int, default=1_000)
    parser.add_argument("--many", type=int, default=100_000)
    parser.add_argument("--workers", type=int, default=WORKERS)
    parser.add_argument("--tasks", type=int, default=10, help="tasks a worker does")
    options = parser.parse_args()
    found = []
    with tempfile.TemporaryDirectory() as name:
        for kind in options.databases:
            found += _on(kind, Path(name), options)
    return 0 if records.write("review", found) else 1


def _on(kind: str, folder: Path, options: argparse.Namespace) -> list[Record]:
    print(f"{kind}: filling databases with {options.few:,}, {options.many:,} and {options.many:,} loops", flush=True)
    databases = {name: new_database(kind, folder, f"review_{name}") for name in ("few", "many", "finished")}
    seed(databases["few"], loops=options.few, workers=options.workers)
    seed(databases["many"], loops=options.many)
    seed(databases["finished"], loops=options.many, finished=options.many - options.few)
    with ExitStack() as stack:
        s3_url = stack.enter_context(s3_server(folder))
        urls = {
            name: stack.enter_context(review_server(url, s3_url, folder / f"{kind}-{name}.log"))
            for name, url in databases.items()
        }
        sizes = Sizes(kind, urls, options.few, options.many, COMMAND)
        found = [*lists(sizes), *asyncio.run(claims(sizes)), *asyncio.run(pages(sizes))]
        found += start_time(kind, urls["few"], COMMAND)
        found += start_throughput(kind, urls["few"], COMMAND)
        print(f"{kind}: {options.workers} workers", flush=True)
        place = Place(kind, urls["few"], s3_url, databases["few"])
        found += asyncio.run(crowd(place, workers=options.workers, tasks=options.tasks, command=COMMAND))
    return found


if __name__ == "__main__":
    sys.exit(main())
