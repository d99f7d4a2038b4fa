"""One set of boxes from several reviewers'."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from nightloop.loop import boxes as geometry
from nightloop.loop.errors import AnswerError
from nightloop.loop.predictions import Box, to_array

MATCHING_IOU = 0.5


@dataclass(frozen=True, slots=True)
class _Drawn:
    reviewer: int
    box: Box


def merge(answers: Sequence[Sequence[Box]]) -> tuple[tuple[Box, ...], float]:
    """Return the boxes most reviewers drew, and how far the reviewers agree.

    One reviewer's boxes stay as they are. Of several, boxes of one class that all overlap by an IoU of at least 0.5 are
    the same object; an object that more than half of the reviewers drew is kept, with the mean of its boxes. A box's
    ``score`` is the share of the reviewers who drew it. The agreement is the mean, over all pairs of reviewers, of the
    share of their boxes that match (2 x matched / drawn; 1 when neither drew any), 1 for one reviewer.
    The order of the reviewers does not matter. Source of the rule (match by IoU, average): Amazon SageMaker Developer
    Guide, "Annotation Consolidation". AnswerError when there is no reviewer.
    """
    if not answers:
        raise AnswerError("there is no answer to merge")
    if len(answers) == 1:
        return tuple(replace(box, score=1.0) for box in answers[0]), 1.0
    groups = _same_objects([_Drawn(number, box) for number, boxes in enumerate(answers) for box in boxes])
    kept = [_average(group, len(answers)) for group in groups if 2 * len(group) > len(answers)]
    return tuple(sorted(kept, key=_place)), _agreement(groups, answers)


def _same_objects(drawn: list[_Drawn]) -> list[list[_Drawn]]:
    overlap = geometry.iou(to_array(item.box for item in drawn), to_array(item.box for item in drawn))
    pairs = [
        (a, b)
        for a, b in combinations(range(len(drawn)), 2)
        if overlap[a, b] >= MATCHING_IOU
        and drawn[a].reviewer != drawn[b].reviewer
        and drawn[a].box.class_id == drawn[b].box.class_id
    ]
    # Closest first; equal ones by their place, so that the reviewers' order cannot decide.
    pairs.sort(key=lambda pair: (-overlap[pair], *sorted(_place(drawn[item].box) for item in pair)))
    group_of = {number: [number] for number in range(len(drawn))}
    for a, b in pairs:
        one, other = group_of[a], group_of[b]
        reviewers = {drawn[item].reviewer for item in one} & {drawn[item].reviewer for item in other}
        if not reviewers and all(overlap[i, j] >= MATCHING_IOU for i in one for j in other):
            one.extend(other)
            group_of.update(dict.fromkeys(other, one))
    return [[drawn[item] for item in group] for number, group in group_of.items() if group[0] == number]


def _average(group: list[_Drawn], reviewers: int) -> Box:
    def mean(values: list[float]) -> float:
        # fsum, because a plain sum would depend on the reviewers' order.
        return math.fsum(values) / len(values)

    first = group[0].box
    return Box(
        first.class_id,
        first.label,
        len(group) / reviewers,
        mean([item.box.left for item in group]),
        mean([item.box.top for item in group]),
        mean([item.box.width for item in group]),
        mean([item.box.height for item in group]),
    )


def _agreement(groups: list[list[_Drawn]], answers: Sequence[Sequence[Box]]) -> float:
    members = [{item.reviewer for item in group} for group in groups]
    shares = []
    for a, b in combinations(range(len(answers)), 2):
        drawn = len(answers[a]) + len(answers[b])
        matched = sum(a in group and b in group for group in members)
        shares.append(2 * matched / drawn if drawn else 1.0)
    return math.fsum(shares) / len(shares)


def _place(box: Box) -> tuple[int, float, float, float, float]:
    return (box.class_id, box.left, box.top, box.width, box.height)
