"""How good each reviewer is: measured on images whose boxes are known, without the reviewer knowing which they are."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from typing import NamedTuple, Self

import numpy as np

from nightloop.loop import boxes as geometry
from nightloop.loop import rows
from nightloop.loop.answers import Answer, ReviewerAnswer
from nightloop.loop.consensus import Weight
from nightloop.loop.jsonl import Json
from nightloop.loop.predictions import Box, to_array

SAME_OBJECT_IOU = 0.5
UNTOUCHED_IOU = 0.95
"""A box that overlaps the one that was shown by this much was not corrected, though it may have been nudged."""

PRIOR_RIGHT, PRIOR_WRONG = 4, 1
"""What is thought of a reviewer before the first known image: four of five objects found, four of five boxes right."""

PRIOR_STAMPED, PRIOR_CORRECTED = 1, 4
CARELESS_BELOW = 0.7
STAMPING_ABOVE = 0.5
SURE = 0.99
"""How probable it must be that a reviewer is as bad as a flag says."""

LEAST_WEIGHT = 0.1


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one reviewer's answers show, of a night or of many: counts and active seconds.

    ``right``, ``missed``, ``made_up`` and ``mislabelled`` count objects of known images. ``correctable`` counts known
    images whose shown boxes were wrong, ``stamped`` those of them that came back as they were shown.
    """

    reviewer: str
    reviews: int = 0
    seconds: float = 0.0
    gold: int = 0
    right: int = 0
    missed: int = 0
    made_up: int = 0
    mislabelled: int = 0
    correctable: int = 0
    stamped: int = 0

    def __add__(self, other: "Evidence") -> "Evidence":
        """Put the evidence of two nights together."""
        counts = {name: getattr(self, name) + getattr(other, name) for name in _COUNTS}
        return Evidence(self.reviewer, seconds=round(self.seconds + other.seconds, 3), **counts)

    @property
    def wrong(self) -> int:
        """Objects missed, made up or called something else."""
        return self.missed + self.made_up + self.mislabelled

    @property
    def quality(self) -> float:
        """The expected share of right objects in all right and wrong ones: the mean of its Beta posterior."""
        return _mean(self.right, self.wrong)

    @property
    def weight(self) -> Weight:
        """What the reviewer's boxes count for an object, and their absence against it, in a consensus.

        These are the log-odds that a box is of an object, and that an object not drawn is none, as far as the
        reviewer's finding and making up tell: one of unknown quality counts alike both ways. Each is at least 0.1.
        """
        if self.is_stamping:
            return Weight(LEAST_WEIGHT, LEAST_WEIGHT)
        finds = _mean(self.right, self.missed + self.mislabelled)
        makes_up = 1 - _mean(self.right, self.made_up + self.mislabelled)
        drawn, missing = math.log(finds / makes_up), math.log((1 - makes_up) / (1 - finds))
        return Weight(max(drawn, LEAST_WEIGHT), max(missing, LEAST_WEIGHT))

    @property
    def is_careless(self) -> bool:
        """Whether fewer than 0.7 of the objects are right, with a probability of at least 0.99."""
        return beta_below(CARELESS_BELOW, PRIOR_RIGHT + self.right, PRIOR_WRONG + self.wrong) >= SURE

    @property
    def is_stamping(self) -> bool:
        """Whether more than half of the wrong boxes shown come back untouched, with a probability of at least 0.99."""
        stamped, corrected = PRIOR_STAMPED + self.stamped, PRIOR_CORRECTED + self.correctable - self.stamped
        return 1 - beta_below(STAMPING_ABOVE, stamped, corrected) >= SURE

    def to_json(self) -> Json:
        """Return the row as JSON values, with what follows from the counts."""
        row: Json = {"reviewer": self.reviewer, "seconds": self.seconds} | {
            name: getattr(self, name) for name in _COUNTS
        }
        row |= {"quality": round(self.quality, 4), "weight": [round(part, 4) for part in self.weight]}
        return row | {"careless": self.is_careless, "stamping": self.is_stamping}

    @classmethod
    def from_json(cls, row: Json) -> Self:
        """Read what ``to_json`` wrote; RowError names what is wrong."""
        counts = {name: rows.integer(row, name) for name in _COUNTS}
        return cls(rows.text(row, "reviewer"), seconds=rows.number(row, "seconds"), **counts)


_COUNTS = tuple(field.name for field in fields(Evidence) if field.name not in {"reviewer", "seconds"})


