"""How good the live model really is, from the random audit alone.

The other reviews were chosen because the model was unsure. Measured on them, it looks worse than it is; measured on
what it was sure of, it looks better.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from nightloop.domain.detection.evaluation.jackknife import jackknife
from nightloop.domain.detection.precision.average_precision import average_precision
from nightloop.domain.detection.precision.matching import Detections, Floats, Matches, Truth, match
from nightloop.domain.errors import EvaluationError
from nightloop.domain.rows.jsonl import Json

LEAST_IMAGES = 30
"""With fewer answered images that show an object nothing is said: no interval holds what it promises."""

_MANY = 0.95

_NONE_IN = 0.025
"""The probability of having seen none, of what the interval leaves open where all, or none, was right."""


@dataclass(frozen=True, slots=True, eq=False)
class AuditedImage:
    """An image that the audit drew, with what `probability`, and people's answer; None if nobody answered."""

    truth: Truth | None
    detections: Detections
    probability: float


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure for all images of the nights.

    From `low` to `high` is the 95 % interval. `value` is corrected for the bias of few objects; it assumes that the
    drawn images without an answer are like the others. `pessimistic` is the value if, on those images, every box were
    wrong and as many objects were missed as 19 of 20 answered images hold at most. `optimistic` is the value if the
    model were right in all it is sure of there and missed nothing.
    """

    value: float
    low: float
    high: float
    pessimistic: float
    optimistic: float

    def to_json(self) -> Json:
        """Return the estimate as JSON values."""
        return {name: getattr(self, name) for name in ("value", "low", "high", "pessimistic", "optimistic")}


@dataclass(frozen=True, slots=True)
class Quality:
    """The live model's quality on all images, as far as the audit can say.

    `average_precision` is the mean over the classes seen. `precision` and `recall` are about the boxes from `score` on:
    the share of them that is right, and the share of the objects that they find. Of the drawn images, `images` were
    answered and `unanswered` were not.
    """

    images: int
    unanswered: int
    score: float
    average_precision: Estimate
    precision: Estimate
    recall: Estimate

    def to_json(self) -> Json:
        """Return the figures as JSON values."""
        figures: Mapping[str, Estimate] = {
            "average_precision": self.average_precision,
            "precision": self.precision,
            "recall": self.recall,
        }
        row: Json = {"images": self.images, "unanswered": self.unanswered, "score": self.score}
        return row | {key: value.to_json() for key, value in figures.items()}


def images_with_objects(audited: Sequence[AuditedImage]) -> int:
    """Count the audited images in which people saw an object."""
    return sum(image.truth is not None and len(image.truth.class_ids) > 0 for image in audited)


def live_quality(
    audited: Sequence[AuditedImage], *, class_count: int, score: float, seed: int, rounds: int = 1000
) -> Quality | None:
    """Estimate the model's quality on all the images that the audits drew from; None if they can say nothing.

    Every image counts with one over its probability (Hajek's estimator): an image drawn with probability 0.1 stands for
    ten. Bias and interval come from the jackknife, which leaves out each image in turn; if there are more images than
    `rounds`, it leaves out that many groups, drawn by `seed`. Fewer than 30 answered images with an object say nothing.

    Source: Lohr, "Sampling: Design and Analysis" (3rd edition), chapters 6, 8 and 9.

    :raises EvaluationError: if a probability is not above 0 and at most 1.
    """
    wrong = [image.probability for image in audited if not 0 < image.probability <= 1]
    if wrong:
        raise EvaluationError(f"an audited image cannot have been drawn with probability {wrong[0]}")
    if images_with_objects(audited) < LEAST_IMAGES:
        return None
    answered = [image for image in audited if image.truth is not None]
    matches, weights = _matched(answered, class_count)
    found = jackknife(lambda rows: _figures(matches, rows, score), weights, seed=seed, rounds=rounds)
    extremes = [_matched(images, class_count) for images in (_all_wrong(audited, matches), _all_right(audited, score))]
    ends = [_figures(supposed, weight[None], score)[:, 0] - found.bias for supposed, weight in extremes]
    value = found.value - found.bias
    low, high = _at_least_as_wide(value - found.half_width, value + found.half_width, value, _counts(matches, score))
    columns = np.stack((value, low, high, *ends), axis=1).clip(0.0, 1.0)
    estimates = [Estimate(*figures) for figures in columns.tolist()]
    return Quality(len(answered), len(audited) - len(answered), score, *estimates)


def _at_least_as_wide(low: Floats, high: Floats, value: Floats, counts: Floats) -> tuple[Floats, Floats]:
    """Widen intervals [3] to those of as many images that all agree (Clopper and Pearson)."""
    open_share = 1 - np.power(_NONE_IN, 1 / np.maximum(counts, 1e-9))
    return np.minimum(low, value * (1 - open_share)), np.maximum(high, value + (1 - value) * open_share)


def _counts(matches: Matches, score: float) -> Floats:
    """Count the images that average precision, precision and recall rest on: [3]."""
    objects = float((matches.truths.sum(axis=1) > 0).sum())
    boxes = float(len(np.unique(matches.images[matches.scores >= score])))
    return np.array([objects, boxes, objects])


def _matched(images: Sequence[AuditedImage], class_count: int) -> tuple[Matches, Floats]:
    """Match the images that have a truth, and weigh each: [I]."""
    known = [(image.truth, image) for image in images if image.truth is not None]
    matches = match([truth for truth, _ in known], [image.detections for _, image in known], class_count=class_count)
    return matches, np.array([1 / image.probability for _, image in known])


def _all_right(images: Sequence[AuditedImage], score: float) -> list[AuditedImage]:
    """Suppose that the unanswered images hold exactly what the model is sure of."""
    supposed = []
    for image in images:
        seen, sure = image.detections, image.detections.scores >= score
        truth = Truth(seen.boxes[sure], seen.class_ids[sure]) if image.truth is None else image.truth
        supposed.append(replace(image, truth=truth))
    return supposed


def _all_wrong(images: Sequence[AuditedImage], answered: Matches) -> list[AuditedImage]:
    """Suppose that in the unanswered images much was missed, of each class in turn, and nothing was found."""
    count = max(1, int(np.quantile(answered.truths.sum(axis=1), _MANY, method="higher")))
    classes = np.flatnonzero(answered.truths.any(axis=0))
    nowhere = np.tile([-1e6, -1e6, 1.0, 1.0], (count, 1))
    supposed = []
    for number, image in enumerate(images):
        missed = classes[(np.arange(count) + number * count) % len(classes)]
        supposed.append(replace(image, truth=Truth(nowhere, missed)) if image.truth is None else image)
    return supposed


def _figures(matches: Matches, weights: Floats, score: float) -> Floats:
    """Return average precision, precision (0 without boxes) and recall for each weighting: [3, R]."""
    image_count = len(matches.truths)
    sure = matches.scores >= score
    right = np.bincount(matches.images[sure & matches.hits], minlength=image_count)  # [I]
    boxes = np.bincount(matches.images[sure], minlength=image_count)
    objects = matches.truths.sum(axis=1)
    hit, shown, there = (weights @ counts.astype(np.float64) for counts in (right, boxes, objects))  # [R]
    precision = np.divide(hit, shown, out=np.zeros_like(hit), where=shown > 0)
    recall = np.divide(hit, there, out=np.full_like(hit, np.nan), where=there > 0)
    return np.stack([average_precision(matches, weights).mean, precision, recall])
