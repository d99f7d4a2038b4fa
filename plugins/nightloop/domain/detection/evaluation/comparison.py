"""Two models over the same holdout."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from nightloop.domain.detection.boxes.predictions import Prediction, to_array
from nightloop.domain.detection.evaluation.bootstrap import paired_bootstrap
from nightloop.domain.detection.evaluation.model_score import ModelScore, score
from nightloop.domain.detection.evaluation.scenes import scene_groups
from nightloop.domain.detection.manifest.reader import (
    ManifestLine,
    annotations_of,
    check_class_map,
    image_size,
    is_crowd,
    is_ignored,
)
from nightloop.domain.detection.metrics import DEFAULT, metric_of
from nightloop.domain.detection.precision.coco import coco_average_precision
from nightloop.domain.detection.precision.matching import Detections, Integers, Truth, match
from nightloop.domain.detection.precision.metric import Measured
from nightloop.domain.errors import ClassMapError, EvaluationError, ManifestError, RowError
from nightloop.domain.rows import fields
from nightloop.domain.rows.jsonl import Json

HOLDOUT_SOURCE = "holdout manifest"


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The challenger against the champion; `objects` counts the holdout's true boxes of each class that has any.

    `groups` counts the scenes that the images show, which the bootstrap drew; None in older evaluations. `difference`
    is challenger minus champion in the mean of `metric`; the rest comes from `bootstrap.Bootstrap`.
    """

    images: int
    objects: dict[str, int]
    champion: ModelScore
    challenger: ModelScore
    difference: float
    p_better: float
    interval: tuple[float, float]
    rounds: int
    seed: int
    groups: int | None = None
    metric: str = DEFAULT

    @property
    def group_count(self) -> int:
        """How many scenes the images show; as many as there are images, if nobody counted."""
        return self.images if self.groups is None else self.groups

    @property
    def figures(self) -> dict[str, dict[str, float]]:
        """Each model's figures that fit on one line, for places with no room for the whole evaluation."""
        return {"champion": self.champion.figures, "challenger": self.challenger.figures}

    def to_json(self) -> Json:
        """Return the row as JSON values."""
        row: Json = {"images": self.images, "groups": self.group_count, "objects": dict(self.objects)}
        row |= {"rounds": self.rounds, "seed": self.seed, "metric": self.metric}
        row |= {"champion": self.champion.to_json(), "challenger": self.challenger.to_json()}
        return row | {"difference": self.difference, "p_better": self.p_better, "interval": list(self.interval)}

    @classmethod
    def from_json(cls, row: Json) -> Self:
        """Read what `to_json` wrote.

        :raises RowError: naming what is wrong.
        """
        objects = fields.mapping(row, "objects")
        ends = fields.items(row, "interval")
        if len(ends) != 2:
            raise RowError(f"'interval' must hold two numbers, not {ends!r}")
        low, high = (fields.number({"interval": end}, "interval") for end in ends)
        return cls(
            images=fields.integer(row, "images"),
            objects={label: fields.integer(objects, label) for label in objects},
            champion=ModelScore.from_json(fields.mapping(row, "champion")),
            challenger=ModelScore.from_json(fields.mapping(row, "challenger")),
            difference=fields.number(row, "difference"),
            p_better=fields.number(row, "p_better"),
            interval=(low, high),
            rounds=fields.integer(row, "rounds"),
            seed=fields.integer(row, "seed"),
            groups=fields.integer(row, "groups") if "groups" in row else None,
            metric=fields.optional_text(row, "metric") or DEFAULT,
        )


def compare(
    truth_lines: Sequence[ManifestLine],
    champion: Sequence[Prediction],
    challenger: Sequence[Prediction],
    *,
    classes: Sequence[str],
    attribute: str,
    rounds: int,
    seed: int,
    hashes: Mapping[str, str] | None = None,
    metric: str = DEFAULT,
) -> Evaluation:
    """Compare two models' predictions on the holdout's manifest lines; the predictions may be in any order.

    `metric` is what the gate decides on, a name of `metrics`. `hashes` are the images' perceptual hashes by source-ref:
    with the lines' `group` they say which images show one scene.

    :raises EvaluationError: naming the image with no result, two or a failed one, or that is not in the holdout.
    :raises ManifestError: naming the line that cannot be read.
    """
    truths = _truths(truth_lines, classes, attribute)
    if not any(_counted(image.truth) for image in truths.values()):
        raise EvaluationError("holds no object to measure with; add annotated images", source=HOLDOUT_SOURCE)
    measured = [_measure(truths, predictions, classes, metric) for predictions in (champion, challenger)]
    (old, old_score), (new, new_score) = measured
    groups = _groups(truth_lines, attribute, hashes)
    result = paired_bootstrap(old, new, rounds=rounds, seed=seed, groups=groups)
    return Evaluation(
        images=len(truths),
        objects=_objects(old, classes),
        champion=old_score,
        challenger=new_score,
        difference=new_score.mean - old_score.mean,
        p_better=result.p_better,
        interval=result.interval,
        rounds=rounds,
        seed=seed,
        groups=int(groups.max()) + 1,
        metric=metric,
    )


