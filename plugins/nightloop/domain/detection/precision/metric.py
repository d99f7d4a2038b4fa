"""What the gate can decide on: average precisions that can be measured again for any weighting of the images."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from nightloop.domain.detection.precision.average_precision import AveragePrecision
from nightloop.domain.detection.precision.matching import Detections, Floats, Integers, Truth


class Measured(Protocol):
    """One model's detections over a set of images, matched once."""

    @property
    def truths(self) -> Integers:
        """How many objects count, of each image and class: [I, K]."""
        ...

    def average_precision(self, weights: Floats | None = None) -> AveragePrecision:
        """Measure for each row of image weights [R, I]; without them, one row in which every image counts once."""
        ...


@dataclass(frozen=True, slots=True)
class Metric:
    """One entry of the table: a title for people, and how models are measured by it.

    `measure` takes the true objects and the detections of each image, and the class names.
    """

    title: str
    measure: Callable[[Sequence[Truth], Sequence[Detections], Sequence[str]], Measured]
