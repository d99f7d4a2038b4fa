"""Endpoints: their states, and what InvokeEndpoint does."""

import os
import signal
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from botocore.exceptions import ClientError, WaiterError

from .conftest import IMAGE, ROLE, eventually
from .test_resources import ARN, refused

LIMIT = 6_291_456


@pytest.fixture(scope="module")
def endpoint(sagemaker, store):
    sagemaker.model("served", store)
    sagemaker.config("served", "served")
    return sagemaker.endpoint("Served-Endpoint", "served")


def failed(sagemaker, status, **arguments):
    with pytest.raises(ClientError) as caught:
        sagemaker.runtime.invoke_endpoint(**arguments)
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == status
    return caught.value.response


def test_the_life_of_an_endpoint(sagemaker, store):
    client = sagemaker.client
    sagemaker.model("living", store)
    sagemaker.config("living", "living")
    arn = client.create_endpoint(EndpointName="Living", EndpointConfigName="living")["EndpointArn"]
    assert arn == f"{ARN}:endpoint/living"

    creating = client.describe_endpoint(EndpointName="living")
    assert creating["EndpointStatus"] == "Creating"
    assert creating["EndpointConfigName"] == "living"
    assert creating["PendingDeploymentSummary"]["EndpointConfigName"] == "living"
    in_progress = f'ValidationException: Cannot update in-progress endpoint "{arn}".'
    assert refused(client.delete_endpoint, EndpointName="living") == in_progress
    assert refused(client.update_endpoint, EndpointName="living", EndpointConfigName="living") == in_progress
    unknown = failed(sagemaker, 400, EndpointName="Living", Body=b"")["Error"]
    assert unknown["Code"] == "ValidationError"
    assert unknown["Message"] == "Endpoint Living of account 123456789012 not found."

    described = sagemaker.in_service("Living")
    assert described["EndpointName"] == "Living"
    variant = described["ProductionVariants"][0]
    assert (variant["CurrentInstanceCount"], variant["DesiredInstanceCount"], variant["CurrentWeight"]) == (1, 1, 1.0)
    assert variant["DeployedImages"][0]["SpecifiedImage"] == IMAGE
    assert not {"FailureReason", "PendingDeploymentSummary", "LastDeploymentConfig"} & described.keys()
    listed = client.list_endpoints(NameContains="livin", StatusEquals="InService")["Endpoints"]
    assert [endpoint["EndpointName"] for endpoint in listed] == ["Living"]
    pid = sagemaker.invoke("Living")["pid"]

    client.delete_endpoint(EndpointName="Living")
    client.get_waiter("endpoint_deleted").wait(EndpointName="Living", WaiterConfig={"Delay": 0.1, "MaxAttempts": 100})
    missing = f'ValidationException: Could not find endpoint "{ARN}:endpoint/living".'
    assert refused(client.describe_endpoint, EndpointName="Living") == missing
    assert refused(client.delete_endpoint, EndpointName="Living") == missing
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_create_errors(sagemaker, endpoint):
    client = sagemaker.client
    exists = f'ValidationException: Cannot create already existing endpoint "{ARN}:endpoint/served-endpoint".'
    assert refused(client.create_endpoint, EndpointName=endpoint.upper(), EndpointConfigName="served") == exists
    missing = f'ValidationException: Could not find endpoint configuration "{ARN}:endpoint-config/nobody".'
    assert refused(client.create_endpoint, EndpointName="fresh", EndpointConfigName="nobody") == missing
    assert refused(client.update_endpoint, EndpointName=endpoint, EndpointConfigName="nobody") == missing
    assert "Could not find endpoint " in refused(
        client.update_endpoint, EndpointName="fresh", EndpointConfigName="served"
    )


