import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from services.sagemaker.aws.s3 import ObjectStore, S3Uri
from services.sagemaker.errors import ChannelError


@dataclass(frozen=True)
class InputObject:
    """One object of an input, and its path relative to the input's prefix."""

    address: S3Uri
    relative: str


def list_inputs(store: ObjectStore, data_type: str, uri: str) -> list[InputObject]:
    """List the objects of an S3Prefix or ManifestFile data source, in order.

    :raises ChannelError: for a manifest that cannot be read, or a path that would leave its folder.
    :raises StorageError: if S3 cannot be read.
    """
    address = S3Uri.parse(uri)
    if data_type == "ManifestFile":
        found = _read_manifest(store, address)
    else:
        found = [InputObject(item, relative_key(address.key, item.key)) for item in store.list(address)]
    for item in found:
        _check_path(item)
    return found


def relative_key(prefix: str, key: str) -> str:
    """Return a key relative to the prefix that matched it.

    A prefix is a plain beginning of keys: `data/train` matches `data/train/a` (-> `a`), the object `data/train` itself
    (-> `train`) and `data/training/a` (-> `training/a`, relative to the folder the prefix is in).
    """
    if key != prefix and (not prefix or prefix.endswith("/")):
        return key[len(prefix) :]
    if key.startswith(prefix + "/"):
        return key[len(prefix) + 1 :]
    return key[prefix.rfind("/") + 1 :]


def _read_manifest(store: ObjectStore, address: S3Uri) -> list[InputObject]:
    try:
        manifest: Any = json.loads(store.read(address))
    except ValueError as error:
        raise ChannelError(f"the manifest {address} is not JSON: {error}") from error
    if not _is_manifest(manifest):
        raise ChannelError(f'the manifest {address} must be like [{{"prefix": "s3://bucket/a/"}}, "b", "c"]')
    prefix = S3Uri.parse(manifest[0]["prefix"])
    return [InputObject(S3Uri(prefix.bucket, prefix.key + name), name.lstrip("/")) for name in manifest[1:]]


def _is_manifest(manifest: object) -> bool:
    return (
        isinstance(manifest, list)
        and len(manifest) > 1
        and isinstance(manifest[0], dict)
        and isinstance(manifest[0].get("prefix"), str)
        and all(isinstance(name, str) and name for name in manifest[1:])
    )


def _check_path(item: InputObject) -> None:
    path = PurePosixPath(item.relative)
    if not item.relative or path.is_absolute() or ".." in path.parts:
        raise ChannelError(f"{item.address} cannot be laid out as a file: its path is {item.relative!r}")


@dataclass(frozen=True)
class ManifestLine:
    """One line of an augmented manifest: the values of the listed attributes, in order."""

    values: Sequence[Any]


def read_augmented_manifest(store: ObjectStore, uri: str, attributes: Sequence[str]) -> list[ManifestLine]:
    """Read the listed attributes of every line; raises ChannelError naming the line that lacks one."""
    lines = []
    text = store.read(S3Uri.parse(uri)).decode("utf-8", errors="replace")
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            lines.append(_read_line(uri, number, line, attributes))
    if not lines:
        raise ChannelError(f"the augmented manifest {uri} has no line")
    return lines


def _read_line(uri: str, number: int, line: str, attributes: Sequence[str]) -> ManifestLine:
    try:
        document: Any = json.loads(line)
    except ValueError as error:
        raise ChannelError(f"line {number} of {uri} is not JSON: {error}") from error
    missing = [name for name in attributes if not isinstance(document, dict) or name not in document]
    if missing:
        raise ChannelError(f"line {number} of {uri} has no attribute {missing[0]!r}")
    for name in attributes:
        if name.endswith("-ref") and not str(document[name]).startswith("s3://"):
            raise ChannelError(f"line {number} of {uri}: {name!r} is not an S3 address: {document[name]!r}")
    return ManifestLine([document[name] for name in attributes])


def file_below(folder: Path, relative: str) -> Path:
    """Return the file a relative key is laid out as."""
    return folder.joinpath(*PurePosixPath(relative).parts)
