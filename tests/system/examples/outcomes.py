"""What the example DAGs must have left in the services."""

from __future__ import annotations

import json

from tests.system.examples.running import BUCKET

REVIEWS = {
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


def check_reviews(printed, stack, name):
    """Check that an example of reviews did what it shows."""
    assert succeeded(printed, name)
    assert {kind: {line["outcome"] for line in lines} for kind, lines in results(stack, name).items()} == {
        kind: {outcome} for kind, outcome in REVIEWS[name].items()
    }
    prefix, kinds = MADE[name]
    assert {kind for kind, names in made(stack).items() if prefix in names} == kinds


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


def check_training(printed, stack):
    assert succeeded(printed, "example_sagemaker_train")
    assert trainings(stack) == ["Completed", "Completed"]


def check_transforms(printed, stack):
    assert succeeded(printed, "example_sagemaker_transform")
    assert transformed(stack, "ex-transform") == [32, 32]
    assert not left_serving(stack)


def check_endpoint(printed, stack):
    assert succeeded(printed, "example_sagemaker_endpoint")
    said = printed["example_sagemaker_endpoint"]
    assert "Creating endpoint ex-endpoint" in said
    assert "Creating endpoint ex-second-endpoint" in said
    assert not left_serving(stack)


def check_update(printed, stack):
    assert succeeded(printed, "example_sagemaker_update_endpoint")
    said = printed["example_sagemaker_update_endpoint"]
    assert said.count("Updating endpoint ex-update from") == 2
    assert "Endpoint ex-update runs ex-update-config-" in said, "it was verified"
    assert transformed(stack, "ex-update") == [32]
    assert not left_serving(stack)


SERVING = {
    "example_sagemaker_train": check_training,
    "example_sagemaker_transform": check_transforms,
    "example_sagemaker_endpoint": check_endpoint,
    "example_sagemaker_update_endpoint": check_update,
}
"""How each example of jobs and endpoints is checked."""
