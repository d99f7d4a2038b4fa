"""One set of boxes from several reviewers'."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import NamedTuple

from nightloop.domain.detection.boxes.predictions import Box
from nightloop.domain.errors import AnswerError
from nightloop.domain.reviewers.records import Weight

MATCHING_IOU = 0.5
TWIN_IOU = 0.8
"""Two boxes of one class by one reviewer that overlap by this much are one object, drawn twice."""

_TOUCHING_IOU = 0.1
_EVEN = 1e-9


class Consensus(NamedTuple):
    """What several reviewers drew together: the boxes, how well they agree on the image, and on each box; 0..1."""

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


def merge(answers: Sequence[Sequence[Box]], weights: Sequence[float | Weight] | None = None) -> Consensus:
    """Return the boxes that most reviewers drew, by weight, and how well the reviewers agree.

    A single reviewer's boxes stay as they are, except that an object drawn twice (`TWIN_IOU`) becomes one box. Boxes of
    several reviewers are the same object if they have one class and all overlap by an IoU of at least 0.5; at most one
    box of each reviewer belongs to it, and its box is their weighted mean. It is kept if the weights of those who drew
    it exceed the weights against it of those who did not; without `weights`, if more than half drew it. If two kept
    objects of different classes are at the same place, and no reviewer drew both, the one with more weight stays. A
    box's `score` is the weight of those who drew it, as a share of all weights.

    The agreement on an image is the mean, over all pairs of reviewers, of the share of their boxes that match (2 x
    matched / drawn; 1 if neither drew any); it is 1 for one reviewer. The agreement on a box is the mean IoU over all
    pairs of reviewers, 0 if one of the two did not draw it. Weights change neither. The order of the reviewers does not
    matter.

    Sources: match by IoU and average, Amazon SageMaker Developer Guide, "Annotation Consolidation"; weighted mean and
    score as in weighted boxes fusion (Solovyev et al. 2021), whose clusters depend on the order of equal boxes.

    :raises AnswerError: if there is no reviewer, or a weight is not a number above 0.
    """
    if not answers:
        raise AnswerError("there is no answer to merge")
    known = _checked([1.0] * len(answers) if weights is None else weights, len(answers))
    alone = [without_twins(boxes) for boxes in answers]
    if len(answers) == 1:
        boxes = tuple(replace(box, score=1.0) for box in alone[0])
        return Consensus(boxes, 1.0, (1.0,) * len(boxes))
    judged = _judged(alone, known)
    overlaps = judged.overlaps
    pairs = len(answers) * (len(answers) - 1) / 2
    kept = sorted(judged.kept, key=lambda item: (_place(item.box), _within(item.group, overlaps)))
    reviewers = [{judged.drawn[item].reviewer for item in found.group} for found in judged.found]
    within = tuple(_within(item.group, overlaps) / pairs for item in kept)
    return Consensus(tuple(item.box for item in kept), _agreement(reviewers, alone), within)


def undecided(answers: Sequence[Sequence[Box]], weights: Sequence[float | Weight] | None = None) -> str | None:
    """Say why what several reviewers drew decides nothing about an image, None if it decides.

    To decide that nothing is there takes more than two thirds of the weight. Apart from what `merge` keeps, a place is
    open if as much weight speaks for an object as against it, if most drew something there and nothing is kept, or if
    two classes are equally likely.
    """
    known = _checked([1.0] * len(answers) if weights is None else weights, len(answers))
    judged = _judged([without_twins(boxes) for boxes in answers], known)
    if not judged.found:
        return None
    if not judged.kept:
        drawn = math.fsum(weight.drawn for boxes, weight in zip(answers, known, strict=True) if boxes)
        nothing = math.fsum(weight.missing for boxes, weight in zip(answers, known, strict=True) if not boxes)
        if 2 * drawn >= nothing - _EVEN:
            return "the reviewers disagree: nothing remains of what was drawn"
    for item in judged.found:
        if item not in judged.kept and _is_open(item, judged, known):
            box = item.box
            return f"the reviewers disagree about {box.label} at {box.left:.0f}, {box.top:.0f}"
    return None


def without_twins(boxes: Sequence[Box]) -> tuple[Box, ...]:
    """Return one reviewer's boxes; of boxes that are one object, the first."""
    kept: list[_Drawn] = []
    for box in boxes:
        drawn = _Drawn(0, box, box.left + box.width, box.top + box.height)
        if not any(other.box.class_id == box.class_id and _iou(drawn, other) >= TWIN_IOU for other in kept):
            kept.append(drawn)
    return tuple(item.box for item in kept)


