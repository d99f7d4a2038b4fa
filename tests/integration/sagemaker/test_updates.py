"""UpdateEndpoint: blue/green without a failed invocation, silent rollback, guardrails, weights and capacities."""

import threading
import time
from collections import Counter
from contextlib import contextmanager

import pytest
from botocore.exceptions import ClientError

from .conftest import eventually
from .test_resources import ARN, refused


@contextmanager
def constant_load(sagemaker, endpoint, workers=4, body=b"sleep:0.02"):
    """Invoke all the time, without retries; gives the versions that answered and the errors."""
    answers, errors, stop = [], [], threading.Event()
    client = sagemaker.make_client("sagemaker-runtime", retries={"max_attempts": 0})

    def work():
        while not stop.is_set():
            try:
                answers.append(client.invoke_endpoint(EndpointName=endpoint, Body=body)["Body"].read().decode())
            except ClientError as error:
                errors.append(error)

    threads = [threading.Thread(target=work) for _ in range(workers)]
    for thread in threads:
        thread.start()
    try:
        yield answers, errors
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def versions(answers):
    return Counter(answer.split('"version": "')[1].split('"')[0] for answer in answers)


@pytest.fixture
def blue(sagemaker, store, request):
    """An endpoint in service with a model of its own, named as the test."""
    name = request.node.name.replace("_", "-").replace("[", "-").replace("]", "")[:50]
    sagemaker.model(f"{name}-blue", store)
    sagemaker.config(f"{name}-blue", f"{name}-blue")
    yield sagemaker.endpoint(name, f"{name}-blue")
    eventually(lambda: sagemaker.client.describe_endpoint(EndpointName=name)["EndpointStatus"] == "InService")
    sagemaker.client.delete_endpoint(EndpointName=name)


@pytest.fixture
def green(sagemaker, store, blue):
    sagemaker.model(f"{blue}-green", store)
    return sagemaker.config(f"{blue}-green", f"{blue}-green")


def update(sagemaker, endpoint, config, **arguments):
    sagemaker.client.update_endpoint(EndpointName=endpoint, EndpointConfigName=config, **arguments)
    return sagemaker.client.describe_endpoint(EndpointName=endpoint)


def traffic(kind, wait, termination=0, **sizes):
    routing = {"Type": kind, "WaitIntervalInSeconds": wait, **sizes}
    return {"BlueGreenUpdatePolicy": {"TrafficRoutingConfiguration": routing, "TerminationWaitInSeconds": termination}}


CANARY = {"CanarySize": {"Type": "CAPACITY_PERCENT", "Value": 25}}


def test_update_loses_no_invocation(sagemaker, blue, green):
    with constant_load(sagemaker, blue) as (answers, errors):
        eventually(lambda: len(answers) > 20)
        during = update(sagemaker, blue, green)
        assert during["EndpointStatus"] == "Updating"
        assert during["EndpointConfigName"] == f"{blue}-blue"
        assert during["PendingDeploymentSummary"]["EndpointConfigName"] == green
        assert during["PendingDeploymentSummary"]["ProductionVariants"][0]["VariantStatus"][0]["Status"] == "Creating"
        assert "in-progress" in refused(sagemaker.client.delete_endpoint, EndpointName=blue)
        after = sagemaker.in_service(blue)
        switched = len(answers)
        eventually(lambda: len(answers) > switched + 20)

    assert errors == []
    assert after["EndpointConfigName"] == green
    assert not {"PendingDeploymentSummary", "FailureReason"} & after.keys()
    assert set(versions(answers)) == {f"{blue}-blue", f"{blue}-green"}
    assert set(versions(answers[switched + 4 :])) == {f"{blue}-green"}


def test_an_invocation_under_way_keeps_its_blue_instance(sagemaker, blue, green):
    answered = []
    slow = threading.Thread(target=lambda: answered.append(sagemaker.invoke(blue, b"sleep:2.5")))
    slow.start()
    time.sleep(0.5)
    update(sagemaker, blue, green)
    eventually(lambda: sagemaker.invoke(blue)["version"] == f"{blue}-green")
    assert answered == []
    assert sagemaker.client.describe_endpoint(EndpointName=blue)["EndpointStatus"] == "Updating"
    slow.join()
    assert answered[0]["version"] == f"{blue}-blue"
    sagemaker.in_service(blue)


def test_silent_rollback(sagemaker, store, blue):
    sagemaker.model(f"{blue}-bad", store, ping=False)
    bad = sagemaker.config(f"{blue}-bad", f"{blue}-bad")
    with constant_load(sagemaker, blue, workers=2) as (answers, errors):
        update(sagemaker, blue, bad)
        after = sagemaker.in_service(blue)
    assert errors == []
    assert set(versions(answers)) == {f"{blue}-blue"}
    assert after["EndpointConfigName"] == f"{blue}-blue"
    assert after["FailureReason"].startswith(
        "The primary container for production variant variant-1 did not pass the ping"
    )

    sagemaker.model(f"{blue}-good", store)
    during = update(sagemaker, blue, sagemaker.config(f"{blue}-good", f"{blue}-good"))
    assert "FailureReason" not in during
    assert sagemaker.in_service(blue)["EndpointConfigName"] == f"{blue}-good"


