"""Weights of reviewers; and the same boxes as weighted boxes fusion, by its authors' own code."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightloop.domain.detection.answers.consensus import merge
from nightloop.domain.detection.boxes.predictions import Box
from nightloop.domain.errors import AnswerError

SIDE = 1000.0


def test_the_better_reviewer_counts_more(make) -> None:
    answers = [[make.box("cat", left, 0, 100, 100)] for left in (0, 20)]
    boxes, agreement, _ = merge(answers, [3.0, 1.0])
    assert (boxes[0].left, boxes[0].score) == (5.0, 1.0)
    assert agreement == merge(answers).agreement == 1.0, "weights say whom to believe, not whether they agree"


@pytest.mark.parametrize(
    ("weights", "kept"), [([2, 1, 0.5], True), ([1, 1, 1], False), ([1, 0.5, 0.5], False), ([1.01, 0.5, 0.5], True)]
)
def test_more_than_half_of_the_weight_keeps_an_object(make, weights, kept) -> None:
    boxes, _, _ = merge([[make.box("cat")], [], []], weights)
    assert bool(boxes) is kept
    assert not kept or boxes[0].score == pytest.approx(weights[0] / sum(weights))


@pytest.mark.parametrize("weights", [[1], [1, 0], [1, -1], [1, float("nan")], [1, float("inf")]])
def test_a_weight_that_is_none_is_refused(make, weights) -> None:
    with pytest.raises(AnswerError, match="2 reviewers need as many weights, each above 0"):
        merge([[make.box("cat")], []], weights)


def test_agreement_on_a_box(make) -> None:
    answers = [[make.box("cat", left, 0, 100, 100)] for left in (0, 0, 25)]  # IoU 1, 0.6 and 0.6
    assert merge(answers).box_agreements == pytest.approx(((1 + 0.6 + 0.6) / 3,))
    assert merge([*answers[:2], []]).box_agreements == pytest.approx((1 / 3,))
    assert merge(answers[:1]).box_agreements == (1.0,)


CELL, JITTER = 100, 12  # objects of 60 in cells of 100: never near another's, and any two drawings overlap enough


@st.composite
def scenes(draw):
    """Objects that lie apart, each drawn by some of the reviewers at most once, each time a little elsewhere."""
    reviewers = draw(st.integers(2, 3))
    answers = [[] for _ in range(reviewers)]
    for cell in draw(st.lists(st.integers(0, 80), min_size=1, max_size=6, unique=True)):
        class_id = draw(st.integers(0, 2))
        for answer in answers:
            if draw(st.booleans()):
                left, top, width, height = (draw(st.integers(0, JITTER)) / 2 for _ in range(4))
                left, top = left + cell % 9 * CELL + 20, top + cell // 9 * CELL + 20
                answer.append(Box(class_id, "abc"[class_id], None, left, top, 60 + width, 60 + height))
    return answers, [draw(st.integers(1, 40)) / 10 for _ in range(reviewers)]


@given(scenes())
def test_weighted_boxes_fusion_gives_the_same_boxes(scene) -> None:
    fusion = pytest.importorskip("ensemble_boxes", reason="make install brings ensemble-boxes, the oracle of this test")
    answers, weights = scene
    corners = [
        [[v / SIDE for v in (b.left, b.top, b.left + b.width, b.top + b.height)] for b in boxes] for boxes in answers
    ]
    fused, scores, classes = fusion.weighted_boxes_fusion(
        corners,
        [[1.0] * len(boxes) for boxes in answers],
        [[box.class_id for box in boxes] for boxes in answers],
        weights=weights,
        iou_thr=0.5,
    )
    # The oracle counts in float32, so a share of just one half may fall on either side.
    expected = sorted(
        (int(class_id), *(SIDE * value for value in box), float(score))
        for box, score, class_id in zip(fused, scores, classes, strict=True)
        if abs(score - 0.5) > 1e-6 and score > 0.5
    )
    found = sorted(
        (box.class_id, box.left, box.top, box.left + box.width, box.top + box.height, box.score)
        for box in merge(answers, weights).boxes
        if abs(box.score - 0.5) > 1e-6
    )
    assert len(found) == len(expected)
    assert np.array(found) == pytest.approx(np.array(expected), abs=1e-3)


@given(scenes(), st.integers(1, 50))
def test_what_holds_for_any_weights(scene, scale) -> None:
    answers, weights = scene
    boxes, agreement, box_agreements = merge(answers, weights)
    assert 0 <= agreement <= 1
    assert len(boxes) == len(box_agreements)
    assert all(0 <= share <= 1 for share in box_agreements)
    for box in boxes:
        assert 0.5 < box.score <= 1
    scaled = merge(answers, [weight * scale for weight in weights])
    assert [edge for box in scaled.boxes for edge in (box.left, box.top, box.width, box.height)] == pytest.approx(
        [edge for box in boxes for edge in (box.left, box.top, box.width, box.height)]
    )
    orders = permutations(zip(answers, weights, strict=True))
    assert len({repr(merge(*map(list, zip(*order, strict=True)))) for order in orders}) == 1
