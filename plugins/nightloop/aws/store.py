"""What a night writes: S3 objects that are written once and read back as they are."""

from __future__ import annotations

import logging
import time
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from airflow.providers.amazon.aws.hooks.s3 import S3Hook

from nightloop.aws import uris
from nightloop.aws.errors import BucketMissingError, ObjectMissingError, ServiceFaultError
from nightloop.aws.translation import error_code, typed_errors

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

JSON: Final = "application/json"
JSON_LINES: Final = "application/jsonl"

_ALREADY_THERE = {"PreconditionFailed", "412"}
_MISSING_KEY = {"NoSuchKey", "404", "NotFound"}
_RACES: Final = 5

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class StoredObject:
    """One object of a listing: `etag` without quotes, `size` in bytes."""

    uri: str
    etag: str
    size: int
    modified: datetime


class NightStore:
    """Reads and writes S3 objects by URI; writing never replaces what is there.

    :param aws_conn_id: The Airflow connection of S3.
    """

    def __init__(self, aws_conn_id: str | None = "aws_default", **hook_arguments: Any) -> None:
        self.aws_conn_id = aws_conn_id
        self.hook = S3Hook(aws_conn_id=aws_conn_id, **hook_arguments)

    @cached_property
    def client(self) -> Any:
        """The boto3 client: make it in the task's own thread, for making it asks Airflow for the connection."""
        return self.hook.get_conn()

    def read(self, uri: str) -> bytes:
        """Return the bytes of an object.

        :raises ObjectMissingError: if there is none.
        :raises BucketMissingError: if there is no such bucket.
        """
        return self.read_version(uri)[0]

    def read_version(self, uri: str) -> tuple[bytes, str]:
        """Return the bytes and the etag of an object."""
        bucket, key = uris.split(uri)
        with self._errors(uri):
            answer = self.client.get_object(Bucket=bucket, Key=key)
            return answer["Body"].read(), answer["ETag"].strip('"')

    def describe(self, uri: str) -> StoredObject | None:
        """Return size and age of an object, or None if there is none."""
        bucket, key = uris.split(uri)
        try:
            with self._errors(uri):
                answer = self.client.head_object(Bucket=bucket, Key=key)
        except ObjectMissingError:
            return None
        return StoredObject(uri, answer["ETag"].strip('"'), answer["ContentLength"], answer["LastModified"])

    def read_if_there(self, uri: str) -> bytes | None:
        """Return the bytes of an object, or None if there is none."""
        try:
            return self.read(uri)
        except ObjectMissingError:
            return None

    def write_once(self, uri: str, body: bytes, content_type: str = JSON_LINES) -> bytes:
        """Write an object unless there is one; return the bytes that are stored.

        A second run of the same step keeps what the first one wrote: a warning says so if it would have written
        something else.
        """
        for _ in range(_RACES):
            if self._put_new(uri, body, content_type):
                return body
            stored = self.read_if_there(uri)
            if stored is not None:
                if stored != body:
                    log.warning("%s was written by an earlier run with other content; it is kept as it is.", uri)
                return stored
            time.sleep(0.2)  # S3 answered that another writer is at it: its object is not readable yet
        raise ServiceFaultError(f"{uri}: another writer neither finished nor gave up. The task will try again later.")

    def list(self, prefix: str) -> Iterator[StoredObject]:
        """List the objects below a prefix in the order of their keys; folder markers are left out."""
        bucket, key = uris.split(prefix)
        with self._errors(prefix):
            pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=key)
            for page in pages:
                for entry in page.get("Contents", []):
                    if not entry["Key"].endswith("/"):
                        yield StoredObject(
                            f"s3://{bucket}/{entry['Key']}",
                            entry["ETag"].strip('"'),
                            entry["Size"],
                            entry["LastModified"],
                        )

    def delete(self, uri: str) -> None:
        """Remove an object; one that is not there is no error."""
        bucket, key = uris.split(uri)
        with self._errors(uri):
            self.client.delete_object(Bucket=bucket, Key=key)

    def _put_new(self, uri: str, body: bytes, content_type: str) -> bool:
        bucket, key = uris.split(uri)
        with self._errors(uri):
            try:
                self.client.put_object(Bucket=bucket, Key=key, Body=body, ContentType=content_type, IfNoneMatch="*")
            except self.client.exceptions.ClientError as error:
                if error_code(error) in _ALREADY_THERE or error_code(error) == "ConditionalRequestConflict":
                    return False
                raise
        return True

    @contextmanager
    def _errors(self, uri: str) -> Iterator[None]:
        from botocore.exceptions import ClientError

        with typed_errors(self.aws_conn_id, "s3"):
            try:
                yield
            except ClientError as error:
                code = error_code(error)
                if code == "NoSuchBucket":
                    raise BucketMissingError(
                        f"The bucket of {uri} does not exist. Create it, or correct the loop file."
                    ) from error
                if code in _MISSING_KEY:
                    raise ObjectMissingError(f"{uri} does not exist.") from error
                raise