def _objects(measured: Measured, classes: Sequence[str]) -> dict[str, int]:
    totals = measured.truths.sum(axis=0).tolist()
    return {label: count for label, count in zip(classes, totals, strict=True) if count}


def _groups(lines: Sequence[ManifestLine], attribute: str, hashes: Mapping[str, str] | None) -> Integers:
    """Return each image's group in the order in which images are measured: [I]."""
    order = np.argsort([fields.text(line, "source-ref") for line in lines], kind="stable")
    groups = scene_groups(lines, attribute, hashes)[order]
    return np.unique(groups, return_inverse=True)[1].astype(np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class _HoldoutImage:
    size: tuple[int, int]
    truth: Truth


def _truths(lines: Sequence[ManifestLine], classes: Sequence[str], attribute: str) -> dict[str, _HoldoutImage]:
    truths: dict[str, _HoldoutImage] = {}
    for number, line in enumerate(lines, start=1):
        try:
            check_class_map(line, classes, attribute)
            source_ref = fields.text(line, "source-ref")
            if source_ref in truths:
                raise ManifestError(f"{source_ref} is in the holdout twice", source=HOLDOUT_SOURCE, line=number)
            truths[source_ref] = _HoldoutImage(image_size(line, attribute), _truth(annotations_of(line, attribute)))
        except ClassMapError as error:
            raise ClassMapError(error.message, source=HOLDOUT_SOURCE, line=number) from error
        except RowError as error:
            raise ManifestError(error.message, source=HOLDOUT_SOURCE, line=number) from error
    return truths


def _truth(annotations: list[Json]) -> Truth:
    edges = [[fields.number(item, key) for key in ("left", "top", "width", "height")] for item in annotations]
    class_ids = [fields.integer(item, "class_id") for item in annotations]
    boxes = np.array(edges, dtype=np.float64).reshape(-1, 4)
    ignored, crowd = (np.array([flag(item) for item in annotations], dtype=np.bool_) for flag in (is_ignored, is_crowd))
    return Truth(boxes, np.array(class_ids, dtype=np.int64), ignored, ignored & ~crowd)


def _counted(truth: Truth) -> bool:
    return truth.ignored is not None and not truth.ignored.all()


def _measure(
    truths: Mapping[str, _HoldoutImage], predictions: Sequence[Prediction], classes: Sequence[str], metric: str
) -> tuple[Measured, ModelScore]:
    found = _found(truths, predictions)
    images = sorted(truths)
    true, detections = [truths[uri].truth for uri in images], [found[uri] for uri in images]
    matches = match(true, detections, class_count=len(classes))
    coco = coco_average_precision(true, detections, classes=classes)
    measured = metric_of(metric).measure(true, detections, classes)
    return measured, score(measured, matches, coco, predictions[0].model, classes)


def _found(truths: Mapping[str, _HoldoutImage], predictions: Sequence[Prediction]) -> dict[str, Detections]:
    found: dict[str, Detections] = {}
    for prediction in predictions:
        uri = prediction.image.uri
        if prediction.error is not None:
            raise EvaluationError(f"was not scored: {prediction.error.message}", image=uri)
        if uri in found or uri not in truths:
            raise EvaluationError("has two results" if uri in found else "is not in the holdout", image=uri)
        if prediction.size != truths[uri].size:
            raise EvaluationError(f"was scored as {prediction.size}, the holdout says {truths[uri].size}", image=uri)
        found[uri] = _detections(prediction)
    missing = sorted(truths.keys() - found.keys())
    if missing:
        raise EvaluationError(f"has no result ({len(missing)} of {len(truths)} images have none)", image=missing[0])
    return found


def _detections(prediction: Prediction) -> Detections:
    class_ids = np.array([box.class_id for box in prediction.boxes], dtype=np.int64)
    scores = np.array([box.score or 0.0 for box in prediction.boxes], dtype=np.float64)
    return Detections(to_array(prediction.boxes), class_ids, scores)
