"""What passes by itself is tried again; what does not says what mends it, once."""

from __future__ import annotations

import pytest
from airflow.sdk import RetryAction
from botocore.stub import Stubber

from nightloop.aws import errors
from nightloop.aws.clients.endpoint_states import require_updatable, state_error
from nightloop.aws.dag_factory.retry_policy import RETRY_POLICY
from nightloop.aws.hooks.sagemaker import ModelHook


def endpoint(status, **more):
    return {"EndpointName": "live", "EndpointStatus": status, **more}


def is_tried_again(error):
    return RETRY_POLICY.evaluate(error, 1, 3).action is RetryAction.RETRY


@pytest.mark.parametrize("status", ["Creating", "Updating", "SystemUpdating", "RollingBack", "Deleting"])
def test_these_pass(status):
    with pytest.raises(errors.EndpointBusyError, match=f"Endpoint live is {status}.*later") as caught:
        require_updatable(endpoint(status))
    assert is_tried_again(caught.value)


def test_a_failed_endpoint_can_only_be_deleted():
    with pytest.raises(errors.EndpointFailedError, match=r"no ping.*delete the endpoint.*bootstrap") as caught:
        require_updatable(endpoint("Failed", FailureReason="no ping"))
    assert not is_tried_again(caught.value)


@pytest.mark.parametrize("status", ["InService", "OutOfService", "UpdateRollbackFailed"])
def test_these_can_be_updated(status):
    require_updatable(endpoint(status))


@pytest.mark.parametrize(
    ("status", "mend"), [("OutOfService", "rollback_endpoint"), ("UpdateRollbackFailed", "repairs")]
)
def test_what_takes_no_requests_says_what_brings_it_back(status, mend):
    error = state_error(endpoint(status))
    assert isinstance(error, errors.EndpointNotServingError)
    assert mend in str(error)
    assert not is_tried_again(error)


ARN = "arn:aws:sagemaker:us-east-1:1:"
GONE = [
    (
        f'Could not find endpoint configuration "{ARN}endpoint-config/c".',
        errors.EndpointConfigMissingError,
        "Create an",
    ),
    (f'Could not find endpoint "{ARN}endpoint/e".', errors.EndpointMissingError, "bootstrap"),
    (f'Could not find model "{ARN}model/m".', errors.ModelMissingError, "create_model"),
    ("Could not find model data at s3://b/m.tar.gz.", errors.ArtefactMissingError, "ordinal"),
    (
        'Could not access model data at s3://b/m. Please ensure that the role "r" exists',
        errors.ArtefactMissingError,
        "r",
    ),
    ("Could not assume role arn:aws:iam::1:role/r.", errors.RoleError, "role_arn"),
    ("Requested image 1.dkr.ecr.us-east-1.amazonaws.com/d:1 not found.", errors.ImageMissingError, "training.image"),
    (f'Cannot update failed endpoint "{ARN}endpoint/e".', errors.EndpointFailedError, "delete it"),
]


@pytest.mark.parametrize(("message", "kind", "mend"), GONE, ids=[kind.__name__ for _, kind, _ in GONE])
def test_what_is_gone_is_named_with_its_mend(message, kind, mend):
    hook = ModelHook()
    with Stubber(hook.client) as stub:
        stub.add_client_error("describe_model", "ValidationException", message, 400)
        with pytest.raises(kind) as caught:
            hook.describe_model("m")
    assert type(caught.value) is kind
    assert message.rstrip(".") in str(caught.value), "SageMaker's words stay"
    assert mend in str(caught.value)
    assert not is_tried_again(caught.value)


def test_the_live_model_of_an_endpoint_whose_configuration_is_gone():
    hook = ModelHook()
    with Stubber(hook.client) as stub:
        stub.add_response("describe_endpoint", described("InService"), {"EndpointName": "live"})
        stub.add_client_error("describe_endpoint_config", "ValidationException", GONE[0][0], 400)
        with pytest.raises(errors.EndpointConfigMissingError, match="still answers"):
            hook.live_model("live")


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("Creating", errors.EndpointBusyError),
        ("Deleting", errors.EndpointBusyError),
        ("Failed", errors.EndpointFailedError),
        ("OutOfService", errors.EndpointNotServingError),
        ("UpdateRollbackFailed", errors.EndpointNotServingError),
    ],
)
def test_the_live_model_of_an_endpoint_that_does_not_serve(status, kind):
    hook = ModelHook()
    with Stubber(hook.client) as stub:
        stub.add_response("describe_endpoint", described(status), {"EndpointName": "live"})
        with pytest.raises(kind):
            hook.live_model("live")


def described(status):
    times = dict.fromkeys(("CreationTime", "LastModifiedTime"), 0)
    return {
        "EndpointName": "live",
        "EndpointArn": f"{ARN}endpoint/live",
        "EndpointConfigName": "c",
        "EndpointStatus": status,
        **times,
    }
