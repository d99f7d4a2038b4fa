import io
import json
import os
import signal
import socket
import subprocess
import sys
import tarfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

from tests.support.moto_process import moto_server

ROOT = Path(__file__).parents[3]
CONTAINER = Path(__file__).with_name("container.py")
ACCOUNT, REGION = "123456789012", "us-east-1"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/nightloop"
REPOSITORY = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com"
IMAGE = f"{REPOSITORY}/object-detection:1"
BUCKET = "loop"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def eventually(condition: Callable[[], Any], seconds: float = 30.0) -> Any:
    """Wait until a condition gives something true, and give it."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.05)
    raise AssertionError(f"it did not happen within {seconds} s")


class LocalSageMaker:
    """The service as a process of its own, and boto3 clients as a stranger makes them."""

    def __init__(self, state: Path, aws_url: str, **environment: str) -> None:
        self.state, self.aws_url, self.port = state, aws_url, free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = state.parent / f"{state.name}.log"
        self.history = state.parent / f"{state.name}.history.jsonl"
        command = ["python", str(CONTAINER)]
        self.images = {"object-detection:1": command, "passing:1": command, "broken:1": ["no-such-command-here"]}
        self.environment = {
            **os.environ,
            "NIGHTLOOP_SAGEMAKER_PORT": str(self.port),
            "NIGHTLOOP_SAGEMAKER_STATE": str(state),
            "NIGHTLOOP_SAGEMAKER_ACCOUNT": ACCOUNT,
            "NIGHTLOOP_SAGEMAKER_ACCESS_KEYS": json.dumps({"nightloop": "secret"}),
            "NIGHTLOOP_SAGEMAKER_AWS_ENDPOINT_URL": aws_url,
            "NIGHTLOOP_SAGEMAKER_HISTORY": str(self.history),
            "NIGHTLOOP_SAGEMAKER_PING_GRACE_SECONDS": "3",
            "NIGHTLOOP_SAGEMAKER_INVOCATION_TIMEOUT_SECONDS": "4",
            "NIGHTLOOP_SAGEMAKER_TRAINING_STOP_SECONDS": "2",
            "NIGHTLOOP_SAGEMAKER_METRICS_INTERVAL_SECONDS": "0.5",
            "NIGHTLOOP_SAGEMAKER_SCALING_INTERVAL_SECONDS": "0.3",
            "AWS_ACCESS_KEY_ID": "nightloop",
            "AWS_SECRET_ACCESS_KEY": "secret",
            **environment,
        }
        self.process: subprocess.Popen[bytes] | None = None
        self.client = self.make_client("sagemaker")
        self.runtime = self.make_client("sagemaker-runtime")

    def make_client(self, service: str, **config: Any) -> Any:
        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name=REGION,
            aws_access_key_id="nightloop",
            aws_secret_access_key="secret",
            config=Config(max_pool_connections=50, **config),
        )

    def start(self) -> None:
        self.environment["NIGHTLOOP_SAGEMAKER_IMAGES"] = json.dumps(self.images)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "services.sagemaker"], cwd=ROOT, env=self.environment, stdout=log, stderr=log
            )
        eventually(self._answers)

    def kill(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        assert self.process is not None
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.kill()
            raise

    def _answers(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, self.log.read_text()
        try:
            return urllib.request.urlopen(f"{self.url}/healthz", timeout=1).status == 200
        except OSError:
            return False

    # What the tests say

    def model(self, name: str, store: Any, **settings: Any) -> str:
        key = f"models/{name}/model.tar.gz"
        store.put_object(Bucket=BUCKET, Key=key, Body=model_archive({"version": name, **settings}))
        container = {"Image": IMAGE, "ModelDataUrl": f"s3://{BUCKET}/{key}"}
        self.client.create_model(ModelName=name, PrimaryContainer=container, ExecutionRoleArn=ROLE)
        return name

    def config(self, name: str, *models: str, queue: dict[str, Any] | None = None, **variant: Any) -> str:
        variants = [
            {
                "VariantName": f"variant-{number}",
                "ModelName": model,
                "InstanceType": "ml.m5.large",
                "InitialInstanceCount": 1,
            }
            | variant
            for number, model in enumerate(models, start=1)
        ]
        extra = {"AsyncInferenceConfig": queue} if queue else {}
        self.client.create_endpoint_config(EndpointConfigName=name, ProductionVariants=variants, **extra)
        return name

    def endpoint(self, name: str, config: str) -> str:
        self.client.create_endpoint(EndpointName=name, EndpointConfigName=config)
        self.in_service(name)
        return name

    def in_service(self, name: str) -> dict[str, Any]:
        waiter = self.client.get_waiter("endpoint_in_service")
        waiter.wait(EndpointName=name, WaiterConfig={"Delay": 0.1, "MaxAttempts": 600})
        return self.client.describe_endpoint(EndpointName=name)

    def invoke(self, endpoint: str, body: bytes = b"hello", **arguments: Any) -> dict[str, Any]:
        answer = self.runtime.invoke_endpoint(EndpointName=endpoint, Body=body, **arguments)
        return json.loads(answer["Body"].read())

    def train(self, name: str, channels: list[dict[str, Any]] | None = None, **changes: Any) -> dict[str, Any]:
        request: dict[str, Any] = {
            "TrainingJobName": name,
            "RoleArn": ROLE,
            "AlgorithmSpecification": {"TrainingImage": IMAGE, "TrainingInputMode": "File"},
            "OutputDataConfig": {"S3OutputPath": f"s3://{BUCKET}/jobs"},
            "ResourceConfig": {"InstanceType": "ml.p3.2xlarge", "InstanceCount": 1, "VolumeSizeInGB": 50},
            "StoppingCondition": {"MaxRuntimeInSeconds": 600},
        }
        if channels:
            request["InputDataConfig"] = channels
        self.client.create_training_job(**request | changes)
        return request | changes

    def trained(self, name: str) -> dict[str, Any]:
        def finished() -> dict[str, Any] | None:
            job = self.client.describe_training_job(TrainingJobName=name)
            return job if job["TrainingJobStatus"] in {"Completed", "Failed", "Stopped"} else None

        return eventually(finished, 60)

    def transform(self, name: str, model: str, source: dict[str, Any], **changes: Any) -> None:
        request: dict[str, Any] = {
            "TransformJobName": name,
            "ModelName": model,
            "TransformInput": {"DataSource": {"S3DataSource": source}, "ContentType": "image/jpeg"},
            "TransformOutput": {"S3OutputPath": f"s3://{BUCKET}/results/{name}", "Accept": "application/json"},
            "TransformResources": {"InstanceType": "ml.m5.large", "InstanceCount": 1},
        }
        self.client.create_transform_job(**request | changes)

    def transformed(self, name: str) -> dict[str, Any]:
        def finished() -> dict[str, Any] | None:
            job = self.client.describe_transform_job(TransformJobName=name)
            return job if job["TransformJobStatus"] in {"Completed", "Failed", "Stopped"} else None

        return eventually(finished, 60)


def model_archive(settings: dict[str, Any]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        body = json.dumps(settings).encode()
        member = tarfile.TarInfo("model.json")
        member.size = len(body)
        tar.addfile(member, io.BytesIO(body))
    return buffer.getvalue()


def channel(name: str, uri: str, kind: str = "S3Prefix", **changes: Any) -> dict[str, Any]:
    source = {"S3DataType": kind, "S3Uri": uri}
    if names := changes.pop("attributes", None):
        source["AttributeNames"] = names
    return {"ChannelName": name, "DataSource": {"S3DataSource": source}, **changes}


@pytest.fixture(scope="session")
def aws_url() -> Iterator[str]:
    with moto_server() as url:
        yield url


@pytest.fixture(scope="session")
def aws(aws_url: str) -> Callable[[str], Any]:
    def client(service: str) -> Any:
        return boto3.client(
            service,
            endpoint_url=aws_url,
            region_name=REGION,
            aws_access_key_id="nightloop",
            aws_secret_access_key="secret",
        )

    return client


@pytest.fixture(scope="session")
def store(aws: Callable[[str], Any]) -> Any:
    client = aws("s3")
    client.create_bucket(Bucket=BUCKET)
    return client


@pytest.fixture(scope="session")
def sagemaker(tmp_path_factory: pytest.TempPathFactory, aws_url: str, store: Any) -> Iterator[LocalSageMaker]:
    """One service for all tests that do not end it; each test uses names of its own."""
    service = LocalSageMaker(tmp_path_factory.mktemp("sagemaker") / "state", aws_url)
    service.start()
    yield service
    service.stop()


@pytest.fixture
def make_sagemaker(tmp_path: Path, aws_url: str, store: Any) -> Iterator[Callable[..., LocalSageMaker]]:
    """A service of the test's own, for tests that end it."""
    made: list[LocalSageMaker] = []

    def make(**environment: str) -> LocalSageMaker:
        service = LocalSageMaker(tmp_path / f"state-{len(made)}", aws_url, **environment)
        made.append(service)
        service.start()
        return service

    yield make
    for service in made:
        if service.process is not None and service.process.poll() is None:
            service.stop()
