"""The images of a night."""

import re
from dataclasses import dataclass
from typing import Self

from nightloop.domain.rows import fields
from nightloop.domain.rows.jsonl import Json

_FOLDERS = {"__macosx", "@eadir", ".spotlight-v100", ".trashes", ".fseventsd", "$recycle.bin"}
_FILES = {".ds_store", ".localized", "thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r", ".picasa.ini"}
_APPLE_DOUBLE = "._"
_FOLDER_MARKER = re.compile(r"/$|_\$folder\$$")


@dataclass(frozen=True, slots=True)
class Image:
    """One image in S3.

    `original` is set if `uri` is a copy made upright from it. `etag` and `bytes` are those of the object as it arrived
    (the original's, if a copy was made), so they recognise identical images.
    """

    uri: str
    etag: str
    bytes: int
    original: str | None = None

    def to_json(self) -> Json:
        """Return the row as JSON values; `original` only if there is one."""
        row: Json = {"uri": self.uri, "etag": self.etag, "bytes": self.bytes}
        return row | ({"original": self.original} if self.original else {})

    @classmethod
    def from_json(cls, row: Json) -> Self:
        """Read what `to_json` wrote.

        :raises RowError: naming what is wrong.
        """
        return cls(
            fields.text(row, "uri"),
            fields.text(row, "etag"),
            fields.integer(row, "bytes"),
            fields.optional_text(row, "original"),
        )


def companion_of(path: str, size: int) -> str | None:
    """Return what a file that a computer put beside people's files is called; None for people's own files.

    File systems and archives make such files. `path` is the object's, below the images' folder. A folder marker is an
    empty object that stands for a folder.
    """
    *folders, name = path.split("/") if not path.endswith("/") else [path]
    for part in folders:
        if part.lower() in _FOLDERS:
            return part
    if name.startswith(_APPLE_DOUBLE):
        return f"{_APPLE_DOUBLE}*"
    if name.lower() in _FILES:
        return name.strip()
    return "folder marker" if size == 0 and _FOLDER_MARKER.search(path) else None
