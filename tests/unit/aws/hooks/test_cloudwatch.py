"""`AlarmHook`: the alarms of one promotion, and no others."""

from __future__ import annotations

import pytest

from nightloop.aws.errors import ThrottledError
from nightloop.aws.hooks.cloudwatch import AlarmHook
from nightloop.domain.identity import naming
from tests.support.fakes.client import THROTTLED


@pytest.fixture
def hook(alarms):
    alarms.page_size = 2
    return AlarmHook()


def request(number, loop="voc"):
    return {
        "AlarmName": naming.alarm_name(loop, f"config-{number}", metric="ModelLatency", threshold=1.0),
        "EvaluationPeriods": 1,
        "ComparisonOperator": "GreaterThanThreshold",
        "Tags": [{"Key": "team", "Value": "vision"}],
    }


def names(*numbers):
    return [request(number)["AlarmName"] for number in numbers]


def test_the_loop_s_other_alarms_go(hook, alarms):
    other = request(9, "voc-alarm-2")
    hook.replace("voc-alarm-2", [other])
    assert hook.replace("voc", [request(n) for n in (1, 2, 3)]) == names(1, 2, 3)
    assert hook.replace("voc", [request(n) for n in (3, 4)]) == names(3, 4)
    assert sorted(hook.names("voc")) == sorted(names(3, 4))
    assert other["AlarmName"] in alarms.alarms
    tagged = ["Tags" in one for one in alarms.requests("put_metric_alarm") if one["AlarmName"] == names(3)[0]]
    assert tagged == [True, False]


def test_which_are_on(hook, alarms):
    hook.replace("voc", [request(n) for n in (1, 2)])
    assert hook.on(names(1, 2)) == []
    alarms.set_off(names(2)[0])
    assert hook.on(names(1, 2)) == names(2)
    assert hook.on(names(1)) == []
    before = len(alarms.calls)
    assert hook.on([]) == []
    assert len(alarms.calls) == before


def test_many_are_deleted_a_hundred_a_call(hook, alarms):
    hook.replace("voc", [request(n) for n in range(101)])
    assert hook.delete_all("voc") == 101
    assert [len(one["AlarmNames"]) for one in alarms.requests("delete_alarms")] == [100, 1]
    assert hook.delete_all("voc") == 0


def test_throttling_is_told_as_such(hook, alarms):
    alarms.fail("put_metric_alarm", THROTTLED)
    with pytest.raises(ThrottledError):
        hook.replace("voc", [request(1)])
