"""Servers of a benchmark: an S3, review services; each a process of its own, ended by its `with` block."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import httpx
from botocore.config import Config
from sqlalchemy import create_engine, make_url, text

from benchmarks.review.seed import BUCKET

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
REGION = "us-east-1"
KEYS = {"aws_access_key_id": "nightloop", "aws_secret_access_key": "a secret of the benchmark"}
FLOW_ARN = f"arn:aws:sagemaker:{REGION}:123456789012:flow-definition/"


def new_database(kind: str, folder: Path, name: str) -> str:
    """Make an empty database, `sqlite` or `postgresql` (tests/with_postgresql), and answer its URL."""
    if kind == "sqlite":
        return f"sqlite:///{folder / name}.sqlite"
    server = create_engine(os.environ["NIGHTLOOP_TEST_POSTGRESQL"], isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    server.dispose()
    return make_url(os.environ["NIGHTLOOP_TEST_POSTGRESQL"]).set(database=name).render_as_string(hide_password=False)


@contextmanager
def s3_server(folder: Path) -> Iterator[str]:
    """Run an S3 with the benchmark's bucket and answer its URL."""
    port = _free_port()
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with _process(command, folder / "s3.log", f"{url}/moto-api/"):
        client("s3", url).create_bucket(Bucket=BUCKET)
        yield url


@contextmanager
def review_server(database: str, s3_url: str, log: Path, *, processes: int = 1) -> Iterator[str]:
    """Run a review service of so many processes and answer its URL."""
    port = _free_port()
    url = f"http://127.0.0.1:{port}"
    settings = {
        "PORT": str(port),
        "PUBLIC_URL": url,
        "DATABASE": database,
        "PROCESSES": str(processes),
        "ACCESS_KEYS": json.dumps({KEYS["aws_access_key_id"]: KEYS["aws_secret_access_key"]}),
        "SECRET_KEY": "a secret key of the benchmark",
        "S3_ENDPOINT_URL": s3_url,
        "LOG_LEVEL": "WARNING",
    }
    environment = {f"NIGHTLOOP_REVIEW_{name}": value for name, value in settings.items()}
    command = [sys.executable, "-m", "services.review", "serve"]
    with _process(command, log, f"{url}/readyz", environment):
        yield url


def client(service: str, url: str) -> Any:
    """Make an AWS client that never repeats a request: an error is a result here."""
    config = Config(retries={"total_max_attempts": 1}, max_pool_connections=64, s3={"addressing_style": "path"})
    return boto3.client(service, region_name=REGION, endpoint_url=url, config=config, **KEYS)


@contextmanager
def _process(command: list[str], log: Path, probe: str, environment: dict[str, str] | None = None) -> Iterator[None]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "NIGHTLOOP_"))}
    keys = {"AWS_ACCESS_KEY_ID": "bench", "AWS_SECRET_ACCESS_KEY": "bench"}
    with log.open("ab") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env=inherited | keys | (environment or {}), stdout=output, stderr=output
        )
    try:
        _wait_for(probe, process, log)
        yield
    finally:
        process.terminate()
        process.wait(30)


def _wait_for(probe: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end and process.poll() is None:
        try:
            if httpx.get(probe).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise RuntimeError(f"the server did not start:\n{log.read_text()[-3000:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
