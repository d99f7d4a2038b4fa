"""The fakes answer as the services do, as S3's and A2I's APIs document it."""

from __future__ import annotations

import asyncio
import hashlib

import pytest
from botocore.exceptions import ClientError, ParamValidationError

from nightloop.aws.hooks.a2i import A2IHook
from nightloop.aws.hooks.base import async_client
from nightloop.aws.storage.object_store import ObjectStore
from tests.support.fakes.a2i import FakeHumanLoops, FakeReviewFlows, arn
from tests.support.fakes.client import BROKEN, THROTTLED, AsyncClient
from tests.support.fakes.s3 import FakeS3


def outcome(client, name, request):
    """What a test can see of an answer: a body, keys and folders, an error's code and status, else the ETag."""
    try:
        answer = getattr(client, name)(Bucket="bucket", **request)
    except ClientError as error:
        return error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"]
    if "Body" in answer:
        return answer["Body"].read()
    if "IsTruncated" in answer:
        keys = [entry["Key"] for entry in answer.get("Contents", [])]
        return [*keys, *(folder["Prefix"] for folder in answer.get("CommonPrefixes", []))], answer["IsTruncated"]
    return answer.get("ETag")


HELLO, OTHER, X = (f'"{hashlib.md5(body).hexdigest()}"' for body in (b"hello", b"hello!", b"x"))
SCRIPT = [
    ("put_object", {"Key": "a/1", "Body": b"hello", "ContentType": "text/plain", "IfNoneMatch": "*"}, HELLO),
    ("put_object", {"Key": "a/1", "Body": b"other", "IfNoneMatch": "*"}, ("PreconditionFailed", 412)),
    ("put_object", {"Key": "a/1", "Body": b"other", "IfMatch": '"0"'}, ("PreconditionFailed", 412)),
    ("put_object", {"Key": "a/none", "Body": b"other", "IfMatch": '"0"'}, ("NoSuchKey", 404)),
    ("get_object", {"Key": "a/1"}, b"hello"),
    ("get_object", {"Key": "a/1", "Range": "bytes=1-2"}, b"el"),
    ("get_object", {"Key": "a/1", "Range": "bytes=1-200"}, b"ello"),
    ("get_object", {"Key": "a/1", "Range": "bytes=9-12"}, ("InvalidRange", 416)),
    ("head_object", {"Key": "a/1"}, HELLO),
    ("head_object", {"Key": "a/none"}, ("404", 404)),
    ("get_object", {"Key": "a/none"}, ("NoSuchKey", 404)),
    ("put_object", {"Key": "a/1", "Body": b"hello!", "IfMatch": HELLO}, OTHER),
    ("put_object", {"Key": "a/é", "Body": b"x"}, X),
    ("put_object", {"Key": "a/b/2", "Body": b"x"}, X),
    ("put_object", {"Key": "a/b/3", "Body": b"x"}, X),
    ("put_object", {"Key": "b", "Body": b"x"}, X),
    ("list_objects_v2", {"Prefix": "a/"}, (["a/1", "a/b/2", "a/b/3", "a/é"], False)),
    ("list_objects_v2", {"Prefix": "a/", "Delimiter": "/"}, (["a/1", "a/é", "a/b/"], False)),
    ("list_objects_v2", {"Prefix": "a/", "StartAfter": "a/b/2"}, (["a/b/3", "a/é"], False)),
    ("list_objects_v2", {"Prefix": "a/", "MaxKeys": 2}, (["a/1", "a/b/2"], True)),
    ("list_objects_v2", {"Prefix": "none/"}, ([], False)),
    ("delete_object", {"Key": "a/1"}, None),
    ("delete_object", {"Key": "a/1"}, None),
    ("get_object", {"Key": "a/1"}, ("NoSuchKey", 404)),
]
"""Requests, one after the other, and what S3 answers."""


def test_its_s3_answers_as_s3():
    fake = FakeS3()
    for name, request, expected in SCRIPT:
        assert outcome(fake, name, request) == expected, (name, request)


