"""What a review is expected to bring, and what it is expected to cost."""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from nightloop.domain.detection.boxes.predictions import Prediction

LEAST_EVIDENCE = 0.05
"""From this score on a box is a hint that its class may be there, however little the model believes it."""


@dataclass(frozen=True, slots=True)
class Effort:
    """What a review takes: `seconds` of one reviewer, and more for each object; `reviewers` look at it."""

    seconds: float = 10.0
    seconds_per_object: float = 8.0
    reviewers: int = 1


class Coverage:
    """How many images of each class the model learns from, and what one more image would add.

    With a `balance` of 1 the nth image of a class adds about 1/n: ten of a well-known class bring less than one of a
    new class. With 0 every image of a class adds as much as the first.
    """

    def __init__(self, counts: Mapping[str, float], balance: float) -> None:
        self.balance = balance
        self._counts = dict(counts)

    @property
    def labels(self) -> frozenset[str]:
        """The classes it has counts of."""
        return frozenset(self._counts)

    def gain(self, presence: Mapping[str, float]) -> float:
        """Return what an image would add that shows each class with some probability."""
        known = self._counts
        return sum(
            self._worth(known.get(label, 0.0) + share) - self._worth(known.get(label, 0.0))
            for label, share in presence.items()
        )

    def add(self, presence: Mapping[str, float]) -> None:
        """Take an image in."""
        for label, share in presence.items():
            self._counts[label] = self._counts.get(label, 0.0) + share

    def _worth(self, images: float) -> float:
        """Integrate (1 + n) ** -balance from 0 to `images`."""
        power = 1 - self.balance
        return math.log1p(images) if power == 0 else ((1 + images) ** power - 1) / power


def presence(prediction: Prediction, classes: Collection[str]) -> dict[str, float]:
    """Return the probability that an image shows each class; see `evidence` and `presence_of`."""
    return presence_of(evidence(prediction), classes)


def evidence(prediction: Prediction) -> dict[str, float]:
    """Return for each class that a box hints at the probability that some box of it is right, if scores are."""
    shown: dict[str, float] = {}
    for box in prediction.boxes:
        score = min(box.score or 0.0, 1.0)
        if score >= LEAST_EVIDENCE:
            shown[box.label] = 1 - (1 - shown.get(box.label, 0.0)) * (1 - score)
    return shown


def presence_of(shown: dict[str, float], classes: Collection[str]) -> dict[str, float]:
    """Return what is shown; an image without any hint shows some object, of each of the `classes` alike."""
    return shown or {label: 1 / len(classes) for label in sorted(classes)}


def expected_seconds(prediction: Prediction, effort: Effort, least_box_score: float) -> float:
    """Return how many seconds all reviewers of an image will spend; the scores add up to the expected objects."""
    scores = (box.score or 0.0 for box in prediction.boxes)
    objects = sum(score for score in scores if score >= least_box_score)
    return effort.reviewers * (effort.seconds + effort.seconds_per_object * objects)
