"""How an endpoint scales: which limits hold when, and what botocore's model says about the requests."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from nightloop.aws.resources.scaling import ScalingSettings
from nightloop.config import Autoscaling, Hours


def settings(*, least=1, hours=None, timezone="UTC", asynchronous=False):
    autoscaling = Autoscaling(min_instances=least, max_instances=8, target_per_instance=120.5, hours=hours)
    return ScalingSettings(
        loop="voc",
        endpoint_name="live",
        variant="AllTraffic",
        autoscaling=autoscaling,
        timezone=timezone,
        asynchronous=asynchronous,
    )


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


NIGHT = at("2026-11-22T02:00")
DAY = at("2026-11-22T12:00")


def limits(settings, now):
    made = settings.requests(now).limits
    return made["MinCapacity"], made["MaxCapacity"]


def test_a_real_time_endpoint_follows_its_requests():
    made = settings().requests(DAY)
    assert made.resource["ResourceId"] == "endpoint/live/variant/AllTraffic"
    assert made.limits == {"MinCapacity": 1, "MaxCapacity": 8}
    (policy,) = made.policies
    tracking = policy["TargetTrackingScalingPolicyConfiguration"]
    assert tracking["PredefinedMetricSpecification"] == {
        "PredefinedMetricType": "SageMakerVariantInvocationsPerInstance"
    }
    assert (tracking["TargetValue"], tracking["ScaleOutCooldown"], tracking["ScaleInCooldown"]) == (120.5, 60, 300)
    assert (made.actions, made.alarm) == ([], None)


def test_an_asynchronous_endpoint_follows_its_queue_and_wakes_from_nothing():
    made = settings(least=0, asynchronous=True).requests(DAY)
    load, wake = made.policies
    metric = load["TargetTrackingScalingPolicyConfiguration"]["CustomizedMetricSpecification"]
    assert (metric["MetricName"], metric["Dimensions"]) == (
        "ApproximateBacklogSizePerInstance",
        [{"Name": "EndpointName", "Value": "live"}],
    )
    assert wake["PolicyType"] == "StepScaling"
    assert made.alarm["MetricName"] == "HasBacklogWithoutCapacity"
    assert settings(least=1, asynchronous=True).requests(DAY).alarm is None


HOURS = Hours(begin="22:30", end="06:00", instances_outside=1)


@pytest.mark.parametrize(
    ("timezone", "moment", "inside"),
    [
        ("UTC", "2026-11-22T22:29", False),
        ("UTC", "2026-11-22T22:30", True),
        ("UTC", "2026-11-22T05:59", True),
        ("UTC", "2026-11-22T06:00", False),
        ("Asia/Tokyo", "2026-11-22T13:30", True),
        ("Asia/Tokyo", "2026-11-22T21:00", False),
        ("Europe/Berlin", "2026-07-01T20:30", True),  # summer time: 22:30 there
        ("Europe/Berlin", "2026-11-22T20:30", False),  # 21:30 there
    ],
)
def test_the_limits_are_those_of_the_moment_on_the_loops_clock(timezone, moment, inside):
    made = settings(least=2, hours=HOURS, timezone=timezone)
    assert made.is_inside(at(moment)) is inside
    assert limits(made, at(moment)) == ((2, 8) if inside else (1, 1))


def test_hours_within_one_day():
    made = settings(hours=Hours(begin="01:45", end="06:00", instances_outside=1))
    assert made.is_inside(NIGHT)
    assert not made.is_inside(DAY)


def test_outside_an_asynchronous_endpoint_has_no_machine_and_still_wakes():
    made = settings(least=2, hours=Hours(begin="01:00", end="06:00", instances_outside=0), asynchronous=True)
    assert limits(made, NIGHT) == (2, 8)
    assert limits(made, DAY) == (0, 8)
    assert made.requests(NIGHT).alarm is not None


@pytest.mark.parametrize(("timezone", "named"), [("UTC", "Etc/UTC"), ("Europe/Berlin", "Europe/Berlin")])
def test_the_scheduled_actions_say_the_same_as_the_limits(timezone, named):
    night, day = settings(least=2, hours=HOURS, timezone=timezone).requests(DAY).actions
    assert (night["Schedule"], day["Schedule"]) == ("cron(30 22 * * ? *)", "cron(0 6 * * ? *)")
    assert night["ScalableTargetAction"] == {"MinCapacity": 2, "MaxCapacity": 8}
    assert day["ScalableTargetAction"] == {"MinCapacity": 1, "MaxCapacity": 1}
    assert night["Timezone"] == day["Timezone"] == named
    assert night["ScheduledActionName"] != day["ScheduledActionName"]
