import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightloop.domain.detection.precision.average_precision import average_precision
from nightloop.domain.detection.precision.matching import Truth, match
from nightloop.domain.errors import EvaluationError


def measure(scenes, truths, detections, class_count, weights=None, *, difficult=None, **options):
    matches = match(
        [
            Truth(truth.boxes, truth.class_ids, difficult=None if difficult is None else difficult[number])
            for number, truth in enumerate(scenes.truth(image) for image in truths)
        ],
        [scenes.detections(image) for image in detections],
        class_count=class_count,
    )
    return average_precision(matches, weights, **options)


A, B, FAR = (0, 0, 10, 10), (30, 0, 10, 10), (90, 90, 10, 10)
HALF = (0, 0, 10, 5)  # an IoU of exactly one half with A
CASES = [
    # (true objects, detections as (class, score, box)) of one image -> average precision of class 0
    ("all found", [(0, A), (0, B)], [(0, 0.9, A), (0, 0.8, B)], 1.0),
    ("nothing found", [(0, A)], [], 0.0),
    ("only wrong places", [(0, A)], [(0, 0.9, FAR)], 0.0),
    ("half found", [(0, A), (0, B)], [(0, 0.9, A)], 0.5),
    ("a false positive after the hit costs nothing", [(0, A)], [(0, 0.9, A), (0, 0.8, FAR)], 1.0),
    ("a false positive before the hit halves", [(0, A)], [(0, 0.9, FAR), (0, 0.8, A)], 0.5),
    ("a duplicate is a false positive", [(0, A), (0, B)], [(0, 0.9, A), (0, 0.8, A), (0, 0.7, B)], 0.5 + 0.5 * 2 / 3),
    ("the envelope looks ahead", [(0, A), (0, B)], [(0, 0.9, FAR), (0, 0.8, A), (0, 0.7, B)], 2 / 3),
    ("another class is another matter", [(0, A), (1, B)], [(1, 0.9, A), (0, 0.8, A)], 1.0),
    ("an IoU of exactly one half is a hit", [(0, A)], [(0, 0.9, HALF)], 1.0),
    ("an IoU below one half is none", [(0, A)], [(0, 0.9, (0, 0, 10, 4.9))], 0.0),
    # VOC: the second looks at A too, which is taken, though it overlaps B enough.
    (
        "the nearest object counts, taken or not",
        [(0, A), (0, (2, 0, 10, 10))],
        [(0, 0.9, A), (0, 0.8, (0.5, 0, 10, 10))],
        0.5,
    ),
    ("no object of the class", [(1, A)], [(0, 0.9, A)], np.nan),
    ("no object at all", [], [(0, 0.9, A)], np.nan),
    ("a box without area", [(0, (5, 5, 0, 0))], [(0, 0.9, (5, 5, 0, 0))], 0.0),
]


