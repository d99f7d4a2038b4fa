"""The bucket's rule is the loop's alone; the rules of others stay as they are. On moto's S3."""

import boto3
import pytest
from moto import mock_aws

from nightloop.aws.errors import ServiceFaultError
from nightloop.aws.storage.expiry import TAG, ExpiryRule, let_expire
from nightloop.aws.storage.object_store import StoredObject

FOREIGN = {"ID": "finance", "Filter": {"Prefix": "bills/"}, "Status": "Enabled", "Expiration": {"Days": 3650}}
NAMELESS = {"Filter": {"Prefix": "tmp/"}, "Status": "Disabled", "Expiration": {"Days": 1}}


class Store:
    aws_conn_id = "aws_default"

    def __init__(self, client):
        self.client = client

    def list(self, folder):
        prefix = folder.removeprefix("s3://bucket/")
        for entry in self.client.list_objects_v2(Bucket="bucket", Prefix=prefix)["Contents"]:
            yield StoredObject(f"s3://bucket/{entry['Key']}", "", 0, entry["LastModified"])


@pytest.fixture
def store(monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        client = boto3.client("s3", region_name="us-east-1")
        client.create_bucket(Bucket="bucket")
        yield Store(client)


def rules(store):
    return store.client.get_bucket_lifecycle_configuration(Bucket="bucket")["Rules"]


def sets(store, days, loop="voc"):
    return ExpiryRule(store, f"s3://bucket/loops/{loop}").set(days)


def test_only_the_loops_own_rule_is_made_changed_and_taken_away(store):
    store.client.put_bucket_lifecycle_configuration(
        Bucket="bucket", LifecycleConfiguration={"Rules": [FOREIGN, NAMELESS]}
    )
    before = rules(store)
    assert not sets(store, None), "nothing was set, nothing is touched"
    assert sets(store, 30)
    assert sets(store, 60, loop="cats")
    assert not sets(store, 30), "it says so already"
    assert rules(store)[:2] == before
    assert [(rule["ID"], rule["Expiration"]["Days"]) for rule in rules(store)[2:]] == [
        ("nightloop loops/voc predictions", 30),
        ("nightloop loops/cats predictions", 60),
    ]
    assert rules(store)[2]["Filter"] == {"And": {"Prefix": "loops/voc/nights/", "Tags": [TAG]}}
    assert sets(store, None)
    assert [rule.get("ID") for rule in rules(store)][2:] == ["nightloop loops/cats predictions"]


def test_the_last_rule_leaves_none(store):
    sets(store, 30)
    sets(store, None)
    with pytest.raises(store.client.exceptions.ClientError, match="NoSuchLifecycleConfiguration"):
        rules(store)


def test_a_rule_that_another_writer_dropped_is_made_again(store, monkeypatch):
    """Both read the same rules, and the other one wrote last."""
    original = store.client.put_bucket_lifecycle_configuration
    left = iter(range(2))

    def put(**given):
        original(**given)
        if next(left, None) is not None:
            original(Bucket="bucket", LifecycleConfiguration={"Rules": [FOREIGN]})

    monkeypatch.setattr(store.client, "put_bucket_lifecycle_configuration", put)
    assert sets(store, 30)
    assert [rule["ID"] for rule in rules(store)] == ["finance", "nightloop loops/voc predictions"]
    left = iter(range(100))
    with pytest.raises(ServiceFaultError, match="changed by others"):
        sets(store, 31)


def test_what_may_expire_is_tagged_and_nothing_else(store):
    for key in ("nights/1/predictions/00000.jsonl", "nights/1/predictions/00001.jsonl", "nights/1/receipt.json"):
        store.client.put_object(Bucket="bucket", Key=key, Body=b"x")
    let_expire(store, "s3://bucket/nights/1/predictions/")
    tags = {
        key: store.client.get_object_tagging(Bucket="bucket", Key=key)["TagSet"]
        for key in ("nights/1/predictions/00001.jsonl", "nights/1/receipt.json")
    }
    assert list(tags.values()) == [[TAG], []]
