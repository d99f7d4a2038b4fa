import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.detector.boxes.nms import Detections
from services.detector.boxes.precision import Truth, area_under_curve, mean_average_precision
from tests.unit.services.detector.conftest import boxes


def truth(*rows):
    return Truth(np.array([row[0] for row in rows], dtype=np.int64), boxes(*[row[1:] for row in rows]))


def found(*rows):
    rows = sorted(rows, key=lambda row: -row[1])
    classes = np.array([row[0] for row in rows], dtype=np.int64)
    return Detections(classes, np.array([row[1] for row in rows], np.float32), boxes(*[row[2:] for row in rows]))


def brute_area(hits, positives):
    """For each hit, the best precision at its recall or beyond, by trying every cut."""
    points = [(sum(hits[:cut]), sum(hits[:cut]) / cut) for cut in range(1, len(hits) + 1)]
    return sum(max((p for r, p in points if r >= rank), default=0) for rank in range(1, positives + 1)) / positives


@settings(deadline=None)
@given(st.lists(st.booleans(), min_size=1, max_size=20), st.integers(0, 5))
def test_area_is_that_of_every_cut(hits, missed):
    positives = sum(hits) + missed
    if positives:
        area = area_under_curve(np.array(hits), positives)
        assert area == pytest.approx(brute_area(hits, positives))


SQUARE, ELSEWHERE = (0.1, 0.1, 0.5, 0.5), (0.6, 0.6, 0.9, 0.9)


@pytest.mark.parametrize(
    ("detections", "truths", "expected"),
    [
        ([found((0, 0.9, *SQUARE))], [truth((0, *SQUARE))], 1.0),
        ([found()], [truth((0, *SQUARE))], 0.0),
        ([found((0, 0.9, *SQUARE))], [truth()], 0.0),
        ([found((1, 0.9, *SQUARE))], [truth((0, *SQUARE))], 0.0),
        ([found((0, 0.9, *SQUARE), (0, 0.8, *SQUARE))], [truth((0, *SQUARE))], 1.0),
        ([found((0, 0.9, *ELSEWHERE), (0, 0.8, *SQUARE))], [truth((0, *SQUARE))], 0.5),
        ([found((0, 0.9, *SQUARE))], [truth((0, *SQUARE), (1, *SQUARE))], 0.5),
        ([found((0, 0.9, *SQUARE)), found()], [truth((0, *SQUARE)), truth((0, *SQUARE))], 0.5),
        # a class that is truly nowhere does not count, however much of it was found
        ([found((0, 0.9, *SQUARE), (5, 0.99, *SQUARE))], [truth((0, *SQUARE))], 1.0),
        # the better score takes the box: found twice, the second is false, and before the third
        (
            [found((0, 0.9, *SQUARE), (0, 0.8, *SQUARE), (0, 0.7, *ELSEWHERE))],
            [truth((0, *SQUARE), (0, *ELSEWHERE))],
            (1 + 2 / 3) / 2,
        ),
    ],
    ids=[
        "found",
        "missed",
        "nothing-true",
        "class",
        "twice",
        "false-first",
        "two-classes",
        "two-images",
        "absent",
        "dup",
    ],
)
def test_named_cases(detections, truths, expected):
    assert mean_average_precision(detections, truths, 0.5) == pytest.approx(expected)


def test_the_overlap_asked_for_decides():
    detections, truths = [found((0, 0.9, 0, 0, 1, 0.6))], [truth((0, 0, 0, 1, 1))]
    assert mean_average_precision(detections, truths, 0.5) == 1.0
    assert mean_average_precision(detections, truths, 0.7) == 0.0
