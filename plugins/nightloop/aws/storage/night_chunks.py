"""Which images of a night's list make up which chunk: written down once, so that each task reads its own part only."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Final, Self

from nightloop.aws.errors import NightChangedError, NightIncompleteError, ObjectMissingError
from nightloop.aws.storage.night_files import iterate_lines, raw_lines
from nightloop.aws.storage.object_store import JSON
from nightloop.domain.images.chunks import chunk_name, chunk_size
from nightloop.domain.rows.jsonl import load_rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nightloop.aws.storage.layout import NightFiles
    from nightloop.aws.storage.object_store import ObjectStore
    from nightloop.domain.images.image import Image


_LAST: Final = "~~~~"


@dataclass(frozen=True, slots=True)
class NightChunks:
    """How a night's list is cut; it is in the order of the images' addresses.

    :param images: How many images the list has.
    :param images_per_chunk: How many of them a chunk got; the last one may have fewer.
    :param length: How many bytes the list has.
    :param starts: The byte of the list at which each chunk begins.
    :param begins_with: For each chunk a text that lies after the addresses of the chunks before it, and not after its
        own: it holds also when the list has lost a line. It is no image's address, but where addresses leave no room.
    """

    images: int
    images_per_chunk: int
    length: int
    starts: tuple[int, ...]
    begins_with: tuple[str, ...]

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
                f"The night has {len(self.starts)} chunks, but no chunk {name}. Clear list_images and the tasks "
                "after it."
            )
        number = self.names.index(name)
        return self.starts[number], (*self.starts, self.length)[number + 1]

    @property
    def body(self) -> bytes:
        """The file that keeps it."""
        return json.dumps(asdict(self), sort_keys=True, ensure_ascii=False).encode()

    @classmethod
    def from_body(cls, body: bytes) -> Self:
        """Read what `body` wrote."""
        found = json.loads(body)
        return cls(**found | {name: tuple(found[name]) for name in ("starts", "begins_with")})


def cut(store: ObjectStore, files: NightFiles, wanted: int | None = None) -> NightChunks:
    """Return how the night's list is cut; cut it, if that was not done yet.

    A night that an earlier version of Nightloop listed and began to score stays as it was cut then: its predictions
    say how.

    :param wanted: How many images a chunk should hold; None: as many as fit the night's size.
    """
    if store.describe(files.chunks) is None:
        store.write_once(files.chunks, _cut(store, files, wanted).body, JSON)
    return read_chunks(store, files)


def read_chunks(store: ObjectStore, files: NightFiles) -> NightChunks:
    """Read how the night is cut.

    If the list has lost or got images since, each chunk keeps those that lie between the same addresses; that is
    written down again.

    :raises NightIncompleteError: if it was not listed or cut yet.
    """
    try:
        body, etag = store.read_version(files.chunks)
    except ObjectMissingError as error:
        message = f"{files.chunks} is not there. Clear list_images and the tasks after it."
        raise NightIncompleteError(message) from error
    chunks = NightChunks.from_body(body)
    listed = store.describe(files.images)
    if listed is None or listed.size == chunks.length:
        return chunks
    moved = _moved(store, files, chunks)
    store.replace_lines(files.chunks, [moved.body], etag=etag, content_type=JSON)
    return moved


def images_of_chunk(store: ObjectStore, files: NightFiles, name: str) -> list[Image]:
    """Read the images of one chunk, and no others.

    :raises NightIncompleteError: if the night was not listed or cut yet.
    :raises NightChangedError: if there is no such chunk.
    """
    from nightloop.domain.images.image import Image

    start, end = read_chunks(store, files).part(name)
    lines = store.read_part(files.images, start, end).splitlines(keepends=True) if end > start else []
    return [Image.from_json(row) for row in load_rows(lines, source=f"{files.images}, bytes {start} to {end}")]


def _cut(store: ObjectStore, files: NightFiles, wanted: int | None) -> NightChunks:
    count = sum(1 for _ in raw_lines(store, files.images))
    size = _size_before(store, files) or chunk_size(count, wanted)
    starts: list[int] = []
    begins_with: list[str] = []
    end, last = 0, ""
    for number, (uri, length) in enumerate(_lines(store, files)):
        if number % size == 0:
            starts.append(end)
            begins_with.append(_between(last, uri))
        end, last = end + length, uri
    return NightChunks(count, size, end, tuple(starts), tuple(begins_with))


def _moved(store: ObjectStore, files: NightFiles, chunks: NightChunks) -> NightChunks:
    """Find each chunk's images in a list that has changed."""
    starts = [0] * len(chunks.starts)
    count = end = chunk = 0
    for uri, length in _lines(store, files):
        while chunk + 1 < len(starts) and uri >= chunks.begins_with[chunk + 1]:
            chunk += 1
            starts[chunk] = end
        count, end = count + 1, end + length
    starts[chunk + 1 :] = [end] * (len(starts) - chunk - 1)
    if not starts and count:
        return _cut(store, files, chunks.images_per_chunk)
    return replace(chunks, images=count, length=end, starts=tuple(starts))


def _lines(store: ObjectStore, files: NightFiles) -> Iterator[tuple[str, int]]:
    """Yield the address and the length of each line of the list."""
    for line in raw_lines(store, files.images):
        (row,) = load_rows([line], source=files.images)
        yield row["uri"], len(line)


def _between(before: str, uri: str) -> str:
    """Return a text that lies after one address and not after the next: the shortest beginning of the next, if any.

    Neither address itself: an image that is erased is named nowhere.
    """
    if not before:
        return ""
    shortest = next((uri[:length] for length in range(1, len(uri)) if uri[:length] > before), None)
    beside = uri[:-1] + chr(max(ord(uri[-1]) - 1, 0)) + _LAST
    return shortest or (beside if before < beside < uri and beside.isprintable() else uri)


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
