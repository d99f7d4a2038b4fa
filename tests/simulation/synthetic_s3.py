"""S3 with millions of objects that nobody made: listings and predictions are computed, what is written lies on disk."""

from __future__ import annotations

import io
import re
from collections import Counter
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

PAGE = 1000
MODIFIED = datetime(2026, 11, 22, tzinfo=UTC)


class SyntheticS3:
    """As much of a boto3 client as `ObjectStore` uses.

    :param folder: Where written objects lie.
    :param images: How many images lie below `prefix`.
    :param computed: Gives the body of an object that was not written, or None; `made` names those there are.
    """

    exceptions = SimpleNamespace(ClientError=ClientError)

    def __init__(
        self,
        folder: Path,
        *,
        images: int,
        prefix: str,
        computed: Callable[[str], bytes | None] = lambda _: None,
        made: tuple[str, ...] = (),
    ) -> None:
        self.folder = folder
        self.images = images
        self.prefix = prefix
        self.computed = computed
        self.made = made
        self.calls = Counter[str]()
        self.bytes_read = 0

    def key(self, number: int) -> str:
        """Return the key of an image."""
        return f"{self.prefix}camera-{number // 100_000:03d}/{number:09d}.jpg"

    def get_paginator(self, _: str) -> Any:
        return SimpleNamespace(paginate=self._pages)

    def list_objects_v2(self, **_: Any) -> dict[str, Any]:
        self.calls["list"] += 1
        return {"ResponseMetadata": {}}

    def put_object(self, *, Key: str, Body: Any, **_: Any) -> None:  # noqa: N803
        self.calls["put"] += 1
        path = self._path(Key)
        if path.exists():
            raise _error("PreconditionFailed")
        with path.open("wb") as file:
            for piece in [Body] if isinstance(Body, bytes) else iter(lambda: Body.read(1 << 16), b""):
                file.write(piece)

    def get_object(self, *, Key: str, Range: str | None = None, **_: Any) -> dict[str, Any]:  # noqa: N803
        self.calls["get"] += 1
        file = self._open(Key)
        if Range is not None:
            first, last = map(int, re.fullmatch(r"bytes=(\d+)-(\d+)", Range).groups())  # type: ignore[union-attr]
            file.seek(first)
            file = io.BytesIO(file.read(last + 1 - first))
        self.bytes_read += file.seek(0, io.SEEK_END)
        file.seek(0)
        return {"Body": file, "ETag": '"e"'}

    def head_object(self, *, Key: str, **_: Any) -> dict[str, Any]:  # noqa: N803
        self.calls["head"] += 1
        if not self._path(Key).exists():
            raise _error("404")
        return {"ETag": '"e"', "ContentLength": self._path(Key).stat().st_size, "LastModified": MODIFIED}

    def size(self, key: str) -> int:
        """Return how long a written object is."""
        return self._path(key).stat().st_size

    def _open(self, key: str) -> Any:
        if self._path(key).exists():
            return self._path(key).open("rb")
        body = self.computed(key)
        if body is None:
            raise _error("NoSuchKey")
        return io.BytesIO(body)

    def _path(self, key: str) -> Path:
        return self.folder / key.replace("/", "_")

    def _pages(self, *, Prefix: str, Delimiter: str | None = None, **_: Any) -> Iterator[dict[str, Any]]:  # noqa: N803
        keys = [key for key in self.made if key.startswith(Prefix) and Delimiter is None]
        self.calls["list"] += 1
        yield {"Contents": [self._entry(key, 1) for key in keys]}
        if Prefix != self.prefix:
            return
        for start in range(0, self.images, PAGE):
            self.calls["list"] += start > 0
            numbers = range(start, min(start + PAGE, self.images))
            yield {"Contents": [self._entry(self.key(number), number) for number in numbers]}

    @staticmethod
    def _entry(key: str, number: int) -> dict[str, Any]:
        return {"Key": key, "ETag": f'"{number:032x}"', "Size": 30_000 + number % 7, "LastModified": MODIFIED}


def _error(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": code}}, "Operation")
