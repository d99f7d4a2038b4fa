"""Looks at each picture once and keeps its fingerprint."""

from __future__ import annotations

import hashlib
from functools import cached_property
from typing import TYPE_CHECKING, Final

from nightloop.aws.clients.ordered_pool import map_in_order
from nightloop.aws.errors import ImageTooLargeError, ObjectMissingError, UnreadableImageError
from nightloop.aws.images.memory_limit import FILES, MAXIMUM_FILE_BYTES
from nightloop.aws.storage.layout import FingerprintFiles
from nightloop.domain.identity import naming

if TYPE_CHECKING:
    from collections.abc import Iterable

    from nightloop.aws.storage.layout import LoopFiles
    from nightloop.aws.storage.object_store import ObjectStore, StoredObject
    from nightloop.domain.images.fingerprints import Fingerprint

_READERS: Final = 8
_ASKERS: Final = 32
_KEPT_TOGETHER: Final = 1000


class Fingerprints:
    """The fingerprints of a loop's pictures; each object is read once for each of its ETags.

    They are kept in files of at most 1000 below `fingerprints/`. Each file is named by what it holds and written once:
    a run that is interrupted keeps what it had, and two runs at once write the same.
    """

    def __init__(self, store: ObjectStore, files: LoopFiles) -> None:
        self.store = store
        self.files = files

    def of(self, uris: Iterable[str]) -> dict[str, Fingerprint]:
        """Return the fingerprints of objects by address, without those that are not there."""
        _ = self.store.client
        wanted = sorted({uri for uri in uris if uri.startswith("s3://")})
        described = map_in_order(self.store.describe, wanted, threads=_ASKERS, name="described")
        there = [entry for entry in described if entry is not None]
        new = [entry for entry in there if (entry.uri, entry.etag) not in self._kept]
        found = {entry.uri: self._kept.get((entry.uri, entry.etag)) for entry in there}
        for start in range(0, len(new), _KEPT_TOGETHER):
            found |= self._look_at(new[start : start + _KEPT_TOGETHER])
        return {uri: fingerprint for uri, fingerprint in found.items() if fingerprint is not None}

    @cached_property
    def _kept(self) -> dict[tuple[str, str], Fingerprint]:
        uris = [entry.uri for entry in self.store.list(self.files.fingerprints)]
        found = map_in_order(self._read, uris, threads=_READERS, name="fingerprints")
        return {(one.uri, one.etag): one for rows in found for one in rows}

    def _read(self, uri: str) -> list[Fingerprint]:
        return _rows(self.store.read(uri), uri)

    def _look_at(self, entries: list[StoredObject]) -> dict[str, Fingerprint]:
        from nightloop.domain.rows.jsonl import dumps_lines

        looked = map_in_order(self._look, entries, threads=_READERS, name="pictures")
        rows = [one for one in looked if one is not None]
        body = dumps_lines(rows)
        self.store.write_once(FingerprintFiles(self.files.fingerprints).file(naming.content_digest(body)), body)
        self._kept.update({(one.uri, one.etag): one for one in rows})
        return {one.uri: one for one in rows}

    def _look(self, entry: StoredObject) -> Fingerprint | None:
        """Read an object as it is now; None if it was deleted meanwhile."""
        from nightloop.domain.images.fingerprints import Fingerprint

        if entry.size > MAXIMUM_FILE_BYTES:
            limit = MAXIMUM_FILE_BYTES >> 20
            error = f"the image's file has {entry.size >> 20} MiB; the most are {limit}"
            return Fingerprint(entry.uri, entry.etag, None, error=error)
        with FILES.take(entry.size):
            try:
                body, etag = self.store.read_version(entry.uri)
            except ObjectMissingError:
                return None
            return fingerprint_of(entry.uri, etag, body)


def fingerprint_of(uri: str, etag: str, body: bytes) -> Fingerprint:
    """Look at an object's bytes."""
    from nightloop.aws.images.decoding import read_picture
    from nightloop.domain.images.fingerprints import Fingerprint

    digest = hashlib.sha256(body).hexdigest()
    try:
        picture = read_picture(body)
    except ImageTooLargeError as error:
        # Another machine may have the memory, so this is not kept.
        raise ImageTooLargeError(f"{uri}: {error}") from error
    except UnreadableImageError as error:
        return Fingerprint(uri, etag, digest, error=str(error))
    size = (picture.width, picture.height)
    return Fingerprint(uri, etag, digest, *size, plain=not picture.normalised, appearance=picture.appearance)


def _rows(body: bytes, uri: str) -> list[Fingerprint]:
    from nightloop.domain.images.fingerprints import Fingerprint
    from nightloop.domain.rows.jsonl import loads_lines

    return [Fingerprint.from_json(row) for row in loads_lines(body, source=uri)]
