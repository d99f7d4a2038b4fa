"""Whatever form pixels have in a file, their light and dark stay what they are, or the image says why not."""

from __future__ import annotations

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image, ImageOps

from nightloop.aws.errors import UnreadableImageError
from nightloop.aws.images.decoding import read_picture

DARK, LIGHT = 60, 190


def encoded(image: Image.Image, form: str, **options) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()


def halves(dtype: str = "u1", scale: float = 1.0) -> np.ndarray:
    """A dark left half and a light right half."""
    values = np.full((32, 64), DARK, dtype="f8")
    values[:, 32:] = LIGHT
    return (values * scale).round().astype(dtype)


GREY = Image.fromarray(halves())
COLOURED = Image.merge("RGB", [GREY, GREY.point(lambda value: value // 2), GREY.point(lambda value: 255 - value)])


def shown(body: bytes) -> Image.Image:
    picture = read_picture(body)
    image = Image.open(io.BytesIO(picture.body))
    assert (image.size, image.mode) == ((picture.width, picture.height), "RGB")
    return image


def greys(body: bytes) -> list[int]:
    image = shown(body).convert("L")
    return [image.getpixel((8, 16)), image.getpixel((56, 16))]


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png(size: tuple[int, int], depth: int, colour: int, rows: bytes, *others: bytes) -> bytes:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", *size, depth, colour, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(others) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def png16(values: np.ndarray, colour: int, *others: bytes) -> bytes:
    """`values` [H, W, samples] of 16 bits."""
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in values)
    return png((values.shape[1], values.shape[0]), 16, colour, rows, *others)


def tiff(values: np.ndarray, *, bits: int, photometric: int = 1, sample_format: int = 1) -> bytes:
    """A little-endian TIFF of one strip, as laboratory programs write them."""
    data = values.tobytes()
    tags = [(256, 4, values.shape[1]), (257, 4, values.shape[0]), (258, 3, bits), (259, 3, 1), (262, 3, photometric)]
    tags += [(273, 4, 8), (277, 3, 1), (278, 4, values.shape[0]), (279, 4, len(data)), (339, 3, sample_format)]
    entries = b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in tags)
    directory = struct.pack("<H", len(tags)) + entries + struct.pack("<I", 0)
    return b"II*\0" + struct.pack("<I", 8 + len(data)) + data + directory


def multiplied(values: np.ndarray, alpha: np.ndarray) -> bytes:
    """A TIFF whose colours are multiplied by their alpha ("associated"), as renderers write them."""
    layers = np.dstack([*[values * (alpha / 255)] * 3, alpha]).round().astype("u1")
    entry, associated = (struct.pack("<HHII", 338, 3, 1, meaning) for meaning in (2, 1))
    body = encoded(Image.fromarray(layers), "TIFF")
    assert entry in body
    return body.replace(entry, associated)


FORMS = {
    "L": encoded(GREY, "PNG"),
    "LA": encoded(GREY.convert("LA"), "PNG"),
    "RGB": encoded(GREY.convert("RGB"), "PNG"),
    "RGBA": encoded(GREY.convert("RGBA"), "PNG"),
    "P": encoded(GREY.convert("P"), "PNG"),
    "P in a GIF": encoded(GREY.convert("P"), "GIF"),
    "PA": encoded(GREY.convert("P").convert("PA").convert("RGBA"), "WEBP", lossless=True),
    "CMYK, Adobe's inverted": encoded(GREY.convert("RGB").convert("CMYK"), "JPEG", quality=95),
    "CMYK in a TIFF": encoded(GREY.convert("RGB").convert("CMYK"), "TIFF"),
    "YCbCr": encoded(GREY.convert("RGB").convert("YCbCr"), "TIFF"),
    "RGBX": encoded(GREY.convert("RGBX"), "TIFF"),
    "RGBa": multiplied(halves(), np.full((32, 64), 128)),
    "I;16": encoded(Image.fromarray(halves("u2", 257)), "PNG"),
    "I;16 in a TIFF": encoded(Image.fromarray(halves("u2", 257)), "TIFF"),
    "white is zero": tiff(255 - halves(), bits=8, photometric=0),
    "white is zero, 16 bits": tiff((65535 - halves("u2", 257)).astype("<u2"), bits=16, photometric=0),
    "RGB of 16 bits": png16(np.repeat(halves("u2", 257)[..., None], 3, 2), 2),
    "RGBA of 16 bits": png16(np.dstack([*[halves("u2", 257)] * 3, np.full((32, 64), 65535, "u2")]), 6),
    "grey and alpha of 16 bits": png16(np.dstack([halves("u2", 257), np.full((32, 64), 65535, "u2")]), 4),
    "PGM of 16 bits": b"P5 64 32 65535\n" + halves(">u2", 257).tobytes(),
    "PGM of 10 bits": b"P5 64 32 1023\n" + halves(">u2", 1023 / 255).tobytes(),
    "JPEG 2000 of 16 bits": encoded(Image.fromarray(halves("u2", 257)), "JPEG2000"),
    "BMP": encoded(GREY, "BMP"),
    "AVIF": encoded(GREY.convert("RGB"), "AVIF", quality=95),
}


@pytest.mark.parametrize("form", FORMS)
def test_dark_stays_dark_and_light_light(form: str) -> None:
    half_white = form == "RGBa"
    expected = [(value + 255) / 2 for value in (DARK, LIGHT)] if half_white else [DARK, LIGHT]
    assert greys(FORMS[form]) == pytest.approx(expected, abs=4)


def test_twelve_bits_are_scaled_by_their_own_white() -> None:
    values = halves("u2", 4095 / 255)
    pairs = values.reshape(-1, 2).astype("u4")
    packed = np.stack([pairs[:, 0] >> 4, (pairs[:, 0] & 15) << 4 | pairs[:, 1] >> 8, pairs[:, 1] & 255], 1).astype("u1")
    body = tiff(packed.reshape(32, 96), bits=12).replace(
        struct.pack("<HHII", 256, 4, 1, 96), struct.pack("<HHII", 256, 4, 1, 64)
    )
    assert greys(body) == pytest.approx([DARK, LIGHT], abs=4)


@pytest.mark.parametrize(
    "body",
    [
        encoded(Image.fromarray(halves("f4", 1 / 255)), "TIFF"),
        encoded(Image.fromarray(halves("i4", 257)), "TIFF"),
        tiff(halves("i2", 100), bits=16, sample_format=2),
        b"Pf 64 32 -1.0\n" + halves("<f4", 1 / 255).tobytes(),
    ],
    ids=["F", "I of 32 bits", "signed 16 bits", "PFM"],
)
def test_numbers_without_a_white_are_refused(body: bytes) -> None:
    with pytest.raises(UnreadableImageError, match="which of them is white"):
        read_picture(body)


def test_one_bit_is_black_and_white() -> None:
    bits = GREY.point(lambda value: 255 * (value > 100)).convert("1")
    assert greys(encoded(bits, "PNG")) == pytest.approx([0, 255], abs=4)
    assert greys(encoded(bits, "TIFF")) == pytest.approx([0, 255], abs=4)


def test_lab_colours_are_those_of_the_eye() -> None:
    lab = Image.merge("LAB", [Image.new("L", (20, 20), value) for value in (137, 208, 195)])  # CIE 53.7, 80, 67: red
    red = shown(encoded(lab, "TIFF")).getpixel((10, 10))
    assert red == pytest.approx((254, 0, 0), abs=12)


@pytest.mark.parametrize("form", ["RGB", "RGBA", "CMYK", "YCbCr"])
def test_colours_stay_in_their_bands(form: str) -> None:
    image = shown(encoded(COLOURED.convert(form), "TIFF"))
    for place in ((8, 16), (56, 16)):
        assert image.getpixel(place) == pytest.approx(COLOURED.getpixel(place), abs=12)


KEYED = {
    "grey of 2 bits": png((64, 32), 2, 0, (b"\0" + b"\x00" * 8 + b"\xaa" * 8) * 32, chunk(b"tRNS", b"\0\2")),
    "grey of 4 bits": png((64, 32), 4, 0, (b"\0" + b"\x00" * 16 + b"\x77" * 16) * 32, chunk(b"tRNS", b"\0\7")),
    "grey of 8 bits": png((64, 32), 8, 0, (b"\0" + b"\x00" * 32 + b"\x77" * 32) * 32, chunk(b"tRNS", b"\0\x77")),
    "grey of 16 bits": png16(
        halves("u2", 257)[..., None] * (np.arange(64) > 31)[None, :, None],
        0,
        chunk(b"tRNS", struct.pack(">H", LIGHT * 257)),
    ),
    "RGB of 16 bits": png16(
        np.repeat((halves("u2", 257) * (np.arange(64) > 31))[..., None], 3, 2),
        2,
        chunk(b"tRNS", struct.pack(">HHH", *[LIGHT * 257] * 3)),
    ),
    "palette, as bytes": encoded(
        GREY.point(lambda value: int(value > 100)).convert("P"), "PNG", transparency=bytes([255, 0])
    ),
    "alpha": encoded(Image.merge("LA", [Image.new("L", (64, 32), 0), GREY.point(lambda v: 255 * (v < 100))]), "PNG"),
    "alpha, multiplied": multiplied(np.zeros((32, 64)), 255 * (halves() < 100)),
}


@pytest.mark.parametrize("form", KEYED)
def test_what_is_transparent_is_white_and_the_rest_is_not(form: str) -> None:
    left, right = greys(KEYED[form])
    assert left < 10
    assert right > 250


def test_nothing_transparent_changes_nothing_else() -> None:
    values = halves("u2", 257)
    body = png16(values[..., None], 0, chunk(b"tRNS", struct.pack(">H", 0)))
    assert greys(body) == pytest.approx([DARK, LIGHT], abs=3)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("form", ["TIFF", "PNG", "WEBP", "AVIF"])
def test_every_format_is_turned_once(form: str, orientation: int) -> None:
    quarters = Image.new("RGB", (48, 32))
    for number, colour in enumerate(["black", "red", "blue", "white"]):
        quarters.paste(colour, (24 * (number % 2), 16 * (number // 2), 24 * (number % 2) + 24, 16 * (number // 2) + 16))
    exif = Image.Exif()
    exif[0x0112] = orientation
    options = {"tiffinfo": {274: orientation}} if form == "TIFF" else {"exif": exif}
    body = encoded(quarters, form, **options, **({"quality": 95} if form == "AVIF" else {}))
    stored = Image.Exif()
    stored[0x0112] = orientation
    quarters.info["exif"] = stored.tobytes()
    turned = encoded(quarters, "JPEG", exif=stored, quality=100, subsampling=0)
    expected = np.asarray(ImageOps.exif_transpose(Image.open(io.BytesIO(turned))), dtype=int)
    assert np.abs(np.asarray(shown(body), dtype=int) - expected).mean() < 12
