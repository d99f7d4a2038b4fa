"""Which images of a night's list make up which chunk: written down once, so that each task reads its own part only."""

from __future__ import annotations

import json
from array import array
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Self

from nightloop.aws.errors import NightChangedError, NightIncompleteError
from nightloop.aws.storage import uris
from nightloop.aws.storage.night_files import iterate_lines, raw_lines
from nightloop.aws.storage.object_store import JSON
from nightloop.domain.images.chunks import chunk_name, chunk_size
from nightloop.domain.rows.jsonl import load_rows

if TYPE_CHECKING:
    from collections.abc import Callable

    from nightloop.aws.storage.layout import NightFiles
    from nightloop.aws.storage.object_store import ObjectStore
    from nightloop.domain.images.image import Image


@dataclass(frozen=True, slots=True)
class NightChunks:
    """How a night's list is cut.

    :param images: How many images the list has.
    :param images_per_chunk: How many of them a chunk has; the last one may have fewer.
    :param bytes: How long the list is.
    :param starts: The byte of the list at which each chunk begins.
    """

    images: int
    images_per_chunk: int
    bytes: int
    starts: tuple[int, ...]

    @property
    def names(self) -> list[str]:
        """The names of the chunks, in order."""
        return [chunk_name(number) for number in range(len(self.starts))]

    def part(self, name: str) -> tuple[int, int]:
        """Return the bytes of the list that a chunk is: the first one, and the one after the last.

        :raises NightChangedError: if there is no such chunk.
        """
        if name not in self.names:
            raise NightChangedError(
                f"The night has {len(self.starts)} chunks, and none is named {name}. Clear list_images and the tasks "
                "after it."
            )
        number = self.names.index(name)
        return self.starts[number], (*self.starts, self.bytes)[number + 1]

    @classmethod
    def read(cls, store: ObjectStore, files: NightFiles) -> Self:
        """Read how the night was cut.

        :raises NightIncompleteError: if it was not cut yet.
        """
        body = store.read_if_there(files.chunks)
        if body is None:
            raise NightIncompleteError(f"{files.chunks} is not there. Clear list_images and the tasks after it.")
        found = json.loads(body)
        return cls(**found | {"starts": tuple(found["starts"])})


def cut(store: ObjectStore, files: NightFiles, wanted: int | None = None) -> NightChunks:
    """Return how the night's list is cut; cut it, if that was not done yet.

    A night that an earlier version of Nightloop listed and began to score stays as it was cut then: its predictions
    say how.

    :param wanted: How many images a chunk shall hold; None: as many as fit the night's size.
    :raises NightChangedError: if another list was cut.
    """
    listed = store.describe(files.images)
    body = store.read_if_there(files.chunks)
    if body is None:
        chunks = _cut(store, files, wanted)
        store.write_once(files.chunks, json.dumps(asdict(chunks), sort_keys=True).encode(), JSON)
    chunks = NightChunks.read(store, files)
    if listed is None or listed.size != chunks.bytes:
        raise NightChangedError(
            f"{files.chunks} says how a list of {chunks.bytes} bytes was cut, and {files.images} is another list. Put "
            f"that one back; or delete {files.chunks} and {files.predictions_folder} to score the night again."
        )
    return chunks


def images_of_chunk(store: ObjectStore, files: NightFiles, name: str) -> list[Image]:
    """Read the images of one chunk, and no others.

    :raises NightIncompleteError: if the night was not listed or cut yet.
    :raises NightChangedError: if there is no such chunk.
    """
    from nightloop.domain.images.image import Image

    start, end = NightChunks.read(store, files).part(name)
    lines = store.read_part(files.images, start, end).splitlines(keepends=True)
    return [Image.from_json(row) for row in load_rows(lines, source=f"{files.images}, bytes {start} to {end}")]


def recut(store: ObjectStore, images: str, is_gone: Callable[[bytes], bool]) -> None:
    """Let a night's chunks be the same images once some lines are taken out of its list; do so before they are.

    Doing it again changes nothing, because the length of the list says whether it was done. Other objects than a
    night's list, and a list that was not cut, are left alone.
    """
    from nightloop.aws.storage.layout import NightFiles

    files = NightFiles(uris.parent(images))
    if files.images != images or store.describe(files.chunks) is None:
        return
    body, etag = store.read_version(files.chunks)
    chunks = json.loads(body)
    place, gone = 0, []
    for line in store.read_lines(images):
        if is_gone(line):
            gone.append((place, len(line)))
        place += len(line)
    if place != chunks["bytes"]:
        return
    chunks["starts"] = [start - sum(size for at, size in gone if at < start) for start in chunks["starts"]]
    chunks["bytes"] -= sum(size for _, size in gone)
    chunks["images"] -= len(gone)
    store.replace_lines(files.chunks, [json.dumps(chunks, sort_keys=True).encode()], etag=etag, content_type=JSON)


def _cut(store: ObjectStore, files: NightFiles, wanted: int | None) -> NightChunks:
    ends = array("Q")
    end = 0
    for line in raw_lines(store, files.images):
        end += len(line)
        ends.append(end)
    count = len(ends)
    size = _size_before(store, files) or chunk_size(count, wanted)
    starts = tuple(ends[first - 1] if first else 0 for first in range(0, count, size))
    return NightChunks(count, size, end, starts)


def _size_before(store: ObjectStore, files: NightFiles) -> int | None:
    """Return how many images a chunk had when the night's chunks were not yet written down; None if none was scored."""
    first = next(iter(store.list(files.predictions_folder)), None)
    rows = list(iterate_lines(store, first.uri)) if first else []
    if first is None or not rows:
        return None
    number = int(files.chunk_of(first.uri))
    if number == 0:
        return len(rows)
    image = rows[0]["image"]
    uri = image.get("original") or image["uri"]
    places = (place for place, row in enumerate(iterate_lines(store, files.images)) if row["uri"] == uri)
    return next(places, 0) // number or None
