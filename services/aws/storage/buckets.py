"""Buckets on the disk: the requests that set up each bucket, stored and repeated at the next start."""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from services.aws.errors import DamagedRecordError
from services.aws.storage.files import UNFINISHED, flush_folder, remove_durably, write_durably

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@dataclass(frozen=True)
class BucketRequest:
    """A PUT on a bucket; `query` is empty for its creation, else `cors`, `policy`, ...; `body` is base64."""

    bucket: str
    region: str
    created: str
    query: str
    headers: dict[str, str]
    body: str

    @property
    def body_bytes(self) -> bytes:
        """The request's body as it was sent."""
        return base64.b64decode(self.body)


class BucketFiles:
    """The buckets in one folder: a folder for each, in it one file for each request."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def _path(self, bucket: str, query: str) -> Path:
        name = hashlib.sha256(query.encode()).hexdigest()[:32] if query else "created"
        return self.folder / hashlib.sha256(bucket.encode()).hexdigest() / f"{name}.json"

    def write(self, request: BucketRequest) -> None:
        """Store a request in place of an earlier one about the same thing."""
        write_durably(self._path(request.bucket, request.query), [json.dumps(asdict(request)).encode()])
        flush_folder(self.folder)

    def remove(self, bucket: str, query: str) -> None:
        """Delete a setting, or with an empty query the whole bucket."""
        path = self._path(bucket, query)
        if query:
            remove_durably(path)
        elif path.parent.exists():
            beside = path.parent.with_name(path.parent.name + UNFINISHED)
            path.parent.rename(beside)
            flush_folder(self.folder)
            shutil.rmtree(beside)

    def __iter__(self) -> Iterator[BucketRequest]:
        """Go through all requests, each bucket's creation before its settings; `body` is base64."""
        requests = [_read(path) for path in sorted(self.folder.glob("*/*.json"))]
        yield from sorted(requests, key=lambda request: (request.created, request.bucket, request.query))


def _read(path: Path) -> BucketRequest:
    try:
        return BucketRequest(**json.loads(path.read_bytes()))
    except (ValueError, TypeError) as error:
        raise DamagedRecordError(f"{path} does not contain a bucket's request: move it away and start again") from error
