import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from services.detector.boxes.codec import decode, encode
from tests.unit.services.detector.conftest import BOX


@given(st.lists(st.tuples(BOX, BOX), min_size=1, max_size=5))
def test_decode_undoes_encode(pairs):
    boxes, priors = (np.array([pair[side] for pair in pairs], dtype=np.float32) for side in (0, 1))
    np.testing.assert_allclose(decode(encode(boxes, priors), priors), boxes, atol=1e-4)


def test_a_prior_that_is_right_has_nothing_to_learn():
    box = np.array([[0.1, 0.2, 0.5, 0.9]], dtype=np.float32)
    np.testing.assert_allclose(encode(box, box), np.zeros((1, 4)), atol=1e-6)


def test_units_are_those_of_ssd():
    prior = np.array([[0.4, 0.4, 0.6, 0.6]], dtype=np.float32)
    shifted_and_doubled = np.array([[0.32, 0.2, 0.72, 0.8]], dtype=np.float32)
    expected = [0.02 / 0.2 / 0.1, 0, np.log(2) / 0.2, np.log(3) / 0.2]
    np.testing.assert_allclose(encode(shifted_and_doubled, prior)[0], expected, atol=1e-5)


@given(arrays.arrays(np.float32, (3, 4), elements=st.floats(-1000, 1000, width=32)))
def test_any_residual_decodes_to_finite_sides(residuals):
    priors = np.array([[0.1, 0.1, 0.3, 0.4]] * 3, dtype=np.float32)
    assert np.isfinite(decode(residuals, priors)).all()