@pytest.mark.parametrize(
    ("truths", "detections", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_named_cases(scenes, oracle, truths, detections, expected) -> None:
    result = measure(scenes, [truths], [detections], 2)
    assert result.per_class[0, 0] == pytest.approx(expected, nan_ok=True)
    assert oracle.average_precision([truths], [detections], 0) == pytest.approx(expected, nan_ok=True)


def test_equal_scores_keep_the_order_of_images(scenes) -> None:
    truths = [[(0, A)], [(0, A)]]
    hit_first = measure(scenes, truths, [[(0, 0.5, A)], [(0, 0.5, FAR)]], 1)
    hit_last = measure(scenes, truths, [[(0, 0.5, FAR)], [(0, 0.5, A)]], 1)
    assert (hit_first.mean[0], hit_last.mean[0]) == (0.5, 0.25)


def test_classes_without_objects_do_not_count_in_the_mean(scenes) -> None:
    result = measure(scenes, [[(0, A)]], [[(0, 0.9, A), (1, 0.9, B), (2, 0.9, B)]], 3)
    assert result.mean[0] == 1.0
    assert np.isnan(result.per_class[0]).tolist() == [False, True, True]
    assert np.isnan(measure(scenes, [[]], [[(1, 0.9, B)]], 3).mean[0])


@pytest.mark.parametrize("seed", range(240))
def test_it_is_what_the_textbook_computes(scenes, oracle, seed) -> None:
    generator = np.random.default_rng(seed)
    images, class_count = int(generator.integers(1, 12)), int(generator.integers(1, 5))
    truths, detections = scenes.random(generator, images, class_count, scores=[2, 11, 1000][seed % 3])
    result = measure(scenes, truths, detections, class_count)
    expected = [oracle.average_precision(truths, detections, label) for label in range(class_count)]
    assert result.per_class[0] == pytest.approx(np.array(expected), abs=1e-9, nan_ok=True)
    assert result.mean[0] == pytest.approx(oracle.mean(truths, detections, class_count), abs=1e-9, nan_ok=True)


@pytest.mark.parametrize("seed", range(220))
def test_eleven_points_are_what_the_textbook_computes(scenes, oracle, seed) -> None:
    generator = np.random.default_rng(5000 + seed)
    images, class_count = int(generator.integers(1, 12)), int(generator.integers(1, 4))
    truths, detections = scenes.random(generator, images, class_count, scores=[2, 11, 1000][seed % 3])
    difficult = [generator.random(len(image)) < 0.2 for image in truths]
    pairs = {(number, int(index)) for number, flags in enumerate(difficult) for index in np.flatnonzero(flags)}
    result = measure(scenes, truths, detections, class_count, difficult=difficult, interpolation="eleven-points")
    expected = [oracle.eleven_points(truths, detections, label, pairs) for label in range(class_count)]
    assert result.per_class[0] == pytest.approx(np.array(expected), abs=1e-9, nan_ok=True)


def test_three_of_ten_is_a_recall_of_three_tenths(scenes) -> None:
    places = [(0, (30 * number, 0, 10, 10)) for number in range(10)]
    found = [(0, 0.9, box) for _, box in places[:3]]
    result = measure(scenes, [places], [found], 1, interpolation="eleven-points")
    assert result.mean[0] == pytest.approx(4 / 11)  # the recalls 0, 0.1, 0.2 and 0.3


def test_a_difficult_object_need_not_be_found_and_may_be(scenes) -> None:
    both, flags = [(0, A), (0, B)], [np.array([False, True])]
    for found, expected in (([A], 1.0), ([A, B], 1.0), ([B, A], 1.0), ([B, B, A], 1.0), ([FAR, A], 0.5), ([B], 0.0)):
        detections = [(0, 0.9 - 0.1 * rank, box) for rank, box in enumerate(found)]
        assert measure(scenes, [both], [detections], 1, difficult=flags).mean[0] == expected
    assert np.isnan(measure(scenes, [[(0, A)]], [[(0, 0.9, A)]], 1, difficult=[np.array([True])]).mean[0])


@pytest.mark.parametrize("seed", range(20))
def test_an_image_of_weight_n_counts_as_n_copies(scenes, oracle, seed) -> None:
    generator = np.random.default_rng(1000 + seed)
    truths, detections = scenes.random(generator, 7, 3, scores=10**9)  # no equal scores: their order would differ
    weights = generator.integers(0, 4, (5, 7)).astype(float)
    result = measure(scenes, truths, detections, 3, weights)
    for number, row in enumerate(weights.astype(int)):
        copies = [index for index, weight in enumerate(row) for _ in range(weight)]
        expected = oracle.mean([truths[i] for i in copies], [detections[i] for i in copies], 3)
        assert result.mean[number] == pytest.approx(expected, abs=1e-9, nan_ok=True)


@pytest.mark.parametrize("seed", range(10))
def test_many_weightings_at_once_are_what_each_is_by_itself(scenes, seed) -> None:
    generator = np.random.default_rng(2000 + seed)
    truths, detections = scenes.random(generator, 9, 3, scores=[2, 11, 1000][seed % 3])
    weights = generator.choice([0.0, 1.0, 2.0, 3.7], (300, 9))
    weights[0] = 0.0
    together = measure(scenes, truths, detections, 3, weights)
    alone = [measure(scenes, truths, detections, 3, weights[number : number + 1]) for number in range(300)]
    assert together.per_class == pytest.approx(np.concatenate([each.per_class for each in alone]), nan_ok=True)
    assert together.mean == pytest.approx(np.concatenate([each.mean for each in alone]), nan_ok=True)


@given(st.integers(0, 2**32 - 1))
def test_it_is_a_share_and_perfect_for_the_truth_itself(scenes, seed) -> None:
    generator = np.random.default_rng(seed)
    truths, detections = scenes.random(generator)
    values = measure(scenes, truths, detections, 3).per_class
    assert ((values >= 0) & (values <= 1 + 1e-12) | np.isnan(values)).all()
    distinct = [list({box: (kind, box) for kind, box in image}.values()) for image in truths]
    perfect = [[(kind, 0.5, box) for kind, box in image] for image in distinct]
    assert set(measure(scenes, distinct, perfect, 3).per_class.ravel()[~np.isnan(values.ravel())]) <= {1.0}


@given(st.integers(0, 2**32 - 1))
def test_only_the_order_of_the_scores_matters(scenes, seed) -> None:
    truths, detections = scenes.random(np.random.default_rng(seed))
    squeezed = [[(kind, score**3 / 2, box) for kind, score, box in image] for image in detections]
    assert measure(scenes, truths, squeezed, 3).mean == pytest.approx(
        measure(scenes, truths, detections, 3).mean, nan_ok=True
    )


@pytest.mark.parametrize(
    ("truths", "detections", "words"),
    [
        ([], [], "0 images"),
        ([[]], [[], []], "1 images with true objects and 2 with detections"),
        ([[(2, A)]], [[]], r"not in 0\.\.1"),
        ([[]], [[(-1, 0.5, A)]], r"not in 0\.\.1"),
    ],
)
def test_what_cannot_be_matched_is_refused(scenes, truths, detections, words) -> None:
    with pytest.raises(EvaluationError, match=words):
        measure(scenes, truths, detections, 2)
