"""Which lines of a cohort a training job validates on instead of learning from them.

A job must not choose its best epoch by the holdout, or the gate would flatter the new model: the holdout stays unseen
until the gate.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nightloop.domain.detection.manifest.lines import ManifestLine

_DIGEST_RANGE = 2**64


def split_validation(
    lines: Sequence[ManifestLine], share: float
) -> tuple[tuple[ManifestLine, ...], tuple[ManifestLine, ...]]:
    """Split a cohort's lines into those to train on and those to validate on, each in the order given.

    An image is drawn by the hash of its source-ref, so it stays on its side while the cohort grows. There is at least
    one line to validate on, because the algorithm requires it; a single line serves for both.

    :param share: Expected share of lines to validate on, 0..1.
    """
    if len(lines) < 2:
        return tuple(lines), tuple(lines)
    drawn = [_draw(str(line["source-ref"])) for line in lines]
    held = [value < share or value == min(drawn) for value in drawn]
    if all(held):
        held[drawn.index(max(drawn))] = False
    train = tuple(line for line, kept in zip(lines, held, strict=True) if not kept)
    return train, tuple(line for line, kept in zip(lines, held, strict=True) if kept)


def _draw(source_ref: str) -> float:
    return int.from_bytes(hashlib.sha256(f"validation/{source_ref}".encode()).digest()[:8]) / _DIGEST_RANGE
