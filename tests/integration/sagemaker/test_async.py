"""Asynchronous endpoints: InvokeEndpointAsync, the queue, and no machine at all."""

import json
import time
from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError

from .conftest import BUCKET, eventually
from .test_resources import refused

ANSWERS, FAILURES = f"s3://{BUCKET}/answers", f"s3://{BUCKET}/failures"


def queue(concurrency=4, **output):
    return {
        "ClientConfig": {"MaxConcurrentInvocationsPerInstance": concurrency},
        "OutputConfig": {"S3OutputPath": ANSWERS, "S3FailurePath": FAILURES, **output},
    }


@pytest.fixture
def queued(sagemaker, store):
    """An asynchronous endpoint; the model of its name too."""

    def make(name, service=sagemaker, concurrency=4):
        service.model(name, store)
        service.config(name, name, queue=queue(concurrency))
        return service.endpoint(name, name)

    return make


def ask(service, store, endpoint, body, **arguments):
    key = f"questions/{endpoint}/{time.monotonic_ns()}"
    store.put_object(Bucket=BUCKET, Key=key, Body=body)
    return service.runtime.invoke_endpoint_async(
        EndpointName=endpoint, InputLocation=f"s3://{BUCKET}/{key}", **arguments
    )


def found(store, uri):
    try:
        return store.get_object(Bucket=BUCKET, Key=uri.removeprefix(f"s3://{BUCKET}/"))
    except store.exceptions.NoSuchKey:
        return None


def answer_of(store, uri):
    return eventually(lambda: found(store, uri))["Body"].read()


def scale(service, endpoint, count):
    wanted = [{"VariantName": "variant-1", "DesiredInstanceCount": count}]
    service.client.update_endpoint_weights_and_capacities(EndpointName=endpoint, DesiredWeightsAndCapacities=wanted)
    variant = service.in_service(endpoint)["ProductionVariants"][0]
    assert (variant["CurrentInstanceCount"], variant["DesiredInstanceCount"]) == (count, count)


def test_a_request_is_answered_in_s3(sagemaker, store, queued):
    endpoint = queued("Queue")
    assert sagemaker.client.describe_endpoint(EndpointName=endpoint)["AsyncInferenceConfig"] == queue()
    answer = ask(
        sagemaker, store, endpoint, b"hello", ContentType="image/jpeg", Accept="application/json", InferenceId="q-1"
    )
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 202
    assert answer["InferenceId"] == "q-1"
    assert answer["OutputLocation"].startswith(f"{ANSWERS}/")
    assert answer["FailureLocation"].startswith(f"{FAILURES}/")
    written = eventually(lambda: found(store, answer["OutputLocation"]))
    assert written["ContentType"] == "application/json"
    given = json.loads(written["Body"].read())
    assert (given["version"], given["bytes"], given["content_type"]) == ("Queue", 5, "image/jpeg")
    assert (given["accept"], given["inference_id"]) == ("application/json", "q-1")

    named = sagemaker.runtime.invoke_endpoint_async(
        EndpointName=endpoint, Body=b"inline", S3OutputPathExtension="nights/one", Filename="1.json"
    )
    assert named["OutputLocation"] == f"{ANSWERS}/nights/one/1.json"
    assert json.loads(answer_of(store, named["OutputLocation"]))["bytes"] == 6


def test_what_fails_is_written_to_the_failure_path(sagemaker, store, queued):
    endpoint = queued("Failing")
    failed = ask(sagemaker, store, endpoint, b"fail:500")
    assert answer_of(store, failed["FailureLocation"]).decode() == (
        'Received server error (500) from primary with message "the container says no".'
    )
    missing = sagemaker.runtime.invoke_endpoint_async(
        EndpointName=endpoint, InputLocation=f"s3://{BUCKET}/questions/none"
    )
    assert b"could not be downloaded" in answer_of(store, missing["FailureLocation"])
    slow = ask(sagemaker, store, endpoint, b"sleep:5", InvocationTimeoutSeconds=1)
    assert b"InvocationTimeoutSeconds, 1" in answer_of(store, slow["FailureLocation"])
    ending = ask(sagemaker, store, endpoint, b"exit:3")  # a container that ends is tried again, and not for ever
    assert b"closed the connection without an answer, 3 times" in answer_of(store, ending["FailureLocation"])
    assert not any(found(store, each["OutputLocation"]) for each in (failed, missing, slow, ending))
    assert answer_of(store, ask(sagemaker, store, endpoint, b"fine")["OutputLocation"])


def test_one_instance_works_on_no_more_requests_at_once_than_the_config_says(sagemaker, store, queued):
    endpoint = queued("One-At-Once", concurrency=1)
    began = time.monotonic()
    asked = [ask(sagemaker, store, endpoint, b"sleep:0.4") for _ in range(3)]
    for each in asked:
        answer_of(store, each["OutputLocation"])
    assert time.monotonic() - began >= 1.2


