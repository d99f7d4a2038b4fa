"""The three services as real processes on free ports."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[3]
KEY, SECRET, REGION = "nightloop", "a-secret-of-the-tests", "us-east-1"
PASSWORD = "correct horse battery staple"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Stack:
    """Processes of services.aws, services.sagemaker and services.review on free ports."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ports = {name: free_port() for name in ("aws", "sagemaker", "review")}
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{self.ports[name]}"

    @property
    def queue_url(self) -> str:
        """The queue that hears of every human loop that ended; `prepare` makes it."""
        return f"{self.url('aws')}/123456789012/human-loops"

    def start(self, name: str) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            arguments = ["serve"] if name == "review" else []
            command = [sys.executable, "-m", f"services.{name}", *arguments]
            self.processes[name] = subprocess.Popen(
                command, cwd=ROOT, env=self.environment(), stdout=log, stderr=log, start_new_session=True
            )
        deadline = time.monotonic() + 60
        while not self._answers(name):
            assert self.processes[name].poll() is None, (self.folder / f"{name}.log").read_text()[-3000:]
            assert time.monotonic() < deadline, f"{name} does not answer"
            time.sleep(0.1)

    def stop(self, name: str) -> None:
        process = self.processes.pop(name)
        process.terminate()
        process.wait(timeout=60)

    def _answers(self, name: str) -> bool:
        try:
            urllib.request.urlopen(f"{self.url(name)}/healthz", timeout=5)
        except urllib.error.HTTPError as answer:
            return answer.code < 500
        except OSError:
            return False
        return True

    def environment(self) -> dict[str, str]:
        keys = json.dumps({KEY: SECRET})
        container = [sys.executable, str(Path(__file__).with_name("container.py"))]
        kept = {name: text for name, text in os.environ.items() if not name.startswith(("AWS_", "AIRFLOW"))}
        return kept | {
            "AWS_ACCESS_KEY_ID": KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_DEFAULT_REGION": REGION,
            "PYTHONPATH": str(ROOT),
            "NIGHTLOOP_AWS_PORT": str(self.ports["aws"]),
            "NIGHTLOOP_AWS_STATE": str(self.folder / "aws"),
            "NIGHTLOOP_SAGEMAKER_PORT": str(self.ports["sagemaker"]),
            "NIGHTLOOP_SAGEMAKER_STATE": str(self.folder / "sagemaker"),
            "NIGHTLOOP_SAGEMAKER_ACCESS_KEYS": keys,
            "NIGHTLOOP_SAGEMAKER_AWS_ENDPOINT_URL": self.url("aws"),
            "NIGHTLOOP_SAGEMAKER_REVIEW_ENDPOINT_URL": self.url("review"),
            "NIGHTLOOP_SAGEMAKER_SCALING_INTERVAL_SECONDS": "1",
            "NIGHTLOOP_SAGEMAKER_IMAGES": json.dumps({"object-detection:1": container}),
            "NIGHTLOOP_REVIEW_PORT": str(self.ports["review"]),
            "NIGHTLOOP_REVIEW_DATABASE": f"sqlite:///{self.folder / 'review.db'}",
            "NIGHTLOOP_REVIEW_PUBLIC_URL": self.url("review"),
            "NIGHTLOOP_REVIEW_ACCESS_KEYS": keys,
            "NIGHTLOOP_REVIEW_SECRET_KEY": "a key of the tests, long enough",
            "NIGHTLOOP_REVIEW_S3_ENDPOINT_URL": self.url("aws"),
            "NIGHTLOOP_REVIEW_SQS_ENDPOINT_URL": self.url("aws"),
            "NIGHTLOOP_REVIEW_EVENT_QUEUE_URL": self.queue_url,
            "NIGHTLOOP_REVIEW_EVENT_SOURCE": "aws.sagemaker",
            # These reviewers are scripts, and never take a second.
            "NIGHTLOOP_REVIEW_MIN_SECONDS": "0",
        }

    def client(self, service: str, server: str) -> Any:
        return boto3.client(
            service,
            endpoint_url=self.url(server),
            region_name=REGION,
            aws_access_key_id=KEY,
            aws_secret_access_key=SECRET,
        )

    def connection(self, *, secret: str = SECRET, **urls: str) -> str:
        services = {name: {"endpoint_url": url} for name, url in urls.items()}
        extra = {
            "region_name": REGION,
            "endpoint_url": self.url("aws"),
            "service_config": {name.replace("_", "-"): entry for name, entry in services.items()},
            "config_kwargs": {"retries": {"total_max_attempts": 2}, "connect_timeout": 2},
        }
        return json.dumps({"conn_type": "aws", "login": KEY, "password": secret, "extra": extra})

    def connections(self) -> dict[str, str]:
        models, reviews = self.url("sagemaker"), self.url("review")
        return {
            "AIRFLOW_CONN_AWS_DEFAULT": self.connection(sagemaker=models, sagemaker_runtime=models),
            "AIRFLOW_CONN_A2I_DEFAULT": self.connection(sagemaker=reviews, sagemaker_a2i_runtime=reviews),
        }

    @contextmanager
    def connected(self) -> Iterator[pytest.MonkeyPatch]:
        """Give a patch of the tests' process, which has the connections of this stack as long as it lasts."""
        with pytest.MonkeyPatch.context() as patch:
            for name, value in self.connections().items():
                patch.setenv(name, value)
            yield patch


def prepare(stack: Stack) -> None:
    stack.client("sqs", "aws").create_queue(QueueName="human-loops")
    team = {"OidcMemberDefinition": {"Groups": ["reviewers"]}}
    stack.client("sagemaker", "review").create_workteam(
        WorkteamName="reviewers", Description="people", MemberDefinitions=[team]
    )
    password = stack.folder / "password"
    password.write_text(PASSWORD)
    for name in ("Ann", "Ben", "Cat", "Dan"):
        arguments = ["--name", name, "--email", f"{name.lower()}@example.com", "--group", "reviewers"]
        command = [
            sys.executable,
            "-m",
            "services.review",
            "create-worker",
            *arguments,
            "--password-file",
            str(password),
        ]
        subprocess.run(command, cwd=ROOT, env=stack.environment(), check=True, capture_output=True)
