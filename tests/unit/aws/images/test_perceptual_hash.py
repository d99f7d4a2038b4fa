"""What looks alike has nearly the same hash; what does not has another."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image, ImageEnhance

from nightloop.aws.images.decoding import read_picture
from nightloop.aws.images.perceptual_hash import difference_hash


def scene(seed: int, size: tuple[int, int] = (320, 240)) -> Image.Image:
    """Smooth light and shade, as photos have."""
    random = np.random.default_rng(seed)
    coarse = Image.fromarray(random.integers(0, 256, (6, 8, 3), dtype=np.uint8))
    return coarse.resize(size, Image.Resampling.BICUBIC)


def distance(one: str, other: str) -> int:
    return (int(one, 16) ^ int(other, 16)).bit_count()


def test_scaling_compression_and_brightness_change_little() -> None:
    image = scene(1)
    body = io.BytesIO()
    image.save(body, "JPEG", quality=40)
    alike = [
        image.resize((160, 120)),
        Image.open(body),
        ImageEnhance.Brightness(image).enhance(0.8),
        image.crop((2, 2, 318, 238)),
    ]
    assert max(distance(difference_hash(image), difference_hash(other)) for other in alike) <= 6


def test_other_pictures_are_far() -> None:
    hashes = [difference_hash(scene(seed)) for seed in range(40)]
    distances = [distance(one, other) for number, one in enumerate(hashes) for other in hashes[:number]]
    assert min(distances) > 6
    assert 28 < np.mean(distances) < 36, "two pictures differ in about half of the bits"


def test_a_picture_knows_its_hash_whether_normalised_or_not() -> None:
    image = scene(2)
    bodies = []
    for mode in ("RGB", "CMYK"):
        body = io.BytesIO()
        image.convert(mode).save(body, "JPEG", quality=95)
        bodies.append(read_picture(body.getvalue()))
    plain, printed = bodies
    assert (plain.normalised, printed.normalised) == (False, True)
    assert distance(plain.perceptual_hash, printed.perceptual_hash) <= 6
    flat = difference_hash(Image.new("RGB", (50, 50), (9, 9, 9)))
    assert flat == "0" * 16
