"""One picture for everyone."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from nightloop.aws.errors import UnreadableImageError
from nightloop.aws.images import read_picture


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
