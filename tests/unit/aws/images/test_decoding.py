"""One picture for everyone."""

from __future__ import annotations

import io
import random

import numpy as np
import pytest
from PIL import Image, ImageOps

from nightloop.aws.errors import UnreadableImageError
from nightloop.aws.images.decoding import read_picture


def encoded(image, form, **options):
    buffer = io.BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()


PLAIN = Image.new("RGB", (40, 20), (200, 30, 30))


@pytest.mark.parametrize("form", ["JPEG", "PNG"])
def test_plain_images_keep_their_bytes(form):
    body = encoded(PLAIN, form)
    picture = read_picture(body)
    assert (picture.body, picture.normalised) == (body, False)
    assert picture.content_type == f"image/{form.lower()}"
    assert (picture.width, picture.height) == (40, 20)


@pytest.mark.parametrize("orientation", range(2, 9))
def test_every_orientation_becomes_upright(orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    picture = read_picture(encoded(PLAIN, "JPEG", exif=exif))
    assert picture.normalised
    assert (picture.width, picture.height) == ((20, 40) if orientation > 4 else (40, 20))


@pytest.mark.parametrize("orientation", range(2, 9))
def test_upright_is_what_pillow_makes_of_it(orientation):
    quarters = Image.new("RGB", (40, 20))
    for number, colour in enumerate(["black", "dimgrey", "darkgrey", "white"]):
        quarters.paste(colour, (20 * (number % 2), 10 * (number // 2), 20 * (number % 2) + 20, 10 * (number // 2) + 10))
    exif = Image.Exif()
    exif[0x0112] = orientation
    body = encoded(quarters, "JPEG", exif=exif, quality=95)
    expected = np.asarray(ImageOps.exif_transpose(Image.open(io.BytesIO(body))), dtype=int)
    copy = np.asarray(Image.open(io.BytesIO(read_picture(body).body)), dtype=int)
    assert np.abs(copy - expected).mean() < 4


@pytest.mark.parametrize("form", ["JPEG", "WEBP"])
def test_a_picture_whose_exif_is_broken_is_taken_without(form):
    exif = Image.Exif()
    exif[0x010F] = "Maker"
    body = encoded(PLAIN, form, exif=exif)
    broken = body.replace(b"MM\x00*", b"M\x00\x00*").replace(b"II*\x00", b"I\x00*\x00")
    assert broken != body
    picture = read_picture(broken)
    assert (picture.width, picture.height) == (40, 20)
    assert not Image.open(io.BytesIO(picture.body)).getexif()


def test_a_picture_that_no_jpeg_can_hold_is_told():
    with pytest.raises(UnreadableImageError, match="copied as an upright RGB JPEG"):
        read_picture(encoded(Image.new("L", (70_000, 1)), "PNG"))


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_whatever_is_done_to_the_bytes_nothing_else_is_raised(capfd):
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "Maker"
    seeds = [encoded(PLAIN, form, exif=exif) for form in ("JPEG", "PNG", "WEBP")]
    seeds += [encoded(PLAIN.convert(mode), form) for mode, form in (("P", "GIF"), ("L", "BMP"), ("CMYK", "TIFF"))]
    chance, refused = random.Random(3), 0
    for _ in range(1500):
        body = bytearray(chance.choice(seeds))
        for _ in range(chance.choice([1, 1, 2, 4])):
            body[chance.randrange(chance.choice([60, len(body)]))] = chance.choice([0, 1, 128, 255])
        try:
            read_picture(bytes(body))
        except UnreadableImageError:
            refused += 1
    assert 100 < refused < 1400
    capfd.readouterr()  # libtiff writes what it thinks of them


def test_transparency_becomes_white():
    layers = Image.new("RGBA", (10, 10), (255, 0, 0, 0))
    copy = Image.open(io.BytesIO(read_picture(encoded(layers, "PNG")).body))
    assert copy.getpixel((5, 5)) == (255, 255, 255)


def test_sixteen_bits_are_scaled_not_clipped():
    grey = Image.new("I;16", (10, 10), 128 * 256)
    copy = Image.open(io.BytesIO(read_picture(encoded(grey, "PNG")).body))
    assert copy.getpixel((5, 5)) == pytest.approx((128, 128, 128), abs=1)


@pytest.mark.parametrize("body", [b"", b"text", encoded(PLAIN, "PNG")[:-30], encoded(PLAIN, "JPEG")[:-10]])
def test_unreadable_bytes_are_told(body):
    with pytest.raises(UnreadableImageError):
        read_picture(body)


def test_the_same_bytes_give_the_same_copy():
    body = encoded(PLAIN.convert("CMYK"), "JPEG")
    assert read_picture(body) == read_picture(body)
