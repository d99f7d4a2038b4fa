"""The audit's estimate against a population whose quality is known."""

from dataclasses import replace

import numpy as np
import pytest

from nightloop.domain.detection.evaluation.live_quality import AuditedImage
from nightloop.domain.errors import EvaluationError
from tests.support.audit_population import audit, estimate, make_population, mean_of


@pytest.fixture(scope="module")
def population(scenes):
    return make_population(scenes)


def test_what_nobody_answered_is_between_the_worst_and_the_best(population) -> None:
    """Reviewers leave hard images alone: the estimate is too good, and says between what it may lie."""
    truth = mean_of(population)
    shares, off = np.full(2000, 0.2), []
    for seed in range(40):
        generator = np.random.default_rng(seed)
        drawn = audit(population, generator.random(2000) < 0.2, shares)
        left = [
            replace(image, truth=None)
            if image.detections.scores.max(initial=0.0) < 0.6 and generator.random() < 0.7
            else image
            for image in drawn
        ]
        full, found = estimate(drawn), estimate(left)
        assert found.unanswered == sum(image.truth is None for image in left) > 0
        assert found.images + found.unanswered == full.images
        for name in ("average_precision", "precision", "recall"):
            guess, known = getattr(found, name), getattr(full, name)
            assert guess.pessimistic <= known.value <= guess.optimistic
            assert guess.pessimistic < guess.value < guess.optimistic
        off.append(found.average_precision.value - truth)
    assert np.mean(off) > 0.02


def test_images_the_model_is_unsure_of_would_mislead(population) -> None:
    truth, (_, _, best) = mean_of(population), population
    unsure = estimate(audit(population, best < 0.5, np.ones(2000)))
    assert not unsure.average_precision.low <= truth <= unsure.average_precision.high


def test_precision_and_recall_of_the_boxes_it_is_sure_of(scenes) -> None:
    box, far = (0, 0, 10, 10), (50, 50, 10, 10)
    truth, found = [(0, box), (0, far)], [(0, 0.9, box), (1, 0.8, far), (0, 0.4, far)]
    image = AuditedImage(scenes.truth(truth), scenes.detections(found), 0.1)
    result = estimate([image] * 30)
    assert (result.images, result.precision.value, result.recall.value) == (30, 0.5, 0.5)
    # All images say the same: thirty of them leave open what three in a hundred others would change.
    open_share = 1 - 0.025 ** (1 / 30)
    assert (result.recall.low, result.recall.high) == pytest.approx((0.5 * (1 - open_share), 0.5 * (1 + open_share)))


def test_all_right_is_not_right_for_sure(scenes) -> None:
    box = (0, 0, 10, 10)
    perfect = AuditedImage(scenes.truth([(0, box)]), scenes.detections([(0, 0.9, box)]), 0.1)
    result = estimate([perfect] * 30)
    for figure in (result.average_precision, result.precision, result.recall):
        assert (figure.value, figure.high) == (1.0, 1.0)
        assert figure.low == pytest.approx(0.025 ** (1 / 30))
    blind = estimate([replace(perfect, detections=scenes.detections([]))] * 30)
    assert (blind.recall.value, blind.recall.high) == pytest.approx((0.0, 1 - 0.025 ** (1 / 30)))
    assert (blind.precision.low, blind.precision.high) == (0.0, 1.0), "without a box nothing is known"


def test_below_thirty_images_with_objects_nothing_is_said(scenes) -> None:
    box = (0, 0, 10, 10)
    image = AuditedImage(scenes.truth([(0, box)]), scenes.detections([(0, 0.9, box)]), 0.1)
    empty, unanswered = replace(image, truth=scenes.truth([])), replace(image, truth=None)
    assert estimate([image] * 29 + [empty] * 100 + [unanswered] * 100) is None
    assert estimate([image] * 30 + [empty]) is not None


def test_more_images_than_rounds_are_left_out_in_groups(population) -> None:
    images = audit(population, np.arange(2000) < 800, np.full(2000, 0.1))
    one, again, other = (estimate(images, seed, rounds=200) for seed in (1, 1, 2))
    assert one == again
    assert one != other
    each = estimate(images, rounds=800)
    width, expected = (found.average_precision.high - found.average_precision.low for found in (one, each))
    assert width == pytest.approx(expected, rel=0.25)
    assert one.average_precision.value == pytest.approx(each.average_precision.value, abs=0.01)


def test_the_same_images_give_the_same(population) -> None:
    images = audit(population, np.arange(2000) < 60, np.full(2000, 0.1))
    one, again = estimate(images, 1), estimate(images, 2)
    assert one == again, "each image is left out once: there is nothing to draw"
    assert one.to_json()["average_precision"] == {
        "value": one.average_precision.value,
        "low": one.average_precision.low,
        "high": one.average_precision.high,
        "pessimistic": one.average_precision.value,
        "optimistic": one.average_precision.value,
    }


def test_an_image_without_answer_is_supposed_both_ways(scenes) -> None:
    box, far = (0, 0, 10, 10), (50, 50, 10, 10)
    answered = AuditedImage(scenes.truth([(0, box)]), scenes.detections([(0, 0.9, box)]), 0.5)
    sure = AuditedImage(None, scenes.detections([(1, 0.8, box), (1, 0.7, far), (0, 0.2, far)]), 0.5)
    empty = AuditedImage(None, scenes.detections([]), 0.5)
    result = estimate([answered] * 30 + [sure, empty])
    assert (result.images, result.unanswered) == (30, 2)
    assert (result.precision.pessimistic, result.precision.optimistic) == (30 / 32, 1.0)
    assert (result.recall.pessimistic, result.recall.optimistic) == (30 / 32, 1.0)


def test_what_says_nothing(scenes) -> None:
    empty = AuditedImage(scenes.truth([]), scenes.detections([(0, 0.5, (0, 0, 1, 1))]), 0.5)
    assert estimate([]) is None
    assert estimate([empty]) is None
    assert estimate([replace(empty, truth=None)]) is None
    with pytest.raises(EvaluationError, match="probability 0"):
        estimate([AuditedImage(empty.truth, empty.detections, 0)])
