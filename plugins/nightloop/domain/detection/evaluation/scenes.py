"""Which images of a holdout show one scene, so that each tells what the others tell."""

import re
from collections.abc import Mapping, Sequence

import numpy as np

from nightloop.domain.detection.manifest.lines import ManifestLine
from nightloop.domain.detection.precision.matching import Integers
from nightloop.domain.errors import ManifestError
from nightloop.domain.images.duplicates import parse_hash
from nightloop.domain.rows import fields

GROUP = "group"
"""The key of a line's metadata that names the scene an image shows."""

ALIKE_BITS = 10
"""Hashes of one scene differ by no more: of 10,731 pairs of photos of different scenes none was so near."""

NAMED_ALIKE_BITS = 14
"""And where names differ in their last number alone, as a camera's frames do: one pair of those 10,731."""

_PLAIN = 16
_LAST_NUMBER = re.compile(r"^(.*[^0-9/])[0-9]+(\.[^./]*)?$")


def scene_groups(lines: Sequence[ManifestLine], attribute: str, hashes: Mapping[str, str] | None = None) -> Integers:
    """Number the group of each image: [I], from 0, in the order of the lines.

    Images belong to one group if their lines' metadata names the same `group`. If one of two has no `group`, they
    belong to one group if their `hashes` (source-ref to 64-bit perceptual hash) are alike. Two images that each belong
    with a third also belong together. A nearly plain picture, or one without a hash, is like no other.

    :raises ManifestError: naming the line whose group is neither text nor a whole number.
    """
    labels = [_label(line, attribute, number) for number, line in enumerate(lines, start=1)]
    refs = [fields.text(line, "source-ref") for line in lines]
    parents = list(range(len(refs)))

    def root(item: int) -> int:
        while parents[item] != item:
            parents[item] = parents[parents[item]]
            item = parents[item]
        return item

    first: dict[str, int] = {}
    for number, label in enumerate(labels):
        if label is not None:
            parents[root(number)] = root(first.setdefault(label, number))
    for one, other in _alike(refs, hashes or {}):
        if labels[one] is None or labels[other] is None:
            parents[root(one)] = root(other)
    return np.unique([root(number) for number in range(len(refs))], return_inverse=True)[1].astype(np.int64)


def _label(line: ManifestLine, attribute: str, number: int) -> str | None:
    metadata = line.get(f"{attribute}-metadata")
    value = metadata.get(GROUP) if isinstance(metadata, dict) else None
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ManifestError(
            f"{GROUP!r} of {attribute}-metadata must be text or a whole number, not {value!r:.80}",
            source="holdout manifest",
            line=number,
        )
    return str(value)


def _alike(refs: Sequence[str], hashes: Mapping[str, str]) -> list[tuple[int, int]]:
    """Return the pairs of images whose hashes are near enough for their names."""
    known = [number for number, ref in enumerate(refs) if ref in hashes and _says_something(hashes[ref])]
    values = np.array([parse_hash(hashes[refs[number]]) for number in known], dtype=np.uint64)
    families = np.unique([_family(refs[number]) for number in known], return_inverse=True)[1]
    pairs = []
    for place, number in enumerate(known):
        distances = np.bitwise_count(values[place + 1 :] ^ values[place])
        bounds = np.where(families[place + 1 :] == families[place], NAMED_ALIKE_BITS, ALIKE_BITS)
        pairs += [(number, known[place + 1 + near]) for near in np.flatnonzero(distances <= bounds).tolist()]
    return pairs


def _family(ref: str) -> str:
    """Return an address without the last number of its name, or whole if only that number would remain apart."""
    found = _LAST_NUMBER.match(ref)
    return f"{found[1]}*{found[2] or ''}" if found else ref


def _says_something(text: str) -> bool:
    return _PLAIN <= int(parse_hash(text)).bit_count() <= 64 - _PLAIN
