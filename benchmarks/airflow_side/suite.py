"""The Airflow side, measured against stubs: `make bench-airflow`."""

from __future__ import annotations

import argparse
import sys
import time
from typing import TYPE_CHECKING

from benchmarks.airflow_side.collecting import collecting
from benchmarks.airflow_side.opening import opening
from benchmarks.airflow_side.orchestration import orchestration
from benchmarks.airflow_side.parsing import parsing
from benchmarks.airflow_side.scoring import scoring
from benchmarks.airflow_side.waiting import waiting
from benchmarks.common import records

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.common.records import Record

COMMAND = "make bench-airflow"
PARTS: dict[str, Callable[[], list[Record]]] = {
    "parsing": lambda: parsing(COMMAND),
    "scoring": lambda: scoring(COMMAND, images=2_000, concurrencies=(4, 8, 16)),
    "opening": lambda: opening(COMMAND, loops=10_000, rate=150),
    "collecting": lambda: collecting(COMMAND, few=2_000, many=20_000),
    "waiting": lambda: waiting(COMMAND, loops=100_000, sweeps=14),
    "orchestration": lambda: orchestration(COMMAND, few=1_000, many=10_000),
}


def main() -> int:
    """Measure and write the records; the exit status says whether all bars were kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], help="only these")
    chosen = parser.parse_args().parts or list(PARTS)
    found = []
    for name in chosen:
        print(f"{name}, since {time.strftime('%H:%M:%S')}", flush=True)
        found += PARTS[name]()
    return 0 if records.write("airflow", found) else 1


if __name__ == "__main__":
    sys.exit(main())
