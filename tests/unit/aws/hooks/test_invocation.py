"""`InvocationHook`: which failures are the image's, which the endpoint's, and which pass."""

from __future__ import annotations

import pytest

from nightloop.aws.errors import (
    EndpointMissingError,
    PermissionDeniedError,
    RequestRefusedError,
    ServiceFaultError,
    ThrottledError,
)
from nightloop.aws.hooks.invocation import ImageRefusedError, InvocationHook
from tests.support.fakes.client import BROKEN, THROTTLED, aws_error


@pytest.fixture
def detect(runtime):
    runtime.answers["live"] = lambda body: {"prediction": [], "bytes": len(body)}
    return lambda: InvocationHook().detect("live", b"image", "application/x-image")


def test_an_answer_is_json(detect, runtime):
    assert detect() == {"prediction": [], "bytes": 5}
    (request,) = runtime.requests("invoke_endpoint")
    assert (request["ContentType"], request["Accept"]) == ("application/x-image", "application/json")


@pytest.mark.parametrize(("answer", "said"), [(b"<html>", "is not JSON"), (b"[]", "is not a JSON object")])
def test_any_other_answer_is_the_model_s_fault(detect, runtime, answer, said):
    runtime.answers["live"] = lambda _: answer
    with pytest.raises(ImageRefusedError, match=said):
        detect()


def model_error(status):
    error = aws_error("ModelError", "Received an error from primary", status=424)
    error.response["OriginalStatusCode"] = status
    return error


@pytest.mark.parametrize(
    ("error", "at_fault"),
    [
        (model_error(400), False),
        (model_error(500), True),
        (model_error(0), True),
        (aws_error("ValidationError", "Request x has oversize body."), False),
        (aws_error("413", "too large", status=413), False),
    ],
)
def test_an_image_without_a_result_says_whose_fault_it_is(detect, runtime, error, at_fault):
    runtime.fail("invoke_endpoint", error)
    with pytest.raises(ImageRefusedError) as caught:
        detect()
    assert caught.value.model_at_fault is at_fault


@pytest.mark.parametrize(
    ("error", "raised"),
    [
        (THROTTLED, ThrottledError),
        (BROKEN, ServiceFaultError),
        (aws_error("AccessDenied", "no", status=403), PermissionDeniedError),
        (aws_error("InvalidParameter", "no"), RequestRefusedError),
    ],
)
def test_what_is_not_the_image_s_fault_is_not_recorded_for_it(detect, runtime, error, raised):
    runtime.fail("invoke_endpoint", error)
    with pytest.raises(raised) as caught:
        detect()
    assert not isinstance(caught.value, ImageRefusedError)


def test_an_endpoint_that_is_not_there_is_named(detect, runtime):
    runtime.answers.clear()
    with pytest.raises(EndpointMissingError, match="bootstrap"):
        detect()


def test_a_model_that_never_gets_ready_is_for_the_next_try(detect, runtime, pauses):
    runtime.fail("invoke_endpoint", aws_error("ModelNotReadyException", "not ready", status=429), times=6)
    with pytest.raises(ServiceFaultError, match="The model of endpoint live is not ready"):
        detect()
    assert pauses == [1, 2, 4, 8, 10]
