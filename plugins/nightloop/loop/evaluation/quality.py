"""How good the live model really is, from the random audit alone.

What people review otherwise was chosen because the model was unsure: measured on that, it looks worse than it is, and
measured on what it was sure of, better.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from nightloop.loop.answers import Answer
from nightloop.loop.errors import EvaluationError
from nightloop.loop.evaluation.bootstrap import draw
from nightloop.loop.evaluation.matching import Detections, Floats, Integers, Matches, Truth, match
from nightloop.loop.evaluation.precision import average_precision
from nightloop.loop.jsonl import Json
from nightloop.loop.predictions import Box, Prediction, to_array

_ROUNDS_AT_ONCE = 200


@dataclass(frozen=True, slots=True, eq=False)
class AuditedImage:
    """An image of the audit with people's answer, and the ``probability`` with which the audit draws such an image."""

    truth: Truth
    detections: Detections
    probability: float


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure for all images of the nights, and the middle 95 % of what other draws of the audit would have given."""

    value: float
    low: float
    high: float

    def to_json(self) -> Json:
        """Return the estimate as JSON values."""
        return {"value": self.value, "low": self.low, "high": self.high}


@dataclass(frozen=True, slots=True)
class Quality:
    """The live model's quality on all images, as far as the audit can say.

    ``average_precision`` is the mean over the classes seen. ``precision`` and ``recall`` speak of the boxes from
    ``score`` on: the share of them that is right, and the share of the objects they find. ``images`` were answered.
    """

    images: int
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
        return {"images": self.images, "score": self.score} | {key: value.to_json() for key, value in figures.items()}


def audited_images(
    answers: Iterable[Answer], predictions: Iterable[Prediction], *, probability: float
) -> list[AuditedImage]:
    """Pair the audit's answers with what the answered model saw in the whole image.

    Answers of another model than the prediction's, and to hidden known images, are left out.
    """
    seen = {(prediction.image.uri, prediction.model): prediction for prediction in predictions}
    pairs = [(answer, seen.get((answer.image.uri, answer.model))) for answer in answers if answer.audit_drawn]
    return [
        AuditedImage(Truth(to_array(answer.boxes), _class_ids(answer.boxes)), _detections(prediction), probability)
        for answer, prediction in pairs
        if prediction is not None and answer.gold is None
    ]


def _detections(prediction: Prediction) -> Detections:
    scores = np.array([box.score or 0.0 for box in prediction.boxes], dtype=np.float64)
    return Detections(to_array(prediction.boxes), _class_ids(prediction.boxes), scores)


def _class_ids(boxes: Sequence[Box]) -> Integers:
    return np.array([box.class_id for box in boxes], dtype=np.int64)


def live_quality(
    audited: Sequence[AuditedImage], *, class_count: int, score: float, seed: int, rounds: int = 1000
) -> Quality | None:
    """Estimate the model's quality on all the images the audit was drawn from; None when it can say nothing.

    Every image counts with one over its probability (Hajek's estimator): an image drawn with probability 0.1 stands
    for ten. The interval is a percentile bootstrap over images; the same seed gives the same. Images that were drawn
    and not answered are taken for no different from those that were. Nothing can be said without any object or box.
    Source: Lohr, "Sampling: Design and Analysis" (3rd edition), chapters 6 and 9.
    EvaluationError when a probability is not above 0 and at most 1.
    """
    wrong = [image.probability for image in audited if not 0 < image.probability <= 1]
    if wrong:
        raise EvaluationError(f"an audited image cannot have been drawn with probability {wrong[0]}")
    if not any(len(image.truth.class_ids) for image in audited):
        return None
    matches = match([i.truth for i in audited], [i.detections for i in audited], class_count=class_count)
    weights = np.array([1 / image.probability for image in audited])  # [I]
    value = _figures(matches, weights[None], score)[:, 0]
    generator = np.random.default_rng(seed)
    sizes = [min(_ROUNDS_AT_ONCE, rounds - start) for start in range(0, rounds, _ROUNDS_AT_ONCE)]
    drawn = [_figures(matches, draw(generator, size, len(audited)) * weights, score) for size in sizes]
    low, high = np.nanpercentile(np.concatenate(drawn, axis=1), [2.5, 97.5], axis=1)
    estimates = [Estimate(*figures) for figures in zip(value.tolist(), low.tolist(), high.tolist(), strict=True)]
    return Quality(len(audited), score, *estimates)


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
