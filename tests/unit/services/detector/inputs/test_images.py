from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from services.detector.errors import ImageError
from services.detector.inputs import images
from services.detector.inputs.images import decode, mirror
from tests.unit.services.detector.conftest import encoded

SIDE = 32


def left_and_right(mode="RGB", left="black", right="white", size=(64, 48)) -> Image.Image:
    image = Image.new(mode, size, left)
    image.paste(right, (size[0] // 2, 0, *size))
    return image


def saved(image: Image.Image, form="PNG", **options) -> bytes:
    body = BytesIO()
    image.save(body, form, **options)
    return body.getvalue()


def assert_black_then_white(pixels):
    assert pixels[:, :12].mean() < 30
    assert pixels[:, 20:].mean() > 225


def test_decodes_to_a_square_and_keeps_the_size():
    picture = decode(encoded(size=(200, 100)), SIDE)
    assert picture.pixels.shape == (SIDE, SIDE, 3)
    assert (picture.width, picture.height) == (200, 100)
    assert abs(int(picture.pixels.mean()) - 128) <= 1


def test_a_large_jpeg_keeps_its_size_though_it_is_decoded_reduced():
    picture = decode(saved(left_and_right(size=(1600, 1200)), "JPEG"), SIDE)
    assert (picture.width, picture.height) == (1600, 1200)
    assert_black_then_white(picture.pixels)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_is_applied(orientation):
    upright = left_and_right()
    undo = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # the transposition that EXIF's transposition undoes
    stored = upright.transpose(Image.Transpose(undo[orientation])) if orientation > 1 else upright
    exif = Image.Exif()
    exif[0x0112] = orientation
    picture = decode(saved(stored, "JPEG", exif=exif), SIDE)
    assert (picture.width, picture.height) == (64, 48)
    assert_black_then_white(picture.pixels)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (encoded(mode="L", form="PNG", colour=77), (77, 77, 77)),
        (encoded(mode="1", form="PNG", colour=1), (255, 255, 255)),
        (encoded(mode="P", form="PNG", colour=0), (0, 0, 0)),
        (encoded(mode="I;16", form="PNG", colour=77 * 256), (77, 77, 77)),
        (encoded(mode="RGBA", form="PNG", colour=(255, 0, 0, 255)), (255, 0, 0)),
        (encoded(mode="RGBA", form="PNG", colour=(255, 0, 0, 0)), (255, 255, 255)),
        (encoded(mode="LA", form="PNG", colour=(10, 0)), (255, 255, 255)),
        (encoded(mode="L", form="PNG", colour=9, transparency=9), (255, 255, 255)),
        (encoded(mode="CMYK", form="JPEG", colour=(0, 255, 255, 0)), (254, 0, 0)),
        (encoded(mode="L", form="JPEG", colour=77), (77, 77, 77)),
    ],
    ids=["grey", "bitmap", "palette", "grey16", "opaque", "clear", "grey-alpha", "grey-key", "cmyk", "jpeg-grey"],
)
def test_every_mode_becomes_rgb(body, expected):
    pixels = decode(body, SIDE).pixels.reshape(-1, 3).astype(int)
    assert np.abs(pixels - expected).max() <= 2


def test_a_phone_s_multi_picture_jpeg_is_a_jpeg():
    body = BytesIO()
    left_and_right().save(body, "MPO", save_all=True, append_images=[Image.new("RGB", (64, 48))])
    assert decode(body.getvalue(), SIDE).width == 64


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"", "The image is empty"),
        (b"hello, I am text", "not a JPEG or PNG"),
        (encoded(form="GIF", mode="L"), "not a JPEG or PNG"),
        (encoded(size=(640, 480))[:-200], "damaged or truncated"),
        (encoded(size=(640, 480), form="PNG")[:-60], "damaged or truncated"),
        (encoded()[:20], "not a JPEG or PNG"),
    ],
    ids=["empty", "text", "gif", "jpeg-cut", "png-cut", "header-only"],
)
def test_what_is_no_image_gets_one_sentence(body, sentence):
    with pytest.raises(ImageError, match=sentence) as caught:
        decode(body, SIDE)
    assert "\n" not in str(caught.value)
    assert str(caught.value).endswith(".")


def test_a_decompression_bomb_is_refused_before_it_is_decoded(monkeypatch):
    monkeypatch.setattr(images, "MAX_PIXELS", 64 * 48 - 1)
    with pytest.raises(ImageError, match="64 x 48 pixels; at most 3,071"):
        decode(encoded(), SIDE)


def test_pillow_s_own_bomb_guard_speaks_in_our_words():
    body = encoded(size=(20_000, 10_000), mode="1", form="PNG", colour=0)
    with pytest.raises(ImageError, match="too many pixels"):
        decode(body, SIDE)


def test_damaged_exif_does_not_cost_the_picture():
    exif = Image.Exif()
    exif[0x0112] = 6
    whole = saved(left_and_right(), "JPEG", exif=exif)
    start = whole.index(b"Exif") + 6
    damaged = whole[:start] + b"\xff" * 8 + whole[start + 8 :]
    picture = decode(damaged, SIDE)
    assert (picture.width, picture.height) == (64, 48)
    assert_black_then_white(picture.pixels)


@pytest.mark.filterwarnings("ignore:::PIL")
def test_random_damage_is_an_image_error_or_nothing(generator):
    noise = Image.fromarray(generator.integers(0, 255, (24, 32, 3)).astype(np.uint8))
    bodies = [saved(noise, "JPEG"), saved(noise), saved(noise.convert("P")), saved(noise.convert("RGBA"))]
    refused = 0
    for number in range(400):
        body = bytearray(bodies[number % len(bodies)])
        for place in generator.integers(0, len(body), 3):
            body[place] = generator.integers(256)
        try:
            assert decode(bytes(body), SIDE).pixels.shape == (SIDE, SIDE, 3)
        except ImageError:
            refused += 1
    assert 50 < refused < 400


def test_mirror():
    picture = decode(saved(left_and_right()), SIDE)
    assert (mirror(picture).pixels == picture.pixels[:, ::-1]).all()
    assert (mirror(mirror(picture)).pixels == picture.pixels).all()
