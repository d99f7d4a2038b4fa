"""Every example DAG run for real, in an Airflow of its own, against the services."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.aws.stack import ROOT, Stack, prepare

FOLDER = Path(__file__).parent
EXAMPLES = sorted(path.stem for path in FOLDER.glob("example_*.py"))
BUCKET = "examples"


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    stack = Stack(tmp_path_factory.mktemp("services"))
    try:
        for name in ("aws", "sagemaker", "review"):
            stack.start(name)
        prepare(stack)
        stack.client("s3", "aws").create_bucket(Bucket=BUCKET)
        yield stack
    finally:
        for name in list(stack.processes):
            stack.stop(name)


@pytest.fixture(scope="module")
def airflow(stack, tmp_path_factory):
    """Return a function that runs a command of an Airflow whose DAGs are the examples."""
    home = tmp_path_factory.mktemp("airflow")
    team = "arn:aws:sagemaker:us-east-1:123456789012:workteam/private-crowd/reviewers"
    kept = {name: text for name, text in os.environ.items() if not name.startswith(("AWS_", "AIRFLOW"))}
    environment = kept | {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(FOLDER),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(ROOT / "plugins"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "PYTHONPATH": str(ROOT / "plugins"),
        "EXAMPLE_BUCKET": BUCKET,
        "EXAMPLE_WORKTEAM_ARN": team,
        "EXAMPLE_TEMPLATE": str(ROOT / "include/templates/bounding-box.liquid.html"),
        **stack.connections(),
    }

    def command(*arguments):
        done = subprocess.run(
            [str(Path(sys.executable).parent / "airflow"), *arguments],
            env=environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, (done.stdout + done.stderr)[-6000:]
        return done.stdout + done.stderr

    command("db", "migrate")
    return command


def results(stack, name):
    """Return the lines of each file of results an example wrote."""
    s3 = stack.client("s3", "aws")
    found = s3.list_objects_v2(Bucket=BUCKET, Prefix=f"examples/{name}/").get("Contents", [])
    return {
        entry["Key"].rsplit("/", 1)[-1].removesuffix(".jsonl"): [
            json.loads(line) for line in s3.get_object(Bucket=BUCKET, Key=entry["Key"])["Body"].read().splitlines()
        ]
        for entry in found
    }


EXPECTED = {
    "example_a2i_delete_human_loops": {"started": "opened", "stopped": "stopped", "deleted": "deleted"},
    "example_a2i_human_loops_sensor": {"started": "opened"},
    "example_a2i_start_human_loops": {"started": "opened"},
    "example_a2i_stop_human_loops": {"started": "opened", "stopped": "stopped"},
    "example_a2i_task_ui": {},
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_example(airflow, stack, name):
    printed = airflow("dags", "test", name)
    assert "state=failed" not in printed
    written = results(stack, name)
    assert {kind: {line["outcome"] for line in lines} for kind, lines in written.items()} == {
        kind: {outcome} for kind, outcome in EXPECTED[name].items()
    }
    flows = stack.client("sagemaker", "review").list_flow_definitions()["FlowDefinitionSummaries"]
    assert flows, "there is a flow definition"


def test_every_example_is_run():
    assert set(EXPECTED) == set(EXAMPLES)
