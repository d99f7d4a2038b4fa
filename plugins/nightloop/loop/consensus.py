"""One set of boxes from several reviewers'."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import NamedTuple

from nightloop.loop.errors import AnswerError
from nightloop.loop.predictions import Box

MATCHING_IOU = 0.5


class Consensus(NamedTuple):
    """What several reviewers drew together: the boxes, how far they agree on the image, and on each box; 0..1."""

    boxes: tuple[Box, ...]
    agreement: float
    box_agreements: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class _Drawn:
    reviewer: int
    box: Box
    right: float
    bottom: float


_Overlaps = dict[tuple[int, int], float]
"""IoU of two drawn boxes, lower number first: only of one class, of two reviewers, and from MATCHING_IOU on."""


def merge(answers: Sequence[Sequence[Box]], weights: Sequence[float] | None = None) -> Consensus:
    """Return the boxes that more than half of the reviewers drew, by weight, and how far the reviewers agree.

    One reviewer's boxes stay as they are. Of several, boxes of one class that all overlap by an IoU of at least 0.5 are
    the same object, at most one of each reviewer; an object is kept when the weights of those who drew it are more than
    half of all weights, with the weighted mean of its boxes. A box's ``score`` is that share of the weights. Without
    ``weights`` all count alike.

    The agreement on an image is the mean, over all pairs of reviewers, of the share of their boxes that match
    (2 x matched / drawn; 1 when neither drew any), 1 for one reviewer; that on a box is the mean IoU over all pairs of
    reviewers, 0 where one of both did not draw it. Weights change neither. The order of the reviewers does not matter.
    Sources: match by IoU and average, Amazon SageMaker Developer Guide, "Annotation Consolidation"; weighted mean and
    score as in weighted boxes fusion (Solovyev et al. 2021), whose clusters depend on the order of equal boxes.
    AnswerError when there is no reviewer, or a weight is not a number above 0.
    """
    if not answers:
        raise AnswerError("there is no answer to merge")
    shares = _checked([1.0] * len(answers) if weights is None else weights, len(answers))
    if len(answers) == 1:
        boxes = tuple(replace(box, score=1.0) for box in answers[0])
        return Consensus(boxes, 1.0, (1.0,) * len(boxes))
    drawn = [
        _Drawn(number, box, box.left + box.width, box.top + box.height)
        for number, boxes in enumerate(answers)
        for box in boxes
    ]
    overlaps = _overlaps(drawn)
    groups = _same_objects(drawn, overlaps)
    total = math.fsum(shares)
    pairs = len(answers) * (len(answers) - 1) / 2
    kept = [
        (_average([drawn[item] for item in group], shares, total), _within(group, overlaps) / pairs)
        for group in groups
        if 2 * math.fsum(shares[drawn[item].reviewer] for item in group) > total
    ]
    kept.sort(key=lambda pair: (_place(pair[0]), pair[1]))
    agreement = _agreement([{drawn[item].reviewer for item in group} for group in groups], answers)
    return Consensus(tuple(box for box, _ in kept), agreement, tuple(share for _, share in kept))


def _checked(weights: Sequence[float], reviewers: int) -> list[float]:
    if len(weights) != reviewers or not all(math.isfinite(weight) and weight > 0 for weight in weights):
        raise AnswerError(f"{reviewers} reviewers need as many weights, each above 0, not {list(weights)}")
    return list(weights)


def _overlaps(drawn: list[_Drawn]) -> _Overlaps:
    found = {}
    for a, b in combinations(range(len(drawn)), 2):
        if drawn[a].reviewer != drawn[b].reviewer and drawn[a].box.class_id == drawn[b].box.class_id:
            overlap = _iou(drawn[a], drawn[b])
            if overlap >= MATCHING_IOU:
                found[a, b] = overlap
    return found


def _iou(one: _Drawn, other: _Drawn) -> float:
    # Plain floats: an image has a handful of boxes, and numpy's calls cost more than their work.
    a, b = one.box, other.box
    width = min(one.right, other.right) - max(a.left, b.left)
    height = min(one.bottom, other.bottom) - max(a.top, b.top)
    if width <= 0 or height <= 0:
        return 0.0
    shared = width * height
    union = a.width * a.height + b.width * b.height - shared
    return min(shared / union, 1.0) if union > 0 else 0.0


def _same_objects(drawn: list[_Drawn], overlaps: _Overlaps) -> list[list[int]]:
    # Closest first; equal ones by their place, so that the reviewers' order cannot decide.
    pairs = sorted(overlaps, key=lambda pair: (-overlaps[pair], *sorted(_place(drawn[item].box) for item in pair)))
    group_of = {number: [number] for number in range(len(drawn))}
    for a, b in pairs:
        one, other = group_of[a], group_of[b]
        reviewers = {drawn[item].reviewer for item in one} & {drawn[item].reviewer for item in other}
        if not reviewers and all((min(i, j), max(i, j)) in overlaps for i in one for j in other):
            one.extend(other)
            group_of.update(dict.fromkeys(other, one))
    return [group for number, group in group_of.items() if group[0] == number]


def _average(group: list[_Drawn], weights: Sequence[float], total: float) -> Box:
    shares = [weights[item.reviewer] for item in group]
    weight = math.fsum(shares)

    def mean(values: list[float]) -> float:
        # fsum, because a plain sum would depend on the reviewers' order; within the values, whatever was rounded.
        average = math.fsum(share * value for share, value in zip(shares, values, strict=True)) / weight
        return min(max(average, min(values)), max(values))

    first = group[0].box
    return Box(
        first.class_id,
        first.label,
        min(weight / total, 1.0),
        mean([item.box.left for item in group]),
        mean([item.box.top for item in group]),
        mean([item.box.width for item in group]),
        mean([item.box.height for item in group]),
    )


def _within(group: list[int], overlaps: _Overlaps) -> float:
    return math.fsum(overlaps[min(a, b), max(a, b)] for a, b in combinations(group, 2))


def _agreement(groups: list[set[int]], answers: Sequence[Sequence[Box]]) -> float:
    shares = []
    for a, b in combinations(range(len(answers)), 2):
        drawn = len(answers[a]) + len(answers[b])
        matched = sum(a in group and b in group for group in groups)
        shares.append(2 * matched / drawn if drawn else 1.0)
    return math.fsum(shares) / len(shares)


def _place(box: Box) -> tuple[int, float, float, float, float]:
    return (box.class_id, box.left, box.top, box.width, box.height)
