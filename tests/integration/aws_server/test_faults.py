"""A server under test: every fault as a client meets it, and the history of what was done all the same."""

from __future__ import annotations

import json
import urllib.error
import urllib.request

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError, IncompleteReadError, ResponseStreamingError

from tests.integration.aws_server.conftest import AwsServer

TOKEN = "a-token-of-the-tests"


@pytest.fixture(scope="module")
def under_test(tmp_path_factory):
    folder = tmp_path_factory.mktemp("under-test")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NIGHTLOOP_AWS_FAULTS_TOKEN", TOKEN)
        patch.setenv("NIGHTLOOP_AWS_HISTORY", str(folder / "history.jsonl"))
        server = AwsServer(folder / "state")
        server.start().create_bucket(Bucket="images")
    yield server
    server.kill()


@pytest.fixture
def s3(under_test):
    control(under_test, "DELETE")
    return under_test.client("s3")


def control(server, method, *orders, token=TOKEN):
    request = urllib.request.Request(
        f"{server.url}/_faults",
        method=method,
        data=json.dumps(orders).encode() if orders else None,
        headers={"Authorization": f"Bearer {token}"},
    )
    with urllib.request.urlopen(request, timeout=5) as answer:
        return json.load(answer)


def history(server):
    path = server.state.parent / "history.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("throttle", "SlowDown"),
        ("error", "InternalError"),
        ("unavailable", "ServiceUnavailable"),
        ("missing", "NoSuchKey"),
    ],
)
def test_refusals_have_the_form_of_s3(under_test, s3, kind, code):
    s3.put_object(Bucket="images", Key="a", Body=b"a")
    control(under_test, "POST", {"operation": "GetObject", "kind": kind, "name": "images/a"})
    with pytest.raises(ClientError) as refused:
        s3.get_object(Bucket="images", Key="a")
    assert refused.value.response["Error"]["Code"] == code
    assert s3.get_object(Bucket="images", Key="a")["Body"].read() == b"a"


@pytest.mark.parametrize(("kind", "there"), [("reset-before", False), ("reset-after", True), ("hold-after", True)])
def test_a_lost_connection_and_what_was_done(under_test, s3, kind, there):
    control(under_test, "POST", {"operation": "PutObject", "kind": kind, "seconds": 0.1})
    with pytest.raises(ConnectionClosedError):
        s3.put_object(Bucket="images", Key=kind, Body=b"a", IfNoneMatch="*")
    listed = s3.list_objects_v2(Bucket="images", Prefix=kind).get("Contents", [])
    assert bool(listed) is there
    written = [(line["effect"], line["fault"]) for line in history(under_test) if line["name"] == f"images/{kind}"]
    assert written == ([("created", kind)] if there else [])


def test_half_an_object_is_noticed(under_test, s3):
    s3.put_object(Bucket="images", Key="whole", Body=b"0123456789" * 1000)
    control(under_test, "POST", {"operation": "GetObject", "kind": "truncate"})
    body = s3.get_object(Bucket="images", Key="whole")["Body"]
    with pytest.raises((IncompleteReadError, ResponseStreamingError)):
        body.read()
    assert len(s3.get_object(Bucket="images", Key="whole")["Body"].read()) == 10000


def test_queues_are_spoiled_in_their_own_form(under_test, s3):
    sqs = under_test.client("sqs")
    control(under_test, "POST", {"operation": "CreateQueue", "kind": "throttle"})
    with pytest.raises(ClientError, match="ThrottlingException"):
        sqs.create_queue(QueueName="q")
    assert sqs.create_queue(QueueName="q")["QueueUrl"]


def test_the_history_tells_who_was_first(under_test, s3):
    s3.put_object(Bucket="images", Key="once", Body=b"a", IfNoneMatch="*")
    with pytest.raises(ClientError):
        s3.put_object(Bucket="images", Key="once", Body=b"b", IfNoneMatch="*")
    s3.put_object(Bucket="images", Key="once", Body=b"b")
    s3.delete_object(Bucket="images", Key="once")
    lines = [line for line in history(under_test) if line["name"] == "images/once"]
    assert [(line["operation"], line["effect"], line["code"]) for line in lines] == [
        ("PutObject", "created", ""),
        ("PutObject", "none", "412"),
        ("PutObject", "changed", ""),
        ("DeleteObject", "changed", ""),
    ]
    assert lines[1]["request"] == lines[2]["request"] != lines[0]["request"]


def test_orders_need_the_token(under_test, s3):
    with pytest.raises(urllib.error.HTTPError, match="403"):
        control(under_test, "GET", token="another")


def test_a_server_in_earnest_has_no_such_page(shared_server):
    with pytest.raises(urllib.error.HTTPError, match="40"):
        control(shared_server, "GET")
    assert "FAULTS CAN BE ORDERED" not in (shared_server.state.parent / "aws.log").read_text()


def test_the_log_says_that_the_server_is_under_test(under_test):
    assert "FAULTS CAN BE ORDERED" in (under_test.state.parent / "aws.log").read_text()
