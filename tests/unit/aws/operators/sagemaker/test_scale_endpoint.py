"""`ScaleEndpointOperator`: what the loop's file says, whatever was set before; a person's own scaling stays."""

from __future__ import annotations

from dataclasses import replace

import pytest
from airflow.sdk.exceptions import TaskDeferred

from nightloop.aws.endpoints.holds import EndpointHold
from nightloop.aws.errors import EndpointKindError, PermissionDeniedError, ServiceFaultError
from nightloop.aws.operators.sagemaker.scale_endpoint import ScaleEndpointOperator
from nightloop.aws.resources.scaling import ScalingSettings
from nightloop.aws.storage.object_store import ObjectStore
from nightloop.config import Autoscaling, Hours
from nightloop.domain.identity import naming
from tests.support.fakes.client import aws_error
from tests.support.fakes.task import FakeTask, context
from tests.support.one_loop import FILES, SERVING, make_live, make_model

VARIANT = "endpoint/live/variant/AllTraffic"
DIMENSION = "sagemaker:variant:DesiredInstanceCount"
TARGET = f"{VARIANT} {DIMENSION}"
RESOURCE = {"ServiceNamespace": "sagemaker", "ResourceId": VARIANT, "ScalableDimension": DIMENSION}
HOURS = Hours(begin="01:00", end="05:00", instances_outside=0)


def serving(autoscaling=None, *, asynchronous=False, **more):
    scaling = autoscaling and ScalingSettings(
        loop="voc", endpoint_name="live", variant="AllTraffic", autoscaling=autoscaling, asynchronous=asynchronous
    )
    return replace(SERVING, scaling=scaling, async_concurrency=4 if asynchronous else None, **more)


def scaled(least=1, most=4, hours=None):
    return Autoscaling(min_instances=least, max_instances=most, target_per_instance=60, hours=hours)


def scale(served, task=None):
    return ScaleEndpointOperator(task_id="scale", serving=served).execute(context(task or FakeTask(run_id="boot")))


@pytest.fixture(autouse=True)
def live(s3, sagemaker, alarms, scaling):
    scaling.page_size = 1
    make_model(sagemaker, s3, "champion")
    return make_live(sagemaker, "champion")


@pytest.fixture
def queued(sagemaker):
    sagemaker.endpoints["live"]["AsyncInferenceConfig"] = {"OutputConfig": {}}


def test_it_is_set_once_and_asking_again_changes_nothing(scaling, alarms, queued):
    served = serving(scaled(least=0, hours=HOURS), asynchronous=True)
    assert scale(served) is True
    first = scaling.set()
    assert {name for name in first if not name.startswith("endpoint/")} == {
        "voc-load", "voc-wake", "voc-night", "voc-day"
    }  # fmt: skip
    (alarm,) = alarms.alarms.values()
    assert (alarm["AlarmName"], alarm["AlarmActions"]) == ("voc-wake", ["arn:policy/voc-wake"])
    assert scale(served) is True
    assert scaling.set() == first
    assert len(alarms.alarms) == 1


def test_drift_is_corrected_and_what_the_file_says_no_more_is_removed(scaling, alarms, queued):
    scale(serving(scaled(least=0, hours=HOURS), asynchronous=True))
    scaling.register_scalable_target(**RESOURCE, MinCapacity=7, MaxCapacity=9)
    scaling.put_scaling_policy(**RESOURCE, PolicyName="by-hand", PolicyType="StepScaling")
    scale(serving(scaled(1, 3), asynchronous=True))
    left = scaling.set()
    assert left[TARGET] == (1, 3)
    assert left.keys() == {TARGET, "voc-load", "by-hand"}
    assert alarms.alarms == {}


def test_without_autoscaling_it_is_gone_and_may_come_back(scaling, alarms, queued):
    served = serving(scaled(least=0, hours=HOURS), asynchronous=True)
    scale(served)
    assert scale(serving(asynchronous=True)) is False
    assert (scaling.set(), alarms.alarms) == ({}, {})
    assert scale(serving(asynchronous=True)) is False
    scale(served)
    assert TARGET in scaling.set()


def test_the_scaling_that_a_person_set_stays(scaling):
    scaling.register_scalable_target(**RESOURCE, MinCapacity=1, MaxCapacity=9)
    scaling.put_scaling_policy(**RESOURCE, PolicyName="by-hand", PolicyType="TargetTrackingScaling")
    before = scaling.set()
    assert scale(serving()) is False
    assert scaling.set() == before


def test_the_alarms_of_a_promotion_stay_and_a_promotion_leaves_this_one(alarms, scaling, queued):
    promotion = naming.alarm_name("voc", "config", metric="ModelLatency", threshold=1.0)
    alarms.put_metric_alarm(AlarmName=promotion, EvaluationPeriods=1, ComparisonOperator="GreaterThanThreshold")
    scale(serving(scaled(least=0), asynchronous=True))
    assert set(alarms.alarms) == {promotion, "voc-wake"}
    assert not naming.is_alarm_of("voc", "voc-wake")


def test_an_endpoint_of_the_other_kind_is_told(scaling, sagemaker):
    with pytest.raises(EndpointKindError, match="live is a real-time endpoint, and the loop's file wants an asynchron"):
        scale(serving(scaled(least=0), asynchronous=True))
    assert scaling.calls == []
    sagemaker.endpoints["live"]["AsyncInferenceConfig"] = {"OutputConfig": {}}
    with pytest.raises(EndpointKindError, match="wants a real-time endpoint"):
        scale(serving())


def test_nothing_is_set_while_another_run_changes_the_endpoint(scaling, monkeypatch):
    monkeypatch.setattr("nightloop.aws.endpoints.holds.run_has_ended", lambda _: False)
    EndpointHold.of(ObjectStore(), FILES.holds, FakeTask(dag_id="training", run_id="1")).take()
    with pytest.raises(TaskDeferred):
        scale(serving(scaled()), FakeTask(dag_id="bootstrap", run_id="2"))
    assert scaling.calls == []


def test_a_missing_permission_matters_only_to_who_scales(scaling):
    denied = aws_error("AccessDeniedException", "not authorized to perform: application-autoscaling:...", status=403)
    scaling.fail("describe_scaling_policies", denied)
    assert scale(serving()) is False
    scaling.fail("register_scalable_target", denied)
    with pytest.raises(PermissionDeniedError, match="application-autoscaling"):
        scale(serving(scaled()))


def test_another_change_at_the_same_moment_is_tried_again(scaling):
    scaling.fail("put_scaling_policy", aws_error("ConcurrentUpdateException", "pending updates"))
    with pytest.raises(ServiceFaultError):
        scale(serving(scaled()))
    assert scale(serving(scaled())) is True
