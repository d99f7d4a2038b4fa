from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from services.sagemaker.scaling.autoscaler import Autoscaler

START = datetime(2026, 11, 22, 22, 0, tzinfo=UTC)
RESOURCE = "endpoint/live/variant/v"


class Told:
    """What Application Auto Scaling was told, and the endpoint that scales."""

    def __init__(self):
        self.target = {"ResourceId": RESOURCE, "MinCapacity": 1, "MaxCapacity": 8}
        self.scheduled, self.wanted, self.metric, self.alarm = [], [], None, False
        self.count, self.now, self.busy = 1, START, False
        self.limited = []

    def targets(self):
        return [self.target]

    def actions(self, _target):
        return self.scheduled

    def policies(self, _target):
        return self.wanted

    def limit(self, target, limits):
        self.limited.append(limits)
        target.update(limits)

    def value(self, _metric, _now):
        return self.metric

    def sets_off(self, _policy):
        return self.alarm

    def router(self, _key):
        variant = SimpleNamespace(name="v", count=self.count)
        return SimpleNamespace(fleets=[SimpleNamespace(deployment=SimpleNamespace(variants=[variant]))])

    def scale(self, key, variant, count):
        assert (key, variant) == ("live", "v")
        if not self.busy:
            self.count = count
        return not self.busy

    def schedule(self, name, hour, minute, least, most):
        limits = {"MinCapacity": least, "MaxCapacity": most}
        schedule = f"cron({minute} {hour} * * ? *)"
        self.scheduled.append({"ScheduledActionName": name, "Schedule": schedule, "ScalableTargetAction": limits})


@pytest.fixture
def told():
    return Told()


@pytest.fixture
def scaler(told):
    return Autoscaler(told, told, 1.0, lambda: told.now)


def track(told, target, out=0, back=0):
    metric = {"MetricName": "M", "Namespace": "N", "Statistic": "Average"}
    configuration = {
        "TargetValue": target,
        "ScaleOutCooldown": out,
        "ScaleInCooldown": back,
        "CustomizedMetricSpecification": metric,
    }
    told.wanted.append({"PolicyName": "load", "TargetTrackingScalingPolicyConfiguration": configuration})


def test_a_scheduled_action_is_done_once_when_its_time_comes_and_the_next_day_again(told, scaler):
    told.schedule("night", 22, 30, 3, 8)
    told.schedule("day", 6, 0, 1, 1)
    scaler.look()
    assert (told.limited, told.count) == ([], 1)
    told.now = START + timedelta(minutes=30)
    scaler.look()
    assert told.count == 3
    told.target["MinCapacity"] = 2  # a person changes it: the action does not come again before its next time
    told.now += timedelta(minutes=1)
    scaler.look()
    assert len(told.limited) == 1
    told.now = START + timedelta(hours=8)
    scaler.look()
    assert told.count == 1
    told.now = START + timedelta(days=1, minutes=40)
    scaler.look()
    assert (told.count, len(told.limited)) == (3, 3)


def test_what_comes_due_while_the_endpoint_is_changed_is_done_afterwards(told, scaler):
    told.schedule("night", 22, 30, 3, 8)
    scaler.look()
    told.busy, told.now = True, START + timedelta(minutes=31)
    scaler.look()
    assert (told.count, len(told.limited)) == (1, 1)
    told.busy = False
    scaler.look()
    assert told.count == 3


def test_the_policy_that_wants_most_wins_within_the_limits(told, scaler):
    track(told, 10.0)
    track(told, 20.0)
    told.metric = 45.0
    scaler.look()
    assert told.count == 5
    told.metric = 400.0
    scaler.look()
    assert told.count == 8


def test_instances_end_only_after_the_cooldown(told, scaler):
    track(told, 10.0, back=3600)
    told.metric, told.count = 1.0, 4
    scaler.look()
    assert told.count == 4
    told.wanted[0]["TargetTrackingScalingPolicyConfiguration"]["ScaleInCooldown"] = 0
    scaler.look()
    assert told.count == 1


def test_an_alarm_starts_the_first_instance_at_once_and_no_second_before_the_cooldown(told, scaler):
    told.target["MinCapacity"] = told.count = 0
    steps = {"AdjustmentType": "ChangeInCapacity", "Cooldown": 3600, "StepAdjustments": [{"ScalingAdjustment": 1}]}
    told.wanted.append({"PolicyName": "wake", "StepScalingPolicyConfiguration": steps})
    scaler.look()
    assert told.count == 0
    told.alarm = True
    scaler.look()
    scaler.look()
    assert told.count == 1
    track(told, 10.0)
    told.metric, told.alarm = 0.0, False
    scaler.look()
    assert told.count == 0, "a policy whose alarm is off keeps no instance"


def test_without_a_stand_in_for_aws_nothing_is_asked(told):
    scaler = Autoscaler(None, told, 1.0)
    scaler.look()
    scaler.forget("live")
    assert scaler.target_of("live") is None
