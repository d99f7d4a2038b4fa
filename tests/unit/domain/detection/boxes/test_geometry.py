import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightloop.domain.detection.boxes import geometry

COORDINATE = st.floats(-200, 1200, allow_nan=False)
SIDE = st.floats(0, 1500, allow_nan=False)
BOXES = st.lists(st.tuples(COORDINATE, COORDINATE, SIDE, SIDE), min_size=1, max_size=8).map(
    lambda rows: np.array(rows, dtype=np.float64)
)
IMAGE = st.tuples(st.integers(1, 1000), st.integers(1, 1000))


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ((0, 0, 10, 10), (0, 0, 10, 10), 1.0),
        ((0, 0, 10, 10), (5, 0, 10, 10), 1 / 3),
        ((0, 0, 10, 10), (10, 0, 10, 10), 0.0),  # touching is not overlapping
        ((0, 0, 10, 10), (2, 2, 5, 5), 0.25),  # inside
        ((0, 0, 0, 0), (0, 0, 0, 0), 0.0),  # both empty
        ((0, 0, 0, 10), (0, 0, 10, 10), 0.0),
    ],
)
def test_iou(a: tuple[float, ...], b: tuple[float, ...], expected: float) -> None:
    assert geometry.iou(np.array([a], float), np.array([b], float))[0, 0] == pytest.approx(expected)


def test_iou_is_what_coco_computes() -> None:
    mask = pytest.importorskip("faster_coco_eval.core.mask")
    generator = np.random.default_rng(3)
    a, b = (generator.uniform(1, 300, (count, 4)) for count in (40, 30))
    expected = np.asarray(mask.iou(a, b, [0] * len(b)))
    assert geometry.iou(a, b) == pytest.approx(expected, abs=1e-9)


@given(BOXES, BOXES)
def test_iou_is_symmetric_and_a_share(a: geometry.Boxes, b: geometry.Boxes) -> None:
    overlap = geometry.iou(a, b)
    assert overlap.shape == (len(a), len(b))
    assert ((overlap >= 0) & (overlap <= 1 + 1e-9)).all()
    assert overlap == pytest.approx(geometry.iou(b, a).T)


@given(BOXES, IMAGE)
def test_clipped_boxes_lie_inside_and_stay_put_when_clipped_again(
    boxes: geometry.Boxes, image: tuple[int, int]
) -> None:
    clipped = geometry.clip(boxes, *image)
    assert (clipped >= 0).all()
    assert (geometry.ends(clipped) <= np.array(image) + 1e-9).all()
    assert (geometry.area(clipped) <= geometry.area(boxes) + 1e-6).all()
    assert geometry.clip(clipped, *image) == pytest.approx(clipped)


@given(BOXES, IMAGE)
def test_pixels_are_whole_inside_and_never_empty(boxes: geometry.Boxes, image: tuple[int, int]) -> None:
    pixels = geometry.to_pixels(boxes, *image)
    assert pixels.dtype == np.int64
    assert (pixels[:, :2] >= 0).all()
    assert (pixels[:, 2:] >= 1).all()
    assert (pixels[:, :2] + pixels[:, 2:] <= np.array(image)).all()
    assert (geometry.to_pixels(pixels.astype(float), *image) == pixels).all()


@given(BOXES)
def test_pixels_of_boxes_well_inside_differ_by_rounding_only(boxes: geometry.Boxes) -> None:
    inside = np.abs(boxes) + np.array([0, 0, 1, 1])
    pixels = geometry.to_pixels(inside, 10_000, 10_000)
    assert (np.abs(pixels[:, :2] - inside[:, :2]) <= 0.5).all()
    assert (np.abs(geometry.ends(pixels.astype(float)) - geometry.ends(inside)) <= 0.5 + 1e-9).all()


def test_edges_at_a_half_all_round_up() -> None:
    assert geometry.to_pixels(np.array([[0.5, 1.5, 2, 2]]), 10, 10).tolist() == [[1, 2, 2, 2]]


def test_no_boxes_at_all() -> None:
    none = np.zeros((0, 4))
    assert geometry.iou(none, none).shape == (0, 0)
    assert geometry.clip(none, 10, 10).shape == geometry.to_pixels(none, 10, 10).shape == (0, 4)
