"""`DeleteServingOperator`: all of a loop and nothing of its neighbour."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from airflow.sdk.exceptions import TaskDeferred

from nightloop.aws.endpoints.holds import EndpointHold
from nightloop.aws.errors import EndpointBusyError, ThrottledError
from nightloop.aws.hooks.scaling import ScalingHook
from nightloop.aws.operators.sagemaker.delete_serving import DeleteServingOperator
from nightloop.aws.resources.scaling import ScalingSettings
from nightloop.aws.storage.object_store import ObjectStore
from nightloop.config import Autoscaling, Hours
from nightloop.domain.identity import naming
from tests.support.fakes.client import THROTTLED, aws_error
from tests.support.fakes.task import FakeTask, context
from tests.support.one_loop import FILES, FOLDER, SERVING, make_live, make_model, register


def delete(**arguments):
    given = {"task_id": "delete", "loop": "voc", "endpoint_name": "live", "loop_folder": FOLDER}
    return DeleteServingOperator(**given | arguments)


def alarm(alarms, loop, config="c", threshold=1.0):
    name = naming.alarm_name(loop, config, metric="ModelLatency", threshold=threshold)
    alarms.put_metric_alarm(
        AlarmName=name, EvaluationPeriods=1, ComparisonOperator="GreaterThanThreshold", Threshold=1.0
    )
    return name


@pytest.fixture(autouse=True)
def pages_of_one(sagemaker, alarms, scaling):
    """Whatever is listed comes in several pages."""
    sagemaker.page_size = alarms.page_size = scaling.page_size = 1


@pytest.fixture
def loop(s3, sagemaker, alarms):
    models = [SERVING.model_name(job) for job in ("one", "two")]
    made = [make_model(sagemaker, s3, name) for name in models]
    config = make_live(sagemaker, models[0])
    sagemaker.create_endpoint_config(**SERVING.config_request(models[1]))
    for model in made:
        register(sagemaker, model)
    alarm(alarms, "voc")
    alarm(alarms, "voc", "d")
    sagemaker.calls.clear()
    return models, config


def test_everything_of_the_loop_goes(s3, sagemaker, alarms, loop):
    artefacts = s3.objects
    found = delete().execute(context())
    assert found == {"endpoint": 1, "endpoint_config": 2, "model": 2, "model_package": 2, "alarm": 2}
    left = (sagemaker.endpoints, sagemaker.configs, sagemaker.models, sagemaker.packages, sagemaker.groups)
    assert left == ({}, {}, {}, {}, {})
    assert alarms.alarms == {}
    assert artefacts.items() <= s3.objects.items()
    again = delete().execute(context())
    assert again == dict.fromkeys(found, 0)


def test_nothing_of_a_loop_whose_name_begins_alike_goes(s3, sagemaker, alarms, loop):
    (model, *_), config = loop
    others = [
        model.replace("voc-model-", "voc-model-2-model-"),
        "voc-model-by-hand",
        model + "0",
        "x" + model,
    ]
    for name in others:
        sagemaker.create_model(ModelName=name, ExecutionRoleArn=SERVING.role_arn)
    variant = {"VariantName": "AllTraffic", "ModelName": others[1], "InitialInstanceCount": 1}
    others_config = config.replace("voc-config-", "voc-config-2-config-")
    sagemaker.create_endpoint_config(EndpointConfigName=others_config, ProductionVariants=[variant])
    sagemaker.create_model_package_group(ModelPackageGroupName="voc-2-models")
    kept = alarm(alarms, "voc-alarm-2")
    delete().execute(context())
    assert list(sagemaker.models) == others
    assert list(sagemaker.configs) == [others_config]
    assert list(sagemaker.groups) == ["voc-2-models"]
    assert list(alarms.alarms) == [kept]


def test_an_endpoint_that_is_changed_at_this_moment_is_told_and_nothing_else_deleted(s3, sagemaker, alarms, loop):
    sagemaker.endpoints["live"]["EndpointStatus"] = "Updating"
    with pytest.raises(EndpointBusyError, match="in-progress"):
        delete().execute(context())
    assert len(sagemaker.models) == 2


def test_nothing_is_deleted_while_another_run_changes_the_endpoint(s3, sagemaker, alarms, loop, monkeypatch):
    monkeypatch.setattr("nightloop.aws.endpoints.holds.run_has_ended", lambda _: False)
    EndpointHold.of(ObjectStore(), FILES.holds, FakeTask(dag_id="training", run_id="1")).take()
    with pytest.raises(TaskDeferred) as deferred:
        delete().execute(context())
    assert deferred.value.method_name == "take_up"
    assert sagemaker.made() == []
    assert delete(loop_folder="").execute(context())["endpoint"] == 1


def test_a_retry_goes_on_where_the_first_try_ended(s3, sagemaker, alarms, loop):
    sagemaker.fail("delete_model", THROTTLED)
    with pytest.raises(ThrottledError):
        delete().execute(context())
    assert delete().execute(context()) == {
        "endpoint": 0,
        "endpoint_config": 0,
        "model": 2,
        "model_package": 2,
        "alarm": 2,
    }


def scale(endpoint="live", loop="voc"):
    hours = Hours(begin="01:00", end="05:00", instances_outside=0)
    autoscaling = Autoscaling(min_instances=0, max_instances=4, target_per_instance=9, hours=hours)
    settings = ScalingSettings(
        loop=loop, endpoint_name=endpoint, variant="AllTraffic", autoscaling=autoscaling, asynchronous=True
    )
    ScalingHook().apply(loop, settings.requests(datetime.now(UTC)))


def test_what_scales_the_endpoint_goes_before_it(s3, sagemaker, alarms, scaling, loop):
    scale()
    scale("other", "voc-2")
    left = {name: one for name, one in scaling.set().items() if "voc-2" in name or "other" in name}
    assert len(left) == 5
    sagemaker.before("delete_endpoint", lambda: before.update(scaling.set()))
    before = {}
    delete().execute(context())
    assert before == scaling.set() == left
    assert list(alarms.alarms) == [naming.wake_alarm_name("voc-2")]
    delete().execute(context())


def test_who_may_not_scale_can_delete_an_endpoint_that_does_not(s3, sagemaker, alarms, scaling, loop):
    scaling.fail("describe_scaling_policies", aws_error("AccessDeniedException", "not authorized", status=403))
    assert delete().execute(context())["endpoint"] == 1
