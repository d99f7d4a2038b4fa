"""Objects on the disk: one line of JSON that describes the object, then its bytes."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from services.aws.errors import DamagedRecordError
from services.aws.storage.files import remove_durably, write_durably

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@dataclass(frozen=True)
class ObjectRecord:
    """Everything about an object except its bytes; `grants` are the access list's."""

    bucket: str
    key: str
    size: int
    etag: str
    last_modified: str
    metadata: dict[str, str]
    storage_class: str = "STANDARD"
    encryption: dict[str, str | bool | None] = field(default_factory=dict)
    checksum: dict[str, str | int | None] = field(default_factory=dict)
    redirect: str | None = None
    tags: dict[str, str] = field(default_factory=dict)
    grants: list[dict[str, list[str] | list[dict[str, str]]]] = field(default_factory=list)


@dataclass(frozen=True)
class StoredObject:
    """An object's record, its file, and where in the file its bytes begin."""

    record: ObjectRecord
    path: Path
    offset: int


class ObjectFiles:
    """The objects of all buckets in one folder; a file's name is a digest, so a key may contain any character."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, bucket: str, key: str) -> Path:
        """Return the file of an object, present or not."""
        digest = hashlib.sha256(f"{bucket}/{key}".encode()).hexdigest()
        return self.folder / digest[:2] / digest

    def write(self, record: ObjectRecord, body: bytes) -> StoredObject:
        """Store an object; when this returns it is on the disk."""
        head = json.dumps(asdict(record), ensure_ascii=True).encode() + b"\n"
        path = self.path(record.bucket, record.key)
        write_durably(path, [head, body])
        return StoredObject(record, path, len(head))

    def remove(self, bucket: str, key: str) -> None:
        """Delete an object, if it exists."""
        remove_durably(self.path(bucket, key))

    def find(self, bucket: str, key: str) -> StoredObject | None:
        """Return one object, or None."""
        path = self.path(bucket, key)
        return read(path) if path.exists() else None

    def __iter__(self) -> Iterator[StoredObject]:
        """Go through all objects."""
        for path in sorted(self.folder.glob("??/*")):
            yield read(path)


def read(path: Path) -> StoredObject:
    """Read an object's record; raises DamagedRecordError, which names a file that is not whole."""
    with path.open("rb") as file:
        head = file.readline()
    try:
        record = ObjectRecord(**json.loads(head))
    except (ValueError, TypeError) as error:
        raise DamagedRecordError(
            f"{path} does not begin with an object's description: move it away and start again"
        ) from error
    if path.stat().st_size != len(head) + record.size:
        raise DamagedRecordError(f"{path} is not {record.size} bytes long as it says: move it away and start again")
    return StoredObject(record, path, len(head))
