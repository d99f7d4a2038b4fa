"""What else speaks for or against a manifest's lines: answers, the model, the holdout, S3."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from nightloop.domain.detection.boxes import geometry
from nightloop.domain.detection.boxes.predictions import Box, to_array
from nightloop.domain.detection.manifest.reader import ManifestLine, annotations_of
from nightloop.domain.images.duplicates import ChosenHashes, parse_hash

Flags = NDArray[np.bool_]

SURE_SCORE = 0.8
"""A model's box of this score is taken for a witness against an answer."""

_SAME, _TOUCHING = 0.5, 0.1
_ENOUGH_OBJECTS, _ENOUGH_BOXES = 50, 10
_PLAIN = 16


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """What is known about images, by their source-ref; what is not known is not held against a line.

    `agreement` is the reviewers' agreement on each image. `contradicted` is the share of the live model's sure boxes
    that the night's answers contradict, None if there are few. `changed` are images that are gone from S3 or have
    another ETag; `near_holdout` look like an image of the holdout. `class_drift` is `class_drift()` against the last
    cohort; `num_training_samples` is the hyperparameter that the training will get.
    """

    agreement: Mapping[str, float] = field(default_factory=dict)
    contradicted: float | None = None
    changed: Collection[str] = ()
    near_holdout: Collection[str] = ()
    class_drift: float | None = None
    num_training_samples: int | None = None

    @property
    def mean_agreement(self) -> float | None:
        """The reviewers' agreement over the whole night, None without any answer."""
        return sum(self.agreement.values()) / len(self.agreement) if self.agreement else None


def contradicted_share(
    answers: Iterable[tuple[Sequence[Box], Sequence[Box]]], *, sure_score: float = SURE_SCORE
) -> float | None:
    """Return the share of the model's sure boxes that answers contradict, None if there are fewer than 10.

    `answers` are an image's answered boxes and the model's. An object of a sure box's class with an IoU of one half
    confirms the box. An unconfirmed box is contradicted if it touches an object (IoU 0.1): another name at the same
    place, or the same thing at another place. A box that touches nothing was removed by reviewers, which is what
    reviews are for.
    """
    verdicts = [_contradicted(answered, seen, sure_score) for answered, seen in answers]
    flags = np.concatenate([*verdicts, np.zeros(0, dtype=np.bool_)])
    return float(flags.mean()) if len(flags) >= _ENOUGH_BOXES else None


def _contradicted(answered: Sequence[Box], seen: Sequence[Box], sure_score: float) -> Flags:
    sure = [box for box in seen if box.score is not None and box.score >= sure_score]
    if not sure or not answered:
        return np.zeros(len(sure), dtype=np.bool_)
    overlap = geometry.iou(to_array(sure), to_array(answered))  # [S, N]
    same = np.equal.outer([box.class_id for box in sure], [box.class_id for box in answered])
    confirmed = (same & (overlap >= _SAME)).any(axis=1)
    touching = np.asarray((overlap >= _TOUCHING).any(axis=1))
    verdict: Flags = np.logical_and(np.logical_not(confirmed), touching)
    return verdict


def class_drift(lines: Iterable[ManifestLine], earlier: Iterable[ManifestLine], attribute: str) -> float | None:
    """Return how far two sets' shares of the classes lie apart, 0 (the same) to 1 (no class in common).

    This is the total variation distance; None if one of the sets has fewer than 50 objects, which say too little.
    """
    counts: list[dict[int, int]] = []
    for part in (lines, earlier):
        found: dict[int, int] = {}
        for line in part:
            for item in annotations_of(line, attribute):
                found[item["class_id"]] = found.get(item["class_id"], 0) + 1
        counts.append(found)
    totals = [sum(found.values()) for found in counts]
    if min(totals) < _ENOUGH_OBJECTS:
        return None
    shares = [{k: count / total for k, count in found.items()} for found, total in zip(counts, totals, strict=True)]
    return sum(abs(shares[0].get(k, 0.0) - shares[1].get(k, 0.0)) for k in shares[0].keys() | shares[1].keys()) / 2


def near_duplicates(hashes: Mapping[str, str], holdout: Mapping[str, str], *, bits: int = 4) -> set[str]:
    """Return the images whose perceptual hash differs in at most `bits` of 64 from a holdout image's.

    Both arguments map source-ref to hash. A hash with fewer than 16 bits of either kind belongs to a nearly plain
    picture and says nothing.

    :raises RowError: naming a hash that is none.
    """
    chosen = ChosenHashes(bits)
    for source_ref, text in holdout.items():
        if _says_something(text):
            chosen.add(source_ref, text)
    return {
        source_ref for source_ref, text in hashes.items() if _says_something(text) and chosen.near(text) is not None
    }


def _says_something(text: str) -> bool:
    return _PLAIN <= int(parse_hash(text)).bit_count() <= 64 - _PLAIN
