"""CloudWatch alarms over the wire: moto stores them, this server looks at them."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest


@pytest.fixture(scope="module")
def cloudwatch(shared_server):
    return shared_server.client("cloudwatch")


def put_alarm(cloudwatch, name, fleet, **changes):
    request = {
        "AlarmName": name,
        "Namespace": "AWS/SageMaker",
        "MetricName": "ModelLatency",
        "Dimensions": [{"Name": "EndpointName", "Value": "live"}, {"Name": "EndpointConfigName", "Value": fleet}],
        "Statistic": "Average",
        "Period": 10,
        "EvaluationPeriods": 1,
        "Threshold": 100.0,
        "ComparisonOperator": "GreaterThanThreshold",
        "TreatMissingData": "notBreaching",
    }
    cloudwatch.put_metric_alarm(**request | changes)


def put_values(cloudwatch, fleet, *values, seconds_ago=0.0):
    dimensions = [{"Name": "EndpointName", "Value": "live"}, {"Name": "EndpointConfigName", "Value": fleet}]
    moment = datetime.now(UTC) - timedelta(seconds=seconds_ago)
    data = {"MetricName": "ModelLatency", "Dimensions": dimensions, "Values": values, "Timestamp": moment}
    cloudwatch.put_metric_data(Namespace="AWS/SageMaker", MetricData=[data])


def state_of(cloudwatch, name):
    return cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"][0]


def becomes(cloudwatch, name, state, seconds=10.0):
    deadline = time.monotonic() + seconds
    while (alarm := state_of(cloudwatch, name))["StateValue"] != state:
        assert time.monotonic() < deadline, alarm
        time.sleep(0.1)
    return alarm


def test_an_alarm_goes_on_and_off_with_its_own_metric(cloudwatch):
    put_alarm(cloudwatch, "green-slow", "green")
    put_alarm(cloudwatch, "blue-slow", "blue")
    put_values(cloudwatch, "blue", 20.0, 30.0)
    put_values(cloudwatch, "green", 90.0, 120.0, seconds_ago=6)
    put_values(cloudwatch, "green", 130.0, seconds_ago=6)
    alarm = becomes(cloudwatch, "green-slow", "ALARM")
    assert "[113.333] breach the threshold (100.0)" in alarm["StateReason"]
    assert state_of(cloudwatch, "blue-slow")["StateValue"] == "OK"
    becomes(cloudwatch, "green-slow", "OK")


def test_values_of_before_do_not_count(cloudwatch):
    put_alarm(cloudwatch, "old-values", "third", TreatMissingData="missing")
    put_values(cloudwatch, "third", 500.0, seconds_ago=30)
    becomes(cloudwatch, "old-values", "INSUFFICIENT_DATA")