@pytest.mark.parametrize(
    ("name", "settings"),
    [("never-pings", {"ping": False}), ("ends-at-once", {"exit": True})],
    ids=str,
)
def test_a_container_that_fails_its_ping_fails_the_endpoint(sagemaker, store, name, settings):
    client = sagemaker.client
    sagemaker.model(name, store, **settings)
    sagemaker.config(name, name)
    client.create_endpoint(EndpointName=name, EndpointConfigName=name)
    with pytest.raises(WaiterError, match="Failed"):
        sagemaker.in_service(name)

    described = client.describe_endpoint(EndpointName=name)
    assert described["EndpointStatus"] == "Failed"
    assert described["FailureReason"] == (
        "The primary container for production variant variant-1 did not pass the ping health check. Please check "
        "CloudWatch logs for this endpoint."
    )
    assert "failed endpoint" in refused(client.update_endpoint, EndpointName=name, EndpointConfigName=name)
    client.delete_endpoint(EndpointName=name)
    client.get_waiter("endpoint_deleted").wait(EndpointName=name, WaiterConfig={"Delay": 0.1, "MaxAttempts": 100})


def test_model_data_that_is_no_archive_fails_the_endpoint(sagemaker, store):
    client = sagemaker.client
    uri = "s3://loop/models/no-archive/model.tar.gz"
    store.put_object(Bucket="loop", Key="models/no-archive/model.tar.gz", Body=b"not a tar")
    client.create_model(
        ModelName="no-archive", PrimaryContainer={"Image": IMAGE, "ModelDataUrl": uri}, ExecutionRoleArn=ROLE
    )
    sagemaker.config("no-archive", "no-archive")
    client.create_endpoint(EndpointName="no-archive", EndpointConfigName="no-archive")
    described = eventually(
        lambda: (found := client.describe_endpoint(EndpointName="no-archive"))["EndpointStatus"] != "Creating" and found
    )
    assert described["EndpointStatus"] == "Failed"
    assert uri in described["FailureReason"]


def test_headers_go_to_the_container_and_come_back(sagemaker, endpoint):
    answer = sagemaker.runtime.invoke_endpoint(
        EndpointName=endpoint,
        Body=b"picture",
        ContentType="image/jpeg",
        Accept="application/json;annotation=1",
        CustomAttributes="c000b4f9-df62",
        InferenceId="image-1",
    )
    body = answer["Body"].read().decode()

    assert answer["ContentType"] == "application/json"
    assert answer["InvokedProductionVariant"] == "variant-1"
    assert answer["CustomAttributes"] == "echo c000b4f9-df62"
    for sent in ('"image/jpeg"', "annotation=1", '"c000b4f9-df62"', '"inference_id": "image-1"', '"bytes": 7'):
        assert sent in body


@pytest.mark.parametrize(("status", "kind"), [(400, "client"), (404, "client"), (500, "server"), (503, "server")])
def test_what_the_container_refuses_is_a_model_error(sagemaker, endpoint, status, kind):
    client = sagemaker.make_client("sagemaker-runtime", retries={"max_attempts": 0})
    with pytest.raises(client.exceptions.ModelError) as caught:
        client.invoke_endpoint(EndpointName=endpoint, Body=f"fail:{status}".encode())
    response = caught.value.response
    group = f"/aws/sagemaker/Endpoints/{endpoint}"
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 424
    assert response["OriginalStatusCode"] == status
    assert response["OriginalMessage"] == "the container says no"
    assert f":log-group:{group}:log-stream:variant-1/i-" in response["LogStreamArn"]
    assert response["Error"]["Message"] == (
        f'Received {kind} error ({status}) from primary with message "the container says no". See '
        f"https://us-east-1.console.aws.amazon.com/cloudwatch/home?region=us-east-1#logEventViewer:group={group} in "
        "account 123456789012 for more information."
    )


def test_an_answer_that_does_not_come_in_time_is_a_model_error(sagemaker, endpoint):
    client = sagemaker.make_client("sagemaker-runtime", retries={"max_attempts": 0})
    with pytest.raises(client.exceptions.ModelError, match="Your invocation timed out while waiting") as caught:
        client.invoke_endpoint(EndpointName=endpoint, Body=b"sleep:6")
    assert caught.value.response["OriginalStatusCode"] == 0


def test_six_megabytes_are_the_limit(sagemaker, endpoint):
    assert sagemaker.invoke(endpoint, b"x" * LIMIT)["bytes"] == LIMIT
    error = failed(sagemaker, 400, EndpointName=endpoint, Body=b"x" * (LIMIT + 1))["Error"]
    assert error["Code"] == "ValidationError"


