"""Chance that a rerun repeats: a draw depends on a seed and on what is drawn, never on what else is there."""

import hashlib
import json

from nightloop.domain.images.image import Image


def draw_number(seed: int, *parts: object) -> float:
    """Return a number from 0 up to, but not including, 1: a hash of the seed and of parts that JSON can hold."""
    text = json.dumps([seed, *parts], ensure_ascii=True)
    number = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8])
    # 53 bits fit a float exactly, so that the number stays below 1 and a share of 1 draws everything.
    return (number >> 11) / 2**53


def audit_number(image: Image, seed: int) -> float:
    """Return the image's number in the audit's draw: the audit draws numbers below its share."""
    return draw_number(seed, image.uri, image.etag)


def is_drawn(image: Image, *, audit_share: float, seed: int) -> bool:
    """Say whether the audit draws an image: a hash of seed, URI and ETag, as a number in 0..1, below the share."""
    return audit_number(image, seed) < audit_share
