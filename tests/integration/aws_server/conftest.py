"""A real server process on a free port and boto3 clients that speak to it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

ROOT = Path(__file__).resolve().parents[3]


class AwsServer:
    """One state folder and the process that serves it at the moment."""

    def __init__(self, state: Path) -> None:
        self.state = state
        self.process: subprocess.Popen[str] | None = None
        self.url = ""

    def start(self) -> Any:
        environment = {**os.environ, "NIGHTLOOP_AWS_STATE": str(self.state), "NIGHTLOOP_AWS_PORT": "0"}
        with (self.state.parent / "aws.log").open("a") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "services.aws"],
                cwd=ROOT,
                env=environment,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        line = self.process.stdout.readline()
        assert "listening on" in line, (self.state.parent / "aws.log").read_text()[-3000:]
        self.url = line.split("listening on ")[1].split(",")[0]
        return self.client("s3")

    def client(self, service: str) -> Any:
        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name="us-east-1",
            aws_access_key_id="nightloop",
            aws_secret_access_key="secret",
            config=Config(retries={"total_max_attempts": 1}, max_pool_connections=20),
        )

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process.stdout.close()
            self.process = None

    def restart(self) -> Any:
        self.kill()
        return self.start()


@pytest.fixture
def server(tmp_path):
    server = AwsServer(tmp_path / "state")
    yield server
    server.kill()


@pytest.fixture(scope="module")
def shared_server(tmp_path_factory):
    """One server for the tests that neither stop it nor touch its files; their keys differ."""
    server = AwsServer(tmp_path_factory.mktemp("shared") / "state")
    server.start().create_bucket(Bucket="images")
    yield server
    server.kill()


@pytest.fixture
def s3(server):
    client = server.start()
    client.create_bucket(Bucket="images")
    return client