def test_each_kind_of_endpoint_takes_its_own_call_only(sagemaker, store, queued):
    endpoint = queued("Asynchronous")
    sagemaker.model("real-time", store)
    sagemaker.config("real-time", "real-time")
    sagemaker.endpoint("Real-Time", "real-time")
    for call, name in (
        (sagemaker.runtime.invoke_endpoint, endpoint),
        (sagemaker.runtime.invoke_endpoint_async, "Real-Time"),
    ):
        with pytest.raises(ClientError, match=r"ValidationError.* asynchronous endpoint"):
            call(EndpointName=name, Body=b"x")
    for wrong in ({}, {"Body": b"x", "InputLocation": f"s3://{BUCKET}/x"}):
        with pytest.raises(ClientError, match="Exactly one of InputLocation and Body"):
            sagemaker.runtime.invoke_endpoint_async(EndpointName=endpoint, **wrong)
    update = sagemaker.client.update_endpoint
    removed = "The AsyncInferenceConfig parameter cannot be removed from this endpoint Asynchronous."
    assert removed in refused(update, EndpointName=endpoint, EndpointConfigName="real-time")
    added = "The AsyncInferenceConfig parameter cannot be added to this endpoint Real-Time."
    assert added in refused(update, EndpointName="Real-Time", EndpointConfigName="Asynchronous")
    none = [{"VariantName": "variant-1", "DesiredInstanceCount": 0}]
    message = refused(
        sagemaker.client.update_endpoint_weights_and_capacities,
        EndpointName="Real-Time",
        DesiredWeightsAndCapacities=none,
    )
    assert "must be at least 1, not 0" in message


def test_no_option_is_ignored(sagemaker, store):
    sagemaker.model("options", store)
    variant = {
        "VariantName": "v", "ModelName": "options", "InstanceType": "ml.m5.large", "InitialInstanceCount": 1
    }  # fmt: skip
    for output, words in (
        ({"NotificationConfig": {"SuccessTopic": "arn:aws:sns:us-east-1:123456789012:t"}}, "NotificationConfig is not"),
        ({"S3OutputPath": None}, "asyncInferenceConfig.outputConfig.s3OutputPath"),
    ):
        given = queue(**output)
        given["OutputConfig"] = {key: value for key, value in given["OutputConfig"].items() if value}
        message = refused(
            sagemaker.client.create_endpoint_config,
            EndpointConfigName="options",
            ProductionVariants=[variant],
            AsyncInferenceConfig=given,
        )
        assert words in message


def test_requests_wait_while_there_is_no_machine_and_outlive_the_service(make_sagemaker, store, queued, aws):
    service = make_sagemaker()
    endpoint = queued("sleeping", service)
    scale(service, endpoint, 0)
    asked = [ask(service, store, endpoint, f"question {number}".encode()) for number in range(5)]

    def backlog(metric):
        now = datetime.now(UTC)
        points = aws("cloudwatch").get_metric_statistics(
            Namespace="AWS/SageMaker",
            MetricName=metric,
            Dimensions=[{"Name": "EndpointName", "Value": endpoint}],
            StartTime=now - timedelta(minutes=5),
            EndTime=now + timedelta(minutes=1),
            Period=600,
            Statistics=["Maximum"],
        )["Datapoints"]
        return points[0]["Maximum"] if points else None

    eventually(lambda: (backlog("HasBacklogWithoutCapacity"), backlog("ApproximateBacklogSize")) == (1.0, 5.0))
    assert not any(found(store, each["OutputLocation"]) for each in asked)
    service.kill()
    service.start()
    variant = service.in_service(endpoint)["ProductionVariants"][0]
    assert variant["CurrentInstanceCount"] == 0
    scale(service, endpoint, 1)
    texts = [json.loads(answer_of(store, each["OutputLocation"]))["bytes"] for each in asked]
    assert texts == [len("question 0")] * 5


def test_an_update_loses_no_request(sagemaker, store, queued):
    endpoint = queued("replaced", concurrency=1)
    sagemaker.model("replacing", store)
    sagemaker.config("replacing", "replacing", queue=queue(1))
    asked = [ask(sagemaker, store, endpoint, b"sleep:0.3") for _ in range(8)]
    sagemaker.client.update_endpoint(EndpointName=endpoint, EndpointConfigName="replacing")
    versions = [json.loads(answer_of(store, each["OutputLocation"]))["version"] for each in asked]
    assert set(versions) == {"replaced", "replacing"}
    assert sagemaker.in_service(endpoint)["EndpointConfigName"] == "replacing"


def test_a_deleted_endpoint_takes_its_queue_along(sagemaker, store, queued):
    endpoint = queued("forgotten")
    scale(sagemaker, endpoint, 0)
    old = ask(sagemaker, store, endpoint, b"nobody answers")
    sagemaker.client.delete_endpoint(EndpointName=endpoint)
    sagemaker.client.get_waiter("endpoint_deleted").wait(
        EndpointName=endpoint, WaiterConfig={"Delay": 0.1, "MaxAttempts": 100}
    )
    sagemaker.endpoint(endpoint, endpoint)
    new = ask(sagemaker, store, endpoint, b"again")
    assert answer_of(store, new["OutputLocation"])
    assert found(store, old["OutputLocation"]) is None
