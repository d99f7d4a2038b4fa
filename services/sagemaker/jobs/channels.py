import gzip
import hashlib
import json
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from services.sagemaker.aws.s3 import ObjectStore, S3Uri
from services.sagemaker.containers.pipe import Pipe
from services.sagemaker.containers.recordio import frame_record
from services.sagemaker.errors import ChannelError
from services.sagemaker.jobs.inputs import (
    InputObject,
    ManifestLine,
    file_below,
    list_inputs,
    read_augmented_manifest,
)

Channel = Mapping[str, Any]


class ObjectCache:
    """Objects kept on disk for one job: every epoch of a pipe reads the same ones."""

    def __init__(self, store: ObjectStore, folder: Path) -> None:
        self._store, self._folder = store, folder

    def read(self, address: S3Uri) -> bytes:
        """Read an object, from disk after the first time."""
        path = self._folder / hashlib.sha256(str(address).encode()).hexdigest()
        if not path.exists():
            self._store.download(address, path)
        return path.read_bytes()


def download_channel(store: ObjectStore, channel: Channel, folder: Path, check: Callable[[], None]) -> None:
    """Write a File-mode channel below its folder; `check` is called before each object and may raise."""
    source = channel["DataSource"]["S3DataSource"]
    for item in list_inputs(store, source["S3DataType"], source["S3Uri"]):
        check()
        path = file_below(folder, item.relative)
        try:
            store.download(item.address, path)
        except OSError as error:
            raise ChannelError(f"{item.address} cannot be laid out as {item.relative!r}: {error}") from error
    folder.mkdir(parents=True, exist_ok=True)


def make_pipe(
    cache: ObjectCache, store: ObjectStore, channel: Channel, folder: Path, failed: Callable[[Exception], None]
) -> Pipe:
    """Make the pipe of a Pipe-mode channel; its data source is listed now, its objects are read when sent."""
    source = channel["DataSource"]["S3DataSource"]
    wrap = frame_record if channel.get("RecordWrapperType", "None") == "RecordIO" else bytes
    seed = channel.get("ShuffleConfig", {}).get("Seed")
    send: Callable[[Any], Iterator[bytes]]
    rows: Sequence[Any]
    if source["S3DataType"] == "AugmentedManifestFile":
        names = source["AttributeNames"]
        rows = read_augmented_manifest(store, source["S3Uri"], names)
        send = lambda line: _send_line(cache, names, line)  # noqa: E731 - the two senders side by side
    else:
        rows = list_inputs(store, source["S3DataType"], source["S3Uri"])
        zipped = channel.get("CompressionType") == "Gzip"
        send = lambda item: _send_object(cache, item, zipped=zipped)  # noqa: E731

    def chunks(epoch: int) -> Iterator[bytes]:
        for row in shuffled(rows, seed, epoch):
            for payload in send(row):
                yield wrap(payload)

    return Pipe(folder, channel["ChannelName"], chunks, failed)


def shuffled(rows: Sequence[Any], seed: int | None, epoch: int) -> list[Any]:
    """Return the rows in the order of one epoch: unchanged without a seed, else an order drawn from seed and epoch."""
    ordered = list(rows)
    if seed is not None:
        random.Random(f"{seed}/{epoch}").shuffle(ordered)  # noqa: S311 - an order, no secret
    return ordered


def _send_object(cache: ObjectCache, item: InputObject, *, zipped: bool) -> Iterator[bytes]:
    body = cache.read(item.address)
    yield gzip.decompress(body) if zipped else body


def _send_line(cache: ObjectCache, names: Sequence[str], line: ManifestLine) -> Iterator[bytes]:
    """Send each attribute as a payload of its own: a `-ref` as the object's bytes, else the value's JSON text."""
    for name, value in zip(names, line.values, strict=True):
        if name.endswith("-ref"):
            yield cache.read(S3Uri.parse(value))
        else:
            yield (value if isinstance(value, str) else json.dumps(value)).encode()
