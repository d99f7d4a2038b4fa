"""What S3 acknowledged is there after a kill."""

from __future__ import annotations

import threading

import pytest
from botocore.exceptions import BotoCoreError, ClientError

AWKWARD_KEYS = [
    "plain/image.jpg",
    "with space and  two",
    "percent%20sign%",
    "日本語/ねこ.jpg",
    "x" * 1024,
    "two//slashes",
    "/begins-with-slash",
    "ends-with-slash/",
    "question?mark=1&amp;",
    "a+b",
    "#hash",
    "../up",
    "'quotes\"<>",
]


def listed(s3, bucket="images"):
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
    return {
        item["Key"]: (item["ETag"], item["Size"], item["LastModified"])
        for page in pages
        for item in page.get("Contents", [])
    }


def test_any_key_survives_a_kill_with_equal_bytes_and_description(server, s3):
    for number, key in enumerate(AWKWARD_KEYS):
        s3.put_object(
            Bucket="images",
            Key=key,
            Body=key.encode() * number,
            ContentType="image/jpeg",
            Metadata={"night": "2026-11-23"},
        )
    before = listed(s3)

    s3 = server.restart()

    assert listed(s3) == before
    assert set(before) == set(AWKWARD_KEYS)
    for number, key in enumerate(AWKWARD_KEYS):
        answer = s3.get_object(Bucket="images", Key=key)
        assert answer["Body"].read() == key.encode() * number
        assert (answer["ContentType"], answer["Metadata"]) == ("image/jpeg", {"night": "2026-11-23"})
        assert answer["ETag"] == before[key][0]


def test_copy_multipart_tags_overwrite_and_deletes_survive_a_kill(server, s3):
    s3.put_object(Bucket="images", Key="first", Body=b"one", Tagging="a=b")
    s3.copy_object(Bucket="images", Key="copy", CopySource={"Bucket": "images", "Key": "first"})
    s3.put_object(Bucket="images", Key="first", Body=b"two", ACL="public-read")
    s3.put_object_tagging(Bucket="images", Key="first", Tagging={"TagSet": [{"Key": "state", "Value": "new"}]})
    parts = [b"a" * 5 * 1024 * 1024, b"tail"]
    upload = s3.create_multipart_upload(Bucket="images", Key="large", ContentType="application/x-tar")["UploadId"]
    tags = [
        s3.upload_part(Bucket="images", Key="large", UploadId=upload, PartNumber=n, Body=p)["ETag"]
        for n, p in enumerate(parts, 1)
    ]
    done = [{"PartNumber": number, "ETag": tag} for number, tag in enumerate(tags, 1)]
    s3.complete_multipart_upload(Bucket="images", Key="large", UploadId=upload, MultipartUpload={"Parts": done})
    for key in ("gone-1", "gone-2", "gone-3"):
        s3.put_object(Bucket="images", Key=key, Body=b"x")
    s3.delete_object(Bucket="images", Key="gone-1")
    s3.delete_objects(Bucket="images", Delete={"Objects": [{"Key": "gone-2"}, {"Key": "gone-3"}]})
    before = listed(s3)

    s3 = server.restart()

    assert listed(s3) == before
    assert set(before) == {"first", "copy", "large"}
    assert s3.get_object(Bucket="images", Key="copy")["Body"].read() == b"one"
    assert s3.get_object(Bucket="images", Key="first")["Body"].read() == b"two"
    assert s3.get_object_tagging(Bucket="images", Key="first")["TagSet"] == [{"Key": "state", "Value": "new"}]
    assert any(
        "AllUsers" in grant["Grantee"].get("URI", "")
        for grant in s3.get_object_acl(Bucket="images", Key="first")["Grants"]
    )
    large = s3.get_object(Bucket="images", Key="large")
    assert large["Body"].read() == b"".join(parts)
    assert large["ETag"].endswith('-2"')
    assert large["ContentType"] == "application/x-tar"


def test_bucket_settings_and_removed_buckets_survive_a_kill(server, s3):
    rule = {"AllowedMethods": ["GET"], "AllowedOrigins": ["https://review.example.com"]}
    s3.put_bucket_cors(Bucket="images", CORSConfiguration={"CORSRules": [rule]})
    s3.put_bucket_tagging(Bucket="images", Tagging={"TagSet": [{"Key": "team", "Value": "vision"}]})
    s3.delete_bucket_tagging(Bucket="images")
    s3.create_bucket(Bucket="short-lived")
    s3.delete_bucket(Bucket="short-lived")
    s3.create_bucket(Bucket="far-away", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})

    s3 = server.restart()

    assert {bucket["Name"] for bucket in s3.list_buckets()["Buckets"]} == {"far-away", "images"}
    assert s3.get_bucket_cors(Bucket="images")["CORSRules"][0]["AllowedOrigins"] == ["https://review.example.com"]
    assert s3.get_bucket_location(Bucket="far-away")["LocationConstraint"] == "eu-west-1"
    with pytest.raises(ClientError, match="NoSuchTagSet"):
        s3.get_bucket_tagging(Bucket="images")


def test_a_kill_in_the_middle_of_many_puts_loses_nothing_acknowledged(server, s3):
    acknowledged: dict[str, bytes] = {}
    enough = threading.Event()

    def put(worker):
        client = server.client("s3")
        for number in range(1000):
            key, body = f"{worker}/{number}", f"{worker}-{number}-".encode() * 500
            try:
                client.put_object(Bucket="images", Key=key, Body=body)
            except (BotoCoreError, ClientError):  # the server was killed: this put was not acknowledged
                return
            acknowledged[key] = body
            if len(acknowledged) > 60:
                enough.set()

    workers = [threading.Thread(target=put, args=(number,)) for number in range(4)]
    for worker in workers:
        worker.start()
    assert enough.wait(60)
    server.kill()
    for worker in workers:
        worker.join()

    s3 = server.start()

    present = listed(s3)
    assert set(acknowledged) <= set(present)
    for key, body in acknowledged.items():
        assert s3.get_object(Bucket="images", Key=key)["Body"].read() == body
    assert not list(server.state.rglob("*.unfinished"))
