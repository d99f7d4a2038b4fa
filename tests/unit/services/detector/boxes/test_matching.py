import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.detector.boxes.matching import BACKGROUND, iou, match
from tests.unit.services.detector.conftest import BOX, boxes, brute_iou


@given(st.lists(BOX, min_size=1, max_size=4), st.lists(BOX, min_size=1, max_size=4))
def test_iou_is_that_of_every_pair(a, b):
    expected = [[brute_iou(one, other) for other in b] for one in a]
    np.testing.assert_allclose(iou(boxes(*a), boxes(*b)), expected, atol=1e-4)


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ((0, 0, 1, 1), (0, 0, 1, 1), 1),
        ((0, 0, 0.5, 1), (0.5, 0, 1, 1), 0),  # they touch
        ((0, 0, 1, 1), (0.25, 0.25, 0.75, 0.75), 0.25),  # one inside the other
        ((0.2, 0.2, 0.2, 0.2), (0.2, 0.2, 0.2, 0.2), 0),  # both empty
    ],
)
def test_iou_at_the_edges(a, b, expected):
    assert iou(boxes(a), boxes(b)).item() == pytest.approx(expected)


def test_no_box_is_all_background():
    assert (match(boxes((0, 0, 1, 1)), boxes()) == BACKGROUND).all()


def test_priors_take_the_box_they_overlap_most_above_the_threshold():
    truth = boxes((0, 0, 0.4, 0.4), (0.5, 0.5, 1, 1))
    priors = boxes((0, 0, 0.4, 0.39), (0.5, 0.5, 1, 0.9), (0.5, 0.5, 1, 1), (0.3, 0.3, 0.6, 0.6))
    assert match(priors, truth).tolist() == [0, 1, 1, BACKGROUND]


def test_a_box_no_prior_is_close_to_still_gets_its_best():
    truth = boxes((0, 0, 0.1, 0.1))
    priors = boxes((0.5, 0.5, 1, 1), (0, 0, 0.3, 0.3))
    assert match(priors, truth).tolist() == [BACKGROUND, 0]


def test_two_boxes_over_one_prior_do_not_share_it():
    truth = boxes((0, 0, 0.5, 0.5), (0, 0, 0.5, 0.52))
    priors = boxes((0, 0, 0.5, 0.5), (0, 0, 0.2, 0.2))
    assert sorted(match(priors, truth).tolist()) == [0, 1]


def test_a_box_nothing_touches_gets_none():
    assert match(boxes((0, 0, 0.1, 0.1)), boxes((0.5, 0.5, 1, 1))).tolist() == [BACKGROUND]
