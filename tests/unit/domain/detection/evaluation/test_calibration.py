import numpy as np
import pytest

from nightloop.domain.detection.evaluation.calibration import Bin, Calibration, calibration
from nightloop.domain.detection.precision.matching import match

A, FAR = (0, 0, 10, 10), (90, 90, 10, 10)


def measure(scenes, truths, detections, class_count=3, **options):
    true, found = [scenes.truth(image) for image in truths], [scenes.detections(image) for image in detections]
    return calibration(match(true, found, class_count=class_count), **options)


def test_always_sure_and_right_half_the_time(scenes) -> None:
    result = measure(scenes, [[(0, A)]] * 4, [[(0, 0.9, A)], [(0, 0.9, A)], [(0, 0.9, FAR)], [(0, 0.9, FAR)]])
    assert result.bins == (Bin(0.9, 1.0, 4, pytest.approx(0.9), 0.5),)
    assert (result.error, result.worst) == pytest.approx((0.4, 0.4))
    assert Calibration.from_json(result.to_json()) == result


def test_a_score_of_one_and_of_an_edge(scenes) -> None:
    result = measure(scenes, [[(0, A)]] * 2, [[(0, 1.0, A)], [(0, 0.5, FAR)]], bins=2)
    assert [(found.low, found.count, found.precision) for found in result.bins] == [(0.5, 2, 0.5)]


def test_nothing_seen_is_nothing_wrong(scenes) -> None:
    result = measure(scenes, [[(0, A)]], [[]])
    assert (result.bins, result.error, result.worst) == ((), 0.0, 0.0)
    assert result.to_json() == {"error": 0.0, "worst": 0.0, "curve": []}


@pytest.mark.parametrize("seed", range(30))
def test_it_is_what_hotcoco_measures(scenes, seed) -> None:
    from hotcoco import metrics

    truths, detections = scenes.random(np.random.default_rng(seed), 8, scores=[7, 1000][seed % 2])
    true, found = [scenes.truth(image) for image in truths], [scenes.detections(image) for image in detections]
    matches = match(true, found, class_count=3)
    result = calibration(matches)
    assert (result.error, result.worst) == pytest.approx(metrics.calibration_error(matches.scores, matches.hits))
    curve = [row for row in metrics.calibration_curve(matches.scores, matches.hits) if row["count"]]
    assert [found.count for found in result.bins] == [row["count"] for row in curve]
