"""Batch transform: every object through a real container, one `.out` each."""

import json

import pytest

from .conftest import BUCKET, eventually
from .container import digest
from .test_resources import ARN, refused


@pytest.fixture(scope="module")
def model(sagemaker, store):
    for key, body in {
        "batch/images/a.jpg": b"image a",
        "batch/images/deep/b.jpg": b"image b",
        "batch/images_more/c.jpg": b"image c",
        "batch/mixed/good.jpg": b"good",
        "batch/mixed/bad.jpg": b"fail:400",
        "batch/mixed/worse.jpg": b"fail:500",
        "batch/lines.txt": b"one\ntwo\nthree\n",
        "batch/slow/one": b"sleep:60",
    }.items():
        store.put_object(Bucket=BUCKET, Key=key, Body=body)
    manifest = [{"prefix": f"s3://{BUCKET}/batch/"}, "images/a.jpg", "images_more/c.jpg"]
    store.put_object(Bucket=BUCKET, Key="batch/list.json", Body=json.dumps(manifest).encode())
    return sagemaker.model("batch", store)


def prefix(path):
    return {"S3DataType": "S3Prefix", "S3Uri": f"s3://{BUCKET}/{path}"}


def results(store, job):
    listed = store.list_objects_v2(Bucket=BUCKET, Prefix=f"results/{job}/").get("Contents", [])
    return {
        item["Key"].removeprefix(f"results/{job}/"): store.get_object(Bucket=BUCKET, Key=item["Key"])["Body"]
        .read()
        .decode()
        for item in listed
    }


def data_log(aws, job):
    logs = aws("logs")
    group = "/aws/sagemaker/TransformJobs"
    streams = logs.describe_log_streams(logGroupName=group, logStreamNamePrefix=f"{job}/")["logStreams"]
    name = next(stream["logStreamName"] for stream in streams if stream["logStreamName"].endswith("/data-log"))
    return [event["message"] for event in logs.get_log_events(logGroupName=group, logStreamName=name)["events"]]


def test_a_prefix_is_transformed_object_by_object(sagemaker, store, aws, model):
    sagemaker.transform("Prefix-Job", model, prefix("batch/images/"), MaxConcurrentTransforms=4)
    waiter = sagemaker.client.get_waiter("transform_job_completed_or_stopped")
    waiter.wait(TransformJobName="Prefix-Job", WaiterConfig={"Delay": 0.1, "MaxAttempts": 300})
    job = sagemaker.client.describe_transform_job(TransformJobName="prefix-job")

    assert job["TransformJobStatus"] == "Completed"
    assert job["TransformJobArn"] == f"{ARN}:transform-job/prefix-job"
    assert job["CreationTime"] <= job["TransformStartTime"] <= job["TransformEndTime"]
    assert job["TransformInput"]["SplitType"] == "None"
    found = results(store, "Prefix-Job")
    assert sorted(found) == ["a.jpg.out", "deep/b.jpg.out"]
    answer = json.loads(found["a.jpg.out"])
    assert answer["digest"] == digest(b"image a")
    assert (answer["content_type"], answer["accept"]) == ("image/jpeg", "application/json")
    assert answer["batch"] == "true"
    assert data_log(aws, "Prefix-Job")[0].endswith(
        ":[sagemaker logs]: MaxConcurrentTransforms=4, MaxPayloadInMB=6, BatchStrategy=MULTI_RECORD"
    )


def test_a_manifest_names_the_objects(sagemaker, store, model):
    sagemaker.transform("manifest", model, {"S3DataType": "ManifestFile", "S3Uri": f"s3://{BUCKET}/batch/list.json"})
    assert sagemaker.transformed("manifest")["TransformJobStatus"] == "Completed"
    assert sorted(results(store, "manifest")) == ["images/a.jpg.out", "images_more/c.jpg.out"]


def test_lines_are_split_and_assembled(sagemaker, store, model):
    source = prefix("batch/lines.txt")
    sagemaker.transform(
        "lines",
        model,
        source,
        BatchStrategy="SingleRecord",
        TransformInput={"DataSource": {"S3DataSource": source}, "SplitType": "Line", "ContentType": "text/csv"},
        TransformOutput={"S3OutputPath": f"s3://{BUCKET}/results/lines", "AssembleWith": "Line"},
    )
    assert sagemaker.transformed("lines")["TransformJobStatus"] == "Completed"
    lines = [json.loads(line) for line in results(store, "lines")["lines.txt.out"].splitlines()]
    assert [line["digest"] for line in lines] == [digest(b"one\n"), digest(b"two\n"), digest(b"three\n")]


