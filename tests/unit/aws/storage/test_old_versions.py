"""Old versions go, what readers get stays; on moto's S3, which keeps versions."""

import boto3
import pytest
from moto import mock_aws

from nightloop.aws.storage.old_versions import delete_old_versions


@pytest.fixture
def s3(monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        client = boto3.client("s3", region_name="us-east-1")
        client.create_bucket(Bucket="bucket")
        client.put_bucket_versioning(Bucket="bucket", VersioningConfiguration={"Status": "Enabled"})
        yield client


class Store:
    aws_conn_id = "aws_default"

    def __init__(self, client):
        self.client = client


def versions(s3):
    page = s3.list_object_versions(Bucket="bucket")
    return sorted((one["Key"], one["IsLatest"]) for one in [*page.get("Versions", []), *page.get("DeleteMarkers", [])])


def test_only_what_readers_get_is_left(s3):
    for key in ("a.jsonl", "a.jsonl", "a.jsonl.part", "gone", "gone"):
        s3.put_object(Bucket="bucket", Key=key, Body=b"x")
    s3.delete_object(Bucket="bucket", Key="gone")
    assert delete_old_versions(Store(s3), "s3://bucket/a.jsonl") == 1
    assert delete_old_versions(Store(s3), "s3://bucket/gone") == 3
    assert versions(s3) == [("a.jsonl", True), ("a.jsonl.part", True)]
    assert delete_old_versions(Store(s3), "s3://bucket/gone") == 0
