"""S3 as a dictionary, for what only reads and writes objects."""

from __future__ import annotations

import hashlib
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from nightloop.aws.errors import ObjectMissingError
from nightloop.aws.storage.object_store import StoredObject

if TYPE_CHECKING:
    from collections.abc import Iterator


class MemoryStore:
    """A `ObjectStore` over a dictionary of bytes; `reads` counts how often each object was read."""

    client = None

    def __init__(self, objects: dict[str, bytes], etags: dict[str, str] | None = None) -> None:
        self.objects = dict(objects)
        self.etags = etags or {}
        self.reads: Counter[str] = Counter()

    def read_version(self, uri: str) -> tuple[bytes, str]:
        if uri not in self.objects:
            raise ObjectMissingError(f"{uri} does not exist.")
        self.reads[uri] += 1
        return self.objects[uri], self._entry(uri).etag

    def read(self, uri: str) -> bytes:
        return self.read_version(uri)[0]

    def read_start(self, uri: str, size: int) -> tuple[bytes, str]:
        return self.objects[uri][:size], self._entry(uri).etag

    def read_if_there(self, uri: str) -> bytes | None:
        return self.read(uri) if uri in self.objects else None

    def read_lines(self, uri: str) -> Iterator[bytes]:
        return iter(self.read(uri).splitlines(keepends=True))

    def describe(self, uri: str) -> StoredObject | None:
        return self._entry(uri) if uri in self.objects else None

    def list(self, prefix: str) -> Iterator[StoredObject]:
        return iter([self._entry(uri) for uri in sorted(self.objects) if uri.startswith(prefix)])

    def write_once(self, uri: str, body: bytes, content_type: str = "") -> bytes:
        return self.objects.setdefault(uri, body)

    def _entry(self, uri: str) -> StoredObject:
        etag = self.etags.get(uri) or hashlib.md5(self.objects[uri], usedforsecurity=False).hexdigest()
        return StoredObject(uri, etag, len(self.objects[uri]), datetime.now(UTC))
