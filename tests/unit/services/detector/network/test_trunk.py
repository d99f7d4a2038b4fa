import numpy as np
import pytest

from services.detector.boxes.priors import BINS, cell_centres, expected_distances, proposed_boxes
from services.detector.inputs.images import decode, mirror
from services.detector.network.trunk import FEATURES, Trunk, trunk_side
from tests.unit.services.detector.conftest import encoded


@pytest.fixture(scope="module")
def trunk():
    return Trunk(1)


@pytest.mark.parametrize(("image_shape", "cells"), [(300, 40**2 + 20**2 + 10**2), (400, 52**2 + 26**2 + 13**2)])
def test_one_cell_for_every_place_of_three_maps(trunk, image_shape, cells):
    seen = trunk(decode(encoded(), trunk_side(image_shape)))
    assert seen.features.shape == (cells, FEATURES)
    assert seen.priors.shape == (cells, 4)
    assert seen.objectness.shape == (cells,)
    assert ((seen.priors >= 0) & (seen.priors <= 1)).all()
    assert (seen.priors[:, 2:] > seen.priors[:, :2]).all()


def test_a_mirrored_image_gives_other_features(trunk, generator):
    noise = generator.integers(0, 255, (320, 320, 3)).astype(np.uint8)
    picture = decode(encoded(), 320)
    picture = type(picture)(noise, 320, 320)
    assert not np.allclose(trunk(picture).features, trunk(mirror(picture)).features)


def test_the_side_is_a_multiple_of_the_largest_stride():
    assert [trunk_side(shape) for shape in (300, 320, 321, 512)] == [320, 320, 352, 512]


def test_centres_run_row_by_row():
    np.testing.assert_allclose(cell_centres(1, 2, 16, 32), [[0.25, 0.25], [0.75, 0.25]])


def test_a_sure_distribution_is_its_bin():
    logits = np.full((1, 4, BINS), -50, dtype=np.float32)
    for side, distance in enumerate((1, 2, 3, 10)):
        logits[0, side, distance] = 50
    distances = expected_distances(logits.reshape(1, -1))
    np.testing.assert_allclose(distances, [[1, 2, 3, 10]], atol=1e-5)
    centre = np.array([[0.5, 0.5]], dtype=np.float32)
    box = proposed_boxes(logits.reshape(1, -1), centre, stride=8, side=320)
    np.testing.assert_allclose(box, [[0.5 - 1 / 40, 0.5 - 2 / 40, 0.5 + 3 / 40, 0.5 + 10 / 40]], atol=1e-5)
