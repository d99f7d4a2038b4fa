"""A pytest plugin: AWS hooks get fakes in place of boto3's and aiobotocore's clients.

A conftest imports the fixtures (`tests/unit/aws/conftest.py` does).
"""

from __future__ import annotations

import json

import pytest
from airflow.providers.amazon.aws.hooks.base_aws import AwsGenericHook

from .a2i import FakeHumanLoops, FakeReviewFlows
from .client import REGION, AsyncClient
from .s3 import FakeS3


class Clients:
    """The fakes of a test by client type, and by Airflow connection where two services have the same type."""

    def __init__(self):
        self.fakes = {}
        self.asked = []
        """(client type, connection, region, is async) of every client that was made."""

    def use(self, fake, conn_id=None):
        """Give this fake to all hooks of its service, or to those of one connection."""
        self.fakes[fake.service, conn_id] = fake
        return fake

    def make(self, hook, region_name, deferrable):
        self.asked.append((hook.client_type, hook.aws_conn_id, region_name, deferrable))
        fake = self.fakes.get((hook.client_type, hook.aws_conn_id)) or self.fakes.get((hook.client_type, None))
        if fake is None:
            pytest.fail(f"No fake of {hook.client_type} for the connection {hook.aws_conn_id}")
        return AsyncClient(fake) if deferrable else fake


@pytest.fixture
def clients(monkeypatch):
    made = Clients()

    def get_client_type(self, region_name=None, config=None, deferrable=False):
        return made.make(self, region_name, deferrable)

    monkeypatch.setattr(AwsGenericHook, "get_client_type", get_client_type)
    connection = json.dumps({"conn_type": "aws", "extra": {"region_name": REGION}})
    for name in ("AIRFLOW_CONN_AWS_DEFAULT", "AIRFLOW_CONN_A2I_DEFAULT"):
        monkeypatch.setenv(name, connection)
    return made


@pytest.fixture
def s3(clients):
    return clients.use(FakeS3())


@pytest.fixture
def flows(clients):
    """A2I's part of SageMaker, at the connection of the reviews."""
    return clients.use(FakeReviewFlows(), "a2i_default")


@pytest.fixture
def human_loops(clients, flows):
    return clients.use(FakeHumanLoops(flows))
