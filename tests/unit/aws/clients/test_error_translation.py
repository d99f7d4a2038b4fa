"""Every failure of AWS becomes a sentence with its mend, and is retried only where that helps."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from airflow.sdk import RetryAction
from botocore import exceptions
from botocore.stub import Stubber

from nightloop.aws import errors
from nightloop.aws.clients.error_translation import typed_errors
from nightloop.aws.dag_factory.retry_policy import RETRY_POLICY
from nightloop.aws.hooks.a2i import A2IHook
from nightloop.aws.hooks.invocation import ImageRefusedError, InvocationHook
from nightloop.aws.hooks.sagemaker import ModelHook
from nightloop.domain.errors import ClassMapError

FLOW = "arn:aws:sagemaker:us-east-1:1:flow-definition/f"
CASES = [
    ("UnrecognizedClientException", 403, errors.CredentialsError, "connection 'a2i_default'"),
    ("SignatureDoesNotMatch", 403, errors.CredentialsError, "access key and secret"),
    ("ExpiredToken", 400, errors.CredentialsError, "a2i_default"),
    ("AccessDeniedException", 400, errors.PermissionDeniedError, "this permission"),
    ("ThrottlingException", 429, errors.ThrottledError, "try again later"),
    ("RequestThrottled", 403, errors.ThrottledError, "try again later"),
    ("429", 429, errors.ThrottledError, "try again later"),
    ("RequestTimeout", 400, errors.ServiceFaultError, "try again later"),
    ("ServiceQuotaExceededException", 402, errors.QuotaError, "next night tries again"),
    ("RequestTimeTooSkewed", 403, errors.ClockSkewError, "Correct the clock"),
    ("OptInRequired", 403, errors.NotACustomerError, "review service"),
    ("InternalServerException", 500, errors.ServiceFaultError, "try again later"),
    ("NotImplemented", 501, errors.RequestRefusedError, "NotImplemented"),
    ("ValidationException", 400, errors.RequestRefusedError, "said no"),
]


@pytest.mark.parametrize(("code", "status", "kind", "words"), CASES, ids=[case[0] for case in CASES])
def test_answers_of_the_service(code, status, kind, words):
    hook = A2IHook()
    with Stubber(hook.client) as stub:
        stub.add_client_error("describe_human_loop", code, "said no", status)
        with pytest.raises(kind, match=words):
            hook.describe_human_loop("x")


@pytest.mark.parametrize(
    ("raised", "kind", "words"),
    [
        (exceptions.EndpointConnectionError(endpoint_url="http://x"), errors.ServiceUnreachableError, "make up"),
        (exceptions.ReadTimeoutError(endpoint_url="http://x"), errors.ServiceUnreachableError, "endpoint_url"),
        (exceptions.SSLError(endpoint_url="http://x", error="e"), errors.ServiceUnreachableError, "http://x"),
        (exceptions.NoCredentialsError(), errors.CredentialsError, "'aws_default'"),
        (
            exceptions.CredentialRetrievalError(provider="iam-role", error_msg="timed out"),
            errors.ServiceFaultError,
            "timed out",
        ),
        (exceptions.IncompleteReadError(actual_bytes=1, expected_bytes=2), errors.ServiceFaultError, "1 read"),
        (exceptions.FlexibleChecksumError(error_msg="sums differ"), errors.ServiceFaultError, "sums differ"),
        (exceptions.NoRegionError(), errors.SetupError, "region_name"),
        (exceptions.ParamValidationError(report="bad"), errors.RequestRefusedError, "bad"),
    ],
    ids=lambda value: getattr(type(value), "__name__", "") if isinstance(value, Exception) else "",
)
def test_no_answer_at_all(raised, kind, words):
    with pytest.raises(kind, match=words), typed_errors("aws_default", "sagemaker"):
        raise raised


def test_conflict_and_missing_loop_have_their_own_meaning():
    hook = A2IHook()
    arguments = {"name": "x", "flow_definition_arn": FLOW}
    with Stubber(hook.client) as stub:
        stub.add_client_error("start_human_loop", "ConflictException", "taken", 409)
        with pytest.raises(errors.ReviewConflictError, match="active human loop x has another input"):
            hook.start_human_loop(**arguments, input_content="{}")
        stub.add_client_error("describe_human_loop", "ResourceNotFoundException", "gone", 404)
        assert hook.describe_human_loop("x") is None


NOTICE = "Amazon A2I is in maintenance mode and this account is not an existing customer."


@pytest.mark.parametrize("code", ["ValidationException", "AccessDeniedException", "InvalidParameterException"])
def test_an_account_that_is_no_customer_of_a2i_is_told_what_to_do(code):
    """AWS does not document the exception, only the notice."""
    hook = A2IHook()
    with Stubber(hook.client) as stub:
        stub.add_client_error("start_human_loop", code, NOTICE, 400)
        with pytest.raises(errors.NotACustomerError, match=r"docs/how-to/run-the-review-service.md.*'a2i_default'"):
            hook.start_human_loop(name="x", flow_definition_arn=FLOW, input_content="{}")


def test_a_bad_signature_because_of_the_clock_blames_the_clock():
    hook = A2IHook()
    with Stubber(hook.client) as stub:
        said = "Signature expired: 20261126T000000Z is now earlier than 20261126T000500Z"
        stub.add_client_error("describe_human_loop", "InvalidSignatureException", said, 403)
        with pytest.raises(errors.ClockSkewError, match="Correct the clock"):
            hook.describe_human_loop("x")


def test_clients_slow_down_together_unless_the_connection_says_otherwise(monkeypatch):
    assert A2IHook().client.meta.config.retries == {"mode": "adaptive", "total_max_attempts": 9}
    assert ModelHook().client.meta.config.retries["mode"] == "adaptive"
    extra = {"region_name": "us-east-1", "config_kwargs": {"retries": {"mode": "standard"}}}
    monkeypatch.setenv("AIRFLOW_CONN_A2I_DEFAULT", json.dumps({"conn_type": "aws", "extra": extra}))
    assert A2IHook().client.meta.config.retries["mode"] == "standard"


def test_sagemaker_s_texts_are_read():
    hook = ModelHook()
    with Stubber(hook.client) as stub:
        stub.add_client_error("describe_training_job", "ValidationException", "Requested resource not found.")
        assert hook.describe_job("training", "x") is None
        stub.add_client_error("create_model", "ValidationException", 'Cannot create already existing model "arn".')
        assert hook.create_model({"ModelName": "x"}) is False
        stub.add_client_error("describe_endpoint", "ValidationException", 'Could not find endpoint "arn".')
        with pytest.raises(errors.EndpointMissingError, match="no endpoint x"):
            hook.describe_endpoint("x")
        stub.add_client_error("delete_endpoint", "ValidationException", 'Cannot update in-progress endpoint "arn".')
        with pytest.raises(errors.EndpointBusyError):
            hook.delete("endpoint", "x")
    with Stubber(hook.single_attempt_client) as stub:
        stub.add_client_error("update_endpoint", "ValidationException", 'Cannot update in-progress endpoint "arn".')
        with pytest.raises(errors.EndpointBusyError):
            hook.update_endpoint({"EndpointName": "x", "EndpointConfigName": "y"})


@pytest.mark.parametrize(
    ("code", "extra", "at_fault"),
    [
        ("ModelError", {"OriginalStatusCode": 400}, False),
        ("ModelError", {"OriginalStatusCode": 500}, True),
        ("ModelError", {"OriginalStatusCode": 0}, True),
        ("ValidationError", {}, False),
    ],
)
def test_an_image_s_error_is_the_image_s(code, extra, at_fault):
    hook = InvocationHook()
    with Stubber(hook.client) as stub:
        stub.add_client_error("invoke_endpoint", code, "no", 424, modeled_fields=extra)
        with pytest.raises(ImageRefusedError) as raised:
            hook.detect("live", b"x", "image/jpeg")
    assert (raised.value.code, raised.value.model_at_fault) == (code, at_fault)


def test_an_unknown_endpoint_is_everybody_s_error():
    hook = InvocationHook()
    with Stubber(hook.client) as stub:
        stub.add_client_error("invoke_endpoint", "ValidationError", "Endpoint live of account 1 not found.", 400)
        with pytest.raises(errors.EndpointMissingError, match="bootstrap"):
            hook.detect("live", b"x", "image/jpeg")


def test_the_scoring_client_waits_longer_than_the_model_may(monkeypatch):
    settings = InvocationHook(concurrency=9, read_timeout_seconds=70).client.meta.config
    assert (settings.read_timeout, settings.max_pool_connections, settings.retries["mode"]) == (70, 9, "adaptive")
    ours = '{"conn_type": "aws", "extra": {"region_name": "us-east-1", "config_kwargs": {"read_timeout": 5}}}'
    monkeypatch.setenv("AIRFLOW_CONN_AWS_DEFAULT", ours)
    assert InvocationHook().client.meta.config.read_timeout == 5, "the connection's own settings win"


@pytest.mark.parametrize(
    ("error", "action"),
    [
        (errors.ThrottledError("x"), RetryAction.RETRY),
        (errors.ServiceUnreachableError("x"), RetryAction.RETRY),
        (errors.EndpointBusyError("x"), RetryAction.RETRY),
        (errors.QuotaError("x"), RetryAction.FAIL),
        (errors.NotACustomerError("x"), RetryAction.FAIL),
        (errors.RequestRefusedError("x"), RetryAction.FAIL),
        (errors.CredentialsError("x"), RetryAction.FAIL),
        (errors.JobFailedError("x"), RetryAction.FAIL),
        (ClassMapError("x"), RetryAction.FAIL),
        (RuntimeError("x"), RetryAction.DEFAULT),
    ],
    ids=lambda value: type(value).__name__,
)
def test_only_what_may_pass_is_tried_again(error, action):
    assert RETRY_POLICY.evaluate(error, 1, 3).action is action


def test_delays_double_to_an_hour_and_no_two_are_the_same():
    delays = {
        number: [RETRY_POLICY.evaluate(errors.ThrottledError("x"), number, 9).retry_delay for _ in range(50)]
        for number in (1, 2, 3, 9, 400)
    }
    for number, minutes in ((1, 5), (2, 10), (3, 20), (9, 60), (400, 60)):
        assert all(timedelta(minutes=minutes / 2) <= delay <= timedelta(minutes=minutes) for delay in delays[number])
        assert len(set(delays[number])) > 40, "tasks refused together do not come back together"
    assert RETRY_POLICY.evaluate(errors.JobFailedError("x"), 1, 3).retry_delay is None
