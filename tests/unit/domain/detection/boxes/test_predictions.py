from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightloop.domain.detection.boxes.predictions import Prediction, from_endpoint
from nightloop.domain.errors import ResponseError, RowError
from nightloop.domain.images.image import Image

IMAGE = Image("s3://b/1.jpg", "e", 10)
CLASSES = ["cat", "dog"]


def read(*rows: Any) -> Prediction:
    return from_endpoint({"prediction": list(rows)}, 800, 500, CLASSES, IMAGE, "m1")


def test_ratios_become_pixels_best_first() -> None:
    prediction = read([0.0, 0.25, 0.5, 0.5, 1.0, 1.0], [1.0, 0.75, 0.25, 0.2, 0.5, 0.6])
    first, second = prediction.boxes
    assert (first.label, first.score) == ("dog", 0.75)
    assert (first.left, first.top, first.width, first.height) == pytest.approx((200, 100, 200, 200))
    assert second.label == "cat"
    assert prediction.best_score == 0.75
    assert prediction.size == (800, 500)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ([0, 0.9, -0.1, -0.2, 0.5, 0.5], [(0, 0, 400, 250)]),  # over the edge: cut
        ([0, 0.9, 0.5, 0.5, 1.7, 1.2], [(400, 250, 400, 250)]),
        ([0, 0.9, 0.5, 0.5, 0.5, 0.9], []),  # no width
        ([0, 0.9, 0.6, 0.5, 0.5, 0.9], []),  # corners the wrong way round
        ([0, 0.9, 1.1, 0.5, 1.4, 0.9], []),  # outside
        ([-1, 0.0, 0.1, 0.1, 0.5, 0.5], []),  # suppressed
    ],
)
def test_boxes_are_cut_to_the_image(row: list[float], expected: list[tuple[float, ...]]) -> None:
    assert [(box.left, box.top, box.width, box.height) for box in read(row).boxes] == expected


def test_no_detection_is_a_result() -> None:
    assert read().boxes == ()
    assert read().best_score is None
    assert read().error is None


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({}, "did not answer a 'prediction' list"),
        ({"prediction": {}}, "did not answer a 'prediction' list"),
        ([], "did not answer a 'prediction' list"),
        ({"prediction": [[0, 0.5, 0, 0, 1]]}, "six numbers"),
        ({"prediction": [[0, "0.5", 0, 0, 1, 1]]}, "six numbers"),
        ({"prediction": [[0, 0.5, 0, 0, 1, 1, "more"]]}, "six numbers"),
        ({"prediction": [[0, float("nan"), 0, 0, 1, 1]]}, "six numbers"),
        ({"prediction": ["row"]}, "six numbers"),
        ({"prediction": [[2, 0.5, 0, 0, 1, 1]]}, "class 2 is not one of the loop's 2"),
        ({"prediction": [[0.5, 0.5, 0, 0, 1, 1]]}, r"class 0\.5"),
        ({"prediction": [[0, 1.5, 0, 0, 1, 1]]}, r"score 1\.5"),
    ],
)
def test_anything_else_is_refused_and_the_image_named(body: Any, words: str) -> None:
    with pytest.raises(ResponseError, match=words) as caught:
        from_endpoint(body, 800, 500, CLASSES, IMAGE, "m1")
    assert caught.value.image == IMAGE.uri


def test_an_image_without_size_is_refused() -> None:
    with pytest.raises(ResponseError, match="0 x 500"):
        from_endpoint({"prediction": []}, 0, 500, CLASSES, IMAGE, "m1")


def test_an_image_that_was_not_scored_has_no_size() -> None:
    failed = Prediction.failed(IMAGE, "m1", "ModelError", "Received client error (400)")
    assert failed.best_score is None
    with pytest.raises(ResponseError, match="was not scored"):
        _ = failed.size


RATIO = st.floats(-0.2, 1.2)


@given(st.lists(st.tuples(st.integers(-1, 1), st.floats(0, 1), RATIO, RATIO, RATIO, RATIO), max_size=6))
def test_rows_survive_json_and_boxes_lie_inside(rows: list[tuple[float, ...]]) -> None:
    prediction = read(*map(list, rows))
    assert Prediction.from_json(prediction.to_json()) == prediction
    assert list(prediction.boxes) == sorted(prediction.boxes, key=lambda box: -(box.score or 0))
    for box in prediction.boxes:
        assert box.left >= 0
        assert box.top >= 0
        assert box.width > 0
        assert box.height > 0
        assert box.left + box.width <= 800 + 1e-9
        assert box.top + box.height <= 500 + 1e-9


def test_a_fault_survives_json() -> None:
    failed = Prediction.failed(IMAGE, "m1", "ModelError", "Received client error (400)")
    assert failed.to_json()["error"] == {"code": "ModelError", "message": "Received client error (400)"}
    assert Prediction.from_json(failed.to_json()) == failed


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"width": "800"}, "'width' must be a whole number"),
        ({"width": 0}, "image size of 0 x 500"),
        ({"boxes": None}, "'boxes' must be a list"),
        ({"boxes": [3]}, "must be a JSON object"),
        ({"model": 3}, "'model' must be text"),
        ({"image": {"uri": "s3://b/1.jpg", "etag": "e"}}, "has no 'bytes'"),
        ({"image": {"uri": "s3://b/1.jpg", "etag": "e", "bytes": True}}, "'bytes' must be a whole number"),
    ],
)
def test_a_wrong_row_is_refused(change: dict[str, Any], words: str) -> None:
    with pytest.raises(RowError, match=words):
        Prediction.from_json(read().to_json() | change)


def test_an_upright_copy_remembers_its_original() -> None:
    image = Image("s3://b/copy.jpg", "e", 10, original="s3://b/1.jpg")
    assert Image.from_json(image.to_json()) == image
    assert "original" not in IMAGE.to_json()
