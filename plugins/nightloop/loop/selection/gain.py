"""What a review is expected to bring, and what it is expected to cost."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from nightloop.loop.predictions import Box, Prediction

GAIN_OF_NOTHING_SEEN = 1.0
"""An image without any box counts like one box that the model is as unsure of as can be."""

MOST_OF_A_RARE_CLASS = 10.0


@dataclass(frozen=True, slots=True)
class Effort:
    """What a review takes: ``seconds`` of one reviewer and so many more for each object; ``reviewers`` look at it."""

    seconds: float = 10.0
    seconds_per_object: float = 8.0
    reviewers: int = 1


def expected_gain(prediction: Prediction, weights: Mapping[str, float], least_box_score: float) -> float:
    """Return how many corrections a review is expected to bring, each weighted by its class.

    A box of score ``s`` is wrong or right with nearly even odds at 0.5 and surely one of both at 0 and 1: it counts as
    ``1 - |2 s - 1|``.
    """
    boxes = _counted(prediction, least_box_score)
    if not boxes:
        return GAIN_OF_NOTHING_SEEN
    return sum(weights.get(box.label, 1.0) * (1 - abs(2 * (box.score or 0.0) - 1)) for box in boxes)


def expected_seconds(prediction: Prediction, effort: Effort, least_box_score: float) -> float:
    """Return how many seconds all reviewers of an image will spend: as many objects as the scores add up to."""
    objects = sum(box.score or 0.0 for box in _counted(prediction, least_box_score))
    return effort.reviewers * (effort.seconds + effort.seconds_per_object * objects)


def class_weights(counts: Mapping[str, float], balance: float) -> dict[str, float]:
    """Return each class's weight: the inverse of its frequency to the power of ``balance``, 10 at most, 1 on average.

    A balance of 0 weighs all classes alike.
    """
    mean = sum(counts.values()) / max(len(counts), 1)
    return {label: min(((mean + 1) / (count + 1)) ** balance, MOST_OF_A_RARE_CLASS) for label, count in counts.items()}


def expected_objects(predictions: Iterable[Prediction], least_box_score: float) -> dict[str, float]:
    """Return how many objects of each class a night is expected to show: the sum of the scores of its boxes."""
    counts: Counter[str] = Counter()
    for prediction in predictions:
        for box in _counted(prediction, least_box_score):
            counts[box.label] += box.score or 0.0  # type: ignore[assignment]
    return dict(counts)


def _counted(prediction: Prediction, least_box_score: float) -> list[Box]:
    return [box for box in prediction.boxes if (box.score or 0.0) >= least_box_score]
