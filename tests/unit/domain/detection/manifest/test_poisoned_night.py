"""A night that would spoil the model: which check stops it. The suites are run in test_expectations."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightloop.domain.detection.evaluation.bootstrap import paired_bootstrap
from nightloop.domain.detection.manifest.check_table import manifest_rows
from nightloop.domain.detection.manifest.evidence import class_drift, contradicted_share, near_duplicates
from nightloop.domain.detection.manifest.lines import merge_cohort
from nightloop.domain.detection.metrics.voc_ap50 import VocMeasured
from nightloop.domain.detection.precision.matching import Detections, Truth, match
from nightloop.domain.errors import RowError

ATTRIBUTE = "bounding-box"
LIMIT = 0.5  # of include/expectations/manifest.json


@pytest.fixture
def night(make):
    """Forty images with two objects each: what people answered honestly, and what a fair model saw."""
    generator = np.random.default_rng(3)
    answers = []
    for _ in range(40):
        left, top = generator.integers(0, 300, 2)
        honest = [make.box("cat", left, top, 100, 80), make.box("dog", left + 200, top + 60, 90, 120)]
        seen = [
            replace(box, left=box.left + generator.integers(-9, 9), score=float(generator.uniform(0.6, 1)))
            for box in honest
            if generator.random() < 0.7
        ]
        answers.append((honest, seen))
    return answers


def test_an_honest_night_passes(night) -> None:
    assert contradicted_share(night) == 0.0


def test_swapped_labels_contradict_the_model(make, night) -> None:
    other = {"cat": make.box("dog"), "dog": make.box("cat")}
    swapped = [
        ([replace(box, class_id=other[box.label].class_id, label=other[box.label].label) for box in honest], seen)
        for honest, seen in night
    ]
    assert contradicted_share(swapped) > LIMIT


@pytest.mark.parametrize(("right", "down"), [(0.5, 0.0), (0.0, 0.5), (0.5, 0.5)])
def test_boxes_off_by_half_contradict_the_model(night, right, down) -> None:
    shifted = [
        ([replace(b, left=b.left + right * b.width, top=b.top + down * b.height) for b in honest], seen)
        for honest, seen in night
    ]
    assert contradicted_share(shifted) > LIMIT


def test_a_model_that_imagined_things_is_no_witness(make, night) -> None:
    imagined = [(honest, [make.box("cow", 600, 400, 50, 50, score=0.95), *seen]) for honest, seen in night]
    assert contradicted_share(imagined) == 0.0
    assert contradicted_share([([], [make.box("cow", 0, 0, 50, 50, score=0.95)])] * 20) == 0.0


def test_few_sure_boxes_say_nothing(make, night) -> None:
    assert contradicted_share(night[:3]) is None
    assert contradicted_share([]) is None


def lines_of(make, *labels):
    return [make.line(make.drawn(label), uri=f"s3://b/{number}.jpg") for number, label in enumerate(labels)]


def test_one_swapped_class_drifts(make) -> None:
    earlier = lines_of(make, *["cat"] * 60, *["dog"] * 20)
    assert class_drift(lines_of(make, *["cat"] * 45, *["dog"] * 15), earlier, ATTRIBUTE) == 0.0
    assert class_drift(lines_of(make, *["sofa"] * 60), earlier, ATTRIBUTE) == 1.0
    assert class_drift(lines_of(make, *["cat"] * 20, *["dog"] * 60), earlier, ATTRIBUTE) == pytest.approx(0.5)
    assert class_drift(lines_of(make, *["sofa"] * 49), earlier, ATTRIBUTE) is None


@given(st.lists(st.sampled_from(["cat", "dog", "cow"]), min_size=50, max_size=70), st.randoms())
def test_drift_is_symmetric_and_a_share(make, labels, random) -> None:
    one, other = lines_of(make, *labels), lines_of(make, *random.choices(labels, k=55))
    drift = class_drift(one, other, ATTRIBUTE)
    assert drift == pytest.approx(class_drift(other, one, ATTRIBUTE))
    assert 0 <= drift <= 1
    assert class_drift(one, one[::-1], ATTRIBUTE) == 0


def test_duplicated_lines_are_named(make) -> None:
    lines = [*lines_of(make, "cat", "dog"), *lines_of(make, "cat")]
    rows = manifest_rows(lines, classes=make.classes, attribute=ATTRIBUTE)
    assert [row["duplicate"] for row in rows] == [True, False, True]


def test_a_holdout_image_never_enters_a_training_set(make) -> None:
    """By its address, by its content under another name, and, nearly the same, by its looks."""
    lines = lines_of(make, "cat", "dog", "cow")
    copy = make.image("s3://b/1.jpg", "etag-of-a-holdout-image")
    cohort = merge_cohort(
        [],
        {"2026-11-22": lines},
        holdout_refs={"s3://b/0.jpg"},
        classes=make.classes,
        attribute=ATTRIBUTE,
        images={"s3://b/1.jpg": copy},
        holdout_etags={"etag-of-a-holdout-image"},
    )
    assert ([line["source-ref"] for line in cohort.lines], cohort.excluded) == (["s3://b/2.jpg"], 2)
    hashes = {"s3://b/2.jpg": "a5a5a5a5a5a5a5f1", "s3://b/3.jpg": "ff00ff00ff00ff00"}
    assert near_duplicates(hashes, {"s3://h/1.jpg": "a5a5a5a5a5a5a5f0"}) == {"s3://b/2.jpg"}
    assert near_duplicates(hashes, {}) == set()
    plain = {"s3://b/4.jpg": "0000000000000001"}
    assert near_duplicates(plain, plain) == set()
    with pytest.raises(RowError, match="16 hexadecimal"):
        near_duplicates(hashes, {"s3://h/1.jpg": "f0"})


@pytest.mark.parametrize("poison", ["swapped labels", "boxes off by half"])
def test_what_slips_through_is_stopped_at_the_gate(poison) -> None:
    """A model that learned what it was told is measured on the holdout, which nobody answered."""
    generator = np.random.default_rng(5)
    truths, good, bad = [], [], []
    for _ in range(100):
        boxes = np.column_stack([generator.uniform(0, 300, (2, 2)), generator.uniform(50, 150, (2, 2))])
        classes, scores = np.array([0, 1]), generator.uniform(0.5, 1, 2)
        truths.append(Truth(boxes, classes))
        good.append(Detections(boxes, classes, scores))
        moved = boxes + (boxes[:, [2, 3, 2, 3]] * [0.5, 0.5, 0, 0])
        bad.append(Detections(*((boxes, classes[::-1]) if poison == "swapped labels" else (moved, classes)), scores))
    champion, challenger = (match(truths, found, class_count=2) for found in (good, bad))
    assert paired_bootstrap(VocMeasured(champion), VocMeasured(challenger), rounds=200, seed=1).p_better == 0.0
