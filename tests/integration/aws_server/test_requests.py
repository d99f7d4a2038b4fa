"""Conditional puts, refusals, CORS and the start of the server."""

from __future__ import annotations

import os
import subprocess
import sys
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

ROOT = Path(__file__).resolve().parents[3]


def put_if_new(server, key, body):
    try:
        server.client("s3").put_object(Bucket="images", Key=key, Body=body, IfNoneMatch="*")
    except ClientError as error:
        return error.response["ResponseMetadata"]["HTTPStatusCode"]
    return 200


def test_one_of_many_conditional_puts_wins(shared_server):
    s3 = shared_server.client("s3")
    for night in range(3):
        with ThreadPoolExecutor(8) as pool:
            statuses = list(pool.map(lambda n: put_if_new(shared_server, f"night-{night}", b"%d" % n), range(8)))  # noqa: B023
        assert sorted(statuses) == [200] + [412] * 7
        winner = statuses.index(200)
        assert s3.get_object(Bucket="images", Key=f"night-{night}")["Body"].read() == b"%d" % winner


def test_conditional_put_is_refused_after_a_restart_too(server, s3):
    assert put_if_new(server, "plan.jsonl", b"first") == 200
    s3 = server.restart()
    assert put_if_new(server, "plan.jsonl", b"second") == 412
    assert s3.get_object(Bucket="images", Key="plan.jsonl")["Body"].read() == b"first"


def test_a_page_of_another_origin_may_read_a_presigned_image(shared_server):
    s3 = shared_server.client("s3")
    s3.put_object(Bucket="images", Key="cat photo.jpg", Body=b"\xff\xd8", ContentType="image/jpeg")
    url = s3.generate_presigned_url("get_object", Params={"Bucket": "images", "Key": "cat photo.jpg"})
    with urllib.request.urlopen(urllib.request.Request(url, headers={"Origin": "null"})) as answer:
        assert answer.headers["Access-Control-Allow-Origin"] in ("*", "null")
        assert answer.headers["Content-Type"] == "image/jpeg"
        assert answer.read() == b"\xff\xd8"


def test_parts_of_an_object_can_be_read(shared_server):
    s3 = shared_server.client("s3")
    s3.put_object(Bucket="images", Key="k", Body=b"0123456789")
    assert s3.get_object(Bucket="images", Key="k", Range="bytes=2-4")["Body"].read() == b"234"
    assert s3.head_object(Bucket="images", Key="k")["ContentLength"] == 10


def test_an_object_or_bucket_that_is_not_there_is_missing_also_for_head(shared_server):
    s3 = shared_server.client("s3")
    for asked in (
        lambda: s3.head_object(Bucket="images", Key="no-such-key"),
        lambda: s3.head_object(Bucket="no-such-bucket", Key="k"),
        lambda: s3.head_bucket(Bucket="no-such-bucket"),
    ):
        with pytest.raises(ClientError) as caught:
            asked()
        assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 404


def test_versioning_is_refused_by_name(shared_server):
    s3 = shared_server.client("s3")
    with pytest.raises(ClientError, match=r"NotImplemented.*versioning"):
        s3.put_bucket_versioning(Bucket="images", VersioningConfiguration={"Status": "Enabled"})
    with pytest.raises(ClientError, match="NotImplemented"):
        s3.create_bucket(Bucket="locked", ObjectLockEnabledForBucket=True)


def test_a_put_whose_file_cannot_be_written_is_not_acknowledged_nor_seen(server, s3):
    s3.put_object(Bucket="images", Key="kept", Body=b"before")
    # A file where the folder of the new object's digest would be made.
    for name in {f"{number:02x}" for number in range(256)} - {
        path.name for path in (server.state / "objects").iterdir()
    }:
        (server.state / "objects" / name).write_bytes(b"")
    refused = []
    for number in range(8):
        try:
            s3.put_object(Bucket="images", Key=f"new-{number}", Body=b"x")
        except ClientError as error:
            refused.append((f"new-{number}", error.response["Error"]["Code"]))
    assert refused
    assert {code for _, code in refused} == {"InternalError"}
    keys = {item["Key"] for item in s3.list_objects_v2(Bucket="images")["Contents"]}
    assert keys.isdisjoint(key for key, _ in refused)
    assert "kept" in keys