class Records:
    """The evidence about all reviewers so far."""

    def __init__(self, evidence: Iterable[Evidence] = ()) -> None:
        self._of: dict[str, Evidence] = {}
        for row in evidence:
            known = self._of.get(row.reviewer)
            self._of[row.reviewer] = row if known is None else known + row

    def weigh(self, reviewer: str | None) -> Weight:
        """Return a reviewer's weight; one who was never measured has the prior's."""
        return self._of.get(reviewer or "", Evidence("")).weight

    def __iter__(self) -> Iterator[Evidence]:
        """Go through the evidence, reviewer by reviewer."""
        return iter(self._of[name] for name in sorted(self._of))


def evidence_of(answers: Sequence[Answer]) -> list[Evidence]:
    """Return what a night's answers show about each reviewer, sorted by pseudonym.

    An answer that settled an earlier one counts anew only for those who had not answered before: the earlier night
    counted the others. Answers without worker id show nothing.
    """
    rows_ = [
        _evidence(answer, reviewer) for answer in answers for reviewer in answer.new_reviewers if reviewer.reviewer
    ]
    return list(Records(rows_))


class Comparison(NamedTuple):
    """How the objects of an answer compare with the known ones."""

    right: int
    missed: int
    made_up: int
    mislabelled: int


def compare(drawn: Sequence[Box], truth: Sequence[Box]) -> Comparison:
    """Count the objects of an answer whose boxes are known.

    Each drawn box is paired with at most one true one, by an IoU of at least 0.5, those of the same class first, then
    the closest. A pair of one class is right, one of two classes mislabelled; a true box without partner was missed, a
    drawn one made up.
    """
    overlap = geometry.iou(to_array(drawn), to_array(truth))
    pairs = [(i, j) for i in range(len(drawn)) for j in range(len(truth)) if overlap[i, j] >= SAME_OBJECT_IOU]
    pairs.sort(key=lambda pair: (drawn[pair[0]].class_id != truth[pair[1]].class_id, -overlap[pair], pair))
    free_drawn, free_true = set(range(len(drawn))), set(range(len(truth)))
    right = mislabelled = 0
    for i, j in pairs:
        if i in free_drawn and j in free_true:
            free_drawn.remove(i)
            free_true.remove(j)
            same = drawn[i].class_id == truth[j].class_id
            right, mislabelled = right + same, mislabelled + (not same)
    return Comparison(right, len(free_true), len(free_drawn), mislabelled)


def beta_below(x: float, a: int, b: int) -> float:
    """Return the probability that a Beta(a, b) variable, a and b whole, is below ``x``.

    That is the probability of at least ``a`` successes in ``a + b - 1`` trials of probability ``x``.
    Source: Abramowitz and Stegun, 26.5.24.
    """
    trials = a + b - 1
    successes = np.arange(a, trials + 1)
    chances = [math.lgamma(trials + 1) - math.lgamma(k + 1) - math.lgamma(trials - k + 1) for k in successes]
    logs = np.array(chances) + successes * math.log(x) + (trials - successes) * math.log1p(-x)
    return float(min(np.exp(logs).sum(), 1.0))


def _evidence(answer: Answer, reviewer: ReviewerAnswer) -> Evidence:
    name, seconds = str(reviewer.reviewer), reviewer.seconds or 0.0
    if answer.gold is None:
        return Evidence(name, reviews=1, seconds=seconds)
    found = compare(reviewer.boxes, answer.gold)
    correctable = answer.shown is not None and sum(compare(answer.shown, answer.gold)[1:]) > 0
    stamped = correctable and _is_stamp(reviewer, answer.shown or ())
    return Evidence(name, 1, seconds, 1, *found, int(correctable), int(stamped))


def _mean(hits: int, misses: int) -> float:
    return (PRIOR_RIGHT + hits) / (PRIOR_RIGHT + PRIOR_WRONG + hits + misses)


def _is_stamp(reviewer: ReviewerAnswer, shown: Sequence[Box]) -> bool:
    if reviewer.modified is False:
        return True
    if len(reviewer.boxes) != len(shown):
        return False
    overlap = geometry.iou(to_array(reviewer.boxes), to_array(shown))
    return all(
        any(overlap[i, j] >= UNTOUCHED_IOU and box.class_id == other.class_id for j, other in enumerate(shown))
        for i, box in enumerate(reviewer.boxes)
    )
