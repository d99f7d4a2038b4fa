"""An endpoint that scales, on the local services: bootstrap sets it, promotion and it meet, teardown leaves nothing."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from nightloop.aws.dag_factory import serving_tasks
from nightloop.aws.operators.sagemaker.promote import PromoteOperator
from nightloop.aws.resources.serving import ServingSettings
from nightloop.config import Autoscaling, Hours
from tests.integration.aws.nights import Night
from tests.integration.aws.running import run

AUTOSCALING = {
    "min_instances": 0,
    "max_instances": 2,
    "target_per_instance": 50,
    "scale_out_cooldown_seconds": 10,
    "scale_in_cooldown_seconds": 0,
}


def eventually(condition, seconds=60.0):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.2)
    raise AssertionError(f"it did not happen within {seconds} s")


@pytest.fixture(scope="module")
def sleeping(make_loop, stack):
    """A loop with an asynchronous endpoint that has no machine while nobody asks, and its first model."""
    with stack.connected():
        loop = make_loop(
            endpoint={"async_inference": {}, "autoscaling": AUTOSCALING}, scoring={"by": "async_inference"}
        )
        _, model, _ = Night(loop, "2026-01-01").bootstrap()
    return loop, model


@pytest.fixture
def client(stack):
    return lambda service: stack.client(service, "sagemaker" if service.startswith("sagemaker") else "aws")


def scaling_of(client, loop):
    """All that is set for a loop's endpoint: limits, policies, scheduled actions, alarms."""
    scaling = client("application-autoscaling")
    resource = f"endpoint/{loop.endpoint.name}/variant/AllTraffic"
    targets = scaling.describe_scalable_targets(ServiceNamespace="sagemaker", ResourceIds=[resource])
    policies = scaling.describe_scaling_policies(ServiceNamespace="sagemaker", ResourceId=resource)
    actions = scaling.describe_scheduled_actions(ServiceNamespace="sagemaker", ResourceId=resource)
    alarms = client("cloudwatch").describe_alarms(AlarmNamePrefix=loop.name)["MetricAlarms"]
    return {
        "limits": [(target["MinCapacity"], target["MaxCapacity"]) for target in targets["ScalableTargets"]],
        "policies": sorted(policy["PolicyName"].removeprefix(loop.name) for policy in policies["ScalingPolicies"]),
        "actions": sorted(action["Schedule"] for action in actions["ScheduledActions"]),
        "alarms": sorted(alarm["AlarmName"].removeprefix(loop.name) for alarm in alarms),
    }


SET = {"limits": [(0, 2)], "policies": ["-load", "-wake"], "actions": [], "alarms": ["-wake"]}
NOTHING = {"limits": [], "policies": [], "actions": [], "alarms": []}


def machines(client, loop):
    endpoint = client("sagemaker").describe_endpoint(EndpointName=loop.endpoint.name)
    return endpoint["EndpointStatus"], endpoint["ProductionVariants"][0]["CurrentInstanceCount"]


def falls_asleep(client, loop):
    eventually(lambda: machines(client, loop) == ("InService", 0), 90)


def test_bootstrap_sets_it_once_corrects_drift_and_removes_what_the_file_says_no_more(client, sleeping):
    loop, _ = sleeping
    assert scaling_of(client, loop) == SET
    resource = {"ServiceNamespace": "sagemaker", "ResourceId": f"endpoint/{loop.endpoint.name}/variant/AllTraffic"}
    client("application-autoscaling").register_scalable_target(
        **resource, ScalableDimension="sagemaker:variant:DesiredInstanceCount", MinCapacity=1, MaxCapacity=1
    )
    hours = Hours(begin="22:30", end="06:00", instances_outside=0)
    for autoscaling, expected in (
        (loop.endpoint.autoscaling, SET),
        (
            replace(loop.endpoint.autoscaling, hours=hours),
            {**SET, "actions": ["cron(0 6 * * ? *)", "cron(30 22 * * ? *)"]},
        ),
        (Autoscaling(1, 1, 9.0), {"limits": [(1, 1)], "policies": ["-load"], "actions": [], "alarms": []}),
        (None, NOTHING),
        (loop.endpoint.autoscaling, SET),
    ):
        changed = replace(loop, endpoint=replace(loop.endpoint, autoscaling=autoscaling))
        for _ in range(2):
            assert run(serving_tasks.scale_endpoint(changed)) is (autoscaling is not None)
            assert scaling_of(client, loop) == expected


def test_an_endpoint_without_machines_wakes_for_a_request(client, sleeping, s3):
    loop, _ = sleeping
    falls_asleep(client, loop)
    s3.put_object(Bucket=loop.bucket, Key="question.jpg", Body=b"not an image: that too is an answer")
    asked = client("sagemaker-runtime").invoke_endpoint_async(
        EndpointName=loop.endpoint.name, InputLocation=f"s3://{loop.bucket}/question.jpg", ContentType="image/jpeg"
    )
    folder = f"{loop.prefix}/{loop.name}/async/"
    assert asked["OutputLocation"].startswith(f"s3://{loop.bucket}/{folder}answers/")
    assert asked["FailureLocation"].startswith(f"s3://{loop.bucket}/{folder}failures/")
    eventually(lambda: s3.list_objects_v2(Bucket=loop.bucket, Prefix=folder)["KeyCount"] == 1, 90)


def test_a_promotion_while_it_scales(client, sleeping, s3):
    loop, model = sleeping
    described = client("sagemaker").describe_model(ModelName=model)
    challenger = f"{loop.name}-model-{'0' * 24}"
    client("sagemaker").create_model(
        ModelName=challenger,
        PrimaryContainer={key: described["PrimaryContainer"][key] for key in ("Image", "ModelDataUrl")},
        ExecutionRoleArn=loop.role_arn,
    )
    transformed = run(serving_tasks.transform(loop, "transform_challenger", challenger), poll_seconds=1)
    serving = replace(ServingSettings.of(loop), instance_type="ml.m5.xlarge")  # it scales: SageMaker refuses as it is
    promoted = run(PromoteOperator(task_id="promote", serving=serving, model=challenger), poll_seconds=1)
    verified = run(serving_tasks.verify_endpoint(loop, promoted, transformed))
    assert verified == {"config": serving.config_name(challenger), "compared": 3}
    found = scaling_of(client, loop)
    assert {**found, "alarms": [name for name in found["alarms"] if name == "-wake"]} == SET
    kept = s3.list_objects_v2(Bucket=loop.bucket, Prefix=f"{loop.prefix}/{loop.name}/async/")["KeyCount"]
    assert kept <= 1, "verify_endpoint deletes the answers it has read"


def test_teardown_leaves_nothing(client, sleeping):
    loop, _ = sleeping
    deleted = run(serving_tasks.delete_serving(loop))
    assert deleted["endpoint"] == 1
    assert scaling_of(client, loop) == NOTHING
    assert run(serving_tasks.delete_serving(loop))["endpoint"] == 0
