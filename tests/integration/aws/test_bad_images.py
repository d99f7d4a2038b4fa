"""Whatever lies in the day's folder, the night goes on and every box means the pixels people see."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from nightloop.aws.storage.layout import images_of
from nightloop.aws.storage.object_store import ObjectStore
from nightloop.domain.identity.naming import content_digest
from tests.integration.aws.nights import Night
from tests.integration.aws.pictures import encode, picture

BOX = (20, 30, 60, 40)


def noise() -> bytes:
    """A photo of more than 6 MB, with a red rectangle."""
    pixels = np.random.default_rng(0).integers(60, 100, (2000, 3200, 3), dtype=np.uint8)
    pixels[300:700, 200:900] = (250, 10, 10)
    return encode(Image.fromarray(pixels), "PNG")


def rotated() -> bytes:
    """A picture held sideways: upright, its rectangle is BOX."""
    exif = Image.Exif()
    exif[0x0112] = 6
    sideways = picture([BOX]).transpose(Image.Transpose.ROTATE_90)
    return encode(sideways, "JPEG", quality=95, exif=exif)


GOOD = encode(picture([BOX]), "JPEG", quality=95)
IMAGES = {
    "good.jpg": GOOD,
    "twin.jpg": GOOD,
    "truncated.jpg": GOOD[: len(GOOD) // 2],
    "almost whole.jpg": GOOD[:-20],
    "empty.jpg": b"",
    "text.jpg": b"this is no image",
    "cmyk.jpg": encode(picture([BOX]).convert("CMYK"), "JPEG", quality=95),
    "rotated.jpg": rotated(),
    "alpha.png": encode(picture([BOX]).convert("RGBA")),
    "palette.gif": encode(picture([BOX]).convert("P"), "GIF"),
    "palette twin.gif": encode(picture([BOX]).convert("P"), "GIF"),
    "grey.jpg": encode(picture([BOX]).convert("L"), "JPEG"),
    "pixel.png": encode(picture([], size=(1, 1))),
    "big.png": noise(),
    "100% a b+c.jpg": encode(picture([BOX], shade=91), "JPEG", quality=95),
    "日本語 の写真.jpg": encode(picture([BOX], shade=92), "JPEG", quality=95),
    "blue.jpg": encode(Image.new("RGB", (50, 50), (0, 0, 255)), "JPEG"),
    "notes.txt": b"a note",
    "notes": b'{"camera": 3}',
    "photo without an ending": encode(picture([BOX], shade=93), "JPEG", quality=95),
    "windows.jfif": encode(picture([BOX], shade=94), "JPEG", quality=95),
    "new.avif": encode(picture([BOX], shade=95), "AVIF", quality=95),
    "phone.heic": b"\0\0\0\x18ftypheic" + bytes(100),
    "animated.gif": encode(picture([BOX]), "GIF", save_all=True, append_images=[picture([])]),
    "._photo.jpg": b"\0\5\x16\7",
    "day/.DS_Store": b"Bud1",
    "day/Thumbs.db": b"\xd0\xcf",
    "day_$folder$": b"",
}


COMPANIONS = {"._photo.jpg", "day/.DS_Store", "day/Thumbs.db", "day_$folder$"}


@pytest.fixture(scope="module")
def night(live_loop, s3, stack):
    with stack.connected():
        night = Night(live_loop, "2026-05-01")
        for name, body in IMAGES.items():
            night.put_key(s3, name, body)
        night.list()
        night.score()
        night.plan()
    return night


@pytest.fixture(scope="module")
def predictions(night, stack):
    with stack.connected():
        lines = night.lines(night.files.predictions("00000"))
    sources = {line["image"].get("original", line["image"]["uri"]): line for line in lines}
    return {uri.removeprefix(images_of(night.loop, night.date)): line for uri, line in sources.items()}


def edges(prediction):
    return [prediction["boxes"][0][edge] for edge in ("left", "top", "width", "height")]


def seen(box, width):
    """Where the first generation sees a box: beside it."""
    left, top, across, down = box
    return [left + 0.7 * across, top, min(across, width - left - 0.7 * across), down]


def test_every_image_is_answered_in_order(predictions):
    assert list(predictions) == sorted(set(IMAGES) - COMPANIONS)


@pytest.mark.parametrize("name", ["truncated.jpg", "almost whole.jpg", "empty.jpg", "text.jpg"])
def test_unreadable_bytes_are_the_image_s_error(predictions, name):
    assert predictions[name]["error"]["code"] == "UnreadableImage"


def test_a_form_that_is_not_read_is_the_image_s_error_and_named(predictions):
    assert "HEIC" in predictions["phone.heic"]["error"]["message"]


@pytest.mark.parametrize(("name", "kind"), [("notes.txt", "text"), ("notes", "JSON")])
def test_other_files_are_left_out_as_what_they_are(predictions, name, kind):
    assert predictions[name]["error"] == {"code": "NotAnImage", "message": kind}


def test_of_an_animation_it_is_said_which_frame_is_shown(predictions):
    assert predictions["animated.gif"]["note"] == "the first of 2 frames"


def test_what_the_model_cannot_do_is_the_image_s_error(predictions):
    assert predictions["blue.jpg"]["error"]["code"] == "ModelError"
    assert "cannot stand blue" in predictions["blue.jpg"]["error"]["message"]


@pytest.mark.parametrize(
    "name",
    [
        "good.jpg",
        "100% a b+c.jpg",
        "日本語 の写真.jpg",
        "photo without an ending",
        "windows.jfif",
    ],
)
def test_plain_images_are_scored_as_they_are(predictions, night, name):
    assert predictions[name]["image"]["uri"] == f"{images_of(night.loop, night.date)}{name}"
    assert edges(predictions[name]) == pytest.approx(seen(BOX, 200), abs=3)


@pytest.mark.parametrize(
    "name",
    [
        "cmyk.jpg",
        "rotated.jpg",
        "alpha.png",
        "palette.gif",
        "grey.jpg",
        "big.png",
        "new.avif",
        "animated.gif",
    ],
)
def test_other_images_are_copied_upright_rgb_and_small(predictions, night, name):
    image = predictions[name]["image"]
    folder = content_digest(image["original"].encode())
    assert image["uri"] == f"{night.loop_files.normalised}{folder}/{image['etag']}.jpg"
    body = ObjectStore().read(image["uri"])
    copy = Image.open(io.BytesIO(body))
    assert (copy.format, copy.mode, copy.getexif().get(0x0112)) == ("JPEG", "RGB", None)
    assert copy.size == (predictions[name]["width"], predictions[name]["height"])
    assert len(body) <= 6_291_456


@pytest.mark.parametrize("name", ["cmyk.jpg", "rotated.jpg", "alpha.png", "palette.gif"])
def test_boxes_are_on_the_upright_pixels(predictions, name):
    assert (predictions[name]["width"], predictions[name]["height"]) == (200, 100)
    assert edges(predictions[name]) == pytest.approx(seen(BOX, 200), abs=4)


def test_one_pixel_is_an_image(predictions):
    assert (predictions["pixel.png"]["width"], predictions["pixel.png"]["height"]) == (1, 1)


@pytest.mark.parametrize(("first", "twin"), [("good.jpg", "twin.jpg"), ("palette twin.gif", "palette.gif")])
def test_identical_images_are_reviewed_once(night, first, twin):
    images = [(line["image"], line) for line in night.lines(night.files.plan)]
    plan = {image.get("original", image["uri"]).rsplit("/", 1)[-1]: line for image, line in images}
    assert plan[twin]["review_name"] == plan[first]["review_name"]
    assert [plan[name].get("duplicate_of") for name in (first, twin)].count(None) == 1


def test_the_night_goes_on_to_people(night, stack):
    opened = night.open()
    assert opened["refused"] == 0
    assert opened["opened"] == len({line["review_name"] for line in night.lines(night.files.plan)})
    names = [line["review_name"] for line in night.lines(night.files.reviews)]
    a2i = stack.client("sagemaker-a2i-runtime", "review")
    assert {a2i.describe_human_loop(HumanLoopName=name)["HumanLoopStatus"] for name in names} == {"InProgress"}
    for name in names:
        a2i.stop_human_loop(HumanLoopName=name)
    night.wait(opened["flow_definition_arn"], 1)
    receipt = night.finish()
    assert (receipt["reviews_failed"], receipt["reviews_open"]) == (len(names), 0)
    assert receipt["score_errors"] == 6
    assert receipt["images"] == len(IMAGES) - len(COMPANIONS) - 2
    companions = {"._*": 1, ".DS_Store": 1, "Thumbs.db": 1, "folder marker": 1}
    assert receipt["not_images"] == {**companions, "JSON": 1, "text": 1}
    assert receipt["several_pictures"] == 1
