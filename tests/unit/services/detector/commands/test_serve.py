"""The two forms of an answer; the server itself is in tests/integration/detector."""

import numpy as np

from services.detector.boxes.nms import Detections
from services.detector.commands.serve import pixel_answer, ratio_answer
from services.detector.network.inference import Result
from tests.unit.services.detector.conftest import boxes

FOUND = Detections(
    np.array([17, 8]),
    np.array([0.465, 0.38213], dtype=np.float32),
    boxes((0.15123, 0.4015, 0.6237, 0.9306), (0, 0.5, 0.25, 1)),
)
NOTHING = Detections(np.zeros(0, np.int64), np.zeros(0, np.float32), boxes())


def test_rows_of_ratios():
    assert ratio_answer(Result(FOUND, 800, 533)) == {
        "prediction": [[17.0, 0.465, 0.1512, 0.4015, 0.6237, 0.9306], [8.0, 0.3821, 0.0, 0.5, 0.25, 1.0]]
    }


def test_objects_in_pixels():
    assert pixel_answer(Result(FOUND, 800, 533)) == {
        "image_size": [{"width": 800, "height": 533, "depth": 3}],
        "annotations": [
            {"class_id": 17, "score": 0.465, "left": 121, "top": 214, "width": 378, "height": 282},
            {"class_id": 8, "score": 0.3821, "left": 0, "top": 266, "width": 200, "height": 267},
        ],
    }


def test_nothing_found():
    assert ratio_answer(Result(NOTHING, 8, 6)) == {"prediction": []}
    assert pixel_answer(Result(NOTHING, 8, 6))["annotations"] == []
