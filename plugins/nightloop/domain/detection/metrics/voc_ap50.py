"""PASCAL VOC's mean average precision: at an IoU of 0.5, the area under the whole curve."""

from collections.abc import Sequence
from dataclasses import dataclass

from nightloop.domain.detection.precision.average_precision import AveragePrecision, average_precision
from nightloop.domain.detection.precision.matching import Detections, Floats, Integers, Matches, Truth, match
from nightloop.domain.detection.precision.metric import Metric


@dataclass(frozen=True, slots=True, eq=False)
class VocMeasured:
    """A model's matches at an IoU of 0.5."""

    matches: Matches

    @property
    def truths(self) -> Integers:
        """How many objects count, by image and class: [I, K]."""
        return self.matches.truths

    def average_precision(self, weights: Floats | None = None) -> AveragePrecision:
        """Return the area under the curve of each class for each row of weights."""
        return average_precision(self.matches, weights)


def measure(truths: Sequence[Truth], detections: Sequence[Detections], classes: Sequence[str]) -> VocMeasured:
    """Match as VOC does."""
    return VocMeasured(match(truths, detections, class_count=len(classes)))


METRIC = Metric("mAP@0.5", measure)
