"""S3 URIs: plain text everywhere, never percent-encoded; a key with a space or a `%` is written as it is."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

from nightloop.aws.errors import SetupError

if TYPE_CHECKING:
    from collections.abc import Iterable


def split(uri: str) -> tuple[str, str]:
    """Return bucket and key of an S3 URI.

    :raises SetupError: if it is not `s3://bucket/key`.
    """
    scheme, separator, rest = uri.partition("://")
    bucket, _, key = rest.partition("/")
    if scheme != "s3" or not separator or not bucket:
        raise SetupError(f"{uri!r} is not an S3 address. Write it as s3://bucket/key.")
    return bucket, key


def join(folder: str, *parts: str) -> str:
    """Return the URI of something below a folder, whether or not the folder ends with a slash."""
    return "/".join([folder.rstrip("/"), *(part.strip("/") for part in parts)])


def parent(uri: str) -> str:
    """Return the folder of an object or folder, without a slash at its end."""
    return uri.rstrip("/").rsplit("/", 1)[0]


def last(uri: str) -> str:
    """Return the last part of the URI of an object or folder."""
    return uri.rstrip("/").rsplit("/", 1)[-1]


def shared_folder(uris: Iterable[str]) -> str:
    """Return the folder that lies deepest of those all objects share, with a slash at its end."""
    shared = reduce(_beginning, uris)
    return shared[: shared.rindex("/") + 1]


def _beginning(one: str, other: str) -> str:
    """Return the longest beginning of both."""
    differs = (i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b)
    return one[: next(differs, min(len(one), len(other)))]
