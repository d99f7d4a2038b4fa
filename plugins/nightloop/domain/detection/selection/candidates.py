"""What the night's choice needs to know of an image: a fraction of its prediction, for any number of boxes."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass

from nightloop.domain.detection.boxes.predictions import Prediction
from nightloop.domain.detection.selection.gain import Effort, evidence, expected_seconds
from nightloop.domain.detection.selection.planned_review import PlannedReview, Purpose
from nightloop.domain.detection.selection.policies import Policies, purposes
from nightloop.domain.identity.naming import human_loop_name
from nightloop.domain.images.image import Image
from nightloop.domain.selection.draw import is_drawn


@dataclass(frozen=True, slots=True)
class Rules:
    """What makes an image of a loop a candidate."""

    loop: str
    score_threshold: float
    audit_share: float
    seed: int
    policies: Policies
    effort: Effort


@dataclass(frozen=True, slots=True)
class Candidate:
    """An image that a policy names or that the audit drew; `shown` is the evidence of its classes, maybe empty."""

    image: Image
    model: str
    reasons: tuple[Purpose, ...]
    audit_drawn: bool
    seconds: float
    shown: Mapping[str, float]
    perceptual_hash: str | None

    @classmethod
    def of(cls, prediction: Prediction, rules: Rules) -> "Candidate | None":
        """Return the candidate that a prediction's image is, or None."""
        if prediction.error is not None:
            return None
        image, policies = prediction.image, rules.policies
        drawn = is_drawn(image, audit_share=rules.audit_share, seed=rules.seed)
        reasons = purposes(prediction, rules.score_threshold, policies, rules.seed)
        if drawn:
            reasons = (*reasons, "audit")
        if not reasons:
            return None
        # Of millions of candidates each would hold its own copies of the same few texts.
        shown = {sys.intern(label): share for label, share in evidence(prediction).items()}
        seconds = round(expected_seconds(prediction, rules.effort, policies.least_box_score), 3)
        model = sys.intern(prediction.model)
        return cls(image, model, reasons, drawn, seconds, shown, prediction.perceptual_hash)

    def name(self, loop: str) -> str:
        """Return the name of its review."""
        return human_loop_name(loop, self.image.uri, self.image.etag, self.model, self.reasons[0])


def review_of(
    candidate: Candidate, prediction: Prediction, *, first: Candidate, loop: str, gain: float, left_out: str | None
) -> PlannedReview:
    """Return the planned review of a candidate; `first` is the one that is reviewed for all identical to it."""
    width, height = prediction.size
    return PlannedReview(
        image=candidate.image,
        purpose=candidate.reasons[0],
        audit_drawn=candidate.audit_drawn,
        model=candidate.model,
        best_score=prediction.best_score,
        width=width,
        height=height,
        boxes=prediction.boxes,
        review_name=first.name(loop),
        duplicate_of=None if first is candidate else first.image.uri,
        reasons=candidate.reasons,
        gain=gain,
        seconds=candidate.seconds,
        left_out=left_out,
    )
