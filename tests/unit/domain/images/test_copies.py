"""A copy is known by its bytes or its looks; what merely has plain light and shade in common is none."""

from __future__ import annotations

import base64
import time

import numpy as np
import pytest

from nightloop.domain.errors import RowError
from nightloop.domain.images.copies import find_copies
from nightloop.domain.images.fingerprints import Appearance, Fingerprint

SHAPE = (16, 16)


def looks(greys: np.ndarray, bits: int, mirrored: int = 0) -> Appearance:
    return Appearance(f"{bits:016x}", f"{mirrored:016x}", base64.b64encode(greys.astype(np.uint8).tobytes()).decode())


def fingerprint(uri: str, digest: str, appearance: Appearance | None = None) -> Fingerprint:
    return Fingerprint(uri, "etag", digest, 10, 10, True, appearance, None if appearance else "no image")


RANDOM = np.random.default_rng(1)
SCENE = RANDOM.integers(0, 256, SHAPE)
HASH = 0x0F0F_3C3C_5A5A_9669
MIRRORED = 0x1234_5678_9ABC_DEF0


def test_equal_bytes_are_copies_be_they_pictures_or_not() -> None:
    found = find_copies([fingerprint("a", "1"), fingerprint("b", "2")], [fingerprint("h", "2")])
    assert {uri: copy.original for uri, copy in found.items()} == {"b": "h"}
    assert found["b"].how == "the same bytes"
    assert found["b"].to_json() == {"uri": "b", "copy_of": "h", "how": "the same bytes"}


def test_an_original_is_no_copy_of_itself() -> None:
    holdout = fingerprint("h", "1", looks(SCENE, HASH))
    assert not find_copies([holdout], [holdout])


def test_what_was_never_read_whole_is_no_copy_of_another_like_it() -> None:
    one, other = (Fingerprint(uri, "etag", None, error="too large") for uri in "ab")
    assert not find_copies([one], [other])


@pytest.mark.parametrize(("differing", "copy"), [(0, True), (10, True), (11, False)])
def test_ten_bits_may_differ(differing: int, copy: bool) -> None:
    near = fingerprint("a", "1", looks(SCENE, HASH ^ (1 << differing) - 1))
    assert bool(find_copies([near], [fingerprint("h", "2", looks(SCENE, HASH))])) is copy


def test_the_mirror_image_is_a_copy() -> None:
    holdout = fingerprint("h", "2", looks(SCENE, HASH, MIRRORED))
    mirrored = fingerprint("a", "1", looks(SCENE[:, ::-1], MIRRORED, HASH))
    assert find_copies([mirrored], [holdout])["a"].how == "looks like its mirror image: 0 of 64 bits differ"


def test_the_nearest_original_is_named() -> None:
    originals = [fingerprint(f"h{n}", f"{n}", looks(SCENE, HASH ^ (1 << n) - 1)) for n in (5, 1, 3)]
    assert find_copies([fingerprint("a", "x", looks(SCENE, HASH))], originals)["a"].original == "h1"


def test_a_hash_alone_is_not_enough() -> None:
    other = RANDOM.integers(0, 256, SHAPE)
    holdout = [fingerprint("h", "2", looks(other, HASH))]
    assert not find_copies([fingerprint("a", "1", looks(SCENE, HASH))], holdout)


def test_nearly_plain_pictures_must_be_more_alike() -> None:
    plain = 0b111
    slightly = np.clip(SCENE + RANDOM.normal(0, 40, SHAPE), 0, 255)
    one, copy, like = (
        fingerprint(u, u, looks(greys, plain)) for u, greys in (("h", SCENE), ("a", SCENE), ("b", slightly))
    )
    assert list(find_copies([copy, like], [one])) == ["a"]


def test_flat_pictures_are_copies_by_their_bytes_only() -> None:
    flat = looks(np.full(SHAPE, 90), 0)
    assert not find_copies([fingerprint("a", "1", flat)], [fingerprint("h", "2", flat)])
    assert find_copies([fingerprint("a", "1", flat)], [fingerprint("h", "1", flat)])


def test_bits_may_be_switched_off() -> None:
    one, other = fingerprint("a", "1", looks(SCENE, HASH)), fingerprint("h", "2", looks(SCENE, HASH))
    assert not find_copies([one], [other], bits=None)


def test_a_fingerprint_comes_back_as_it_was() -> None:
    for one in (fingerprint("a", "1", looks(SCENE, HASH, MIRRORED)), fingerprint("b", "2")):
        again = Fingerprint.from_json(one.to_json())
        assert (again.appearance, again.digest, again.error) == (one.appearance, one.digest, one.error)


@pytest.mark.parametrize("thumbnail", ["", "%%%", base64.b64encode(bytes(99)).decode()])
def test_a_thumbnail_that_is_none_is_told(thumbnail: str) -> None:
    broken = fingerprint("a", "1", Appearance(f"{HASH:016x}", f"{HASH:016x}", thumbnail))
    with pytest.raises(RowError, match="thumbnail"):
        find_copies([broken], [fingerprint("h", "2", looks(SCENE, HASH))])


def test_many_pictures_take_seconds() -> None:
    greys = RANDOM.integers(0, 256, (500, *SHAPE))
    many = [
        fingerprint(f"a{n}", f"a{n}", looks(greys[n % 500], int(value)))
        for n, value in enumerate(RANDOM.integers(0, 2**63, 20_000))
    ]
    holdout = [fingerprint(f"h{n}", f"h{n}", many[n].appearance) for n in range(300)]
    begun = time.monotonic()
    found = find_copies(many, holdout)
    assert time.monotonic() - begun < 10
    assert {f"a{n}" for n in range(300)} <= found.keys()
