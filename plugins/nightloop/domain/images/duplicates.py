"""Which images look like one another: 64-bit perceptual hashes, compared by the number of bits that differ."""

import re

import numpy as np

from nightloop.domain.errors import RowError

_HASH = re.compile(r"[0-9a-f]{16}")


class ChosenHashes:
    """The hashes of the images chosen so far; finds one that is near a new image's."""

    def __init__(self, bits: int) -> None:
        self.bits = bits
        self._hashes = np.zeros(16, dtype=np.uint64)
        self._uris: list[str] = []

    def add(self, uri: str, text: str | None) -> None:
        """Take in a chosen image; an image without a hash is near to none."""
        if text is None:
            return
        if len(self._uris) == len(self._hashes):
            self._hashes = np.concatenate([self._hashes, np.zeros_like(self._hashes)])
        self._hashes[len(self._uris)] = parse_hash(text)
        self._uris.append(uri)

    def near(self, text: str | None) -> str | None:
        """Return the URI of the nearest chosen image within the bits, the first of equally near ones, or None."""
        if text is None or not self._uris:
            return None
        distances = np.bitwise_count(self._hashes[: len(self._uris)] ^ parse_hash(text))
        nearest = int(np.argmin(distances))
        return self._uris[nearest] if distances[nearest] <= self.bits else None


def parse_hash(text: str) -> np.uint64:
    """Read 16 hexadecimal digits.

    :raises RowError: if it is something else.
    """
    if not _HASH.fullmatch(text):
        raise RowError(f"perceptual hash {text!r} is not 16 hexadecimal digits")
    return np.uint64(int(text, 16))
