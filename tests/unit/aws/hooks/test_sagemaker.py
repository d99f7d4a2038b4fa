"""`ModelHook`: by name, start or adopt; and what it makes of SageMaker's refusals."""

from __future__ import annotations

import pytest

from nightloop.aws.errors import (
    ArtefactMissingError,
    EndpointBusyError,
    EndpointConfigMissingError,
    EndpointFailedError,
    EndpointMissingError,
    EndpointNotServingError,
    ImageMissingError,
    ModelMissingError,
    QuotaError,
    RequestRefusedError,
    RoleError,
    ServiceFaultError,
    ThrottledError,
)
from nightloop.aws.hooks.sagemaker import LiveModel, ModelHook
from tests.support.fakes.client import BROKEN, THROTTLED, aws_error
from tests.support.one_loop import SERVING, TRAINING, make_live, make_model


@pytest.fixture
def hook(clients):
    return ModelHook()


def request(name="job"):
    return TRAINING.request(name=name, train="s3://b/t", validation="s3://b/v", lines=[], label_width=350, parent=None)


def test_a_job_is_created_once(hook, sagemaker):
    assert hook.describe_job("training", "job") is None
    assert hook.create_training_job(request())
    assert not hook.create_training_job(request())
    assert hook.describe_job("training", "job")["status"] == "InProgress"
    assert hook.stop_job("training", "job")
    assert hook.describe_job("training", "job")["status"] == "Stopping"


@pytest.mark.parametrize("kind", ["training", "transform"])
def test_a_job_that_is_not_there_is_none(hook, sagemaker, kind):
    assert hook.describe_job(kind, "gone") is None


def test_a_training_job_that_is_not_there_cannot_be_stopped(hook, sagemaker):
    assert hook.stop_job("training", "gone") is False


def test_a_transform_job_that_is_not_there_cannot_be_stopped(hook, sagemaker):
    assert hook.stop_job("transform", "gone") is False


@pytest.mark.parametrize("status", ["Completed", "Failed", "Stopped"])
def test_a_job_that_has_ended_cannot_be_stopped(hook, sagemaker, status):
    hook.create_training_job(request())
    sagemaker.end("job", status)
    assert hook.stop_job("training", "job") is False


def test_a_stop_that_is_refused_otherwise_is_told(hook, sagemaker):
    sagemaker.fail("stop_training_job", aws_error("ValidationException", "1 validation error detected"))
    with pytest.raises(RequestRefusedError):
        hook.stop_job("training", "job")


def test_what_an_endpoint_runs(hook, s3, sagemaker):
    model = make_model(sagemaker, s3, "champion")
    config = make_live(sagemaker, "champion")
    assert hook.live_model("live") == LiveModel("live", config, "champion", model["artefact"])
    assert hook.model_of_endpoint("live") == "champion"
    assert hook.artefact_of("champion") == model["artefact"]
    sagemaker.endpoints["live"]["EndpointStatus"] = "Updating"
    assert hook.live_model("live").model == "champion"


def test_what_is_not_there_is_none_or_named(hook, s3, sagemaker):
    assert hook.model_of_endpoint("live") is None
    assert hook.artefact_of("gone") is None
    with pytest.raises(EndpointMissingError, match="no endpoint live"):
        hook.live_model("live")
    make_model(sagemaker, s3, "champion")
    config = make_live(sagemaker, "champion")
    sagemaker.delete_model(ModelName="champion")
    with pytest.raises(ModelMissingError, match="model/champion"):
        hook.live_model("live")
    sagemaker.delete_endpoint_config(EndpointConfigName=config)
    with pytest.raises(EndpointConfigMissingError, match=config):
        hook.live_model("live")
    assert hook.model_of_endpoint("live") is None


@pytest.mark.parametrize(
    ("status", "raised"),
    [("Creating", EndpointBusyError), ("Failed", EndpointFailedError), ("OutOfService", EndpointNotServingError)],
)
def test_an_endpoint_that_does_not_serve(hook, s3, sagemaker, status, raised):
    make_model(sagemaker, s3, "champion")
    make_live(sagemaker, "champion")
    sagemaker.endpoints["live"]["EndpointStatus"] = status
    with pytest.raises(raised):
        hook.live_model("live")


def test_an_endpoint_that_is_changed_is_not_changed_again(hook, s3, sagemaker):
    make_model(sagemaker, s3, "champion")
    config = make_live(sagemaker, "champion")
    update = {"EndpointName": "live", "EndpointConfigName": config}
    hook.update_endpoint(update)
    with pytest.raises(EndpointBusyError, match="in-progress"):
        hook.update_endpoint(update)
    with pytest.raises(EndpointBusyError):
        hook.delete("endpoint", "live")
    sagemaker.settle("live")
    assert hook.delete("endpoint", "live")
    assert not hook.delete("endpoint", "live")


def test_an_update_is_asked_for_once_only(hook, clients, monkeypatch, s3, sagemaker):
    """botocore repeats a request whose reply was lost, and the same update asked twice makes two fleets."""
    configs = []
    make = type(hook).__mro__[1].get_client_type

    def get_client_type(self, region_name=None, config=None, deferrable=False):
        configs.append(config)
        return make(self, region_name, config, deferrable)

    monkeypatch.setattr(ModelHook, "get_client_type", get_client_type)
    make_model(sagemaker, s3, "champion")
    hook.update_endpoint({"EndpointName": "live", "EndpointConfigName": make_live(sagemaker, "champion")})
    assert [config.retries for config in configs if config is not None] == [{"total_max_attempts": 1}]


def test_names_come_in_pages_and_begin_with_the_prefix(hook, sagemaker):
    sagemaker.page_size = 2
    for name in ("voc-model-1", "voc-model-2", "voc-model-3", "a-voc-model-4"):
        sagemaker.create_model(ModelName=name, ExecutionRoleArn=SERVING.role_arn)
    assert sorted(hook.names("models", "voc-model-")) == ["voc-model-1", "voc-model-2", "voc-model-3"]


@pytest.mark.parametrize(
    ("error", "raised"),
    [
        (THROTTLED, ThrottledError),
        (BROKEN, ServiceFaultError),
        (aws_error("ResourceLimitExceeded", "The account-level service limit ..."), QuotaError),
        (aws_error("ValidationException", "Could not find model data at s3://b/m."), ArtefactMissingError),
        (aws_error("ValidationException", "Requested image 1.dkr.ecr/x:1 not found."), ImageMissingError),
        (aws_error("ValidationException", "Could not assume role arn:r. Please ensure ..."), RoleError),
        (aws_error("ValidationException", "1 validation error detected"), RequestRefusedError),
    ],
)
def test_refusals_are_typed(hook, sagemaker, error, raised):
    sagemaker.fail("create_model", error)
    with pytest.raises(raised):
        hook.create_model({"ModelName": "m", "ExecutionRoleArn": SERVING.role_arn})
