"""What a model scores on the holdout."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from nightloop.domain.detection.evaluation.calibration import Calibration, calibration
from nightloop.domain.detection.precision.average_precision import AveragePrecision, average_precision
from nightloop.domain.detection.precision.coco import CocoPrecision
from nightloop.domain.detection.precision.matching import Matches
from nightloop.domain.detection.precision.metric import Measured
from nightloop.domain.rows import fields
from nightloop.domain.rows.jsonl import Json


@dataclass(frozen=True, slots=True)
class ClassMean:
    """An average precision: the mean, and each class that has objects."""

    mean: float
    per_class: dict[str, float]

    def to_json(self) -> Json:
        """Return the row as JSON values."""
        return {"mean": self.mean, "per_class": dict(self.per_class)}

    @classmethod
    def from_json(cls, row: Json) -> Self:
        """Read what `to_json` wrote.

        :raises RowError: naming what is wrong.
        """
        per_class = fields.mapping(row, "per_class")
        return cls(fields.number(row, "mean"), {label: fields.number(per_class, label) for label in per_class})


@dataclass(frozen=True, slots=True)
class ModelScore:
    """One model's average precision by the metric of the gate: the mean, and each class that has objects.

    The gate decides on these. `eleven_points` (VOC 2007), `coco` and `calibration` are for the reader; each is None in
    an evaluation that did not measure it.
    """

    model: str
    mean: float
    per_class: dict[str, float]
    eleven_points: ClassMean | None = None
    coco: CocoPrecision | None = None
    calibration: Calibration | None = None

    @property
    def figures(self) -> dict[str, float]:
        """The figures that fit on one line, by name, without those that were not measured."""
        coco, error = self.coco, self.calibration.error if self.calibration else None
        known = {
            "average_precision": self.mean,
            "eleven_points": self.eleven_points.mean if self.eleven_points else None,
            "coco": coco.mean if coco else None,
            "coco_50": coco.at_50 if coco else None,
            "coco_75": coco.at_75 if coco else None,
            "calibration_error": error,
        }
        return {name: value for name, value in known.items() if value is not None}

    def to_json(self) -> Json:
        """Return the row as JSON values; only what was measured."""
        row: Json = {"model": self.model, "mean": self.mean, "per_class": dict(self.per_class)}
        parts = {"eleven_points": self.eleven_points, "coco": self.coco, "calibration": self.calibration}
        return row | {name: part.to_json() for name, part in parts.items() if part is not None}

    @classmethod
    def from_json(cls, row: Json) -> Self:
        """Read what `to_json` wrote.

        :raises RowError: naming what is wrong.
        """
        own = ClassMean.from_json(row)
        return cls(
            fields.text(row, "model"),
            own.mean,
            own.per_class,
            ClassMean.from_json(fields.mapping(row, "eleven_points")) if "eleven_points" in row else None,
            CocoPrecision.from_json(fields.mapping(row, "coco")) if "coco" in row else None,
            Calibration.from_json(fields.mapping(row, "calibration")) if "calibration" in row else None,
        )


def score(measured: Measured, matches: Matches, coco: CocoPrecision, model: str, classes: Sequence[str]) -> ModelScore:
    """Score a model: by the gate's metric, and for the reader by its matches at IoU 0.5 and COCO's figures."""
    own = _class_mean(measured.average_precision(), classes)
    eleven = _class_mean(average_precision(matches, interpolation="eleven-points"), classes)
    return ModelScore(model, own.mean, own.per_class, eleven, coco, calibration(matches))


def _class_mean(result: AveragePrecision, classes: Sequence[str]) -> ClassMean:
    values = zip(classes, result.per_class[0].tolist(), strict=True)
    return ClassMean(float(result.mean[0]), {label: value for label, value in values if not np.isnan(value)})
