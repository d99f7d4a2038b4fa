import pytest

from services.sagemaker.fleets.plan import alarm_names, plan_steps, time_limit


def policy(kind, termination=0, wait=10, **sizes):
    routing = {"Type": kind, "WaitIntervalInSeconds": wait, **sizes}
    return {"BlueGreenUpdatePolicy": {"TrafficRoutingConfiguration": routing, "TerminationWaitInSeconds": termination}}


def percent(value):
    return {"Type": "CAPACITY_PERCENT", "Value": value}


def shape(steps):
    return [(round(step.part, 3), step.bake_seconds) for step in steps]


@pytest.mark.parametrize(
    ("document", "instances", "expected"),
    [
        ({}, 1, [(1.0, 0)]),
        (policy("ALL_AT_ONCE", termination=5), 1, [(1.0, 5)]),
        (policy("CANARY", termination=5, CanarySize=percent(25)), 1, [(0.25, 10), (1.0, 5)]),
        (policy("CANARY", CanarySize={"Type": "INSTANCE_COUNT", "Value": 1}), 4, [(0.25, 10), (1.0, 0)]),
        (policy("LINEAR", LinearStepSize=percent(50)), 2, [(0.5, 10), (1.0, 0)]),
        (policy("LINEAR", LinearStepSize=percent(40)), 2, [(0.4, 10), (0.8, 10), (1.0, 0)]),
        (policy("LINEAR", LinearStepSize=percent(10)), 2, [(n / 10, 10) for n in range(1, 10)] + [(1.0, 0)]),
        (
            {"RollingUpdatePolicy": {"MaximumBatchSize": percent(50), "WaitIntervalInSeconds": 3}},
            2,
            [(0.5, 3), (1.0, 0)],
        ),
    ],
)
def test_steps(document, instances, expected):
    assert shape(plan_steps(document, instances)) == expected


def test_limits_and_alarms():
    document = {
        "BlueGreenUpdatePolicy": {"MaximumExecutionTimeoutInSeconds": 600},
        "AutoRollbackConfiguration": {"Alarms": [{"AlarmName": "a"}, {"AlarmName": "b"}]},
    }
    assert time_limit(document) == 600
    assert time_limit({}) == float("inf")
    assert alarm_names(document) == ["a", "b"]
    assert alarm_names({}) == []
