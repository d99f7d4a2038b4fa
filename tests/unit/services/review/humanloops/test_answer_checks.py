"""What a drawing tool may answer, and what not."""

import copy
import math

import pytest

from services.review.errors import (
    ImageSizeMissing,
    InvalidAnswer,
    ShapeOutsideImage,
    ShapeUnreadable,
    ShapeWithoutLabel,
    TooManyShapes,
    UnknownLabel,
)
from services.review.humanloops import answering
from services.review.humanloops.answer_checks import MAX_SHAPES, check_shapes, has_shapes
from services.review.storage.tables import Claim

SIZE = {"width": 640, "height": 480}
BOX = {"label": "cat", "left": 10, "top": 20, "width": 30, "height": 40}
TRIANGLE = [{"x": 1, "y": 2}, {"x": 639.5, "y": 4}, {"x": 5, "y": 480}]
SHAPES = {
    "boundingBoxes": BOX,
    "polygons": {"label": "cat", "vertices": TRIANGLE},
    "polylines": {"label": "cat", "vertices": TRIANGLE},
    "lines": {"label": "cat", "vertices": TRIANGLE[:2]},
    "keypoints": {"label": "cat", "x": 0, "y": 480},
}


def drawn(*boxes, kind="boundingBoxes", size=SIZE, name="annotatedResult"):
    return {name: {kind: list(boxes), "inputImageProperties": size}}


@pytest.mark.parametrize("kind", SHAPES)
def test_shapes_inside_the_image_are_taken(kind):
    check_shapes(drawn(SHAPES[kind], kind=kind), {"annotatedResult": frozenset({"cat", "dog"})})


def test_no_shape_at_all_is_an_answer():
    check_shapes(drawn(), {})
    assert has_shapes(drawn())


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"category": {"label": "cat"}},
        {"boundingBoxes": "mine"},
        {"instances": '[{"left": -5}]'},
        {"a": {"boundingBoxes": [{"left": -5}]}},
        {"a": {"inputImageProperties": {"width": -1}}},
    ],
)
def test_what_is_no_drawing_is_the_templates_own_business(answer):
    assert not has_shapes(answer)
    check_shapes(answer, {})


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"left": -2}, ShapeOutsideImage),
        ({"left": 612}, ShapeOutsideImage),
        ({"top": 442}, ShapeOutsideImage),
        ({"width": 1e300}, ShapeOutsideImage),
        ({"width": -1}, ShapeUnreadable),
        ({"height": -0.5}, ShapeUnreadable),
        ({"left": math.nan}, ShapeUnreadable),
        ({"width": math.inf}, ShapeUnreadable),
        ({"left": "10"}, ShapeUnreadable),
        ({"left": None}, ShapeUnreadable),
        ({"left": True}, ShapeUnreadable),
        ({"left": 10**400}, ShapeUnreadable),
        ({"label": ""}, ShapeWithoutLabel),
        ({"label": " "}, ShapeWithoutLabel),
        ({"label": None}, ShapeWithoutLabel),
        ({"label": ["cat"]}, ShapeWithoutLabel),
        ({"label": "unicorn"}, UnknownLabel),
    ],
)
def test_boxes_that_cannot_be(change, refusal):
    with pytest.raises(refusal) as caught:
        check_shapes(drawn(BOX, BOX | change), {"annotatedResult": frozenset({"cat"})})
    assert isinstance(caught.value, InvalidAnswer)
    assert caught.value.details["number"] == 2, "it says which"


@pytest.mark.parametrize("change", [{"left": -1}, {"left": 611}, {"top": 440.9}, {"width": 0}, {"height": 0}])
def test_a_pixel_of_rounding_and_a_box_of_no_size_are_taken(change):
    check_shapes(drawn(BOX | change), {})


@pytest.mark.parametrize("shape", ["cat", None, [], 5, {"label": "cat"}])
@pytest.mark.parametrize("kind", SHAPES)
def test_what_is_no_shape(kind, shape):
    with pytest.raises(InvalidAnswer):
        check_shapes(drawn(shape, kind=kind), {})


@pytest.mark.parametrize("vertices", [[], [{"x": 1}], [{"x": 1, "y": math.nan}], [[1, 2]], "12", None])
def test_corners_that_cannot_be(vertices):
    with pytest.raises(ShapeUnreadable):
        check_shapes(drawn({"label": "cat", "vertices": vertices}, kind="polygons"), {})


def test_a_corner_outside_the_image():
    outside = {"label": "cat", "vertices": [*TRIANGLE, {"x": 641.5, "y": 0}]}
    with pytest.raises(ShapeOutsideImage):
        check_shapes(drawn(outside, kind="polygons"), {})


@pytest.mark.parametrize(
    "size", [None, {}, [], {"width": 5}, {"width": 0, "height": 5}, {"width": math.inf, "height": 1}]
)
def test_an_image_of_no_size(size):
    with pytest.raises(ImageSizeMissing):
        check_shapes(drawn(BOX, size=size), {})


def test_the_most_shapes_are_taken_and_one_more_is_not():
    check_shapes(drawn(*[BOX] * MAX_SHAPES), {})
    with pytest.raises(TooManyShapes) as caught:
        check_shapes(drawn(*[BOX] * 10_000), {})
    assert (caught.value.details["count"], caught.value.details["limit"]) == (10_000, MAX_SHAPES)
    with pytest.raises(TooManyShapes):
        check_shapes(drawn({"label": "cat", "vertices": [{"x": 1, "y": 1}] * 100_001}, kind="polygons"), {})


def test_labels_are_those_of_the_element_of_that_name():
    labels = {"first": frozenset({"dog"}), "": frozenset({"bird"})}
    check_shapes(drawn(BOX, name="second"), labels)
    with pytest.raises(UnknownLabel):
        check_shapes(drawn(BOX, name="first"), labels)


def test_drawings_deep_inside_are_found():
    with pytest.raises(ShapeOutsideImage):
        check_shapes({"pages": [{"one": drawn(BOX | {"left": -100})}]}, {})


def test_a_refused_answer_leaves_nothing_and_the_task_is_held_still(floor):
    floor.makes_flow()
    floor.starts("loop")
    task = floor.claims(0)
    worker = floor.workers[0]
    bad = drawn(BOX, BOX | {"left": -100})
    with pytest.raises(ShapeOutsideImage):
        floor.does(answering.submit, task.id, worker, answer=bad, seconds=1.0)
    claim = floor.database.read(lambda session: session.get(Claim, task.id))
    assert (claim.state, claim.answer, claim.late_answer) == ("held", None, None)
    good = copy.deepcopy(bad)
    good["annotatedResult"]["boundingBoxes"].pop()
    assert floor.does(answering.submit, task.id, worker, answer=good, seconds=1.0).refusal is None
    assert floor.state("loop") == "Answered"


def test_a_late_answer_is_kept_whatever_is_drawn(floor):
    floor.makes_flow()
    floor.starts("loop")
    task = floor.claims(0)
    floor.passes(seconds=61)
    bad = drawn(BOX | {"left": -100})
    receipt = floor.does(answering.submit, task.id, floor.workers[0], answer=bad, seconds=1.0)
    assert type(receipt.refusal).__name__ == "ClaimExpired"
    assert floor.database.read(lambda session: session.get(Claim, task.id)).late_answer