def test_canary(sagemaker, blue, green):
    policy = traffic("CANARY", 2, 1, **CANARY)
    with constant_load(sagemaker, blue, body=b"hello") as (answers, errors):
        update(sagemaker, blue, green, DeploymentConfig=policy)

        def baking():
            summary = sagemaker.client.describe_endpoint(EndpointName=blue).get("PendingDeploymentSummary")
            status = summary["ProductionVariants"][0]["VariantStatus"][0] if summary else {"Status": "over"}
            return status if status["Status"] == "Baking" else None

        assert "2 seconds (WaitIntervalInSeconds)" in eventually(baking)["StatusMessage"]
        began = len(answers)
        time.sleep(1.5)
        in_canary = versions(answers[began:])
        after = sagemaker.in_service(blue)

    assert errors == []
    assert 0.1 < in_canary[f"{blue}-green"] / sum(in_canary.values()) < 0.45
    assert after["EndpointConfigName"] == green
    assert after["LastDeploymentConfig"] == policy


def test_an_alarm_rolls_the_canary_back(sagemaker, aws, blue, green):
    cloudwatch = aws("cloudwatch")
    alarm = f"{blue}-5xx"
    cloudwatch.put_metric_alarm(
        AlarmName=alarm,
        Namespace="AWS/SageMaker",
        MetricName="Invocation5XXErrors",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
    )
    policy = traffic("CANARY", 60, **CANARY) | {"AutoRollbackConfiguration": {"Alarms": [{"AlarmName": alarm}]}}
    update(sagemaker, blue, green, DeploymentConfig=policy)
    eventually(lambda: sagemaker.invoke(blue)["version"] == f"{blue}-green")
    cloudwatch.set_alarm_state(AlarmName=alarm, StateValue="ALARM", StateReason="the test says so")
    after = sagemaker.in_service(blue)

    assert after["EndpointConfigName"] == f"{blue}-blue"
    assert alarm in after["FailureReason"]
    assert {sagemaker.invoke(blue)["version"] for _ in range(20)} == {f"{blue}-blue"}


def test_an_alarm_that_does_not_exist_promotes_nothing(sagemaker, blue, green):
    policy = traffic("ALL_AT_ONCE", 0) | {"AutoRollbackConfiguration": {"Alarms": [{"AlarmName": "never-made"}]}}
    update(sagemaker, blue, green, DeploymentConfig=policy)
    after = sagemaker.in_service(blue)
    assert after["EndpointConfigName"] == f"{blue}-blue"
    assert after["FailureReason"] == "Auto-rollback alarms do not exist: never-made."


def test_update_errors(sagemaker, store, blue, green):
    client = sagemaker.client

    def refuse(config=green, **arguments):
        return refused(client.update_endpoint, EndpointName=blue, EndpointConfigName=config, **arguments)

    other = sagemaker.config(f"{blue}-other", f"{blue}-green", VariantName="renamed")
    assert "same variant names" in refuse(other, DeploymentConfig=traffic("ALL_AT_ONCE", 0))
    too_big = {"CanarySize": {"Type": "CAPACITY_PERCENT", "Value": 60}}
    assert "CanarySize must be between 1 and 50" in refuse(DeploymentConfig=traffic("CANARY", 0, **too_big))
    assert "CanarySize is required" in refuse(DeploymentConfig=traffic("CANARY", 0))
    one = {"CanarySize": {"Type": "INSTANCE_COUNT", "Value": 1}}
    assert "at most 50 percent of the 1 instances" in refuse(DeploymentConfig=traffic("CANARY", 0, **one))
    client.delete_endpoint_config(EndpointConfigName=f"{blue}-blue")
    gone = f"{ARN}:endpoint-config/{blue}-blue"
    assert refuse() == f'ValidationException: Could not find endpoint configuration "{gone}".'
    assert sagemaker.invoke(blue)["version"] == f"{blue}-blue"


def scale(endpoint):
    (variant,) = endpoint["ProductionVariants"]
    return variant["CurrentInstanceCount"], variant["CurrentWeight"]


def test_weights_and_capacities(sagemaker, blue, green):
    client = sagemaker.client

    def change(name="variant-1", **values):
        client.update_endpoint_weights_and_capacities(
            EndpointName=blue, DesiredWeightsAndCapacities=[{"VariantName": name, **values}]
        )
        return client.describe_endpoint(EndpointName=blue)

    with constant_load(sagemaker, blue) as (answers, errors):
        during = change(DesiredInstanceCount=2, DesiredWeight=5.0)
        assert during["EndpointStatus"] == "Updating"
        assert "PendingDeploymentSummary" not in during
        assert during["ProductionVariants"][0]["CurrentInstanceCount"] == 1
        assert during["ProductionVariants"][0]["DesiredInstanceCount"] == 2
        scaled = sagemaker.in_service(blue)["ProductionVariants"][0]
        assert (scaled["CurrentInstanceCount"], scaled["CurrentWeight"]) == (2, 5.0)
        eventually(lambda: len({answer.split('"pid": ')[1].split(",")[0] for answer in answers[-40:]}) == 2)
        change(DesiredInstanceCount=1)
        sagemaker.in_service(blue)
    assert errors == []

    change(DesiredInstanceCount=2)
    sagemaker.in_service(blue)
    only_weights = [{"VariantPropertyType": "DesiredInstanceCount"}]
    both = traffic("CANARY", 0, CanarySize={"Type": "INSTANCE_COUNT", "Value": 1})
    update(sagemaker, blue, green, RetainAllVariantProperties=True, DeploymentConfig=both)
    assert scale(sagemaker.in_service(blue)) == (2, 5.0)
    update(
        sagemaker,
        blue,
        f"{blue}-blue",
        RetainAllVariantProperties=True,
        ExcludeRetainedVariantProperties=only_weights,
    )
    assert scale(sagemaker.in_service(blue)) == (1, 5.0)
    update(sagemaker, blue, green)
    assert scale(sagemaker.in_service(blue)) == (1, 1.0), "nothing is retained unless asked for"
    with pytest.raises(ClientError, match='The variant name\\(s\\) "nobody" is/are not present'):
        change("nobody", DesiredWeight=1.0)