def test_a_listing_comes_in_pages_each_entry_once():
    fake = FakeS3(page=2)
    for number in range(5):
        fake.put(f"s3://bucket/n/{number}", b"x")
        fake.put(f"s3://bucket/n/{number}/in", b"x")
    pages = list(fake.get_paginator("list_objects_v2").paginate(Bucket="bucket", Prefix="n/", Delimiter="/"))
    assert [entry["Key"] for page in pages for entry in page.get("Contents", [])] == [f"n/{n}" for n in range(5)]
    assert [f["Prefix"] for page in pages for f in page.get("CommonPrefixes", [])] == [f"n/{n}/" for n in range(5)]
    assert len(pages) == 5


def test_a_store_gets_it_and_another_may_come_between_its_look_and_its_write(s3):
    store = ObjectStore()
    s3.before("put_object", lambda: s3.put("s3://bucket/x", b"theirs"))
    assert store.describe("s3://bucket/x") is None
    assert store.write_once("s3://bucket/x", b"ours") == b"theirs"


def test_a_request_that_boto3_would_refuse_is_refused():
    with pytest.raises(ParamValidationError, match="Bukket"):
        FakeS3().put_object(Bukket="b", Key="k")


def test_failures_come_as_scripted():
    loops = FakeHumanLoops()
    loops.add("a")
    loops.fail("describe_human_loop", THROTTLED)
    with pytest.raises(ClientError, match="Rate exceeded"):
        loops.describe_human_loop(HumanLoopName="a")
    loops.lose("stop_human_loop", BROKEN)
    with pytest.raises(ClientError, match="try again"):
        loops.stop_human_loop(HumanLoopName="a")
    assert loops.describe_human_loop(HumanLoopName="a")["HumanLoopStatus"] == "Stopped"


def refused(code):
    return pytest.raises(ClientError, match=rf"\({code}\)")


def test_human_loops_are_started_once_found_again_and_refused():
    flows = FakeReviewFlows()
    flows.add_flow("voc")
    loops = FakeHumanLoops(flows, quota=2)
    request = {"FlowDefinitionArn": arn("flow-definition", "voc"), "HumanLoopInput": {"InputContent": "{}"}}
    first = loops.start_human_loop(HumanLoopName="a", **request)
    assert loops.start_human_loop(HumanLoopName="a", **request) == first
    with refused("ConflictException"):
        loops.start_human_loop(HumanLoopName="a", **{**request, "HumanLoopInput": {"InputContent": "[]"}})
    loops.start_human_loop(HumanLoopName="b", **request)
    with refused("ServiceQuotaExceededException"):
        loops.start_human_loop(HumanLoopName="c", **request)
    with refused("ValidationException"):
        loops.delete_human_loop(HumanLoopName="b")
    with refused("ValidationException"):
        loops.start_human_loop(HumanLoopName="d", **request | {"FlowDefinitionArn": arn("flow-definition", "none")})
    loops.stop_human_loop(HumanLoopName="b")
    loops.delete_human_loop(HumanLoopName="b")
    with refused("ResourceNotFoundException"):
        loops.describe_human_loop(HumanLoopName="b")
    with refused("ResourceNotFoundException"):
        loops.list_human_loops(FlowDefinitionArn=arn("flow-definition", "none"))


def test_a_hook_gets_them_in_pages_and_a_list_may_lag(clients):
    loops = clients.use(FakeHumanLoops(page=2))
    for number in range(5):
        loops.add(f"l{number}", flow="voc")
    loops.unlisted.add("l1")
    found = A2IHook().list_human_loops(arn("flow-definition", "voc"))
    assert [loop["HumanLoopName"] for loop in found] == ["l0", "l2", "l3", "l4"]
    assert A2IHook().describe_human_loop("l1")["HumanLoopStatus"] == "InProgress"


def test_a_trigger_s_client_is_asynchronous(s3, clients):
    s3.put("s3://bucket/lines", b"1\n2\n")

    async def lines():
        async with await async_client(ObjectStore().hook) as client:
            answer = await client.get_object(Bucket="bucket", Key="lines")
            return [line async for line in answer["Body"].iter_lines()]

    assert asyncio.run(lines()) == [b"1", b"2"]
    assert isinstance(clients.make(ObjectStore().hook, None, deferrable=True), AsyncClient)
