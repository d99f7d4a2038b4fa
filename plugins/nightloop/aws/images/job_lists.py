"""The lists of images that a night's transform jobs take: one for each bucket, because a job reads from one only."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from nightloop.aws.storage import uris
from nightloop.aws.storage.layout import TransformFiles
from nightloop.aws.storage.night_files import iterate_lines, raw_lines
from nightloop.aws.storage.object_store import JSON

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from nightloop.aws.storage.layout import ScoringFiles
    from nightloop.aws.storage.object_store import ObjectStore
    from nightloop.domain.detection.boxes.predictions import Prediction

_NO_FOLDERS: Final = {"", ".", ".."}


@dataclass(frozen=True)
class JobList:
    """A transform job's list of images: where it is, the folder its names are relative to, how long it is."""

    uri: str
    folder: str
    images: int
    digest: str


def prepared_images(store: ObjectStore, uri: str) -> Iterator[Prediction]:
    """Read the prepared images of one chunk."""
    from nightloop.domain.detection.boxes.predictions import Prediction

    return (Prediction.from_json(line) for line in iterate_lines(store, uri))


def is_listable(uri: str) -> bool:
    """Say whether a transform job can be given an image: its result is written under the same name."""
    return not _NO_FOLDERS.intersection(uris.split(uri)[1].split("/"))


class JobLists:
    """Writes the lists of a night, each once: a task that comes later finds the same lists.

    :param chunks: The names of the night's chunks; all are prepared.
    """

    def __init__(self, store: ObjectStore, files: ScoringFiles, chunks: Iterable[str]) -> None:
        self.store = store
        self.files = files
        self.chunks = list(chunks)

    def of_night(self) -> list[JobList]:
        """Return the lists of all images that a model can be shown."""
        folders: dict[str, str] = {}
        for uri in self._shown():
            bucket = uris.split(uri)[0]
            folders[bucket] = uris.shared_folder([folders.get(bucket, uri), uri])
        return [self._write(1, bucket, folder, self._shown()) for bucket, folder in sorted(folders.items())]

    def without_result(self, listed: JobList, results: str) -> JobList | None:
        """Return the list of those images of a list that a job wrote no result for; None if there are none.

        :param results: The job's folder of results.
        """
        written = {stored.uri for stored in self.store.list(results)}
        files = TransformFiles(results)
        missing = [uri for uri in self.read(listed) if files.result(uri, listed.folder) not in written]
        if not missing:
            return None
        return self._write(2, uris.split(listed.folder)[0], uris.shared_folder(missing), missing)

    def read(self, listed: JobList) -> Iterator[str]:
        """Read the addresses in a list."""
        _, *names = (json.loads(_entry(line)) for line in raw_lines(self.store, listed.uri))
        return (listed.folder + name for name in names)

    def _shown(self) -> Iterator[str]:
        for chunk in self.chunks:
            for image in prepared_images(self.store, self.files.prepared(chunk)):
                if image.error is None and is_listable(image.image.uri):
                    yield image.image.uri

    def _write(self, number: int, bucket: str, folder: str, images: Iterable[str]) -> JobList:
        """Write the images of one bucket as a ManifestFile, one entry a line."""
        uri = self.files.job_images(number, bucket)
        if self.store.describe(uri) is None:
            names = (image.removeprefix(folder) for image in images if uris.split(image)[0] == bucket)
            self.store.write_lines_once(uri, _manifest(folder, names), JSON)
        hashed, count = hashlib.sha256(), -1
        for line in raw_lines(self.store, uri):
            hashed.update(line)
            count += 1
        return JobList(uri, folder, count, hashed.hexdigest())


def _manifest(folder: str, names: Iterable[str]) -> Iterator[bytes]:
    line = "[" + json.dumps({"prefix": folder}, ensure_ascii=False)
    for name in names:
        yield f"{line},\n".encode()
        line = json.dumps(name, ensure_ascii=False)
    yield f"{line}]\n".encode()


def _entry(line: bytes) -> bytes:
    """Return the JSON of one line of a list, without the array's own characters around it."""
    entry = line.rstrip()[:-1]
    return entry[1:] if entry.startswith(b"[") else entry
