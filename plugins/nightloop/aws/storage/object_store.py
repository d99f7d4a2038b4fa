"""What a night writes: S3 objects, written once and read back as they are, except the results of a bulk task."""

from __future__ import annotations

import logging
import shutil
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import cached_property
from typing import IO, TYPE_CHECKING, Any, Final, TypeVar

from nightloop.aws.clients.error_translation import error_code, typed_errors
from nightloop.aws.errors import BucketMissingError, ObjectMissingError, ServiceFaultError
from nightloop.aws.hooks.s3 import PooledS3Hook
from nightloop.aws.storage import uris

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

JSON: Final = "application/json"
JSON_LINES: Final = "application/jsonl"

_ALREADY_THERE = {"PreconditionFailed", "412"}
_MISSING_KEY = {"NoSuchKey", "404", "NotFound"}
_RACES: Final = 5
_PIECE: Final = 1 << 16
_IN_MEMORY: Final = 1 << 20

_Stored = TypeVar("_Stored")

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class StoredObject:
    """One object of a listing: `etag` without quotes, `size` in bytes."""

    uri: str
    etag: str
    size: int
    modified: datetime


class ObjectStore:
    """Reads and writes S3 objects by URI; a write replaces what is there only where its method says so.

    :param aws_conn_id: The Airflow connection of S3.
    """

    def __init__(self, aws_conn_id: str | None = "aws_default", **hook_arguments: Any) -> None:
        self.aws_conn_id = aws_conn_id
        self.hook = PooledS3Hook(aws_conn_id=aws_conn_id, **hook_arguments)

    @cached_property
    def client(self) -> Any:
        """The boto3 client; make it in the task's own thread, because making it asks Airflow for the connection."""
        return self.hook.get_conn()

    def read(self, uri: str) -> bytes:
        """Return the bytes of an object.

        :raises ObjectMissingError: if there is none.
        :raises BucketMissingError: if there is no such bucket.
        """
        return self.read_version(uri)[0]

    def read_version(self, uri: str) -> tuple[bytes, str]:
        """Return the bytes and the etag of an object."""
        return self._get(uri)

    def read_start(self, uri: str, size: int) -> tuple[bytes, str]:
        """Return at most the first `size` bytes and the etag of an object."""
        return self._get(uri, Range=f"bytes=0-{size - 1}")

    def read_part(self, uri: str, start: int, end: int) -> bytes:
        """Return the bytes of an object from `start` up to, but not including, `end`."""
        return self._get(uri, Range=f"bytes={start}-{end - 1}")[0]

    def describe(self, uri: str) -> StoredObject | None:
        """Return the size, ETag and age of an object, or None if there is none."""
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

        A second run of the same step keeps what the first one wrote. If it would have written something else, a warning
        says so.
        """
        stored = self._put_or_find(uri, body, content_type, lambda: self.read_if_there(uri))
        if stored is None:
            return body
        if stored != body:
            _warn_kept(uri)
        return stored

    def write_new(self, uri: str, body: bytes, content_type: str = JSON_LINES) -> bool:
        """Write an object; if there is one already, return False and change nothing."""
        return self._put_or_find(uri, body, content_type, lambda: self.read_if_there(uri)) is None

    def read_lines(self, uri: str) -> Iterator[bytes]:
        """Yield the lines of an object with their line ends, even of a large one.

        The object is fetched whole into a temporary file before the first line is yielded, so that S3 need not wait for
        the reader.

        :raises ObjectMissingError: if there is none.
        :raises BucketMissingError: if there is no such bucket.
        """
        with _temporary_file() as file:
            self._fetch(uri, file)
            yield from file

    def write_lines_once(self, uri: str, lines: Iterable[bytes], content_type: str = JSON_LINES) -> int:
        """Write an object line by line unless there is one; return how many lines are stored.

        The lines are gathered in a temporary file, and sent in one request after the last one, so that an error in
        between leaves nothing. As with `write_once`, what an earlier run wrote is kept.
        """
        with _temporary_file() as file, _temporary_file() as other:
            count = _gather(lines, file)
            stored = self._put_or_find(uri, file, content_type, lambda: self._fetch_if_there(uri, other))
            if stored is None:
                return count
            if not _same(file, stored):
                _warn_kept(uri)
            stored.seek(0)
            return sum(1 for _ in stored)

    def replace_lines(self, uri: str, lines: Iterable[bytes], *, etag: str, content_type: str = JSON_LINES) -> None:
        """Write an object line by line in place of the one with this etag.

        :raises ServiceFaultError: if another writer has replaced or deleted it meanwhile; then nothing is written.
        """
        with _temporary_file() as file:
            _gather(lines, file)
            try:
                replaced = self._put(uri, file, content_type, IfMatch=f'"{etag}"')
            except ObjectMissingError:
                replaced = False
            if not replaced:
                raise ServiceFaultError(f"{uri} was changed by another try meanwhile. The task will try again later.")

    def signed_address(self, uri: str, seconds: int) -> str:
        """Return an http address at which anybody may read an object for this many seconds."""
        bucket, key = uris.split(uri)
        with self._errors(uri):
            return str(
                self.client.generate_presigned_url(
                    "get_object", Params={"Bucket": bucket, "Key": key}, ExpiresIn=seconds
                )
            )

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

    def clock(self, uri: str) -> datetime | None:
        """Return the time on the clock of a bucket's S3, or None if S3 does not say."""
        bucket, key = uris.split(uri)
        with self._errors(uri):
            answer = self.client.list_objects_v2(Bucket=bucket, Prefix=key, MaxKeys=1)
        said = answer["ResponseMetadata"].get("HTTPHeaders", {}).get("date")
        return parsedate_to_datetime(said) if said else None

    def folders(self, prefix: str) -> tuple[str, ...]:
        """Return the names of the folders directly below a prefix that ends with `/`, in order."""
        bucket, key = uris.split(prefix)
        with self._errors(prefix):
            pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=key, Delimiter="/")
            found = [entry["Prefix"] for page in pages for entry in page.get("CommonPrefixes", [])]
        return tuple(name.removeprefix(key).rstrip("/") for name in found)

    def delete(self, uri: str) -> None:
        """Delete an object; if there is none, do nothing."""
        bucket, key = uris.split(uri)
        with self._errors(uri):
            self.client.delete_object(Bucket=bucket, Key=key)

    def _get(self, uri: str, **part: str) -> tuple[bytes, str]:
        bucket, key = uris.split(uri)
        with self._errors(uri):
            answer = self.client.get_object(Bucket=bucket, Key=key, **part)
            return answer["Body"].read(), answer["ETag"].strip('"')

    def _put_or_find(
        self, uri: str, body: bytes | IO[bytes], content_type: str, find: Callable[[], _Stored | None]
    ) -> _Stored | None:
        """Write an object and return None, or return what is already in its place."""
        for _ in range(_RACES):
            if self._put(uri, body, content_type, IfNoneMatch="*"):
                return None
            found = find()
            if found is not None:
                return found
            time.sleep(0.2)  # S3 says that another writer writes it now: the object cannot be read yet
        raise ServiceFaultError(f"Another writer of {uri} has not finished. The task will try again later.")

    def _fetch(self, uri: str, file: IO[bytes]) -> None:
        bucket, key = uris.split(uri)
        with self._errors(uri):
            body = self.client.get_object(Bucket=bucket, Key=key)["Body"]
            shutil.copyfileobj(body, file, _PIECE)
        file.seek(0)

    def _fetch_if_there(self, uri: str, file: IO[bytes]) -> IO[bytes] | None:
        try:
            self._fetch(uri, file)
        except ObjectMissingError:
            return None
        return file

    def _put(self, uri: str, body: bytes | IO[bytes], content_type: str, **condition: str) -> bool:
        """Write an object, or return False where what is there does not meet the condition."""
        bucket, key = uris.split(uri)
        if not isinstance(body, bytes):
            body.seek(0)
        with self._errors(uri):
            try:
                self.client.put_object(Bucket=bucket, Key=key, Body=body, ContentType=content_type, **condition)
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


def _temporary_file() -> IO[bytes]:
    """Make a file without a name, which vanishes with its process."""
    return tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)


def _gather(lines: Iterable[bytes], file: IO[bytes]) -> int:
    count = 0
    for line in lines:
        file.write(line)
        count += 1
    file.seek(0)
    return count


def _same(one: IO[bytes], other: IO[bytes]) -> bool:
    one.seek(0)
    other.seek(0)
    while True:
        piece = one.read(_PIECE)
        if piece != other.read(_PIECE):
            return False
        if not piece:
            return True


def _warn_kept(uri: str) -> None:
    log.warning("An earlier run wrote %s with other content; it is kept as it is.", uri)
