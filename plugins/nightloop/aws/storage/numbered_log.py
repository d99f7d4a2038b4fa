"""A log that several writers share without a lock: numbered S3 objects, each written once and never changed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from nightloop.aws.storage.layout import LogFiles
from nightloop.aws.storage.object_store import JSON

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nightloop.aws.storage.object_store import ObjectStore


class NumberedLog:
    """Entries of JSON values below an S3 folder.

    S3 lets only one writer create an object (`If-None-Match: *`). So a writer who writes the number after the last one
    has seen every entry: nobody comes in between their look and their entry.

    :param folder: The S3 folder of this log.
    """

    def __init__(self, store: ObjectStore, folder: str) -> None:
        self.store = store
        self.files = LogFiles(folder)

    def last(self) -> tuple[int, dict[str, Any] | None]:
        """Return the number and the values of the last entry; 0 and None if there is none."""
        while (uri := max(self._uris(), default=None)) is not None:
            body = self.store.read_if_there(uri)
            if body is not None:  # a teardown may have deleted it since it was listed
                return self.files.number_of(uri), json.loads(body)
        return 0, None

    def append(self, number: int, values: dict[str, Any]) -> bool:
        """Write the entry of a number; if there is one already, return False and change nothing."""
        return self.store.write_new(self.files.entry(number), json.dumps(values).encode(), JSON)

    def entries(self) -> list[dict[str, Any]]:
        """Return all entries, oldest first."""
        return [json.loads(self.store.read(uri)) for uri in self._uris()]

    def _uris(self) -> Iterator[str]:
        return (entry.uri for entry in self.store.list(self.files.entries))