def test_unknown_targets(sagemaker, endpoint):
    error = failed(sagemaker, 400, EndpointName=endpoint, Body=b"", TargetVariant="other")["Error"]
    assert error == {"Code": "ValidationError", "Message": f"Variant other of endpoint {endpoint} not found."}
    assert (
        "TargetModel"
        in failed(sagemaker, 400, EndpointName=endpoint, Body=b"", TargetModel="m.tar.gz")["Error"]["Message"]
    )


def test_traffic_is_shared_by_weight_and_spread_over_instances(sagemaker, store):
    for name in ("heavy", "light", "off"):
        sagemaker.model(name, store)
    variants = [
        {"VariantName": name, "ModelName": name, "InstanceType": "ml.m5.large", "InitialInstanceCount": count}
        | {"InitialVariantWeight": weight}
        for name, count, weight in (("heavy", 2, 3.0), ("light", 1, 1.0), ("off", 1, 0.0))
    ]
    sagemaker.client.create_endpoint_config(EndpointConfigName="weights", ProductionVariants=variants)
    sagemaker.endpoint("weights", "weights")
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: sagemaker.invoke("weights"), range(200)))

    counts = Counter(answer["version"] for answer in answers)
    assert set(counts) == {"heavy", "light"}
    assert 110 <= counts["heavy"] <= 185
    assert len({answer["pid"] for answer in answers if answer["version"] == "heavy"}) == 2
    assert sagemaker.invoke("weights", TargetVariant="off")["version"] == "off"


def test_a_request_that_ends_its_container_ends_no_other_and_the_instance_is_replaced(sagemaker, store):
    sagemaker.model("mortal", store)
    sagemaker.config("mortal", "mortal", InitialInstanceCount=2)
    sagemaker.endpoint("mortal", "mortal")

    def serving():
        with ThreadPoolExecutor(4) as pool:
            return {answer["pid"] for answer in pool.map(lambda _: sagemaker.invoke("mortal", b"sleep:0.05"), range(8))}

    before = serving()
    assert len(before) == 2
    client = sagemaker.make_client("sagemaker-runtime", retries={"max_attempts": 0})
    with pytest.raises(client.exceptions.ModelError, match="closed the connection without an answer"):
        client.invoke_endpoint(EndpointName="mortal", Body=b"exit:3")
    assert len(serving() & before) == 1
    after = eventually(lambda: len(found := serving()) == 2 and found)
    assert len(after & before) == 1
    assert sagemaker.client.describe_endpoint(EndpointName="mortal")["EndpointStatus"] == "InService"


def test_the_last_instance_that_dies_is_replaced(sagemaker, store):
    sagemaker.model("single", store)
    sagemaker.config("single", "single")
    sagemaker.endpoint("single", "single")
    refusals = []
    before = sagemaker.invoke("single")["pid"]
    os.kill(before, signal.SIGKILL)

    def answers_again():
        try:
            return sagemaker.invoke("single")["pid"]
        except ClientError as error:
            return refusals.append(error.response["Error"]["Code"])

    assert eventually(answers_again) != before
    assert set(refusals) <= {"ServiceUnavailable", "ModelError"}


def test_logs_and_metrics_reach_cloudwatch(sagemaker, aws, endpoint):
    sagemaker.invoke(endpoint)
    logs, cloudwatch = aws("logs"), aws("cloudwatch")
    group = f"/aws/sagemaker/Endpoints/{endpoint}"

    def logged():
        streams = logs.describe_log_streams(logGroupName=group)["logStreams"]
        assert all(stream["logStreamName"].startswith("variant-1/i-") for stream in streams)
        events = logs.get_log_events(logGroupName=group, logStreamName=streams[0]["logStreamName"])["events"]
        return [event for event in events if "POST /invocations" in event["message"]]

    def counted(*dimensions):
        now = time.time()
        found = cloudwatch.get_metric_statistics(
            Namespace="AWS/SageMaker",
            MetricName="Invocations",
            Dimensions=[{"Name": name, "Value": value} for name, value in dimensions],
            StartTime=now - 600,
            EndTime=now + 60,
            Period=3600,
            Statistics=["Sum"],
        )["Datapoints"]
        return sum(point["Sum"] for point in found)

    eventually(logged)
    variant = (("EndpointName", endpoint), ("VariantName", "variant-1"))
    eventually(lambda: counted(*variant) >= 1)
    assert eventually(lambda: counted(*variant, ("EndpointConfigName", "served"))) >= 1
