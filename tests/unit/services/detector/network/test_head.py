"""Gradients of head and loss against finite differences, in double precision."""

import numpy as np
import pytest

from services.detector.network.head import backward, forward, initial_parameters, probabilities
from services.detector.training.loss import hard_negatives, multibox_loss

CELLS, FEATURES, CLASSES = 7, 5, 3
STEP = 1e-5


@pytest.fixture
def problem(generator):
    parameters = {
        name: value.astype(np.float64) + generator.normal(size=value.shape) * 0.3
        for name, value in initial_parameters(FEATURES, CLASSES, generator).items()
    }
    features = generator.normal(size=(CELLS, FEATURES))
    labels = np.array([0, 1, 2, 3, 0, 0, 2])
    targets = generator.normal(size=(CELLS, 4)) * 2
    kept = (generator.random((CELLS, len(parameters["hidden_bias"]))) > 0.3) / 0.7
    return parameters, features, labels, targets, kept


def total(parameters, features, labels, targets, kept):
    seen = forward(parameters, features, kept)
    loss = multibox_loss(seen.logits, seen.residuals, labels, targets)
    return loss.cross_entropy + loss.smooth_l1


@pytest.mark.parametrize("dropout", [False, True])
@pytest.mark.parametrize(
    "name", ["hidden_weight", "hidden_bias", "class_weight", "class_bias", "box_weight", "box_bias"]
)
def test_gradient_is_the_slope(problem, generator, name, dropout):
    parameters, features, labels, targets, kept = problem
    kept = kept if dropout else None
    seen = forward(parameters, features, kept)
    loss = multibox_loss(seen.logits, seen.residuals, labels, targets)
    gradient = backward(parameters, seen, loss.d_logits, loss.d_residuals, kept)[name]
    flat = parameters[name].reshape(-1)
    for index in generator.choice(flat.size, size=min(flat.size, 12), replace=False):
        middle = flat[index]
        flat[index] = middle + STEP
        above = total(parameters, features, labels, targets, kept)
        flat[index] = middle - STEP
        below = total(parameters, features, labels, targets, kept)
        flat[index] = middle
        slope = (above - below) / (2 * STEP)
        assert gradient.reshape(-1)[index] == pytest.approx(slope, rel=1e-4, abs=1e-6)


def test_loss_by_hand():
    logits = np.log(np.array([[0.7, 0.2, 0.1], [0.5, 0.25, 0.25]], dtype=np.float32))
    residuals = np.array([[9, 9, 9, 9], [0.5, 0, 2, 0]], dtype=np.float32)
    loss = multibox_loss(logits, residuals, np.array([0, 1]), np.zeros((2, 4), dtype=np.float32))
    assert loss.cross_entropy == pytest.approx(-np.log(0.7) - np.log(0.25), abs=1e-5)
    assert loss.smooth_l1 == pytest.approx(0.5**2 / 2 + (2 - 0.5), abs=1e-5)  # the background's residuals do not count


def test_hard_negatives_are_three_a_positive_and_the_least_like_background():
    background = np.array([0.9, 0.1, 0.8, 0.2, 0.3, 0.5], dtype=np.float32)
    logits = np.log(np.stack([background, 1 - background], axis=1))
    labels = np.array([0, 1, 0, 0, 0, 0])
    assert np.flatnonzero(hard_negatives(logits, labels, at_least=1)).tolist() == [3, 4, 5]


def test_an_image_with_nothing_in_it_still_teaches_background():
    logits = np.zeros((4, 2), dtype=np.float32)
    assert hard_negatives(logits, np.zeros(4, dtype=np.int64), at_least=2).sum() == 2


def test_probabilities_of_huge_logits_stay_finite():
    shares = probabilities(np.array([[1000.0, -1000.0, 0.0]], dtype=np.float32))
    assert shares.tolist() == [[1.0, 0.0, 0.0]]


def test_an_untrained_head_says_background(generator):
    seen = forward(initial_parameters(FEATURES, CLASSES, generator), generator.normal(size=(50, FEATURES)))
    assert (seen.logits.argmax(axis=1) == 0).all()
