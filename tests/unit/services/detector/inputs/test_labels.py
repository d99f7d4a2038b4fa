import json

import numpy as np
import pytest

from services.detector.errors import CustomerError
from services.detector.inputs.images import decode
from services.detector.inputs.labels import parse_label, truth_of
from tests.unit.services.detector.conftest import encoded, label

PICTURE = decode(encoded(size=(64, 48)), 32)


def read(content, picture=PICTURE, **limits):
    return truth_of(content, picture, "record 3", **({"num_classes": 3, "label_width": 350} | limits))


def test_boxes_become_ratios():
    truth = read(label((2, 16, 12, 32, 24)))
    assert truth.classes.tolist() == [2]
    np.testing.assert_allclose(truth.boxes, [[0.25, 0.25, 0.75, 0.75]])


def test_boxes_are_cut_at_the_edge():
    np.testing.assert_allclose(read(label((0, -10, 40, 42, 100))).boxes, [[0, 40 / 48, 0.5, 1]])


def test_no_object_is_a_label_too():
    assert read(label()).boxes.shape == (0, 4)


def test_a_label_for_a_larger_copy_of_the_image():
    np.testing.assert_allclose(read(label((0, 32, 24, 64, 48), size=(128, 96))).boxes, [[0.25, 0.25, 0.75, 0.75]])


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (label((3, 0, 0, 9, 9)), r"class_id 3; num_classes is 3, so the classes are 0 to 2"),
        (label((-1, 0, 0, 9, 9)), "class_id -1"),
        (label((0.5, 0, 0, 9, 9)), "class_id 0.5 is not an integer"),
        (label((0, 5, 5, 0, 9)), "no area inside the image"),
        (label((0, 70, 5, 5, 9)), "no area inside the image"),
        (label((0, 5, "left", 5, 9)), "malformed"),
        (label((0, 5, 10**400, 5, 9)), "malformed"),
        (label((float("inf"), 5, 5, 5, 9)), "malformed"),
        (label((0, 5, 5, 9, 9), size=(48, 64)), "for an image of 48 x 64 pixels, but the upright image has 64 x 48"),
        (label((0, 5, 5, 9, 9), size=(0, 0)), "image_size of 0 x 0"),
        ({"image_size": [], "annotations": []}, "malformed"),
        ({"image_size": [{"width": 64, "height": 48}], "annotations": [{"class_id": 0}]}, "malformed"),
        ({"image_size": [{"width": 64, "height": 48}], "annotations": None}, "malformed"),
    ],
)
def test_what_is_wrong_is_named(content, sentence):
    with pytest.raises(CustomerError, match=sentence) as caught:
        read(content)
    assert "record 3" in str(caught.value)


def test_label_width_must_hold_every_object():
    two = label((0, 0, 0, 9, 9), (1, 9, 9, 9, 9))
    assert len(read(two, label_width=12).classes) == 2
    with pytest.raises(CustomerError, match=r"'label_width': 11 is too small for record 3, .* need at least 12"):
        read(two, label_width=11)


@pytest.mark.parametrize("text", [b"\xff\xd8", b"[]", b'{"annotations": []}'])
def test_text_that_is_no_label(text):
    with pytest.raises(CustomerError, match="The label of record 3"):
        parse_label(text, "record 3")


def test_a_label_s_text():
    assert parse_label(json.dumps(label()).encode(), "record 3") == label()
