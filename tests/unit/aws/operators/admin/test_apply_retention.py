"""ApplyRetention: the loop's rule on its bucket, on moto's S3."""

from __future__ import annotations

import boto3
import pytest
from moto import mock_aws

from nightloop.aws.operators.admin.apply_retention import ApplyRetentionOperator
from tests.support.night import LOOP


class Store:
    aws_conn_id = "aws_default"

    def __init__(self, client):
        self.client = client


@pytest.fixture
def client(monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        client = boto3.client("s3", region_name="us-east-1")
        client.create_bucket(Bucket="bucket")
        yield client


def applied(client, days):
    operator = ApplyRetentionOperator(task_id="apply_retention", loop_folder=LOOP, predictions_days=days)
    operator.__dict__["store"] = Store(client)
    return operator.execute({})


def test_the_rule_is_set_once_changed_and_taken_away(client):
    assert applied(client, 30) is True
    assert applied(client, 30) is False, "a second run finds it"
    assert applied(client, 60) is True
    (rule,) = client.get_bucket_lifecycle_configuration(Bucket="bucket")["Rules"]
    assert rule["Expiration"] == {"Days": 60}
    assert applied(client, None) is True


def test_a_loop_that_keeps_all_never_touches_its_bucket(client):
    assert applied(client, None) is False
    with pytest.raises(client.exceptions.ClientError, match="NoSuchLifecycleConfiguration"):
        client.get_bucket_lifecycle_configuration(Bucket="bucket")
