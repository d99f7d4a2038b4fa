"""What nothing can be measured on is named before anything is paid; what a model reads otherwise is read as a copy."""

from __future__ import annotations

import io
import json

import numpy as np
import pytest
from PIL import Image

from nightloop.aws.datasets.cohorts import Cohorts
from nightloop.aws.datasets.holdout_check import check_holdout, readable_copies, write_copies
from nightloop.aws.datasets.holdout_results import output_of, read_copies, read_results
from nightloop.aws.errors import HoldoutError, TransformOutputError
from nightloop.aws.images.decoding import MAXIMUM_BYTES, upright_size
from tests.support.memory_store import MemoryStore
from tests.unit.aws.datasets.test_cohort_copies import DATA, line, turned_photo
from tests.unit.aws.images.test_perceptual_hash import scene
from tests.unit.aws.images.test_pixel_formats import encoded

PLAIN = scene(1)


def noise() -> bytes:
    return encoded(Image.fromarray(np.random.default_rng(1).integers(0, 255, (1400, 1800, 3), dtype=np.uint8)), "PNG")


def holdout(images: dict[str, bytes], lines: list[dict] | None = None, folder: str = "s3://b/h/") -> Cohorts:
    refs = [f"{folder}{name}" for name in images]
    rows = lines or [line(ref) for ref in refs]
    body = "\n".join(json.dumps(row) for row in rows).encode()
    objects = dict(zip(refs, images.values(), strict=True))
    return Cohorts(MemoryStore({"s3://b/holdout.manifest": body, **objects}), DATA)


def test_a_good_holdout_says_how_much_it_has() -> None:
    assert check_holdout(holdout({"1.png": encoded(PLAIN, "PNG")})) == {"images": 1, "objects": {"cat": 1}}


@pytest.mark.parametrize(
    ("images", "named"),
    [
        ({"1.png": encoded(PLAIN, "PNG"), "0.png": noise()}, "s3://b/h/0.png is 1800 x 1400 pixels"),
        ({"1.jpg": encoded(PLAIN, "JPEG")[:999]}, "s3://b/h/1.jpg cannot be measured on"),
        ({"1.jpg": b"\0\0\0\x18ftypheic" + bytes(99)}, "s3://b/h/1.jpg cannot be measured on: the image is a HEIC"),
        ({"1.jpg": turned_photo(PLAIN.transpose(Image.Transpose.ROTATE_90))}, "shown turned"),
    ],
)
def test_a_picture_that_nothing_can_be_measured_on_is_named(images: dict[str, bytes], named: str) -> None:
    with pytest.raises(HoldoutError) as raised:
        check_holdout(holdout(images))
    assert named in str(raised.value)
    assert "nothing was started" in str(raised.value)


def test_a_deleted_image_and_one_with_an_escaped_name_are_named() -> None:
    lines = [line("s3://b/h/gone.png"), line("s3://b/h/a%20b.png")]
    with pytest.raises(HoldoutError) as raised:
        check_holdout(holdout({"a b.png": encoded(PLAIN, "PNG")}, lines))
    assert "s3://b/h/gone.png is not there" in str(raised.value)
    assert "there is s3://b/h/a b.png" in str(raised.value)


def test_too_few_images_are_said_with_the_setting() -> None:
    with pytest.raises(HoldoutError, match=r"has 1 images; with fewer than 30 \(gate.min_holdout_images\)"):
        check_holdout(holdout({"1.png": encoded(PLAIN, "PNG")}), 30)


def test_of_many_problems_the_first_are_said_and_the_others_counted() -> None:
    with pytest.raises(HoldoutError, match="and 5 more problems"):
        check_holdout(holdout({"1.png": encoded(PLAIN, "PNG")}, [line(f"s3://b/h/gone-{n}.png") for n in range(25)]))


ODD = {
    "turned.jpg": turned_photo(PLAIN),
    "printed.jpg": encoded(PLAIN.convert("CMYK"), "JPEG"),
    "moving.gif": encoded(PLAIN.convert("P"), "GIF", save_all=True, append_images=[scene(2).convert("P")]),
    "large.png": noise(),
}


