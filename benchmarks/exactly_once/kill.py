"""The loop's tasks killed again and again: nothing may be done twice, nothing may be lost.

python -m benchmarks.exactly_once.kill [--kills 1000] [--seed 1] [--minutes 60] [--name kill]
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.common import records
from benchmarks.common.records import Record, exact

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.exactly_once.campaign import Campaign
    from benchmarks.exactly_once.evidence import Evidence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a campaign, write build/bench/<name>.json, and answer 0 if nothing was found."""
    options = _parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the services are stopped
    command = f"python -m benchmarks.exactly_once.kill --kills {options.kills} --seed {options.seed}"
    with tempfile.TemporaryDirectory() as folder:
        found = _run(Path(folder), options, command)
    return 0 if records.write(options.name, found) else 1


def _run(folder: Path, options: argparse.Namespace, command: str) -> list[Record]:
    # Airflow reads its home when it is imported.
    os.environ["AIRFLOW_HOME"] = str(folder / "airflow")
    from benchmarks.exactly_once.campaign import Campaign
    from benchmarks.exactly_once.killer import StepNotDone
    from tests.integration.aws.stack import prepare
    from tests.integration.faults.stack import StackUnderTest

    stack = StackUnderTest(folder)
    try:
        stack.start_all()
        prepare(stack)
        campaign = Campaign(stack, folder, kills=options.kills, seed=options.seed, minutes=options.minutes)
        begun = time.monotonic()
        try:
            campaign.run()
        except (StepNotDone, AssertionError):
            print((folder / "tasks.log").read_text()[-4000:], file=sys.stderr)
            raise
        return _records(campaign, time.monotonic() - begun, command)
    finally:
        for name in list(stack.processes):
            stack.stop(name)


def _records(campaign: Campaign, seconds: float, command: str) -> list[Record]:
    from benchmarks.exactly_once.checker import check, counts

    evidence = campaign.evidence()
    findings = check(evidence)
    for finding in findings[:20]:
        print(f"  {finding.kind}: {finding.what}")
    figures = _figures(campaign, evidence) | {"minutes": round(seconds / 60, 1)}
    plain = [Record(what, value, "", command) for what, value in figures.items()]
    return plain + [exact(kind, count, "", bar=0, command=command) for kind, count in counts(findings).items()]


def _figures(campaign: Campaign, evidence: Evidence) -> dict[str, float]:
    killer = campaign.killer
    by_kind, by_step = Counter[str](), Counter[str]()
    for (step, kind), times in killer.kills.items():
        by_kind[kind] += times
        by_step[step] += times
    reviews = Counter(entry.effect for entry in evidence.reviews if entry.operation == "StartHumanLoop")
    return {
        "tasks killed": killer.killed,
        **{f"tasks killed {kind}": times for kind, times in sorted(by_kind.items())},
        **{f"{step} killed": times for step, times in sorted(by_step.items())},
        "tries": killer.tries,
        "replies lost to a task that lived": killer.lost_replies,
        "tries that ended with an error that may pass": sum(killer.errors.values()),
        "nights": len(evidence.nights),
        "trainings": campaign.trainings.rounds,
        "loops made": reviews["created"],
        "starts that found their loop": reviews["adopted"],
        "answers that came after their night": sum(
            line["review_name"] not in {planned["review_name"] for planned in night.plan}
            for night in evidence.nights
            for line in night.answers
        ),
        "answers counted": sum(len(night.answers) for night in evidence.nights),
        "jobs made": len(evidence.jobs),
    }


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.exactly_once.kill", description=__doc__)
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=60, help="when to stop though fewer were killed")
    parser.add_argument("--name", default="kill", help="of the file in build/bench")
    return parser


if __name__ == "__main__":
    sys.exit(main())