def test_one_bad_object_fails_the_job_and_the_others_are_written(sagemaker, store, aws, model):
    sagemaker.transform("mixed", model, prefix("batch/mixed/"), ModelClientConfig={"InvocationsMaxRetries": 1})
    job = sagemaker.transformed("mixed")

    assert job["TransformJobStatus"] == "Failed"
    assert job["FailureReason"] == "AlgorithmError: See job logs for more information"
    assert sorted(results(store, "mixed")) == ["good.jpg.out"]
    text = "\n".join(data_log(aws, "mixed"))
    assert f"{BUCKET}/batch/mixed/bad.jpg: ClientError: 400" in text
    assert f"{BUCKET}/batch/mixed/bad.jpg: the container says no" in text
    assert f"{BUCKET}/batch/mixed/worse.jpg: Bad HTTP status received from algorithm: 500" in text


def test_failures_before_the_first_object(sagemaker, store, model):
    sagemaker.transform("nothing", model, prefix("batch/none/"))
    sagemaker.model("batch-no-ping", store, ping=False)
    sagemaker.transform("no-ping", "batch-no-ping", prefix("batch/images/"))
    assert "No S3 objects found" in sagemaker.transformed("nothing")["FailureReason"]
    assert sagemaker.transformed("no-ping")["FailureReason"] == (
        "AlgorithmError: Model container failed to respond to ping. Please ensure /ping endpoint is implemented and "
        "responds with an HTTP 200 status code"
    )


def test_stop(sagemaker, store, model):
    client = sagemaker.client
    sagemaker.transform("halted", model, prefix("batch/slow/"))
    eventually(lambda: "TransformStartTime" in client.describe_transform_job(TransformJobName="halted"))
    client.stop_transform_job(TransformJobName="halted")
    assert client.describe_transform_job(TransformJobName="halted")["TransformJobStatus"] in {"Stopping", "Stopped"}
    assert sagemaker.transformed("halted")["TransformJobStatus"] == "Stopped"
    assert results(store, "halted") == {}
    assert refused(client.stop_transform_job, TransformJobName="halted") == (
        "ValidationException: The request was rejected because the transform job is in status Stopped"
    )


def test_a_job_keeps_the_model_it_was_made_with(sagemaker, store):
    sagemaker.model("short-lived", store)
    sagemaker.transform("outlives", "short-lived", prefix("batch/images/"))
    sagemaker.client.delete_model(ModelName="short-lived")
    assert sagemaker.transformed("outlives")["TransformJobStatus"] == "Completed"


def test_errors(sagemaker, model):
    client = sagemaker.client
    assert refused(client.describe_transform_job, TransformJobName="nobody") == (
        "ValidationException: Could not find requested job with name: nobody"
    )
    assert refused(client.stop_transform_job, TransformJobName="nobody") == (
        "ValidationException: Could not find job to update with name: nobody"
    )

    def refuse(name="refused", model_name=model, source=None, **changes):
        with pytest.raises(client.exceptions.ClientError) as caught:
            sagemaker.transform(name, model_name, source or prefix("batch/images/"), **changes)
        return str(caught.value)

    assert f'Could not find model "{ARN}:model/nobody".' in refuse(model_name="nobody")
    assert "AugmentedManifestFile" in refuse(source={"S3DataType": "AugmentedManifestFile", "S3Uri": "s3://loop/x"})
    assert "at most 100 MB" in refuse(MaxConcurrentTransforms=20, MaxPayloadInMB=6)
    assert "DataProcessing.InputFilter" in refuse(DataProcessing={"InputFilter": "$.a"})
    sagemaker.transform("twice", model, prefix("batch/images/"))
    again = refuse("Twice")
    assert "(ResourceInUse)" in again
    assert f"({ARN}:transform-job/twice)" in again
    sagemaker.transformed("twice")
    names = [
        job["TransformJobName"] for job in client.list_transform_jobs(NameContains="twice")["TransformJobSummaries"]
    ]
    assert names == ["twice"]
