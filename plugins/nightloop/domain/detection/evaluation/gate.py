"""Whether a new model may go live."""

from dataclasses import dataclass
from typing import Literal, Self

from nightloop.domain.detection.evaluation import Evaluation
from nightloop.domain.detection.metrics import metric_of
from nightloop.domain.rows import fields
from nightloop.domain.rows.jsonl import Json

Verdict = Literal["promote", "keep", "cannot decide"]

LEAST_GROUPS = 10
"""Fewer scenes than this give no interval: a round of the bootstrap draws a few of them several times over."""


@dataclass(frozen=True, slots=True)
class Decision:
    """The gate's verdict and why, a sentence with numbers for each rule; not `decided`: the holdout is too small."""

    promote: bool
    reasons: tuple[str, ...]
    decided: bool = True

    @property
    def verdict(self) -> Verdict:
        """The verdict in a word or two."""
        if not self.decided:
            return "cannot decide"
        return "promote" if self.promote else "keep"

    def to_json(self) -> Json:
        """Return the row as JSON values."""
        row: Json = {"promote": self.promote, "decided": self.decided, "verdict": self.verdict}
        return row | {"reasons": list(self.reasons)}

    @classmethod
    def from_json(cls, row: Json) -> Self:
        """Read what `to_json` wrote.

        :raises RowError: naming what is wrong.
        """
        reasons = tuple(str(reason) for reason in fields.items(row, "reasons"))
        return cls(fields.flag(row, "promote"), reasons, fields.flag(row, "decided") if "decided" in row else True)


def decide(
    evaluation: Evaluation,
    *,
    confidence: float,
    max_class_drop: float,
    min_class_objects: int = 5,
    min_holdout_images: int = 30,
) -> Decision:
    """Promote if the challenger is better, with enough probability, and no class falls too far.

    `confidence` is the least `p_better`. A class with at least `min_class_objects` in the holdout may lose at most
    `max_class_drop` of average precision; fewer objects say too little. Nothing is decided on fewer than
    `min_holdout_images` images or 10 scenes, or if no class has that many objects.
    """
    if lacks := _lacks(evaluation, min_class_objects, min_holdout_images):
        return Decision(False, (*lacks, _figures_sentence(evaluation) + "."), decided=False)
    sure = evaluation.p_better >= confidence and evaluation.difference > 0
    falls = _falls(evaluation, max_class_drop, min_class_objects)
    judged = sum(count >= min_class_objects for count in evaluation.objects.values())
    reasons = [_probability_sentence(evaluation, confidence, sure=sure), *falls]
    if not falls:
        reasons.append(
            f"None of the {judged} classes with at least {min_class_objects} objects falls by more than"
            f" {max_class_drop:.3f}."
        )
    return Decision(sure and not falls, tuple(reasons))


def _lacks(evaluation: Evaluation, min_class_objects: int, min_holdout_images: int) -> list[str]:
    """Say what the holdout lacks to decide anything."""
    images, groups = evaluation.images, evaluation.group_count
    most = max(evaluation.objects.values(), default=0)
    sentences = []
    if images < min_holdout_images:
        sentences.append(f"The holdout has {images} images; {min_holdout_images} are needed to decide.")
    if groups < LEAST_GROUPS:
        sentences.append(
            f"The holdout's {images} images show {groups} scenes; {LEAST_GROUPS} are needed to decide, as images of one"
            " scene tell the same."
        )
    if most < min_class_objects:
        sentences.append(
            f"No class of the holdout has {min_class_objects} objects (the most is {most}): none can be judged."
        )
    return sentences


def _figures_sentence(evaluation: Evaluation) -> str:
    low, high = evaluation.interval
    images, groups = evaluation.images, evaluation.group_count
    scenes = "" if groups == images else f" of {groups} scenes"
    title = metric_of(evaluation.metric).title
    return (
        f"{title} goes from {evaluation.champion.mean:.3f} to {evaluation.challenger.mean:.3f} on"
        f" {images} images{scenes} (difference {evaluation.difference:+.3f}, 95 % interval {low:+.3f} to {high:+.3f})"
    )


def _probability_sentence(evaluation: Evaluation, confidence: float, *, sure: bool) -> str:
    probable = f"the challenger is better with probability {evaluation.p_better:.3f}"
    if evaluation.p_better >= confidence and not sure:
        relation = f"which reaches the {confidence:.3f} asked for, but not by its figures, which are no higher."
    else:
        relation = f"{'reaching' if sure else 'below'} the {confidence:.3f} asked for."
    return f"{_figures_sentence(evaluation)}; {probable}, {relation}"


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
