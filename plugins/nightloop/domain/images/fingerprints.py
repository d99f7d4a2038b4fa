"""What a picture is recognised by: its bytes, and how it looks."""

from dataclasses import dataclass
from typing import Self

from nightloop.domain.rows import fields
from nightloop.domain.rows.jsonl import Json


@dataclass(frozen=True, slots=True)
class Appearance:
    """How a picture looks: difference hashes of it and of its mirror image, 16 x 16 grey values in Base64."""

    hash: str
    mirrored: str
    thumbnail: str


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """One object in S3 at one ETag: `digest` is the SHA-256 of its bytes, None for a file that is not read whole.

    A picture has an appearance and its upright size, and is `plain` if every program reads its bytes alike. An object
    that cannot be read has an `error` instead.
    """

    uri: str
    etag: str
    digest: str | None
    width: int | None = None
    height: int | None = None
    plain: bool = False
    appearance: Appearance | None = None
    error: str | None = None

    def to_json(self) -> Json:
        """Return the row as JSON values: with an appearance, or with `error`."""
        row: Json = {"uri": self.uri, "etag": self.etag, "sha256": self.digest}
        if self.appearance is None:
            return row | {"error": self.error}
        row |= {"width": self.width, "height": self.height, "plain": self.plain}
        look = self.appearance
        return row | {"hash": look.hash, "mirrored": look.mirrored, "thumbnail": look.thumbnail}

    @classmethod
    def from_json(cls, row: Json) -> Self:
        """Read what `to_json` wrote.

        :raises RowError: naming what is wrong.
        """
        uri, etag, digest = fields.text(row, "uri"), fields.text(row, "etag"), fields.optional_text(row, "sha256")
        if row.get("hash") is None:
            return cls(uri, etag, digest, error=fields.optional_text(row, "error"))
        appearance = Appearance(*(fields.text(row, key) for key in ("hash", "mirrored", "thumbnail")))
        width, height = fields.integer(row, "width"), fields.integer(row, "height")
        return cls(uri, etag, digest, width, height, bool(row.get("plain")), appearance)
