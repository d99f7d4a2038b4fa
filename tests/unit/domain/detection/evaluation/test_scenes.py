"""Which images of a holdout are of one scene."""

import numpy as np
import pytest

from nightloop.domain.detection.evaluation.scenes import scene_groups
from nightloop.domain.errors import ManifestError

# Half of the bits set: the hash of a picture that is not plain.
BASE = 0x5A5A5A5A5A5A5A5A


def lines(*refs, groups=()):
    made = [{"source-ref": ref, "bb-metadata": {"class-map": {}}} for ref in refs]
    for line, group in zip(made, groups, strict=False):
        if group is not None:
            line["bb-metadata"]["group"] = group
    return made


def away(bits: int, base: int = BASE) -> str:
    """A hash that differs from another in so many bits, spread over all of it."""
    return f"{base ^ sum(1 << (position * 4 + 1) for position in range(bits)):016x}"


def groups_of(manifest, hashes=None) -> list[int]:
    return scene_groups(manifest, "bb", hashes).tolist()


def test_without_groups_and_hashes_each_image_is_its_own() -> None:
    assert sorted(groups_of(lines("s3://b/1.jpg", "s3://b/2.jpg", "s3://b/3.jpg"))) == [0, 1, 2]


@pytest.mark.parametrize("group", ["yard", "0", 7, 0])
def test_the_group_of_the_line_counts(group) -> None:
    one, other, third = groups_of(lines("s3://b/a.jpg", "s3://b/b.jpg", "s3://b/c.jpg", groups=[group, None, group]))
    assert one == third != other


def test_what_is_named_apart_is_apart_however_alike() -> None:
    hashes = {"s3://b/a.jpg": away(0), "s3://b/b.jpg": away(0)}
    one, other = groups_of(lines("s3://b/a.jpg", "s3://b/b.jpg", groups=["x", "y"]), hashes)
    assert one != other


@pytest.mark.parametrize(
    ("names", "bits", "same"),
    [
        (("yard.jpg", "gate.jpg"), 10, True),
        (("yard.jpg", "gate.jpg"), 11, False),
        (("yard-001.jpg", "yard-002.jpg"), 14, True),
        (("yard-001.jpg", "yard-002.jpg"), 15, False),
        (("yard-001.jpg", "gate-002.jpg"), 14, False),
        (("001.jpg", "002.jpg"), 14, False),  # a number alone says nothing of a camera
        (("a/yard1", "b/yard2"), 14, False),  # another folder
        (("yard9", "yard10"), 14, True),
    ],
)
def test_alike_pictures_are_of_one_scene_and_those_named_alike_need_be_less_alike(names, bits, same) -> None:
    refs = [f"s3://b/{name}" for name in names]
    one, other = groups_of(lines(*refs), {refs[0]: away(0), refs[1]: away(bits)})
    assert (one == other) is same


def test_what_is_alike_with_a_third_is_of_its_group() -> None:
    refs = [f"s3://b/{name}.jpg" for name in ("a", "b", "c", "d")]
    hashes = dict(zip(refs, [away(0), away(8), away(16), away(0, ~BASE & (2**64 - 1))], strict=True))
    one, two, three, far = groups_of(lines(*refs), hashes)
    assert one == two == three != far
    assert groups_of(lines(*refs, groups=[None, "x", None, "x"]), hashes) == [0, 0, 0, 0]


@pytest.mark.parametrize("plain", ["0" * 16, "f" * 16, "0000000000000fff"])
def test_plain_pictures_are_like_none(plain) -> None:
    refs = ["s3://b/night-1.jpg", "s3://b/night-2.jpg"]
    one, other = groups_of(lines(*refs), dict.fromkeys(refs, plain))
    assert one != other


@pytest.mark.parametrize("group", [True, 1.5, ["a"], {"a": 1}])
def test_a_group_that_is_none_is_named(group) -> None:
    with pytest.raises(ManifestError, match=r"'group' of bb-metadata must be text or a whole number") as caught:
        groups_of(lines("s3://b/a.jpg", "s3://b/b.jpg", groups=[None, group]))
    assert caught.value.line == 2


def test_groups_are_numbered_without_gaps_in_the_order_of_the_lines() -> None:
    refs = [f"s3://b/{number}.jpg" for number in range(50)]
    found = scene_groups(lines(*refs, groups=[str(number % 7) for number in range(50)]), "bb")
    assert np.unique(found).tolist() == list(range(7))
    assert (found == found[np.arange(50) % 7]).all()
