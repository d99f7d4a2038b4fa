"""`make bench-kill` in small: tasks killed at random moments and between commit and reply, everything once."""

from __future__ import annotations

import json
import os
import subprocess
import sys

from benchmarks.common.records import FOLDER
from tests.integration.aws.stack import ROOT

KILLS = 15


def test_whatever_is_killed_everything_happens_once():
    command = [
        sys.executable,
        "-m",
        "benchmarks.exactly_once.kill",
        "--kills",
        str(KILLS),
        "--seed",
        "7",
        "--name",
        "kill-short",
    ]
    environment = os.environ | {"PYTHONPATH": str(ROOT / "plugins")}
    run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=280, check=False)
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-3000:]
    records = {record["what"]: record for record in json.loads((FOLDER / "kill-short.json").read_text())}
    assert records["tasks killed"]["value"] >= KILLS
    assert records["loops made"]["value"] == records["answers counted"]["value"] > 0
    bars = {what: record["value"] for what, record in records.items() if record["bar"]}
    assert len(bars) == 10
    assert set(bars.values()) == {0}
