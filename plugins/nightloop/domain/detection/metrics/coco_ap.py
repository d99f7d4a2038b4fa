"""COCO's average precision: the mean over the IoUs 0.5, 0.55, ... 0.95 of the precision at 101 recalls."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nightloop.domain.detection.precision.average_precision import AveragePrecision, average_precision
from nightloop.domain.detection.precision.coco import coco_matches
from nightloop.domain.detection.precision.matching import Detections, Floats, Integers, Matches, Truth
from nightloop.domain.detection.precision.metric import Metric


@dataclass(frozen=True, slots=True, eq=False)
class CocoMeasured:
    """A model's matches at each of COCO's 10 IoUs."""

    matches: tuple[Matches, ...]

    @property
    def truths(self) -> Integers:
        """How many objects count, by image and class: [I, K]."""
        return self.matches[0].truths

    def average_precision(self, weights: Floats | None = None) -> AveragePrecision:
        """Return the mean over the IoUs of each class for each row of weights."""
        parts = [average_precision(matches, weights, interpolation="101-points") for matches in self.matches]
        per_class = np.mean([part.per_class for part in parts], axis=0)  # the same classes have objects at each IoU
        return AveragePrecision(per_class, np.mean([part.mean for part in parts], axis=0))


def measure(truths: Sequence[Truth], detections: Sequence[Detections], classes: Sequence[str]) -> CocoMeasured:
    """Match as COCO does."""
    return CocoMeasured(coco_matches(truths, detections, classes=classes))


METRIC = Metric("COCO AP", measure)
