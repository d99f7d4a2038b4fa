"""Of a file with several pictures everyone sees the same one; one image's memory is bounded."""

from __future__ import annotations

import io
import struct

import numpy as np
import pytest
from PIL import Image, ImageDraw

from nightloop.aws.errors import NotAnImageError, UnreadableImageError
from nightloop.aws.images.decoding import read_picture
from nightloop.aws.images.memory_limit import Room
from tests.unit.aws.images.test_pixel_formats import encoded


def frame(left: int) -> Image.Image:
    image = Image.new("RGB", (80, 40), "grey")
    ImageDraw.Draw(image).rectangle([left, 5, left + 20, 30], fill="red")
    return image


def red_at(body: bytes) -> int:
    """The left edge of the red rectangle that everyone is shown."""
    picture = read_picture(body)
    assert (picture.normalised, picture.content_type) == (True, "image/jpeg")
    shown = Image.open(io.BytesIO(picture.body))
    assert getattr(shown, "n_frames", 1) == 1
    pixels = np.asarray(shown, dtype=int)
    return int(np.flatnonzero((pixels[..., 0] - pixels[..., 1] > 60).any(axis=0))[0])


ANIMATED = {"save_all": True, "append_images": [frame(50), frame(30)], "duration": 2000}


@pytest.mark.parametrize(
    ("body", "left", "note"),
    [
        (encoded(frame(5), "PNG", **ANIMATED), 5, "the first of 3 frames"),
        (encoded(frame(5), "PNG", default_image=True, **ANIMATED), 50, "the first of 2 frames"),
        (
            encoded(frame(5), "PNG", default_image=True, save_all=True, append_images=[frame(50)]),
            50,
            "the first of 1 frames",
        ),
        (encoded(frame(5), "GIF", **ANIMATED), 5, "the first of 3 frames"),
        (encoded(frame(5), "WEBP", **ANIMATED), 5, "the first of 3 frames"),
        (encoded(frame(5), "AVIF", **ANIMATED), 5, "the first of 3 frames"),
        (encoded(frame(5), "MPO", save_all=True, append_images=[frame(50)]), 5, "the main one of 2 pictures"),
    ],
    ids=["APNG", "APNG with a hidden picture", "APNG of one frame", "GIF", "WebP", "AVIF", "MPO"],
)
def test_of_several_frames_everyone_sees_the_first_that_is_played(body: bytes, left: int, note: str) -> None:
    assert red_at(body) == pytest.approx(left, abs=3)
    assert read_picture(body).note == note


def pages(*images: Image.Image) -> bytes:
    return encoded(images[0], "TIFF", save_all=True, append_images=list(images[1:]))


@pytest.mark.parametrize(
    ("body", "size", "note"),
    [
        (pages(Image.new("RGB", (16, 12)), Image.new("RGB", (400, 300))), (400, 300), "page 2 of 2, the largest"),
        (pages(Image.new("RGB", (400, 300)), Image.new("RGB", (16, 12))), (400, 300), "page 1 of 2, the largest"),
        (
            pages(*[Image.new("RGB", size) for size in ((30, 20), (60, 40), (60, 40))]),
            (60, 40),
            "page 2 of 3, the largest",
        ),
        (pages(Image.new("RGB", (60, 40))), (60, 40), None),
    ],
)
def test_of_several_pages_everyone_sees_the_largest(body: bytes, size: tuple[int, int], note: str | None) -> None:
    picture = read_picture(body)
    assert (picture.width, picture.height, picture.note) == (*size, note)


def test_a_mask_is_no_page() -> None:
    sizes = [Image.new("RGB", size) for size in ((400, 300), (200, 150))]
    body = encoded(sizes[0], "TIFF", tiffinfo={254: 4}, save_all=True, append_images=sizes[1:])
    first, second, end = body.split(struct.pack("<HHII", 254, 4, 1, 4))
    body = first + struct.pack("<HHII", 254, 4, 1, 4) + second + struct.pack("<HHII", 254, 4, 1, 0) + end
    picture = read_picture(body)
    assert (picture.width, picture.height) == (200, 150)


def test_the_preview_in_a_camera_s_raw_file_is_not_the_picture() -> None:
    preview = encoded(Image.new("RGB", (16, 12)), "TIFF", tiffinfo={50706: b"\1\4\0\0"})
    with pytest.raises(UnreadableImageError, match="raw file"):
        read_picture(preview)


def test_a_larger_picture_inside_a_page_is_not_overlooked() -> None:
    body = bytearray(encoded(Image.new("RGB", (16, 12)), "TIFF", tiffinfo={330: 0xABCDEF}))
    inside = struct.pack("<HHHIIHHIII", 2, 256, 4, 1, 4000, 257, 4, 1, 3000, 0)
    place = body.index(struct.pack("<I", 0xABCDEF))
    body[place : place + 4] = struct.pack("<I", len(body))
    with pytest.raises(UnreadableImageError, match="raw file"):
        read_picture(bytes(body) + inside)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(400), "HEIC"),
        (b"\xff\x0a" + bytes(400), "JPEG XL"),
        (b"8BPS\0\1" + bytes(400), "Photoshop"),
        (b"II*\0" + bytes(400), "TIFF"),
        (b"\0\0\0\x18ftypcrx \0\0\0\0" + bytes(400), "camera raw"),
    ],
)
def test_a_form_that_is_not_read_is_named(body: bytes, said: str) -> None:
    with pytest.raises(UnreadableImageError, match=f"{said}.*Convert it") as raised:
        read_picture(body)
    assert not isinstance(raised.value, NotAnImageError)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", "empty"),
        (b'{"a": 1}', "JSON"),
        (b"hello", "text"),
        ("größer".encode(), "text"),
        (b"<html></html>", "XML or HTML"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"PK\3\4....", "ZIP"),
        (b"\0\0\0\x20ftypisom\0\0\2\0", "video"),
        (bytes(range(256)), "unknown"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "text"),
    ],
)
def test_what_is_no_image_is_told_by_its_kind(body: bytes, kind: str) -> None:
    with pytest.raises(NotAnImageError) as raised:
        read_picture(body)
    assert raised.value.kind == kind


def test_a_room_is_never_overfull_and_a_large_part_gets_its_turn() -> None:
    import threading
    import time

    room, held, most, order = Room(10), [0], [0], []
    lock = threading.Lock()

    def hold(units: int) -> None:
        with room.take(units):
            with lock:
                held[0] += min(units, 10)
                most[0] = max(most[0], held[0])
                order.append(units)
            time.sleep(0.01)
            with lock:
                held[0] -= min(units, 10)

    threads = [threading.Thread(target=hold, args=(units,)) for units in (4, 4, 99, *[3] * 20)]
    for thread in threads:
        thread.start()
        time.sleep(0.001)
    for thread in threads:
        thread.join(timeout=10)
    assert most[0] == 10
    assert order.index(99) == 2, "small parts that come later do not overtake it"
