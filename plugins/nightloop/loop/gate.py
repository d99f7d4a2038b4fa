"""Whether a new model may go live."""

from dataclasses import dataclass
from typing import Self

from nightloop.loop import rows
from nightloop.loop.evaluation import Evaluation
from nightloop.loop.jsonl import Json


@dataclass(frozen=True, slots=True)
class Decision:
    """The gate's verdict and why, a sentence with numbers for each rule."""

    promote: bool
    reasons: tuple[str, ...]

    def to_json(self) -> Json:
        """Return the row as JSON values."""
        return {"promote": self.promote, "reasons": list(self.reasons)}

    @classmethod
    def from_json(cls, row: Json) -> Self:
        """Read what ``to_json`` wrote; RowError names what is wrong."""
        return cls(rows.flag(row, "promote"), tuple(str(reason) for reason in rows.items(row, "reasons")))


def decide(evaluation: Evaluation, *, confidence: float, max_class_drop: float, min_class_objects: int = 5) -> Decision:
    """Promote when the challenger is better with enough probability and no class falls too far.

    ``confidence`` is the least ``p_better``; a class with at least ``min_class_objects`` in the holdout may lose at
    most ``max_class_drop`` of average precision (fewer objects say too little).
    """
    sure = evaluation.p_better >= confidence
    falls = _falls(evaluation, max_class_drop, min_class_objects)
    judged = sum(count >= min_class_objects for count in evaluation.objects.values())
    reasons = [_probability_sentence(evaluation, confidence, sure=sure), *falls]
    if not falls:
        reasons.append(
            f"None of the {judged} classes with at least {min_class_objects} objects falls by more than"
            f" {max_class_drop:.3f}."
        )
    return Decision(sure and not falls, tuple(reasons))


def _probability_sentence(evaluation: Evaluation, confidence: float, *, sure: bool) -> str:
    low, high = evaluation.interval
    relation = "reaching" if sure else "below"
    return (
        f"mAP@0.5 goes from {evaluation.champion.mean:.3f} to {evaluation.challenger.mean:.3f} on"
        f" {evaluation.images} images (difference {evaluation.difference:+.3f}, 95 % interval {low:+.3f} to"
        f" {high:+.3f}); the challenger is better with probability {evaluation.p_better:.3f}, {relation} the"
        f" {confidence:.3f} asked for."
    )


def _falls(evaluation: Evaluation, max_class_drop: float, min_class_objects: int) -> list[str]:
    sentences = []
    for label, count in evaluation.objects.items():
        before = evaluation.champion.per_class.get(label, 0.0)
        after = evaluation.challenger.per_class.get(label, 0.0)
        # Rounded: 0.8 - 0.5 is a hair more than 0.3.
        drop = round(before - after, 9)
        if count >= min_class_objects and drop > max_class_drop:
            sentences.append(
                f"{label} ({count} objects) falls from {before:.3f} to {after:.3f}, by {drop:.3f}: more than"
                f" the {max_class_drop:.3f} allowed."
            )
    return sentences
