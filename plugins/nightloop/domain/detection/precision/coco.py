"""COCO average precision, by hotcoco: this module alone imports it, and only when it is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from nightloop.domain.detection.precision.matching import Detections, Floats, Integers, Matches, Truth
from nightloop.domain.errors import EvaluationError
from nightloop.domain.rows import fields

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hotcoco import COCOeval

    from nightloop.domain.rows.jsonl import Json

_FIGURES = ("mean", "at_50", "at_75", "small", "medium", "large")


@dataclass(frozen=True, slots=True)
class CocoPrecision:
    """COCO's figures; each is None if there is nothing to measure.

    `mean` is the average precision over the IoUs 0.5, 0.55, ... 0.95, `at_50` and `at_75` at one of them. `small`,
    `medium` and `large` are about objects below 32 x 32 pixels, below 96 x 96, and above. `per_class` is over all IoUs
    and holds the classes that have objects.
    """

    mean: float | None
    at_50: float | None
    at_75: float | None
    small: float | None
    medium: float | None
    large: float | None
    per_class: dict[str, float]

    def to_json(self) -> Json:
        """Return the figures as JSON values, without those that are None."""
        figures = {name: getattr(self, name) for name in _FIGURES}
        return {name: value for name, value in figures.items() if value is not None} | {"per_class": self.per_class}

    @classmethod
    def from_json(cls, row: Json) -> Self:
        """Read what `to_json` wrote.

        :raises RowError: naming what is wrong.
        """
        per_class = fields.mapping(row, "per_class")
        figures = {name: fields.optional_number(row, name) for name in _FIGURES}
        return cls(**figures, per_class={label: fields.number(per_class, label) for label in per_class})


def coco_average_precision(
    truths: Sequence[Truth], detections: Sequence[Detections], *, classes: Sequence[str]
) -> CocoPrecision:
    """Measure as COCO does: 10 IoUs, 101 recalls, at most 100 detections an image and class.

    Every ignored object, also a difficult one, becomes COCO's crowd (`iscrowd`), because COCO has no other kind: any
    number of detections may lie in it, and none counts.

    Source: Lin et al., "Microsoft COCO" (2014), and pycocotools, whose figures these are.

    :raises EvaluationError: if the lists differ in length or are empty.
    """
    evaluation = _evaluated(truths, detections, classes)
    evaluation.accumulate()
    assert evaluation.eval is not None, "accumulate() leaves it"
    return _figures(np.asarray(evaluation.eval["precision"]), np.asarray(evaluation.params.iou_thrs), classes)


def coco_matches(
    truths: Sequence[Truth], detections: Sequence[Detections], *, classes: Sequence[str]
) -> tuple[Matches, ...]:
    """Match as COCO does, for each of its 10 IoUs: the matches of `coco_average_precision`, for any image weights.

    :raises EvaluationError: if the lists differ in length or are empty.
    """
    evaluation = _evaluated(truths, detections, classes)
    everything = evaluation.params.area_rng[0]
    cells = [cell for cell in evaluation.eval_imgs if cell is not None and list(cell["aRng"]) == list(everything)]
    cells.sort(key=lambda cell: cell["image_id"])
    totals = np.zeros((len(truths), len(classes)), dtype=np.int64)
    for cell in cells:
        counted = len(cell["gtIgnore"]) - int(np.sum(cell["gtIgnore"]))
        totals[cell["image_id"] - 1, cell["category_id"] - 1] = counted
    return tuple(_matches_at(number, cells, totals) for number in range(len(evaluation.params.iou_thrs)))


def _matches_at(number: int, cells: list[dict[str, Any]], totals: Integers) -> Matches:
    """Return the matches at one IoU; detections of a crowd are left out, as they count neither way."""
    counts = [len(cell["dtScores"]) for cell in cells]
    images = np.repeat([cell["image_id"] - 1 for cell in cells], counts).astype(np.int64)
    class_ids = np.repeat([cell["category_id"] - 1 for cell in cells], counts).astype(np.int64)
    scores = _joined([cell["dtScores"] for cell in cells]).astype(np.float64)
    hits = _joined([cell["dtMatched"][number] for cell in cells]).astype(np.bool_)
    kept = ~_joined([cell["dtIgnore"][number] for cell in cells]).astype(np.bool_)
    order = np.argsort(-scores, kind="stable")
    order = order[kept[order]]
    return Matches(totals, images[order], class_ids[order], scores[order], hits[order])


def _joined(parts: list[list[Any]]) -> Floats:
    return np.concatenate([np.asarray(part, dtype=np.float64) for part in parts]) if parts else np.empty(0)


def _evaluated(truths: Sequence[Truth], detections: Sequence[Detections], classes: Sequence[str]) -> COCOeval:
    from hotcoco import COCO, COCOeval

    if len(truths) != len(detections) or not truths:
        raise EvaluationError(f"{len(truths)} images with true objects and {len(detections)} with detections")
    dataset = COCO(_dataset(truths, classes))
    evaluation = COCOeval(dataset, dataset.load_res(_detection_table(detections)), "bbox")
    evaluation.evaluate()
    return evaluation


def _dataset(truths: Sequence[Truth], classes: Sequence[str]) -> dict[str, Any]:
    images = [{"id": number, "width": 1, "height": 1} for number in range(1, len(truths) + 1)]
    categories = [{"id": number, "name": label} for number, label in enumerate(classes, start=1)]
    annotations: list[dict[str, Any]] = []
    for number, truth in enumerate(truths, start=1):
        none = np.zeros(len(truth.class_ids), dtype=bool)
        crowds = np.logical_or(*(none if flags is None else flags for flags in (truth.ignored, truth.difficult)))
        for box, class_id, crowd in zip(truth.boxes.tolist(), truth.class_ids.tolist(), crowds.tolist(), strict=True):
            entry = {"id": len(annotations) + 1, "image_id": number, "category_id": class_id + 1, "bbox": box}
            annotations.append(entry | {"area": box[2] * box[3], "iscrowd": int(crowd)})
    return {"info": {}, "images": images, "categories": categories, "annotations": annotations}


def _detection_table(detections: Sequence[Detections]) -> Floats:
    """Return image, left, top, width, height, score, category of each detection: [D, 7]."""
    images = np.repeat(np.arange(1, len(detections) + 1), [len(image.scores) for image in detections])
    boxes, scores, class_ids = (
        np.concatenate([getattr(image, part) for image in detections]) for part in ("boxes", "scores", "class_ids")
    )
    return np.column_stack([images, boxes, scores, class_ids + 1]).astype(np.float64)


def _figures(precision: Floats, ious: Floats, classes: Sequence[str]) -> CocoPrecision:
    """Average the precisions [IoUs, recalls, classes, areas, detections an image], -1 where there is no object."""
    values = np.where(precision > -1, precision, np.nan)[..., -1]  # [IoUs, recalls, classes, areas]
    at = {round(iou, 2): number for number, iou in enumerate(ious.tolist())}
    found = {label: _mean(values[:, :, number, 0]) for number, label in enumerate(classes)}
    return CocoPrecision(
        mean=_mean(values[..., 0]),
        at_50=_mean(values[at[0.5], ..., 0]),
        at_75=_mean(values[at[0.75], ..., 0]),
        small=_mean(values[..., 1]),
        medium=_mean(values[..., 2]),
        large=_mean(values[..., 3]),
        per_class={label: value for label, value in found.items() if value is not None},
    )


def _mean(values: Floats) -> float | None:
    return float(np.nanmean(values)) if np.isfinite(values).any() else None
