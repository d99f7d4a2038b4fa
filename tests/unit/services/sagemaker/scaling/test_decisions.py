from datetime import datetime

import pytest

from services.sagemaker.scaling.decisions import last_due, metric_of, stepped, tracked
from services.sagemaker.scaling.service_client import variant_of


@pytest.mark.parametrize(
    ("count", "value", "wanted"),
    [
        (2, None, 2),
        (2, 10.0, 2),
        (2, 9.0, 2),
        (2, 10.1, 3),
        (2, 25.0, 5),
        (4, 5.0, 2),
        (1, 0.0, 0),
        (0, 4.0, 0),
        (0, 30.0, 3),
        (3, 8.9, 3),
    ],
)
def test_as_many_instances_as_keep_the_metric_at_ten(count, value, wanted):
    assert tracked(count, value, 10.0) == wanted


def test_a_step_adds_or_sets():
    steps = [{"MetricIntervalLowerBound": 0.0, "ScalingAdjustment": 2}]
    assert stepped(3, {"AdjustmentType": "ChangeInCapacity", "StepAdjustments": steps}) == 5
    assert stepped(3, {"AdjustmentType": "ExactCapacity", "StepAdjustments": steps}) == 2


def test_what_a_policy_follows():
    predefined = {"PredefinedMetricSpecification": {"PredefinedMetricType": "SageMakerVariantInvocationsPerInstance"}}
    found = metric_of(predefined, "live", "v")
    assert (found["MetricName"], found["Statistics"]) == ("InvocationsPerInstance", ["Sum"])
    assert [one["Value"] for one in found["Dimensions"]] == ["live", "v"]
    custom = {"MetricName": "M", "Namespace": "N", "Statistic": "Average"}
    assert metric_of({"CustomizedMetricSpecification": custom}, "live", "v")["Statistics"] == ["Average"]
    assert metric_of({"CustomizedMetricSpecification": {"Metrics": []}}, "live", "v") is None
    other = {"PredefinedMetricType": "SageMakerVariantConcurrentRequestsPerModelHighResolution"}
    assert metric_of({"PredefinedMetricSpecification": other}, "live", "v") is None


@pytest.mark.parametrize(
    ("schedule", "zone", "now", "due"),
    [
        ("cron(30 22 * * ? *)", None, "2026-11-22T22:30:00+00:00", "2026-11-22T22:30:00+00:00"),
        ("cron(30 22 * * ? *)", "Etc/UTC", "2026-11-22T22:29:59+00:00", "2026-11-21T22:30:00+00:00"),
        ("cron(0 2 * * ? *)", "Asia/Tokyo", "2026-11-22T18:00:00+00:00", "2026-11-22T17:00:00+00:00"),
        ("cron(0 2 * * ? *)", "Europe/Berlin", "2026-07-01T01:00:00+00:00", "2026-07-01T00:00:00+00:00"),
    ],
)
def test_when_a_scheduled_action_was_last_due(schedule, zone, now, due):
    assert last_due(schedule, zone, datetime.fromisoformat(now)) == datetime.fromisoformat(due)


def test_other_schedules_are_not_known():
    now = datetime.fromisoformat("2026-11-22T22:30:00+00:00")
    assert [last_due(one, None, now) for one in ("rate(1 day)", "cron(0 2 ? * MON *)")] == [None, None]


def test_which_variant_a_target_is():
    assert variant_of("endpoint/live/variant/AllTraffic") == ("live", "AllTraffic")
    assert variant_of("inference-component/x") is None
