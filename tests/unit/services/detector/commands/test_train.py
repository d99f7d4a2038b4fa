"""Parts of a training job that need no images; whole jobs are in tests/integration/detector."""

import re

import numpy as np
import pytest

from services.detector.boxes.matching import BACKGROUND
from services.detector.boxes.precision import Truth
from services.detector.commands.train import should_stop
from services.detector.contract.hyperparameters import parse_hyperparameters
from services.detector.contract.metrics import current_host
from services.detector.errors import CustomerError
from services.detector.network.head import initial_parameters
from services.detector.network.trunk import FEATURES, Cells
from services.detector.training.dataset import EVERY, OBJECT_LIKE, learned, mirrored, training_cells
from services.detector.training.features import FeatureFile
from services.detector.training.trainer import frozen_parameters

REQUIRED = {"num_classes": "3", "num_training_samples": "60"}


def hyperparameters(**changed):
    return parse_hyperparameters(REQUIRED | changed)


@pytest.mark.parametrize(
    ("scores", "changed", "stops"),
    [
        ([0.1, 0.1, 0.1, 0.1], {}, True),
        ([0.1, 0.2, 0.3, 0.4], {}, False),
        ([0.1, 0.2, 0.2, 0.2], {}, True),
        ([0.1, 0.2, 0.2], {}, False),  # patience: two epochs without a rise, and at least four in all
        ([0.0, 0.0, 0.0, 0.1], {}, False),
        ([0.1, 0.2, 0.21, 0.22], {"early_stopping_tolerance": "0.2"}, True),
        ([0.1, 0.1, 0.1, 0.1], {"early_stopping": "False"}, False),
    ],
)
def test_early_stopping(scores, changed, stops):
    given = {"early_stopping": "True", "early_stopping_min_epochs": "4", "early_stopping_patience": "2"}
    assert should_stop(scores, hyperparameters(**(given | changed))) is stops


def test_frozen_layers_are_those_the_pattern_matches(generator):
    parameters = initial_parameters(FEATURES, 3, generator)
    assert frozen_parameters(parameters, hyperparameters()) == frozenset()
    assert frozen_parameters(parameters, hyperparameters(freeze_layer_pattern="^(hidden|box)_")) == {
        "hidden_weight",
        "hidden_bias",
        "box_weight",
        "box_bias",
    }
    with pytest.raises(CustomerError, match="freezes every layer"):
        frozen_parameters(parameters, hyperparameters(freeze_layer_pattern=".*"))


def test_features_come_back_as_they_were_put(generator):
    with FeatureFile() as file:
        parts = [generator.normal(size=(rows, FEATURES)).astype(np.float32) for rows in (3, 1, 5)]
        keys = [file.append(part) for part in parts[:2]]
        np.testing.assert_allclose(file.rows(keys[0]), parts[0], rtol=1e-3, atol=1e-6)
        keys.append(file.append(parts[2]))
        for key, part in zip(keys, parts, strict=True):
            np.testing.assert_allclose(file.rows(key), part, rtol=1e-3, atol=1e-6)


def test_boxes_of_the_mirror_image():
    truth = Truth(np.array([1]), np.array([[0.1, 0.2, 0.4, 0.9]], dtype=np.float32))
    np.testing.assert_allclose(mirrored(truth).boxes, [[0.6, 0.2, 0.9, 0.9]], atol=1e-6)
    np.testing.assert_allclose(mirrored(mirrored(truth)).boxes, truth.boxes, atol=1e-6)


def test_cells_kept_are_the_matched_the_object_like_and_a_thin_grid():
    cells = Cells(np.zeros((2100, 1)), np.zeros((2100, 4)), -np.arange(2100, dtype=np.float32))
    matched = np.full(2100, BACKGROUND)
    matched[2099] = 0
    chosen = set(training_cells(cells, matched).tolist())
    assert chosen == set(range(OBJECT_LIKE)) | set(range(0, 2100, EVERY)) | {2099}


def test_what_the_head_should_say():
    priors = np.array([[0, 0, 0.5, 0.5], [0.5, 0.5, 1, 1]], dtype=np.float32)
    truth = Truth(np.array([2]), np.array([[0.5, 0.5, 1, 1]], dtype=np.float32))
    labels, targets = learned(priors, np.array([BACKGROUND, 0]), truth)
    assert labels.tolist() == [0, 3]
    np.testing.assert_allclose(targets, np.zeros((2, 4)), atol=1e-6)


def test_the_host_of_the_metrics(tmp_path):
    path = tmp_path / "resourceconfig.json"
    assert current_host(path) == "algo-1"
    path.write_text('{"current_host": "algo-2"}')
    assert current_host(path) == "algo-2"


def test_a_pattern_that_matches_nothing_freezes_nothing(generator):
    given = hyperparameters(freeze_layer_pattern="false")
    assert isinstance(given.freeze_layer_pattern, re.Pattern)
    assert not frozen_parameters(initial_parameters(FEATURES, 3, generator), given)
