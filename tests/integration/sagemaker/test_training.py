"""Training jobs: real processes, their inputs and what becomes of them."""

import io
import json
import tarfile

import httpx
import pytest

from .conftest import BUCKET, IMAGE, REPOSITORY, channel, eventually
from .container import digest
from .test_resources import ARN, refused


@pytest.fixture(scope="module", autouse=True)
def objects(store):
    for key, body in {
        "data/train/a.jpg": b"image a",
        "data/train/deep/b.jpg": b"image b",
        "data/trained/c.jpg": b"image c",
        "data/model.tar.gz": b"the seed",
    }.items():
        store.put_object(Bucket=BUCKET, Key=key, Body=body)
    manifest = [{"prefix": f"s3://{BUCKET}/data/"}, "train/a.jpg", "trained/c.jpg"]
    store.put_object(Bucket=BUCKET, Key="data/list.json", Body=json.dumps(manifest).encode())
    lines = [
        {
            "source-ref": f"s3://{BUCKET}/data/train/a.jpg",
            "boxes": {"annotations": [], "n": 1},
            "kind": "x",
            "other": 0,
        },
        {"source-ref": f"s3://{BUCKET}/data/train/deep/b.jpg", "boxes": {"annotations": [1]}, "kind": 2},
        {"source-ref": f"s3://{BUCKET}/data/trained/c.jpg", "boxes": None, "kind": "z"},
    ]
    body = "\n".join(json.dumps(line) for line in lines) + "\n"
    store.put_object(Bucket=BUCKET, Key="data/lines.manifest", Body=body.encode())
    store.put_object(Bucket=BUCKET, Key="data/wrong.manifest", Body=b'{"source-ref": "s3://loop/data/train/a.jpg"}\n')


def artefact(store, uri):
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    body = store.get_object(Bucket=bucket, Key=key)["Body"].read()
    with tarfile.open(fileobj=io.BytesIO(body)) as tar:
        return {name: tar.extractfile(name).read() for name in tar.getnames()}


def seen(store, job):
    return json.loads(artefact(store, job["ModelArtifacts"]["S3ModelArtifacts"])["model.json"])["seen"]


def messages_of(aws, job):
    """Read a job's log as Airflow's hook does."""
    logs, group = aws("logs"), "/aws/sagemaker/TrainingJobs"
    try:
        found = logs.describe_log_streams(
            logGroupName=group, logStreamNamePrefix=f"{job}/", orderBy="LogStreamName", limit=1
        )
    except logs.exceptions.ResourceNotFoundException:
        return []
    messages = []
    for stream in found["logStreams"]:
        assert stream["logStreamName"].startswith(f"{job}/algo-1-")
        events = logs.get_log_events(logGroupName=group, logStreamName=stream["logStreamName"], startFromHead=True)
        messages += [event["message"] for event in events["events"]]
    return messages


def test_people_read_a_job_s_log_as_a_page(sagemaker, aws):
    sagemaker.train("Read-Me", [channel("train", f"s3://{BUCKET}/data/train")])
    assert sagemaker.trained("Read-Me")["TrainingJobStatus"] == "Completed"
    page = httpx.get(f"{sagemaker.url}/training-jobs/Read-Me/log", timeout=30)
    assert (page.status_code, page.headers["content-type"]) == (200, "text/plain; charset=utf-8")
    head, _, *lines = page.text.splitlines()
    assert head == "Read-Me: Completed"
    assert lines == messages_of(aws, "Read-Me") != []
    missing = httpx.get(f"{sagemaker.url}/training-jobs/no-such-job/log", timeout=30)
    assert (missing.status_code, missing.text) == (404, "There is no training job no-such-job.\n")