def test_other_services_share_the_port(shared_server):
    queue = shared_server.client("sqs").create_queue(QueueName="reviews")["QueueUrl"]
    assert queue.endswith("/reviews")
    assert shared_server.client("sts").get_caller_identity()["Account"] == "123456789012"


@pytest.mark.parametrize(
    ("service", "operation", "arguments"),
    [
        ("textract", "analyze_document", {"Document": {"Bytes": b"x"}, "FeatureTypes": ["FORMS"]}),  # JSON 1.1
        ("sqs", "start_message_move_task", {"SourceArn": "arn:aws:sqs:us-east-1:123456789012:x"}),  # JSON 1.0
        ("sts", "decode_authorization_message", {"EncodedMessage": "x"}),  # query
        ("cloudwatch", "get_metric_widget_image", {"MetricWidget": "{}"}),  # several
        ("sagemaker-a2i-runtime", "describe_human_loop", {"HumanLoopName": "x"}),  # REST, of a service moto lacks
    ],
)
def test_what_moto_lacks_is_an_error_of_the_protocol(shared_server, service, operation, arguments):
    with pytest.raises(ClientError) as caught:
        getattr(shared_server.client(service), operation)(**arguments)
    error, answer = caught.value.response["Error"], caught.value.response["ResponseMetadata"]
    assert (error["Code"], answer["HTTPStatusCode"]) == ("NotImplemented", 501)
    assert error["Message"].startswith("moto ")
    assert "html" not in answer["HTTPHeaders"]["content-type"]


@pytest.mark.parametrize("headers", [{}, {"smithy-protocol": "rpc-v2-cbor"}])
def test_no_client_is_shown_a_page(shared_server, headers):
    scope = "AWS4-HMAC-SHA256 Credential=k/20260101/us-east-1/monitoring/aws4_request, SignedHeaders=host, Signature=0"
    request = urllib.request.Request(
        f"{shared_server.url}/service/GraniteServiceVersion20100801/operation/Nothing",
        data=b"\xa0",
        headers={"Authorization": scope, **headers},
    )
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request, timeout=30)
    assert "html" not in caught.value.headers["content-type"]
    assert b"<!doctype" not in caught.value.read()


def run(**environment):
    values = {**os.environ, **environment}
    command = [sys.executable, "-m", "services.aws"]
    return subprocess.run(command, cwd=ROOT, env=values, capture_output=True, text=True, timeout=60, check=False)


def test_a_state_folder_in_use_is_named(shared_server):
    second = run(NIGHTLOOP_AWS_STATE=str(shared_server.state), NIGHTLOOP_AWS_PORT="0")
    assert second.returncode == 2
    assert str(shared_server.state) in second.stderr
    assert "NIGHTLOOP_AWS_STATE" in second.stderr


@pytest.mark.parametrize(("port", "said"), [("banana", "NIGHTLOOP_AWS_PORT"), ("70000", "NIGHTLOOP_AWS_PORT")])
def test_a_wrong_port_is_named(tmp_path, port, said):
    outcome = run(NIGHTLOOP_AWS_STATE=str(tmp_path), NIGHTLOOP_AWS_PORT=port)
    assert (outcome.returncode, said in outcome.stderr) == (2, True)


def test_a_damaged_file_is_named(server, s3, tmp_path):
    s3.put_object(Bucket="images", Key="k", Body=b"0123456789")
    server.kill()
    path = next((server.state / "objects").glob("??/*"))
    path.write_bytes(path.read_bytes()[:-3])
    outcome = run(NIGHTLOOP_AWS_STATE=str(server.state), NIGHTLOOP_AWS_PORT="0")
    assert outcome.returncode == 2
    assert str(path) in outcome.stderr
