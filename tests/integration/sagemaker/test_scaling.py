"""Application Auto Scaling is told, and endpoints really scale."""

import pytest

from .conftest import eventually
from .test_async import answer_of, ask, queue
from .test_resources import refused

DIMENSION = "sagemaker:variant:DesiredInstanceCount"
ALARM = {
    "EvaluationPeriods": 1,
    "Period": 60,
    "Namespace": "AWS/SageMaker",
    "MetricName": "HasBacklogWithoutCapacity",
    "Statistic": "Maximum",
    "Threshold": 1.0,
    "ComparisonOperator": "GreaterThanOrEqualToThreshold",
}


def resource(endpoint):
    name = f"endpoint/{endpoint}/variant/variant-1"
    return {"ServiceNamespace": "sagemaker", "ResourceId": name, "ScalableDimension": DIMENSION}


@pytest.fixture(scope="module")
def scaling(aws):
    return aws("application-autoscaling")


def tracking(endpoint, target, statistic="Average", **settings):
    metric = {
        "MetricName": "ApproximateBacklogSizePerInstance",
        "Namespace": "AWS/SageMaker",
        "Dimensions": [{"Name": "EndpointName", "Value": endpoint}],
        "Statistic": statistic,
    }
    return {
        **resource(endpoint),
        "PolicyName": "load",
        "PolicyType": "TargetTrackingScaling",
        "TargetTrackingScalingPolicyConfiguration": {
            "TargetValue": target,
            "ScaleOutCooldown": 0,
            "CustomizedMetricSpecification": metric,
            **settings,
        },
    }


def count(service, endpoint):
    described = service.client.describe_endpoint(EndpointName=endpoint)
    return described["EndpointStatus"], described["ProductionVariants"][0]["CurrentInstanceCount"]


def comes_to(service, endpoint, instances):
    eventually(lambda: count(service, endpoint) == ("InService", instances))


@pytest.fixture
def serving(sagemaker, store):
    def make(name, **arguments):
        sagemaker.model(name, store)
        sagemaker.config(name, name, **arguments)
        return sagemaker.endpoint(name, name)

    return make


def test_instances_are_brought_between_the_limits(sagemaker, scaling, serving):
    endpoint = serving("limited")
    scaling.register_scalable_target(**resource(endpoint), MinCapacity=2, MaxCapacity=3)
    comes_to(sagemaker, endpoint, 2)
    scaling.register_scalable_target(**resource(endpoint), MinCapacity=1, MaxCapacity=1)
    comes_to(sagemaker, endpoint, 1)
    bigger = sagemaker.config("limited-bigger", "limited", InstanceType="ml.m5.xlarge")
    update = {"EndpointName": endpoint, "EndpointConfigName": bigger}
    assert "registered with Application Auto Scaling" in refused(sagemaker.client.update_endpoint, **update)
    same = sagemaker.config("limited-same", "limited")
    sagemaker.client.update_endpoint(EndpointName=endpoint, EndpointConfigName=same)
    sagemaker.in_service(endpoint)
    sagemaker.client.delete_endpoint(EndpointName=endpoint)
    targets = scaling.describe_scalable_targets(ServiceNamespace="sagemaker")["ScalableTargets"]
    assert resource(endpoint)["ResourceId"] not in {target["ResourceId"] for target in targets}


def test_an_asynchronous_endpoint_follows_its_queue_ends_its_machines_and_wakes(
    sagemaker, store, scaling, serving, aws
):
    endpoint = serving("following", queue=queue(1))
    scaling.register_scalable_target(**resource(endpoint), MinCapacity=0, MaxCapacity=2)
    scaling.put_scaling_policy(**tracking(endpoint, 1.0, ScaleInCooldown=2))
    asked = [ask(sagemaker, store, endpoint, b"sleep:0.7") for _ in range(12)]
    comes_to(sagemaker, endpoint, 2)
    for each in asked:
        answer_of(store, each["OutputLocation"])
    # The average of a whole minute has to fall first; the least of it is 0 already.
    scaling.put_scaling_policy(**tracking(endpoint, 1.0, "Minimum", ScaleInCooldown=2))
    comes_to(sagemaker, endpoint, 0)

    wake = scaling.put_scaling_policy(
        **resource(endpoint),
        PolicyName="wake",
        PolicyType="StepScaling",
        StepScalingPolicyConfiguration={
            "AdjustmentType": "ChangeInCapacity",
            "Cooldown": 60,
            "StepAdjustments": [{"MetricIntervalLowerBound": 0.0, "ScalingAdjustment": 1}],
        },
    )
    alarms = aws("cloudwatch")
    alarms.put_metric_alarm(AlarmName="wake-following", AlarmActions=[wake["PolicyARN"]], **ALARM)
    late = ask(sagemaker, store, endpoint, b"wake up")
    alarms.set_alarm_state(AlarmName="wake-following", StateValue="ALARM", StateReason="requests wait")
    assert answer_of(store, late["OutputLocation"])
    alarms.delete_alarms(AlarmNames=["wake-following"])


def test_limits_that_change_in_the_middle_of_an_update_hold_after_it(sagemaker, scaling, serving):
    endpoint = serving("updated")
    scaling.register_scalable_target(**resource(endpoint), MinCapacity=1, MaxCapacity=4)
    sagemaker.config("updated-next", "updated")
    routing = {"Type": "ALL_AT_ONCE", "WaitIntervalInSeconds": 0}
    policy = {"TrafficRoutingConfiguration": routing, "TerminationWaitInSeconds": 3}
    sagemaker.client.update_endpoint(
        EndpointName=endpoint,
        EndpointConfigName="updated-next",
        DeploymentConfig={"BlueGreenUpdatePolicy": policy},
    )
    scaling.register_scalable_target(**resource(endpoint), MinCapacity=2, MaxCapacity=4)
    assert count(sagemaker, endpoint)[0] == "Updating"
    comes_to(sagemaker, endpoint, 2)
    assert sagemaker.client.describe_endpoint(EndpointName=endpoint)["EndpointConfigName"] == "updated-next"
