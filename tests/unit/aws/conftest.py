"""Connections for hooks that only ever meet a stubbed client, and fakes of the services."""

from __future__ import annotations

import json

import botocore.loaders
import pytest

from tests.support.fakes.clients import clients, flows, human_loops, s3  # noqa: F401
from tests.support.fakes.sagemaker_clients import alarms, pauses, runtime, sagemaker, scaling, task_state  # noqa: F401


@pytest.fixture(scope="session", autouse=True)
def one_loader():
    """Let all clients share botocore's models: to read one anew takes longer than most tests."""
    loader = botocore.loaders.create_loader()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("botocore.session.create_loader", lambda *_: loader)
        yield


@pytest.fixture(autouse=True)
def connections(monkeypatch):
    extra = {"region_name": "us-east-1", "endpoint_url": "http://127.0.0.1:9"}
    value = json.dumps({"conn_type": "aws", "login": "key-of-tests", "password": "secret-of-tests", "extra": extra})
    for name in ("AIRFLOW_CONN_AWS_DEFAULT", "AIRFLOW_CONN_A2I_DEFAULT"):
        monkeypatch.setenv(name, value)
