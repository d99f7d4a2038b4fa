"""Every example DAG run for real, in an Airflow of its own, against the services."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from tests.integration.aws.pictures import upload_data
from tests.integration.aws.stack import ROOT, Stack, prepare
from tests.system.examples.run_examples import DAG_BEGINS

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
        upload_inputs(stack.client("s3", "aws"))
        yield stack
    finally:
        for name in list(stack.processes):
            stack.stop(name)


def upload_inputs(s3):
    """Upload what the examples take: manifests with their images, and two artefacts of the tests' container."""
    s3.create_bucket(Bucket=BUCKET)
    upload_data(s3, BUCKET, ["cat", "dog"])
    for generation, name in enumerate(("first", "second")):
        model = json.dumps({"generation": generation}).encode()
        archive, member = io.BytesIO(), tarfile.TarInfo("model.json")
        member.size = len(model)
        with tarfile.open(fileobj=archive, mode="w:gz") as tar:
            tar.addfile(member, io.BytesIO(model))
        s3.put_object(Bucket=BUCKET, Key=f"examples/artefacts/{name}/model.tar.gz", Body=archive.getvalue())


@pytest.fixture(scope="module")
def printed(stack, tmp_path_factory):
    """Run all examples in an Airflow of their own; give what each printed."""
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
        "EXAMPLE_TRAIN_MANIFEST": f"s3://{BUCKET}/seed.manifest",
        "EXAMPLE_VALIDATION_MANIFEST": f"s3://{BUCKET}/holdout.manifest",
        "EXAMPLE_BAKE_SECONDS": "0",
        **stack.connections(),
    }

    def command(*arguments):
        done = subprocess.run(
            [sys.executable, *arguments],
            env=environment,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-6000:]
        return done.stdout

    command("-m", "airflow", "db", "migrate")
    outputs = command(str(FOLDER / "run_examples.py"), *EXAMPLES).split(f"\n{DAG_BEGINS}")
    return dict(output.split("\n", 1) for output in outputs[1:])


def succeeded(printed, name):
    """Say whether all tasks of an example did; show what it printed if not."""
    assert "state=failed" not in printed[name], printed[name][-6000:]
    return "state=success" in printed[name]


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


def made(stack):
    """Return what the names of worker pages and flow definitions begin with."""
    sagemaker = stack.client("sagemaker", "review")
    pages = sagemaker.get_paginator("list_human_task_uis").paginate().search("HumanTaskUiSummaries[].HumanTaskUiName")
    flows = sagemaker.get_paginator("list_flow_definitions").paginate()
    names = flows.search("FlowDefinitionSummaries[].FlowDefinitionName")
    return {"pages": {name.rsplit("-", 1)[0] for name in pages}, "flows": {name.rsplit("-", 1)[0] for name in names}}


def trainings(stack):
    sagemaker = stack.client("sagemaker", "sagemaker")
    jobs = sagemaker.list_training_jobs(NameContains="ex-train-")["TrainingJobSummaries"]
    return [job["TrainingJobStatus"] for job in jobs]


def transformed(stack, name):
    """Return how many images each transform job of a loop has a result of."""
    s3, sagemaker = stack.client("s3", "aws"), stack.client("sagemaker", "sagemaker")
    jobs = sagemaker.list_transform_jobs(NameContains=f"{name}-transform-")["TransformJobSummaries"]
    prefixes = [f"examples/{name}/transforms/{job['TransformJobName']}/" for job in jobs]
    return [s3.list_objects_v2(Bucket=BUCKET, Prefix=prefix)["KeyCount"] for prefix in prefixes]


def left_serving(stack):
    sagemaker = stack.client("sagemaker", "sagemaker")
    return [*sagemaker.list_endpoints()["Endpoints"], *sagemaker.list_models()["Models"]]


EXPECTED = {
    "example_a2i_delete_human_loops": {"started": "opened", "stopped": "stopped", "deleted": "deleted"},
    "example_a2i_human_loops_sensor": {"started": "opened"},
    "example_a2i_start_human_loops": {"started": "opened"},
    "example_a2i_stop_human_loops": {"started": "opened", "stopped": "stopped"},
    "example_a2i_flow_definition": {},
    "example_a2i_task_ui": {},
}
"""What became of all loops of each example, by the file of results it wrote."""

MADE = {
    "example_a2i_delete_human_loops": ("ex-delete", {"pages", "flows"}),
    "example_a2i_human_loops_sensor": ("ex-wait", {"pages", "flows"}),
    "example_a2i_start_human_loops": ("ex-start", {"pages", "flows"}),
    "example_a2i_stop_human_loops": ("ex-stop", {"pages", "flows"}),
    "example_a2i_flow_definition": ("ex-flow", {"pages", "flows"}),
    "example_a2i_task_ui": ("ex-ui", {"pages"}),
}


@pytest.mark.parametrize("name", EXPECTED)
def test_example_of_reviews(printed, stack, name):
    assert succeeded(printed, name)
    assert {kind: {line["outcome"] for line in lines} for kind, lines in results(stack, name).items()} == {
        kind: {outcome} for kind, outcome in EXPECTED[name].items()
    }
    prefix, kinds = MADE[name]
    assert {kind for kind, names in made(stack).items() if prefix in names} == kinds


def test_example_of_training(printed, stack):
    assert succeeded(printed, "example_sagemaker_train")
    assert trainings(stack) == ["Completed", "Completed"]


def test_example_of_transforms(printed, stack):
    assert succeeded(printed, "example_sagemaker_transform")
    assert transformed(stack, "ex-transform") == [32, 32]
    assert not left_serving(stack)


def test_example_of_an_endpoint(printed, stack):
    assert succeeded(printed, "example_sagemaker_endpoint")
    said = printed["example_sagemaker_endpoint"]
    assert "Creating endpoint ex-endpoint" in said
    assert "Creating endpoint ex-second-endpoint" in said
    assert not left_serving(stack)


def test_example_of_an_update(printed, stack):
    assert succeeded(printed, "example_sagemaker_update_endpoint")
    said = printed["example_sagemaker_update_endpoint"]
    assert said.count("Updating endpoint ex-update from") == 2
    assert "Endpoint ex-update runs ex-update-config-" in said, "it was verified"
    assert transformed(stack, "ex-update") == [32]
    assert not left_serving(stack)


def test_every_example_is_run():
    run = {
        "example_sagemaker_train",
        "example_sagemaker_transform",
        "example_sagemaker_endpoint",
        "example_sagemaker_update_endpoint",
    }
    assert run | set(EXPECTED) == set(EXAMPLES)
