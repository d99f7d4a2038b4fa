"""`PromoteOperator` on an endpoint that scales: the new model gets the machines the load needs, and scaling goes on."""

from __future__ import annotations

from dataclasses import replace

import pytest
from airflow.sdk.exceptions import TaskDeferred

from nightloop.aws.clients import throttle
from nightloop.aws.errors import EndpointBusyError, RequestRefusedError
from nightloop.aws.hooks.scaling import ScalingHook
from nightloop.aws.operators.sagemaker import promote as promote_module
from nightloop.aws.operators.sagemaker.promote import PromoteOperator
from nightloop.aws.resources.scaling import ScalingSettings
from nightloop.config import Autoscaling
from tests.support.fakes.client import aws_error
from tests.support.fakes.task import FakeTask, context
from tests.support.one_loop import SERVING, make_live, make_model

TARGET = "endpoint/live/variant/AllTraffic sagemaker:variant:DesiredInstanceCount"
SCALING = ScalingSettings(
    loop="voc",
    endpoint_name="live",
    variant="AllTraffic",
    autoscaling=Autoscaling(min_instances=0, max_instances=8, target_per_instance=60),
    asynchronous=True,
)
SCALED = replace(SERVING, scaling=SCALING)
BIGGER = replace(SCALED, instance_type="ml.m5.xlarge")


@pytest.fixture(autouse=True)
def live(s3, sagemaker, alarms, scaling, monkeypatch):
    monkeypatch.setattr(promote_module, "repeated", lambda function: throttle.repeated(function, tries=1))
    make_model(sagemaker, s3, "champion")
    make_model(sagemaker, s3, "challenger", parent="champion")
    make_live(sagemaker, "champion")
    sagemaker.scales = lambda name: any(at.startswith(f"endpoint/{name}/") for at, _ in scaling.targets)
    scaling.register_scalable_target(
        ServiceNamespace="sagemaker",
        ResourceId="endpoint/live/variant/AllTraffic",
        ScalableDimension="sagemaker:variant:DesiredInstanceCount",
        MinCapacity=1,
        MaxCapacity=2,
    )


def promote(serving=SCALED, number=1):
    operator = PromoteOperator(task_id="promote", serving=serving, model="challenger", champion="champion")
    return operator, context(FakeTask(id=f"attempt-{number}", dag_id="training", run_id="run", task_id="promote"))


def started(serving=SCALED, number=1):
    operator, given = promote(serving, number)
    with pytest.raises(TaskDeferred) as deferred:
        operator.execute(given)
    return deferred.value.trigger


def settled(trigger, serving=SCALED):
    operator, given = promote(serving)
    return operator.execute_complete(given, {"status": "success", "ended": trigger.return_value})


def machines(sagemaker):
    return sagemaker.endpoints["live"]["ProductionVariants"][0]["DesiredInstanceCount"]


@pytest.mark.parametrize(("before", "after"), [(1, 1), (5, 5), (0, 1)], ids=["as in the file", "scaled out", "none"])
def test_the_new_model_gets_the_machines_that_were_there_or_proves_itself_on_those_of_the_file(
    sagemaker, before, after
):
    sagemaker.scale("live", before)
    started()
    (request,) = sagemaker.requests("update_endpoint")
    assert request["RetainAllVariantProperties"] is True
    assert ("ExcludeRetainedVariantProperties" in request) is (before == 0)
    sagemaker.settle("live")
    assert machines(sagemaker) == after


def test_machines_that_come_between_look_and_request_are_looked_at_again(sagemaker):
    sagemaker.scale("live", 4)
    sagemaker.before("create_endpoint_config", lambda: sagemaker.scale("live", 2))
    operator, given = promote()
    with pytest.raises(EndpointBusyError, match="4 machines became 2 machines"):
        operator.execute(given)
    started(number=2)
    routing = sagemaker.requests("update_endpoint")[0]["DeploymentConfig"]["BlueGreenUpdatePolicy"]
    assert routing["TrafficRoutingConfiguration"]["CanarySize"]["Value"] == 1


def test_what_was_due_during_the_update_is_done_after_it(sagemaker, scaling):
    trigger = started()
    assert scaling.requests("register_scalable_target")[1:] == []
    sagemaker.settle("live")
    settled(trigger)
    assert scaling.set()[TARGET] == (0, 8)
    assert machines(sagemaker) == 1


def test_another_type_of_machine_is_not_refused_and_scales_afterwards(sagemaker, scaling):
    trigger = started(BIGGER)
    assert scaling.set() == {}
    sagemaker.settle("live")
    settled(trigger, BIGGER)
    assert scaling.set()[TARGET] == (0, 8)


def test_an_update_that_is_refused_leaves_the_scaling(sagemaker, scaling):
    sagemaker.fail("update_endpoint", aws_error("ValidationException", "no such machine"))
    operator, given = promote(BIGGER)
    with pytest.raises(RequestRefusedError):
        operator.execute(given)
    assert scaling.set()[TARGET] == (0, 8)


def test_an_attempt_that_died_with_the_scaling_off_has_it_set_by_the_next(sagemaker, scaling):
    started(BIGGER)  # its end is lost
    sagemaker.settle("live")
    operator, given = promote(BIGGER, number=2)
    assert operator.execute(given)["config"] == BIGGER.config_name("challenger")
    assert scaling.set()[TARGET] == (0, 8)
    assert len(sagemaker.requests("update_endpoint")) == 1


def test_the_same_type_keeps_its_scaling_all_the_time(sagemaker, scaling):
    ScalingHook().client.calls.clear()
    started()
    assert scaling.requests("deregister_scalable_target") == []