def test_a_job_from_start_to_artefact(sagemaker, store, aws):
    request = sagemaker.train(
        "Whole-Job",
        [channel("train", f"s3://{BUCKET}/data/train"), channel("model", f"s3://{BUCKET}/data/model.tar.gz")],
        HyperParameters={"version": "v1"},
        AlgorithmSpecification={
            "TrainingImage": IMAGE,
            "TrainingInputMode": "File",
            "MetricDefinitions": [{"Name": "own:loss", "Regex": "own loss: ([0-9.]+);"}],
        },
    )
    waiter = sagemaker.client.get_waiter("training_job_completed_or_stopped")
    waiter.wait(TrainingJobName="Whole-Job", WaiterConfig={"Delay": 0.1, "MaxAttempts": 300})
    job = sagemaker.client.describe_training_job(TrainingJobName="whole-job")

    assert job["TrainingJobArn"] == f"{ARN}:training-job/whole-job"
    assert (job["TrainingJobStatus"], job["SecondaryStatus"]) == ("Completed", "Completed")
    assert [(entry["Status"], entry["StatusMessage"]) for entry in job["SecondaryStatusTransitions"]] == [
        ("Starting", "Preparing the instances for training"),
        ("Downloading", "Downloading the training image"),
        ("Training", "Training image download completed. Training in progress."),
        ("Uploading", "Uploading generated training model"),
        ("Completed", "Training job completed"),
    ]
    transitions = job["SecondaryStatusTransitions"]
    assert job["CreationTime"] == transitions[0]["StartTime"]
    assert job["TrainingStartTime"] == transitions[1]["StartTime"]
    assert (
        job["TrainingEndTime"] == transitions[3]["EndTime"] == transitions[4]["StartTime"] == transitions[4]["EndTime"]
    )
    assert job["TrainingTimeInSeconds"] == job["BillableTimeInSeconds"] >= 1
    metrics = {metric["MetricName"]: metric["Value"] for metric in job["FinalMetricDataList"]}
    assert metrics == pytest.approx({"validation:mAP": 0.2712, "train:progress": 100.0, "own:loss": 0.5})
    assert job["HyperParameters"] == request["HyperParameters"]
    assert job["OutputDataConfig"] == {"S3OutputPath": "s3://loop/jobs", "KmsKeyId": "", "CompressionType": "GZIP"}
    assert "FailureReason" not in job
    assert job["ModelArtifacts"]["S3ModelArtifacts"] == "s3://loop/jobs/Whole-Job/output/model.tar.gz"
    assert seen(store, job) == {
        "train": {"a.jpg": digest(b"image a"), "deep/b.jpg": digest(b"image b"), "trained/c.jpg": digest(b"image c")},
        "model": {"model.tar.gz": digest(b"the seed")},
    }
    assert artefact(store, "s3://loop/jobs/Whole-Job/output/output.tar.gz") == {"report.txt": b"done"}

    messages = messages_of(aws, "Whole-Job")
    assert messages[0] == "job Whole-Job begins"
    assert "own loss: 0.5;" in messages


def test_manifest_and_pipe_inputs(sagemaker, store):
    pipe = {"InputMode": "Pipe", "RecordWrapperType": "RecordIO"}
    augmented = channel(
        "boxes",
        f"s3://{BUCKET}/data/lines.manifest",
        "AugmentedManifestFile",
        attributes=["source-ref", "boxes", "kind"],
        ShuffleConfig={"Seed": 1},
        **pipe,
    )
    sagemaker.train(
        "inputs",
        [
            channel("listed", f"s3://{BUCKET}/data/list.json", "ManifestFile"),
            channel("wrapped", f"s3://{BUCKET}/data/train/", **pipe),
            channel("raw", f"s3://{BUCKET}/data/train/", InputMode="Pipe"),
            augmented,
        ],
        HyperParameters={"epochs": "3"},
    )
    job = sagemaker.trained("inputs")
    assert job["TrainingJobStatus"] == "Completed", job.get("FailureReason")
    read = seen(store, job)

    assert read["listed"] == {"train/a.jpg": digest(b"image a"), "trained/c.jpg": digest(b"image c")}
    assert read["wrapped"] == [[digest(b"image a"), digest(b"image b")]] * 3
    assert read["raw"] == [digest(b"image aimage b")] * 3
    rows = [
        (digest(b"image a"), digest(b'{"annotations": [], "n": 1}'), digest(b"x")),
        (digest(b"image b"), digest(b'{"annotations": [1]}'), digest(b"2")),
        (digest(b"image c"), digest(b"null"), digest(b"z")),
    ]
    epochs = [[tuple(epoch[index : index + 3]) for index in range(0, 9, 3)] for epoch in read["boxes"]]
    assert all(sorted(epoch) == sorted(rows) for epoch in epochs)
    assert len({tuple(epoch) for epoch in epochs}) > 1


@pytest.mark.parametrize(
    ("name", "settings", "reason"),
    [
        (
            "customer",
            {"exit_code": "2", "failure": "label_width is too small"},
            "ClientError: label_width is too small, exit code: 2",
        ),
        (
            "algorithm",
            {"exit_code": "1", "failure": "division by zero"},
            "AlgorithmError: division by zero, exit code: 1",
        ),
        ("silent", {"exit_code": "3"}, "AlgorithmError: , exit code: 3"),
    ],
)
def test_failures(sagemaker, store, name, settings, reason):
    sagemaker.train(f"fails-{name}", HyperParameters=settings)
    job = sagemaker.trained(f"fails-{name}")
    assert (job["TrainingJobStatus"], job["SecondaryStatus"], job["FailureReason"]) == ("Failed", "Failed", reason)
    assert job["SecondaryStatusTransitions"][-1]["StatusMessage"] == "Training job failed"
    listed = store.list_objects_v2(Bucket=BUCKET, Prefix=f"jobs/fails-{name}/").get("Contents", [])
    assert [item["Key"] for item in listed] == [f"jobs/fails-{name}/output/output.tar.gz"]


def test_an_input_that_cannot_be_read_fails_the_job(sagemaker):
    source = f"s3://{BUCKET}/data/wrong.manifest"
    boxes = channel("train", source, "AugmentedManifestFile", attributes=["source-ref", "boxes"], InputMode="Pipe")
    sagemaker.train("bad-line", [boxes])
    assert sagemaker.trained("bad-line")["FailureReason"] == f"ClientError: line 1 of {source} has no attribute 'boxes'"


