"""What bounds Nightloop at scale, measured: `make bench-scale`."""

from __future__ import annotations

import argparse
import sys
import time
from typing import TYPE_CHECKING

from benchmarks.common import records
from benchmarks.scale.celery_workers import celery_workers
from benchmarks.scale.chunks import chunks
from benchmarks.scale.night import night
from benchmarks.scale.reviewers import reviewers

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from benchmarks.common.records import Record

COMMAND = "make bench-scale"
PARTS: dict[str, Callable[[], Sequence[Record]]] = {
    "night": lambda: night(COMMAND, images=10_000),
    "scoring": lambda: chunks(COMMAND, images=4_000, at_once=16, processes=(1, 2)),
    "reviewers": lambda: reviewers(COMMAND, processes=(1, 2, 4), workers=200, tasks=10),
    "celery": lambda: celery_workers(COMMAND, processes=(1, 2, 4), chunks=8, chunk=300),
}


def main() -> int:
    """Measure and write the records; the exit status says whether all bars were kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], help="only these")
    chosen = parser.parse_args().parts or list(PARTS)
    found: list[Record] = []
    for name in chosen:
        print(f"{name}, since {time.strftime('%H:%M:%S')}", flush=True)
        found += PARTS[name]()
    return 0 if records.write("scale", found) else 1


if __name__ == "__main__":
    sys.exit(main())
