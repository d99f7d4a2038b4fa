import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.detector.boxes.matching import iou
from services.detector.boxes.nms import MAX_DETECTIONS, MIN_SCORE, detect, suppress
from tests.unit.services.detector.conftest import BOX, boxes, brute_iou


def brute_suppress(rows, scores, threshold):
    kept = []
    for index in sorted(range(len(rows)), key=lambda i: -scores[i]):
        if scores[index] >= MIN_SCORE and all(brute_iou(rows[index], rows[better]) <= threshold for better in kept):
            kept.append(index)
    return kept


@settings(deadline=None)
@given(st.lists(BOX, min_size=1, max_size=12, unique_by=tuple), st.randoms(use_true_random=False))
def test_suppress_is_the_textbook_loop(rows, random):
    scores = [0.005 * rank for rank in random.sample(range(1, 200), len(rows))]
    overlap = iou(boxes(*rows), boxes(*rows))
    near = np.abs(overlap - 0.45) < 1e-4  # too close to call in single precision
    if not near.any():
        expected = brute_suppress(rows, scores, 0.45)
        assert suppress(overlap, np.array(scores, dtype=np.float32), 0.45) == expected


def test_detections_come_best_first_with_their_class():
    shares = np.array([[0.1, 0.7, 0.2], [0.05, 0.05, 0.9]], dtype=np.float32)
    found = detect(shares, boxes((0, 0, 0.2, 0.2), (0.5, 0.5, 1, 1)), 0.45)
    assert found.classes.tolist() == [1, 0, 1, 0]
    assert found.scores.tolist() == pytest.approx([0.9, 0.7, 0.2, 0.05])
    np.testing.assert_allclose(found.boxes[0], [0.5, 0.5, 1, 1])


def test_classes_do_not_suppress_each_other():
    shares = np.array([[0, 0.6, 0.4]], dtype=np.float32)
    assert detect(shares, boxes((0, 0, 1, 1)), 0.45).classes.tolist() == [0, 1]


def test_boxes_are_cut_at_the_edge_and_those_outside_go():
    shares = np.array([[0.1, 0.9], [0.1, 0.9]], dtype=np.float32)
    found = detect(shares, boxes((-0.5, 0.1, 0.3, 1.4), (1.1, 0, 1.5, 1)), 0.45)
    np.testing.assert_allclose(found.boxes, boxes((0, 0.1, 0.3, 1)))


def test_nothing_found_has_the_right_shapes():
    found = detect(np.array([[0.995, 0.005]], dtype=np.float32), boxes((0, 0, 1, 1)), 0.45)
    assert (found.classes.shape, found.scores.shape, found.boxes.shape) == ((0,), (0,), (0, 4))


def test_at_most_two_hundred_rows():
    cells = np.linspace(0, 0.99, 390, dtype=np.float32)
    rows = np.stack([cells, cells, cells + 0.001, cells + 0.001], axis=1)
    shares = np.full((390, 3), [0.2, 0.5, 0.3], dtype=np.float32)
    found = detect(shares, rows, 0.45)
    assert len(found.scores) == MAX_DETECTIONS
    assert (found.scores == np.float32(0.5)).all()
