"""The stubs as a process of their own, and the Airflow connections that point at them."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
CONNECTIONS = ("AIRFLOW_CONN_AWS_DEFAULT", "AIRFLOW_CONN_A2I_DEFAULT")


@contextmanager
def stubs(**settings: Any) -> Iterator[str]:
    """Run the stubs and answer their URL; `settings` are those of `benchmarks.stubs.server`."""
    command = [sys.executable, "-m", "benchmarks.stubs.server", json.dumps(settings)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        port = process.stdout.readline().strip()
        if not port:
            raise RuntimeError("the stubs did not start")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(30)


def connections(url: str) -> dict[str, str]:
    """Return the variables that make Airflow's two connections."""
    extra = {"region_name": "us-east-1", "endpoint_url": url}
    value = {"conn_type": "aws", "login": "nightloop", "password": "a secret of the benchmark", "extra": extra}
    return dict.fromkeys(CONNECTIONS, json.dumps(value))


def counts(url: str) -> dict[str, int]:
    """Return how often each operation of the reviews was called."""
    with urllib.request.urlopen(f"{url}/stub/counts", timeout=60) as answer:
        return dict(json.load(answer))


def invocations(url: str) -> int:
    """Return how often the endpoint was asked."""
    with urllib.request.urlopen(f"{url}/stub/invocations", timeout=60) as answer:
        return int(answer.read())
