"""S3 as dictionaries: conditional writes, ranges, listings in pages and missing things are S3's own."""

from __future__ import annotations

import hashlib
import io
import re
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlencode

from botocore.response import StreamingBody

from .client import FakeClient, operation


class FakeS3(FakeClient):
    """Buckets of objects; `objects` shows them by their URI.

    :param buckets: The buckets that are there; a request for any other fails as S3 lets it fail.
    :param page: How many entries a page of a listing has at most.
    """

    service = "s3"

    def __init__(self, buckets=("bucket",), page=1000):
        super().__init__()
        self.buckets: dict[str, dict[str, dict[str, Any]]] = {name: {} for name in buckets}
        self.page = page
        self.now = lambda: datetime.now(UTC)

    @property
    def objects(self) -> dict[str, bytes]:
        """All objects' bytes by URI, in order."""
        return {
            f"s3://{bucket}/{key}": entry["body"]
            for bucket, entries in sorted(self.buckets.items())
            for key, entry in sorted(entries.items())
        }

    def put(self, uri: str, body: bytes | str, age: timedelta = timedelta(0)) -> None:
        """Lay an object there as somebody else would, without any request."""
        bucket, _, key = uri.removeprefix("s3://").partition("/")
        body = body.encode() if isinstance(body, str) else body
        modified = (self.now() - age).replace(microsecond=0)
        self.buckets.setdefault(bucket, {})[key] = {"body": body, "etag": _etag(body), "modified": modified, "type": ""}

    def etag(self, uri: str) -> str:
        """Return an object's ETag, without quotes."""
        bucket, _, key = uri.removeprefix("s3://").partition("/")
        return self.buckets[bucket][key]["etag"].strip('"')

    def remove(self, uri: str) -> None:
        """Remove an object as somebody else would, without any request."""
        bucket, _, key = uri.removeprefix("s3://").partition("/")
        del self.buckets[bucket][key]

    def written(self) -> list[str]:
        """The URIs of all requests that wrote something or tried to."""
        return [f"s3://{request['Bucket']}/{request['Key']}" for request in self.requests("put_object")]

    @operation
    def put_object(self, *, Bucket, Key, Body=b"", ContentType="", IfNoneMatch=None, IfMatch=None, **_):  # noqa: N803
        entries = self._bucket(Bucket)
        there = entries.get(Key)
        if IfNoneMatch == "*" and there is not None:
            raise self._precondition("If-None-Match")
        if IfMatch is not None and there is None:
            raise self.error("NoSuchKey", "The specified key does not exist.", HTTPStatus.NOT_FOUND)
        if IfMatch is not None and IfMatch.strip('"') != there["etag"].strip('"'):
            raise self._precondition("If-Match")
        body = Body if isinstance(Body, bytes) else Body.encode() if isinstance(Body, str) else Body.read()
        self.put(f"s3://{Bucket}/{Key}", body)
        entries[Key]["type"] = ContentType or "binary/octet-stream"
        return {"ETag": entries[Key]["etag"]}

    @operation
    def get_object(self, Bucket, Key, Range=None, **_):  # noqa: N803
        entry = self._entry(Bucket, Key, "NoSuchKey")
        body = entry["body"]
        if Range is not None:
            first, last = map(int, re.fullmatch(r"bytes=(\d+)-(\d+)", Range).groups())
            if first >= len(body):
                message = "The requested range is not satisfiable"
                raise self.error("InvalidRange", message, HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
            body = body[first : last + 1]
        return {**self._head(entry), "ContentLength": len(body), "Body": StreamingBody(io.BytesIO(body), len(body))}

    @operation
    def head_object(self, Bucket, Key, **_):  # noqa: N803
        if Bucket not in self.buckets:
            raise self.error("404", "Not Found", HTTPStatus.NOT_FOUND)
        return self._head(self._entry(Bucket, Key, "404"))

    @operation
    def delete_object(self, Bucket, Key, **_):  # noqa: N803
        self._bucket(Bucket).pop(Key, None)
        return {}

    @operation
    def list_objects_v2(
        self, *, Bucket, Prefix="", Delimiter=None, StartAfter="", MaxKeys=1000, ContinuationToken=None, **_  # noqa: N803
    ):  # fmt: skip
        entries = self._bucket(Bucket)
        after = ContinuationToken if ContinuationToken is not None else StartAfter
        contents, folders, more, last = [], [], False, after
        for key in sorted(entries, key=lambda key: key.encode()):
            rest = key.removeprefix(Prefix)
            folder = Prefix + rest.split(Delimiter, 1)[0] + Delimiter if Delimiter and Delimiter in rest else None
            shown = folder or key
            if not key.startswith(Prefix) or shown.encode() <= after.encode() or shown in folders:
                continue
            if len(contents) + len(folders) == min(MaxKeys, self.page):
                more = True
                break
            last = shown
            if folder is None:
                entry = entries[key]
                contents.append(
                    {"Key": key, "ETag": entry["etag"], "Size": len(entry["body"]), "LastModified": entry["modified"]}
                )
            else:
                folders.append(folder)
        answer: dict[str, Any] = {"IsTruncated": more, "KeyCount": len(contents) + len(folders), "Name": Bucket}
        answer |= {"Contents": contents} if contents else {}
        answer |= {"CommonPrefixes": [{"Prefix": folder} for folder in folders]} if folders else {}
        answer |= {"NextContinuationToken": last} if more else {}
        date = format_datetime(self.now(), usegmt=True)
        return {**answer, "ResponseMetadata": {"HTTPStatusCode": 200, "HTTPHeaders": {"date": date}}}

    def generate_presigned_url(self, ClientMethod, Params=None, ExpiresIn=3600, HttpMethod=None):  # noqa: N803
        given = dict(Params or {})
        self._check(ClientMethod, given)
        bucket, key = given.pop("Bucket"), given.pop("Key", "")
        asked = urlencode({**given, "X-Amz-Expires": ExpiresIn, "X-Amz-Signature": "fake"})
        return f"https://{bucket}.s3.us-east-1.amazonaws.com/{quote(key)}?{asked}"

    def _bucket(self, name):
        if name not in self.buckets:
            raise self.error("NoSuchBucket", "The specified bucket does not exist", HTTPStatus.NOT_FOUND)
        return self.buckets[name]

    def _entry(self, bucket, key, code):
        if key not in self._bucket(bucket):
            message = "Not Found" if code == "404" else "The specified key does not exist."
            raise self.error(code, message, HTTPStatus.NOT_FOUND)
        return self.buckets[bucket][key]

    def _precondition(self, condition):
        message = f"At least one of the pre-conditions you specified did not hold ({condition})"
        return self.error("PreconditionFailed", message, HTTPStatus.PRECONDITION_FAILED)

    @staticmethod
    def _head(entry):
        return {
            "ETag": entry["etag"],
            "ContentLength": len(entry["body"]),
            "LastModified": entry["modified"],
            "ContentType": entry["type"],
        }


def _etag(body):
    return f'"{hashlib.md5(body, usedforsecurity=False).hexdigest()}"'
