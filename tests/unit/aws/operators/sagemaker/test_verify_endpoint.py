"""`VerifyEndpointOperator`: a promotion is believed only when the endpoint runs it and answers as the transform did."""

from __future__ import annotations

import json

import pytest

from nightloop.aws.errors import (
    EndpointBusyError,
    EndpointDisagreesError,
    EndpointMissingError,
    EndpointRolledBackError,
    ObjectMissingError,
)
from nightloop.aws.hooks.invocation import ImageRefusedError
from nightloop.aws.operators.sagemaker.verify_endpoint import VerifyEndpointOperator
from tests.support.fakes.client import aws_error
from tests.support.fakes.task import context
from tests.support.one_loop import DATA, DETECTED, make_live, make_model, picture, put_data

OUTPUT = "s3://bucket/out/"


@pytest.fixture
def live(s3, sagemaker, runtime):
    """An endpoint that answers as the transform did."""
    refs = put_data(s3, holdout=4)
    make_model(sagemaker, s3, "challenger")
    for ref in refs:
        s3.put(f"{OUTPUT}{ref.removeprefix('s3://bucket/')}.out", json.dumps({"prediction": [DETECTED]}))
    runtime.answers["live"] = lambda _: {"prediction": [DETECTED]}
    return make_live(sagemaker, "challenger")


def verify(config, **arguments):
    challenger = {"output": OUTPUT, "folder": "s3://bucket/", "model": "challenger", "images": "x"}
    given = {"task_id": "verify", "endpoint_name": "live", "promoted": {"config": config}, "data": DATA}
    return VerifyEndpointOperator(**given | {"challenger": challenger} | arguments)


def test_what_is_templated():
    assert {"challenger", "promoted"} <= set(VerifyEndpointOperator.template_fields)


def test_it_compares_some_images_of_the_holdout(sagemaker, runtime, live):
    for _ in range(2):
        assert verify(live).execute(context()) == {"config": live, "compared": 3}
    asked = runtime.requests("invoke_endpoint")
    assert [request["Body"] for request in asked] == [picture(number) for number in (200, 201, 202)] * 2
    assert {request["ContentType"] for request in asked} == {"application/x-image"}
    assert sagemaker.made() == []
    assert verify(live, images=9).execute(context())["compared"] == 4


def test_an_image_that_was_scored_as_a_copy_is_compared_as_that_copy(s3, runtime, live):
    ref = "s3://bucket/holdout/200.png"
    s3.put("s3://bucket/copy.jpg", b"a copy")
    s3.put("s3://bucket/copies.json", json.dumps({ref: "s3://bucket/copy.jpg"}))
    s3.put(f"{OUTPUT}copy.jpg.out", json.dumps({"prediction": [DETECTED]}))
    challenger = {
        "output": OUTPUT,
        "folder": "s3://bucket/",
        "model": "challenger",
        "copies": "s3://bucket/copies.json",
    }
    verify(live, challenger=challenger, images=1).execute(context())
    assert runtime.requests("invoke_endpoint")[0]["Body"] == b"a copy"


@pytest.mark.parametrize(
    "answer",
    [[], [DETECTED, [1, 0.8, 0, 0, 1, 1]], [[1, *DETECTED[1:]]], [[*DETECTED[:5], 0.9]]],
    ids=["less", "more", "another class", "another box"],
)
def test_another_answer_is_told_with_the_image(runtime, live, answer):
    runtime.answers["live"] = lambda body: {"prediction": answer if body == picture(201) else [DETECTED]}
    with pytest.raises(EndpointDisagreesError, match=r"holdout/201\.png.*rollback_endpoint"):
        verify(live).execute(context())


def test_a_configuration_that_was_put_back_is_told_with_sagemaker_s_reason(sagemaker, runtime, live):
    sagemaker.endpoints["live"]["FailureReason"] = "an alarm went off"
    with pytest.raises(EndpointRolledBackError, match=f"InService and runs {live}, not new: an alarm went off"):
        verify("new").execute(context())
    assert runtime.calls == []


