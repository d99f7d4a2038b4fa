"""Whether scores mean what they say: of the boxes scored 0.8, four in five should be right."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from nightloop.domain.detection.precision.matching import Matches
from nightloop.domain.rows import fields
from nightloop.domain.rows.jsonl import Json


@dataclass(frozen=True, slots=True)
class Bin:
    """The detections scored `low` to `high`: how many, their mean score, and the share that hit an object."""

    low: float
    high: float
    count: int
    score: float
    precision: float

    def to_json(self) -> Json:
        """Return the bin as JSON values."""
        return {name: getattr(self, name) for name in ("low", "high", "count", "score", "precision")}

    @classmethod
    def from_json(cls, row: Json) -> Self:
        """Read what `to_json` wrote.

        :raises RowError: naming what is wrong.
        """
        low, high, score, precision = (fields.number(row, name) for name in ("low", "high", "score", "precision"))
        return cls(low, high, fields.integer(row, "count"), score, precision)


@dataclass(frozen=True, slots=True)
class Calibration:
    """The reliability curve, without empty bins, and its distance from the diagonal.

    `error` is the expected calibration error: the bins' distances, weighted by their detections. `worst` is the largest
    distance of a bin. Both are 0 if there is no detection.
    """

    bins: tuple[Bin, ...]
    error: float
    worst: float

    def to_json(self) -> Json:
        """Return the curve as JSON values."""
        return {"error": self.error, "worst": self.worst, "curve": [bin_.to_json() for bin_ in self.bins]}

    @classmethod
    def from_json(cls, row: Json) -> Self:
        """Read what `to_json` wrote.

        :raises RowError: naming what is wrong.
        """
        curve = tuple(Bin.from_json(item) for item in fields.items(row, "curve"))
        return cls(curve, fields.number(row, "error"), fields.number(row, "worst"))


def calibration(matches: Matches, *, bins: int = 10) -> Calibration:
    """Compare scores with the hits among them, in bins of equal width; a score on an edge belongs to the upper bin.

    Source: Guo et al., "On Calibration of Modern Neural Networks" (2017), equations 2 to 5.
    """
    number = np.minimum((matches.scores * bins).astype(np.int64), bins - 1)  # [D]
    counts = np.bincount(number, minlength=bins)
    present = np.flatnonzero(counts)
    scores = np.bincount(number, weights=matches.scores, minlength=bins)[present] / counts[present]
    precisions = np.bincount(number, weights=matches.hits, minlength=bins)[present] / counts[present]
    distances = abs(scores - precisions)
    rows = zip(present.tolist(), scores.tolist(), precisions.tolist(), strict=True)
    curve = tuple(Bin(i / bins, (i + 1) / bins, int(counts[i]), score, precision) for i, score, precision in rows)
    if not curve:
        return Calibration((), 0.0, 0.0)
    return Calibration(curve, float(np.average(distances, weights=counts[present])), float(distances.max()))
