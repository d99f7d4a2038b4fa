"""The images of a night."""

from dataclasses import dataclass
from typing import Self

from nightloop.loop import rows
from nightloop.loop.jsonl import Json


@dataclass(frozen=True, slots=True)
class Image:
    """One image in S3.

    ``original`` is set when ``uri`` is a copy made upright from it. ``etag`` and ``bytes`` are those of the object as
    it arrived (the original's, where a copy was made), so that identical images are known by them.
    """

    uri: str
    etag: str
    bytes: int
    original: str | None = None

    def to_json(self) -> Json:
        """Return the row as JSON values; ``original`` only where there is one."""
        row: Json = {"uri": self.uri, "etag": self.etag, "bytes": self.bytes}
        return row | ({"original": self.original} if self.original else {})

    @classmethod
    def from_json(cls, row: Json) -> Self:
        """Read what ``to_json`` wrote; RowError names what is wrong."""
        return cls(
            rows.text(row, "uri"),
            rows.text(row, "etag"),
            rows.integer(row, "bytes"),
            rows.optional_text(row, "original"),
        )
