"""A holdout is measured on only where its lines are about the pictures that are there."""

from __future__ import annotations

from typing import Any

import pytest

from nightloop.domain.detection.manifest.holdout import holdout_problems, objects_per_class, size_problem
from nightloop.domain.images.fingerprints import Appearance, Fingerprint


def line(ref: str, *boxes: tuple[float, float, float, float], size: tuple[int, int] = (200, 100), **flags: int) -> Any:
    annotations = [{"class_id": 0, "left": a, "top": b, "width": c, "height": d, **flags} for a, b, c, d in boxes]
    label = {"annotations": annotations, "image_size": [{"width": size[0], "height": size[1], "depth": 3}]}
    return {"source-ref": ref, "bb": label, "bb-metadata": {"class-map": {"0": "cat"}}}


def seen(ref: str, width: int = 200, height: int = 100) -> Fingerprint:
    return Fingerprint(ref, "e", "d", width, height, True, Appearance("0" * 16, "0" * 16, ""))


def problems(*lines: Any, **pictures: Fingerprint) -> list[str]:
    return holdout_problems(list(lines), {one.uri: one for one in pictures.values()}, "bb")


FINE = line("s3://b/1.jpg", (0, 0, 200, 100), (10, 10, 5, 5))


def test_a_line_about_the_picture_that_is_there_is_fine() -> None:
    assert problems(FINE, one=seen("s3://b/1.jpg")) == []


@pytest.mark.parametrize(
    ("wrong", "picture", "said"),
    [
        (FINE, seen("s3://b/2.jpg"), "s3://b/1.jpg is not there"),
        (line("s3://b/a%20b.jpg"), seen("s3://b/a b.jpg"), "there is s3://b/a b.jpg: an address is written as the key"),
        (FINE, Fingerprint("s3://b/1.jpg", "e", "d", error="the bytes are not an image (text)"), "not an image (text)"),
        (FINE, seen("s3://b/1.jpg", 100, 200), "it is shown turned (EXIF)"),
        (FINE, seen("s3://b/1.jpg", 400, 200), "is 400 x 200 pixels, and its line says 200 x 100"),
        (line("s3://b/1.jpg", (0, 0, 0, 5)), seen("s3://b/1.jpg"), "without area (annotation 1)"),
        (line("s3://b/1.jpg", (0, 0, 5, -5)), seen("s3://b/1.jpg"), "without area (annotation 1)"),
        (
            line("s3://b/1.jpg", (1, 1, 5, 5), (150, 0, 51, 5)),
            seen("s3://b/1.jpg"),
            "outside of the image (annotation 2)",
        ),
        (line("s3://b/1.jpg", (-1, 0, 5, 5)), seen("s3://b/1.jpg"), "outside of the image (annotation 1)"),
        (line("s3://b/1.jpg", (0, 99.5, 5, 5)), seen("s3://b/1.jpg"), "outside of the image (annotation 1)"),
    ],
)
def test_what_is_wrong_is_said_of_its_image(wrong: Any, picture: Fingerprint, said: str) -> None:
    (sentence,) = problems(wrong, one=picture)
    assert sentence.startswith(wrong["source-ref"])
    assert said in sentence


def test_an_image_has_one_line_however_its_address_is_spelled() -> None:
    assert problems(FINE, line("s3://b/./1.jpg"), one=seen("s3://b/1.jpg"), two=seen("s3://b/./1.jpg")) == [
        "s3://b/1.jpg has 2 lines"
    ]


def test_all_problems_are_said_at_once() -> None:
    assert len(problems(line("s3://b/1.jpg", (-1, 0, 5, 5)), line("s3://b/2.jpg"))) == 3


def test_objects_that_need_not_be_found_do_not_count() -> None:
    lines = [line("s3://b/1.jpg", (0, 0, 5, 5), (9, 9, 5, 5)), line("s3://b/2.jpg", (0, 0, 5, 5), difficult=1)]
    assert objects_per_class(lines, ["cat", "dog"], "bb") == {"cat": 2, "dog": 0}


def test_equal_sizes_are_no_problem() -> None:
    assert size_problem((3, 2), (3, 2)) is None
