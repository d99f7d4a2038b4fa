"""Which pictures are copies of others: saved again, resized, cut a little, turned a little, mirrored, or moved.

Two tests must agree, because a hash of 64 bits alone takes plain pictures for one another. The difference hashes of
both pictures, or of one and the other's mirror image, differ in few bits; and their 16 x 16 grey values rise and fall
together. Measured on 147 photos and 210 drawn scenes (tests/simulation/test_copies.py).
"""

import base64
import binascii
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from nightloop.domain.errors import RowError
from nightloop.domain.images.duplicates import parse_hash
from nightloop.domain.images.fingerprints import Fingerprint
from nightloop.domain.rows.jsonl import Json

BITS: Final = 10
"""Of 64 bits, the most in which hashes of copies differ."""

_ALIKE: Final = 0.7
_ALIKE_IF_PLAIN: Final = 0.97
_PLAIN: Final = 16
_SIDE: Final = 16
_BLOCK: Final = 1024

_Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Copy:
    """A picture that shows what another shows, and how that is known."""

    uri: str
    original: str
    how: str

    def to_json(self) -> Json:
        """Return the row as JSON values."""
        return {"uri": self.uri, "copy_of": self.original, "how": self.how}


@dataclass(frozen=True, slots=True, eq=False)
class _Looks:
    """Pictures as arrays: hashes [N], grey values of mean 0 and length 1 [N, 256], whether nearly plain [N]."""

    uris: tuple[str, ...]
    hashes: NDArray[np.uint64]
    greys: _Floats
    plain: NDArray[np.bool_]


def find_copies(
    pictures: Sequence[Fingerprint], originals: Sequence[Fingerprint], *, bits: int | None = BITS
) -> dict[str, Copy]:
    """Return the pictures that are copies of one of the originals, by URI, each with the nearest original.

    Equal bytes are copies, even if they are no pictures. With `bits` None nothing else is a copy. An original is no
    copy of itself.

    :raises RowError: naming a fingerprint that cannot be read.
    """
    known = {original.digest: original.uri for original in originals if original.digest is not None}
    names = {original.uri for original in originals}
    others = [picture for picture in pictures if picture.uri not in names]
    found = {
        picture.uri: Copy(picture.uri, known[picture.digest], "the same bytes")
        for picture in others
        if picture.digest in known
    }
    if bits is not None:
        rest = [picture for picture in others if picture.uri not in found]
        found |= {copy.uri: copy for copy in _alike(rest, originals, bits)}
    return found


def _alike(pictures: Sequence[Fingerprint], originals: Sequence[Fingerprint], bits: int) -> Iterator[Copy]:
    upright, mirrored = _looks(originals), _looks(originals, mirrored=True)
    if not upright.uris:
        return
    hashes = np.concatenate([upright.hashes, mirrored.hashes])
    greys = np.concatenate([upright.greys, mirrored.greys]).T
    plain = np.concatenate([upright.plain, mirrored.plain])
    seen = [picture for picture in pictures if picture.appearance is not None]
    for start in range(0, len(seen), _BLOCK):
        block = _looks(seen[start : start + _BLOCK])
        distances = np.bitwise_count(block.hashes[:, None] ^ hashes[None])  # [B, 2 N]
        least = np.where(block.plain[:, None] | plain[None], _ALIKE_IF_PLAIN, _ALIKE)
        distances[block.greys @ greys < least] = 65
        nearest = distances.argmin(axis=1)
        for row in np.flatnonzero(distances.min(axis=1) <= bits):
            place = int(nearest[row])
            is_mirrored, number = divmod(place, len(upright.uris))
            like = "looks like its mirror image" if is_mirrored else "looks like it"
            yield Copy(block.uris[row], upright.uris[number], f"{like}: {distances[row, place]} of 64 bits differ")


def _looks(pictures: Sequence[Fingerprint], *, mirrored: bool = False) -> _Looks:
    seen = [(picture.uri, picture.appearance) for picture in pictures if picture.appearance is not None]
    texts = [look.mirrored if mirrored else look.hash for _, look in seen]
    hashes = np.array([parse_hash(text) for text in texts], dtype=np.uint64)
    greys = np.stack([_grey(look.thumbnail) for _, look in seen]) if seen else np.zeros((0, _SIDE, _SIDE))
    if mirrored:
        greys = greys[:, :, ::-1]
    set_bits = np.bitwise_count(hashes)
    return _Looks(
        tuple(uri for uri, _ in seen), hashes, _normalised(greys), (set_bits < _PLAIN) | (set_bits > 64 - _PLAIN)
    )


def _grey(thumbnail: str) -> NDArray[np.uint8]:
    try:
        return np.frombuffer(base64.b64decode(thumbnail, validate=True), dtype=np.uint8).reshape(_SIDE, _SIDE)
    except (ValueError, binascii.Error) as error:
        raise RowError(f"thumbnail {thumbnail!r:.40} is not {_SIDE} x {_SIDE} grey values in Base64") from error


def _normalised(greys: NDArray[np.generic]) -> _Floats:
    """Return [N, 256] rows of mean 0 and length 1, so that a product of two is their correlation; 0 for a flat one."""
    flat = greys.reshape(len(greys), _SIDE * _SIDE).astype(np.float32)
    flat -= flat.mean(axis=1, keepdims=True)
    lengths = np.linalg.norm(flat, axis=1, keepdims=True)
    normalised: _Floats = np.divide(flat, lengths, out=np.zeros_like(flat), where=lengths > 1)
    return normalised
