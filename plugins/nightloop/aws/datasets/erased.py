"""Images that were erased: they are listed, learned from and measured on no more."""

from __future__ import annotations

import json
from functools import cached_property
from typing import TYPE_CHECKING, Any

from nightloop.aws.storage.layout import ErasedFiles
from nightloop.aws.storage.object_store import JSON
from nightloop.domain.identity import naming

if TYPE_CHECKING:
    from nightloop.aws.storage.layout import LoopFiles
    from nightloop.aws.storage.object_store import ObjectStore


class ErasedImages:
    """The marks of a loop's erased images: each is named by a digest of the image's address and holds no address."""

    def __init__(self, store: ObjectStore, files: LoopFiles) -> None:
        self.store = store
        self.files = ErasedFiles(files.folder)

    @cached_property
    def _digests(self) -> set[str]:
        return {self.files.digest_of(entry.uri) for entry in self.store.list(self.files.marks)}

    def __contains__(self, uri: object) -> bool:
        """Say whether an image, or what this is a copy of, was erased."""
        return bool(self._digests) and (self.files.digest_of_copied(str(uri)) or digest_of(str(uri))) in self._digests

    def mark(self, uri: str, told: dict[str, Any]) -> dict[str, Any]:
        """Mark an image as erased, once; return what was told about it when that was first done."""
        body = json.dumps(told, sort_keys=True).encode()
        kept = json.loads(self.store.write_once(self.files.mark(digest_of(uri)), body, JSON))
        return {str(key): value for key, value in kept.items()}


def digest_of(uri: str) -> str:
    """Return the digest that stands for an image's address."""
    return naming.content_digest(uri.encode())