def test_an_image_whose_command_is_missing_fails_the_job(sagemaker):
    specification = {"TrainingImage": f"{REPOSITORY}/broken:1", "TrainingInputMode": "File"}
    sagemaker.train("no-command", AlgorithmSpecification=specification)
    assert sagemaker.trained("no-command")["FailureReason"] == "AlgorithmError: , exit code: 127"


def test_stop(sagemaker, aws):
    client = sagemaker.client
    sagemaker.train("stopped", HyperParameters={"seconds": "60", "ignore_sigterm": "1"})
    eventually(lambda: "job stopped begins" in messages_of(aws, "stopped"))
    client.stop_training_job(TrainingJobName="stopped")
    stopping = client.describe_training_job(TrainingJobName="stopped")
    assert (stopping["TrainingJobStatus"], stopping["SecondaryStatus"]) == ("Stopping", "Stopping")
    client.stop_training_job(TrainingJobName="stopped")
    assert "Stopping" in refused(client.delete_training_job, TrainingJobName="stopped")
    job = sagemaker.trained("stopped")

    assert [entry["Status"] for entry in job["SecondaryStatusTransitions"]][-2:] == ["Stopping", "Stopped"]
    assert "FailureReason" not in job
    assert refused(client.stop_training_job, TrainingJobName="stopped") == (
        "ValidationException: The request was rejected because the training job is in status Stopped"
    )


def test_the_maximum_runtime_stops_a_job_and_keeps_its_artefacts(sagemaker, store):
    sagemaker.train("too-long", HyperParameters={"seconds": "60"}, StoppingCondition={"MaxRuntimeInSeconds": 2})
    job = sagemaker.trained("too-long")
    assert (job["TrainingJobStatus"], job["SecondaryStatus"]) == ("Stopped", "MaxRuntimeExceeded")
    assert "model.json" in artefact(store, job["ModelArtifacts"]["S3ModelArtifacts"])


def test_names_are_used_up_until_the_job_is_deleted(sagemaker):
    client = sagemaker.client
    request = sagemaker.train("Once")
    taken = refused(client.create_training_job, **request | {"TrainingJobName": "ONCE"})
    assert taken == (
        "ResourceInUse: Training job names must be unique within an AWS account and region, and a training job with "
        f"this name already exists ({ARN}:training-job/once)"
    )
    assert "InProgress" in refused(client.delete_training_job, TrainingJobName="once")
    sagemaker.trained("Once")
    client.delete_training_job(TrainingJobName="once")
    assert refused(client.describe_training_job, TrainingJobName="once") == (
        "ValidationException: Requested resource not found."
    )
    client.create_training_job(**request)
    sagemaker.trained("Once")
    pages = client.get_paginator("list_training_jobs").paginate(NameContains="once", StatusEquals="Completed")
    assert [job["TrainingJobName"] for page in pages for job in page["TrainingJobSummaries"]] == ["Once"]


def test_create_errors(sagemaker):
    client = sagemaker.client
    missing = refused(client.stop_training_job, TrainingJobName="nobody")
    assert missing == "ValidationException: Requested resource not found."

    def refuse(channels=None, **changes):
        with pytest.raises(client.exceptions.ClientError) as caught:
            sagemaker.train("refused", channels, **changes)
        return str(caught.value)

    empty = f"s3://{BUCKET}/nothing-here/"
    assert f'No S3 objects found under S3 URL "{empty}" given in input data source.' in refuse(
        [channel("train", empty)]
    )
    assert "No S3 objects found" in refuse([channel("train", "s3://no-such-bucket/x")])
    boxes = channel("train", f"s3://{BUCKET}/data/lines.manifest", "AugmentedManifestFile", attributes=["source-ref"])
    assert "AugmentedManifestFile can only be used with input mode Pipe" in refuse([boxes])
    other = {"TrainingImage": f"{REPOSITORY}/other:1", "TrainingInputMode": "File"}
    assert "Cannot find the requested image" in refuse(AlgorithmSpecification=other)
    assert "Invalid training image" in refuse(AlgorithmSpecification=other | {"TrainingImage": "python"})
    shell = {"TrainingImage": IMAGE, "TrainingInputMode": "File", "ContainerEntrypoint": ["/bin/bash"]}
    assert "ContainerEntrypoint is not supported" in refuse(AlgorithmSpecification=shell)
    two = {"InstanceType": "ml.p3.2xlarge", "InstanceCount": 2, "VolumeSizeInGB": 1}
    assert "ResourceLimitExceeded" in refuse(ResourceConfig=two)
    bad_metric = {
        "TrainingImage": IMAGE,
        "TrainingInputMode": "File",
        "MetricDefinitions": [{"Name": "m", "Regex": "("}],
    }
    assert "metric m is not valid" in refuse(AlgorithmSpecification=bad_metric)
    assert "refused" not in [
        job["TrainingJobName"] for job in client.list_training_jobs(NameContains="refused")["TrainingJobSummaries"]
    ]