def test_what_a_model_might_read_otherwise_is_read_as_its_copy() -> None:
    lines = [line(f"s3://b/h/{name}") for name in ODD]
    lines[-1] = line("s3://b/h/large.png", Image.new("1", (1800, 1400)))
    cohorts = holdout({"1.png": encoded(PLAIN, "PNG")} | ODD, [line("s3://b/h/1.png"), *lines])
    check_holdout(cohorts)
    copies = readable_copies(cohorts)
    assert copies.keys() == {f"s3://b/h/{name}" for name in ODD}
    for uri in copies.values():
        body = cohorts.store.objects[uri]
        copy = Image.open(io.BytesIO(body))
        assert (copy.format, copy.mode, copy.getexif().get(0x0112)) == ("JPEG", "RGB", None)
        assert len(body) <= MAXIMUM_BYTES
    before = dict(cohorts.store.objects)
    assert readable_copies(Cohorts(cohorts.store, DATA)) == copies
    assert cohorts.store.objects == before


def test_what_is_gone_or_cannot_be_read_is_named_before_a_job_is_started() -> None:
    lines = [line("s3://b/h/gone.png"), line("s3://b/h/text.png")]
    with pytest.raises(HoldoutError) as raised:
        readable_copies(holdout({"text.png": b"text"}, lines))
    assert "s3://b/h/gone.png is not there" in str(raised.value)
    assert "s3://b/h/text.png cannot be measured on" in str(raised.value)


def test_a_holdout_of_two_buckets_is_brought_together() -> None:
    cohorts = holdout({"1.png": encoded(PLAIN, "PNG")}, folder="s3://elsewhere/h/")
    assert readable_copies(cohorts) == {}, "one bucket, wherever it is, needs no copy"
    cohorts = holdout({"1.png": encoded(PLAIN, "PNG"), "2.jpg": ODD["printed.jpg"]}, folder="s3://elsewhere/h/")
    copies = readable_copies(cohorts)
    assert {uri.split("/")[2] for uri in copies.values()} == {"b"}
    assert cohorts.store.objects[copies["s3://elsewhere/h/1.png"]] == encoded(PLAIN, "PNG")
    assert copies["s3://elsewhere/h/1.png"].endswith(".png")


def test_results_are_found_under_the_copies() -> None:
    cohorts = holdout({"turned.jpg": ODD["turned.jpg"], "1.png": encoded(PLAIN, "PNG")})
    copies = readable_copies(cohorts)
    transform = {"output": "s3://b/out/", "folder": "s3://b/", "model": "m"}
    transform["copies"] = write_copies(cohorts, "digest", copies)
    assert read_copies(cohorts.store, transform) == copies
    answer = json.dumps({"prediction": [[0, 0.9, 0.5, 0.5, 1.0, 1.0]]}).encode()
    for scored in (copies["s3://b/h/turned.jpg"], "s3://b/h/1.png"):
        cohorts.store.objects[output_of(transform, scored)] = answer
    results = read_results(cohorts.store, transform, cohorts.holdout_lines, ("cat",), "bb")
    assert [(result.image.uri, result.boxes[0].left) for result in results] == [
        ("s3://b/h/turned.jpg", 160),
        ("s3://b/h/1.png", 160),
    ]


def test_boxes_of_other_pixels_are_never_compared() -> None:
    cohorts = holdout({"1.jpg": turned_photo(PLAIN.transpose(Image.Transpose.ROTATE_90))})
    transform = {"output": "s3://b/out/", "folder": "s3://b/h/", "model": "m"}
    cohorts.store.objects["s3://b/out/1.jpg.out"] = b'{"prediction": []}'
    with pytest.raises(HoldoutError, match=r"s3://b/h/1.jpg of the holdout is 240 x 320 pixels.*shown turned"):
        read_results(cohorts.store, transform, cohorts.holdout_lines, ("cat",), "bb")


def test_a_result_that_is_not_there_is_named() -> None:
    cohorts = holdout({"1.png": encoded(PLAIN, "PNG")})
    transform = {"output": "s3://b/out/", "folder": "s3://b/h/", "model": "m"}
    with pytest.raises(TransformOutputError, match=r"s3://b/out/1.png.out"):
        read_results(cohorts.store, transform, cohorts.holdout_lines, ("cat",), "bb")


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("form", ["JPEG", "TIFF", "PNG", "WEBP"])
def test_the_upright_size_is_that_of_the_picture(form: str, orientation: int) -> None:
    from nightloop.aws.images.decoding import read_picture

    exif = Image.Exif()
    exif[0x0112] = orientation
    options = {"tiffinfo": {274: orientation}} if form == "TIFF" else {"exif": exif}
    body = encoded(Image.new("RGB", (30, 20)), form, **options)
    picture = read_picture(body)
    assert upright_size(body) == (picture.width, picture.height) == ((20, 30) if orientation > 4 else (30, 20))
