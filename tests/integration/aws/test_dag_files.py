"""The DAG files themselves, templates, mapping, branches and all, from bootstrap to teardown on the real services."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.integration.aws.nights import Night
from tests.integration.aws.pictures import encode, picture
from tests.integration.aws.reviewer import Reviewer
from tests.integration.aws.stack import ROOT

BOX = {"label": "person", "left": 20, "top": 30, "width": 60, "height": 40}


@pytest.fixture
def airflow(tmp_path, stack):
    home = tmp_path / "airflow"
    kept = {name: text for name, text in os.environ.items() if not name.startswith("AIRFLOW")}
    environment = kept | {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "dags"),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(ROOT / "plugins"),
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{tmp_path / 'airflow.db'}",
        "PYTHONPATH": str(ROOT / "plugins"),
        **stack.connections(),
    }
    command = [str(Path(sys.executable).with_name("airflow")), "db", "migrate"]
    subprocess.run(command, env=environment, check=True, capture_output=True)
    return environment


def test_bootstrap_night_training_teardown(airflow, make_loop, s3, stack, tmp_path):
    loop = make_loop(scoring={"images_per_chunk": 2})
    night = Night(loop, "2026-07-01")
    for number in range(3):
        night.put_key(s3, f"{number} 写真.png", encode(picture([(20, 30, 60, 40)], shade=70 + number)))
    script = Path(__file__).with_name("whole_loop.py")
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, str(script), loop.name, night.date],
            cwd=tmp_path,
            env=airflow | {"NIGHTLOOP_LOOPS": str(loop.path.parent)},
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    reviewer = Reviewer(stack).signs_in()
    answered = 0
    while process.poll() is None and answered < 3:
        answered += bool(reviewer.answers(night.flow.name, [BOX]))
        time.sleep(0.2)
    try:
        output, _ = process.communicate(timeout=240)
    finally:
        process.kill()
    assert process.returncode == 0, (tmp_path / "log").read_text()[-5000:]
    states = json.loads(output.splitlines()[-1])
    assert {kind: run["state"] for kind, run in states.items()} == {
        "bootstrap": "success",
        "nightly_review": "success",
        "incremental_training": "success",
        "teardown": "success",
    }
    assert {f"score_images[{index}]" for index in (0, 1)} <= set(states["nightly_review"]["tasks"])
    outcomes = {state for run in states.values() for state in run["tasks"].values()}
    assert outcomes == {"success"}
    receipt = json.loads(
        s3.get_object(Bucket=loop.bucket, Key=f"{loop.base_key}nights/2026-07-01/receipt.json")["Body"].read()
    )
    assert (receipt["images"], receipt["answers"], receipt["manifest_lines"]) == (3, 3, 3)