@pytest.mark.parametrize("status", ["UpdateRollbackFailed", "OutOfService", "Failed"])
def test_an_endpoint_that_does_not_serve_is_not_believed(sagemaker, runtime, live, status):
    sagemaker.endpoints["live"]["EndpointStatus"] = status
    with pytest.raises(EndpointRolledBackError, match=f"is {status}.*SageMaker gives no reason"):
        verify(live).execute(context())


def test_an_endpoint_that_is_gone_is_named(sagemaker, live):
    sagemaker.delete_endpoint(EndpointName="live")
    with pytest.raises(EndpointMissingError, match="live"):
        verify(live).execute(context())


def test_a_result_that_is_gone_is_named(s3, live):
    s3.delete_object(Bucket="bucket", Key="out/holdout/200.png.out")
    with pytest.raises(ObjectMissingError, match=r"200\.png\.out"):
        verify(live).execute(context())


def test_an_image_the_model_fails_on_is_told(runtime, live):
    message = 'Received server error (500) from primary with message "x".'
    runtime.fail("invoke_endpoint", aws_error("ModelError", message, status=424))
    with pytest.raises(ImageRefusedError, match="server error"):
        verify(live).execute(context())


def test_a_model_that_is_not_ready_is_asked_again(runtime, live, pauses):
    runtime.fail("invoke_endpoint", aws_error("ModelNotReadyException", "not ready", status=429), times=2)
    assert verify(live).execute(context())["compared"] == 3
    assert pauses == [1, 2]


def test_an_endpoint_whose_machines_are_being_added_serves_what_was_asked_for(sagemaker, runtime, live):
    sagemaker.endpoints["live"]["EndpointStatus"] = "Updating"
    assert verify(live).execute(context())["config"] == live
    sagemaker.endpoints["live"]["PendingDeploymentSummary"] = {"EndpointConfigName": "another"}
    with pytest.raises(EndpointRolledBackError, match="is Updating and runs"):
        verify(live).execute(context())


@pytest.fixture
def queued(sagemaker, runtime, s3, monkeypatch):
    """The endpoint is asynchronous; `given` are the answers that SageMaker writes at the first pause."""
    sagemaker.endpoints["live"]["AsyncInferenceConfig"] = {"OutputConfig": {}}
    given = []

    def ask(**request):
        number = len(asked)
        asked.append(request)
        return {"OutputLocation": f"s3://bucket/a/{number}.out", "FailureLocation": f"s3://bucket/f/{number}.out"}

    def pause(_seconds):
        assert given, "nobody answers"
        s3.put(*given.pop(0))

    asked = []
    monkeypatch.setattr(runtime, "invoke_endpoint_async", ask, raising=False)
    monkeypatch.setattr("nightloop.aws.endpoints.questions.time.sleep", pause)
    return asked, given


def test_an_asynchronous_endpoint_is_asked_through_its_queue(s3, runtime, live, queued):
    asked, given = queued
    given += [(f"s3://bucket/a/{number}.out", json.dumps({"prediction": [DETECTED]})) for number in (2, 0, 1)]
    assert verify(live).execute(context()) == {"config": live, "compared": 3}
    assert [request["InputLocation"] for request in asked] == [
        f"s3://bucket/holdout/{number}.png" for number in (200, 201, 202)
    ]
    assert runtime.requests("invoke_endpoint") == []
    assert [key for key in s3.objects if "/a/" in str(key)] == []


def test_an_image_that_an_asynchronous_endpoint_fails_on_is_told(s3, live, queued):
    queued[1].append(("s3://bucket/f/0.out", "Received server error (500)"))
    with pytest.raises(EndpointDisagreesError, match=r"no answer for .*200\.png.*server error.*rollback_endpoint"):
        verify(live).execute(context())


def test_an_asynchronous_endpoint_that_never_answers_is_asked_again_later(live, queued, monkeypatch):
    monkeypatch.setattr("nightloop.aws.endpoints.questions._LONGEST_SECONDS", -1)
    with pytest.raises(EndpointBusyError, match="has not answered"):
        verify(live).execute(context())