@dataclass(frozen=True, slots=True)
class _Object:
    box: Box
    group: list[int]
    reviewers: frozenset[int]
    margin: float


class _Judged(NamedTuple):
    drawn: list[_Drawn]
    overlaps: _Overlaps
    found: list[_Object]
    kept: list[_Object]


def _judged(answers: Sequence[Sequence[Box]], weights: list[Weight]) -> _Judged:
    drawn = [
        _Drawn(number, box, box.left + box.width, box.top + box.height)
        for number, boxes in enumerate(answers)
        for box in boxes
    ]
    overlaps = _overlaps(drawn)
    found = [_weighed(group, drawn, weights) for group in _same_objects(drawn, overlaps)]
    return _Judged(drawn, overlaps, found, _without_rivals([item for item in found if item.margin > 0]))


def _is_open(item: _Object, judged: _Judged, weights: list[Weight]) -> bool:
    """Say whether an object that was not kept is undecided."""
    if item.margin > _EVEN:  # a likelier one is at its place
        return any(_are_rivals(item, other) and other.margin <= item.margin + _EVEN for other in judged.kept)
    if item.margin >= -_EVEN:
        return True
    touching = {
        number
        for number, drawn in enumerate(judged.drawn)
        if any(_iou(drawn, judged.drawn[own]) >= _TOUCHING_IOU for own in item.group)
    }
    if any(touching & set(other.group) for other in judged.kept):
        return False
    there = {judged.drawn[number].reviewer for number in touching}
    support = math.fsum(weights[number].drawn for number in there)
    return support >= math.fsum(weight.missing for number, weight in enumerate(weights) if number not in there) - _EVEN


def _checked(weights: Sequence[float | Weight], reviewers: int) -> list[Weight]:
    known = [weight if isinstance(weight, Weight) else Weight(weight, weight) for weight in weights]
    if len(known) != reviewers or not all(math.isfinite(part) and part > 0 for weight in known for part in weight):
        raise AnswerError(f"{reviewers} reviewers need as many weights, each above 0, not {list(weights)}")
    return known


def _weighed(group: list[int], drawn: list[_Drawn], weights: list[Weight]) -> _Object:
    reviewers = frozenset(drawn[item].reviewer for item in group)
    support = math.fsum(weights[number].drawn for number in reviewers)
    doubt = math.fsum(weight.missing for number, weight in enumerate(weights) if number not in reviewers)
    total = math.fsum(weight.drawn for weight in weights)
    box = _average([drawn[item] for item in group], [weights[drawn[item].reviewer].drawn for item in group])
    return _Object(replace(box, score=min(support / total, 1.0)), group, reviewers, support - doubt)


def _without_rivals(found: list[_Object]) -> list[_Object]:
    kept: list[_Object] = []
    for item in sorted(found, key=lambda item: (-item.margin, _place(item.box))):
        if not any(_are_rivals(item, other) for other in kept):
            kept.append(item)
    return kept


def _are_rivals(one: _Object, other: _Object) -> bool:
    if one.box.class_id == other.box.class_id or one.reviewers & other.reviewers:
        return False
    a, b = (
        _Drawn(0, item.box, item.box.left + item.box.width, item.box.top + item.box.height) for item in (one, other)
    )
    return _iou(a, b) >= MATCHING_IOU


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


def _average(group: list[_Drawn], weights: list[float]) -> Box:
    weight = math.fsum(weights)

    def mean(values: list[float]) -> float:
        # fsum, because a plain sum would depend on the reviewers' order; rounding stays within the values.
        average = math.fsum(share * value for share, value in zip(weights, values, strict=True)) / weight
        return min(max(average, min(values)), max(values))

    return replace(
        group[0].box,
        left=mean([item.box.left for item in group]),
        top=mean([item.box.top for item in group]),
        width=mean([item.box.width for item in group]),
        height=mean([item.box.height for item in group]),
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
