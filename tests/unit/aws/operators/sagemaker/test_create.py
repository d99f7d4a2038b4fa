"""What brings a model to life: model, endpoint configuration, endpoint; each is made once and found again."""

from __future__ import annotations

import pytest
from airflow.sdk.exceptions import TaskDeferred

from nightloop.aws.errors import (
    EndpointFailedError,
    EndpointMissingError,
    ModelMissingError,
    PermissionDeniedError,
    TransientError,
)
from nightloop.aws.operators.sagemaker.create_endpoint import CreateEndpointOperator
from nightloop.aws.operators.sagemaker.create_endpoint_config import CreateEndpointConfigOperator
from nightloop.aws.operators.sagemaker.create_model import CreateModelOperator
from tests.support.fakes.client import aws_error
from tests.support.fakes.task import FakeTask, context
from tests.support.one_loop import SERVING, make_live, make_model

TRAINED = {"training_job": "job", "artefact": "s3://bucket/model.tar.gz"}


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        (CreateModelOperator, {"trained"}),
        (CreateEndpointConfigOperator, {"model"}),
        (CreateEndpointOperator, {"config", "endpoint_name"}),
    ],
)
def test_what_is_templated(kind, fields):
    assert fields <= set(kind.template_fields)


def create_model(**arguments):
    return CreateModelOperator(**{"task_id": "create", "serving": SERVING, "trained": TRAINED} | arguments)


def test_a_model_is_made_once(sagemaker):
    names = [create_model().execute(context()) for _ in range(2)]
    assert names == [SERVING.model_name("job")] * 2
    assert list(sagemaker.models) == names[:1]
    model = sagemaker.models[names[0]]
    assert model["PrimaryContainer"] == {"Image": SERVING.image, "ModelDataUrl": TRAINED["artefact"]}
    assert model["ExecutionRoleArn"] == SERVING.role_arn
    assert sagemaker.tags[model["ModelArn"]] == [
        {"Key": "nightloop:training-job", "Value": "job"},
        {"Key": "team", "Value": "vision"},
    ]


def test_a_loop_that_was_torn_down_gets_no_model(sagemaker):
    with pytest.raises(EndpointMissingError, match="no endpoint live"):
        create_model(require_endpoint=True).execute(context())
    assert sagemaker.models == {}


def test_a_loop_that_serves_gets_its_model(s3, sagemaker):
    make_model(sagemaker, s3, "champion")
    make_live(sagemaker, "champion")
    assert create_model(require_endpoint=True).execute(context()) in sagemaker.models


def test_who_may_not_is_told_what_they_may_not(sagemaker):
    sagemaker.fail(
        "create_model", aws_error("AccessDeniedException", "not authorized to perform sagemaker:CreateModel")
    )
    with pytest.raises(PermissionDeniedError, match=r"sagemaker:CreateModel.*aws_default"):
        create_model().execute(context())


def create_config(model="champion"):
    return CreateEndpointConfigOperator(task_id="config", serving=SERVING, model=model)


def test_a_configuration_is_made_once(s3, sagemaker):
    make_model(sagemaker, s3, "champion")
    names = [create_config().execute(context()) for _ in range(2)]
    assert names == [SERVING.config_name("champion")] * 2
    (config,) = sagemaker.configs.values()
    assert config["ProductionVariants"] == [
        {
            "VariantName": "AllTraffic",
            "ModelName": "champion",
            "InstanceType": "ml.m5.large",
            "InitialInstanceCount": 1,
        }
    ]


def test_a_configuration_of_a_model_that_is_gone_names_it(sagemaker):
    with pytest.raises(ModelMissingError, match="model/champion"):
        create_config().execute(context())
    assert sagemaker.configs == {}


@pytest.fixture
def config(s3, sagemaker):
    make_model(sagemaker, s3, "champion")
    return create_config().execute(context())


def create_endpoint(config, **arguments):
    given = {"task_id": "endpoint", "endpoint_name": "live", "config": config, "tags": {"team": "vision"}}
    return CreateEndpointOperator(**given | arguments)


def event(status="success", **more):
    return {"status": status, "ended": {"name": "live", "result": None}, **more}


def test_an_endpoint_is_made_once_and_waited_for_without_a_worker(sagemaker, config):
    for _ in range(2):
        with pytest.raises(TaskDeferred) as deferred:
            create_endpoint(config, poll_seconds=9).execute(context())
        path, arguments = deferred.value.trigger.serialize()
        assert path == "nightloop.aws.triggers.endpoint.EndpointTrigger"
        assert (arguments["name"], arguments["result"]) == ("live", None)
        assert (arguments["waiter_delay"], arguments["waiter_max_attempts"]) == (9, 7200 // 9)
        assert deferred.value.method_name == "execute_complete"
    assert list(sagemaker.endpoints) == ["live"]
    assert sagemaker.tags[sagemaker.arn("endpoint", "live")] == [{"Key": "team", "Value": "vision"}]
    sagemaker.settle("live")
    assert create_endpoint(config).execute_complete(context(), event()) == config


def test_an_endpoint_that_serves_is_kept_whatever_it_runs(s3, sagemaker, config):
    make_model(sagemaker, s3, "later")
    later = make_live(sagemaker, "later")
    task = FakeTask()
    assert create_endpoint(config).execute(context(task)) == later
    assert sagemaker.endpoints["live"]["EndpointConfigName"] == later
    assert task.pushed["endpoint"]["endpoint_name"] == "live"


def test_an_endpoint_that_fails_to_serve_says_why(sagemaker, config):
    with pytest.raises(TaskDeferred):
        create_endpoint(config).execute(context())
    sagemaker.settle("live", "Failed", took=False, reason="did not pass the ping health check")
    with pytest.raises(EndpointFailedError, match=r"live is Failed.*did not pass the ping"):
        create_endpoint(config).execute_complete(context(), event())
    with pytest.raises(EndpointFailedError):
        create_endpoint(config).execute(context())


def test_a_wait_that_could_not_look_is_for_the_next_try(config):
    with pytest.raises(TransientError):
        create_endpoint(config).execute_complete(context(), event("error", message="expired", unfinished=False))
