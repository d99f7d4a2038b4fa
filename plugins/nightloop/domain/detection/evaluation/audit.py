"""The random audits of some nights, and what people answered: the data of the live model's estimated quality."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from nightloop.domain.detection.answers import Answer
from nightloop.domain.detection.boxes.predictions import Box, to_array
from nightloop.domain.detection.evaluation.live_quality import AuditedImage
from nightloop.domain.detection.precision.matching import Detections, Integers, Truth
from nightloop.domain.detection.selection import PlannedReview

_Key = tuple[str, str, str]  # address, ETag, model


@dataclass(frozen=True, slots=True)
class AuditNight:
    """What the audit drew in one night, and the `share` it was asked to draw."""

    share: float
    drawn: tuple[PlannedReview, ...]

    @classmethod
    def of(cls, share: float, plan: Iterable[PlannedReview], model: str) -> "AuditNight":
        """Take the rows of a plan that the audit drew and that one model scored."""
        return cls(share, tuple(review for review in plan if review.audit_drawn and review.model == model))


def audited_images(nights: Iterable[AuditNight], answers: Iterable[Answer]) -> list[AuditedImage]:
    """Pair what the audits drew with what people answered in any night; both are in the order of the nights.

    What a night's budget cut was left out at random, which makes the probability of the others smaller. An image that a
    later night took over, or that came again, counts once. An image that is identical to another has the other's
    answer. Answers to gold images say nothing here, nor do unusable answers: that they have no box does not mean that
    there is no object. Of several answers about an image the last counts.
    """
    known = {_key(answer, answer.image.uri): answer for answer in answers if _says_something(answer)}
    audited: list[AuditedImage] = []
    seen: set[_Key] = set()
    for night in nights:
        new = {key: review for review in night.drawn if (key := _key(review, review.image.uri)) not in seen}
        seen |= new.keys()
        asked = [review for review in new.values() if review.left_out is None]
        probability = night.share * len(asked) / max(len(new), 1)
        audited += [_image(review, known, probability) for review in asked]
    return audited


def _says_something(answer: Answer) -> bool:
    return answer.gold is None and answer.unusable is None


def _key(row: Answer | PlannedReview, uri: str) -> _Key:
    return uri, row.image.etag, row.model


def _image(review: PlannedReview, known: Mapping[_Key, Answer], probability: float) -> AuditedImage:
    answer = known.get(_key(review, review.duplicate_of or review.image.uri))
    scores = np.array([box.score or 0.0 for box in review.boxes], dtype=np.float64)
    detections = Detections(to_array(review.boxes), _class_ids(review.boxes), scores)
    truth = None if answer is None else Truth(to_array(answer.boxes), _class_ids(answer.boxes))
    return AuditedImage(truth, detections, probability)


def _class_ids(boxes: Sequence[Box]) -> Integers:
    return np.array([box.class_id for box in boxes], dtype=np.int64)
