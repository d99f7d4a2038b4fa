"""What a service's death leaves, and what the next one makes of it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, WaiterError

from .conftest import BUCKET, IMAGE, ROLE, ROOT, eventually


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat").read_text()
    return status.rpartition(")")[2].split()[0] != "Z"  # a zombie that nobody has reaped is dead


def containers(service):
    """The pids of every process whose folder is below the service's state."""
    found = subprocess.run(["pgrep", "-f", "container.py"], capture_output=True, text=True, check=False).stdout.split()
    pids = []
    for pid in found:
        try:
            if str(service.state).encode() in Path(f"/proc/{pid}/environ").read_bytes():
                pids.append(int(pid))
        except OSError:
            continue
    return pids


def secondary(service, job):
    return service.client.describe_training_job(TrainingJobName=job)["SecondaryStatus"]


@pytest.fixture
def busy(make_sagemaker, store, tmp_path):
    """A service in the middle of everything; its jobs end when the file `go-on` is there."""
    service, flag = make_sagemaker(NIGHTLOOP_SAGEMAKER_PING_GRACE_SECONDS="20"), tmp_path / "go-on"
    for name in ("kept", "next"):
        service.model(name, store)
        service.config(name, name)
    service.endpoint("kept", "kept")
    service.endpoint("updating", "kept")
    service.train("finished")
    service.trained("finished")
    service.train("interrupted", HyperParameters={"wait_for": str(flag), "version": "v7"})
    store.put_object(Bucket=BUCKET, Key="restart/slow/a", Body=f"wait:{flag}".encode())
    service.transform("interrupted", "next", {"S3DataType": "S3Prefix", "S3Uri": f"s3://{BUCKET}/restart/slow/"})
    service.train("stopping", HyperParameters={"seconds": "60", "ignore_sigterm": "1"})
    eventually(lambda: {secondary(service, "interrupted"), secondary(service, "stopping")} == {"Training"})
    eventually(lambda: "TransformStartTime" in service.client.describe_transform_job(TransformJobName="interrupted"))
    service.client.stop_training_job(TrainingJobName="stopping")
    routing = {"Type": "CANARY", "WaitIntervalInSeconds": 4, "CanarySize": {"Type": "CAPACITY_PERCENT", "Value": 50}}
    service.client.update_endpoint(
        EndpointName="updating",
        EndpointConfigName="next",
        DeploymentConfig={"BlueGreenUpdatePolicy": {"TrafficRoutingConfiguration": routing}},
    )
    eventually(lambda: service.invoke("updating")["version"] == "next")
    return service


def test_kill_in_the_middle_of_everything(busy, store, tmp_path):
    finished = busy.client.describe_training_job(TrainingJobName="finished")
    pids = eventually(lambda: len(found := containers(busy)) >= 5 and found)
    busy.kill()
    eventually(lambda: not any(map(alive, pids)), 5)
    with pytest.raises(EndpointConnectionError):
        busy.make_client("sagemaker", retries={"max_attempts": 0}).list_endpoints()
    (tmp_path / "go-on").touch()
    store.delete_object(Bucket=BUCKET, Key="models/kept/model.tar.gz")  # a restart must not need it
    busy.start()

    assert refusals_until_answered(busy, "kept") <= {"ServiceUnavailable"}
    assert busy.in_service("kept")["EndpointConfigName"] == "kept"
    assert busy.invoke("kept")["version"] == "kept"
    assert busy.trained("finished")["LastModifiedTime"] == finished["LastModifiedTime"]
    assert busy.trained("stopping")["TrainingJobStatus"] == "Stopped"
    job = busy.trained("interrupted")
    assert job["TrainingJobStatus"] == "Completed"
    statuses = [entry["Status"] for entry in job["SecondaryStatusTransitions"]]
    assert statuses == [
        *("Starting", "Downloading", "Training"),
        *("Restarting", "Downloading", "Training", "Uploading", "Completed"),
    ]
    assert busy.transformed("interrupted")["TransformJobStatus"] == "Completed"
    result = store.get_object(Bucket=BUCKET, Key="results/interrupted/a.out")["Body"].read()
    assert json.loads(result)["version"] == "next"
    assert busy.in_service("updating")["EndpointConfigName"] == "next"
    assert busy.invoke("updating")["version"] == "next"


def refusals_until_answered(service, endpoint):
    """Invoke without retries until the endpoint answers; give the codes of the errors before that."""
    runtime = service.make_client("sagemaker-runtime", retries={"max_attempts": 0})
    refusals = set()

    def answered():
        try:
            return runtime.invoke_endpoint(EndpointName=endpoint, Body=b"x")
        except ClientError as error:
            return refusals.add(error.response["Error"]["Code"])

    eventually(answered)
    return refusals


def test_a_normal_stop_leaves_no_process_and_the_next_start_takes_up(make_sagemaker, store, tmp_path):
    flag = tmp_path / "go-on"
    service = make_sagemaker()
    service.model("calm", store)
    service.config("calm", "calm")
    service.endpoint("calm", "calm")
    image = {
        "Image": IMAGE.replace("object-detection", "passing"),
        "ModelDataUrl": f"s3://{BUCKET}/models/calm/model.tar.gz",
    }
    service.client.create_model(ModelName="passing", PrimaryContainer=image, ExecutionRoleArn=ROLE)
    service.config("passing", "passing")
    service.endpoint("passing", "passing")
    service.train("carried-on", HyperParameters={"wait_for": str(flag)})
    eventually(lambda: secondary(service, "carried-on") == "Training")
    pids = eventually(lambda: len(found := containers(service)) == 3 and found)
    service.stop()
    assert not any(map(alive, pids))
    assert "Traceback" not in service.log.read_text()
    flag.touch()
    service.images.pop("passing:1")
    service.start()
    service.in_service("calm")
    assert service.invoke("calm")["version"] == "calm"
    assert service.trained("carried-on")["TrainingJobStatus"] == "Completed"
    with pytest.raises(WaiterError):
        service.in_service("passing")
    assert "passing:1 is not among" in service.client.describe_endpoint(EndpointName="passing")["FailureReason"]
    service.client.delete_endpoint(EndpointName="passing")


def test_a_state_folder_has_one_service(sagemaker):
    second = subprocess.run(
        [sys.executable, "-m", "services.sagemaker"],
        cwd=ROOT,
        env=sagemaker.environment,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert second.returncode == 2
    assert "is in use by another service" in second.stderr
