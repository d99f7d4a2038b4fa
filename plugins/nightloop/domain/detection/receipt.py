"""What a night did, in numbers."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from nightloop.domain.detection.answers import Answer
from nightloop.domain.detection.selection import PlannedReview, ScoringTally
from nightloop.domain.reviews.opened import OpenedReview
from nightloop.domain.rows.jsonl import Json

_ENDED_BADLY = {"Failed", "Stopped"}


def build_receipt(
    *,
    loop: str,
    night: str,
    model: str | None,
    images: int,
    scoring: ScoringTally,
    plan: Iterable[PlannedReview],
    opened: Sequence[OpenedReview],
    statuses: Mapping[str, str],
    answers: Sequence[Answer],
    manifest_lines: int,
    expectations: Mapping[str, int],
    price_per_review: float = 0.0,
    late_answers: int = 0,
    unusable_answers: int = 0,
    given_up: int = 0,
    companions: Mapping[str, int] | None = None,
) -> Json:
    """Count a night; the same rows give the same receipt.

    `statuses` is the last HumanLoopStatus seen of each review; a review never seen counts as open. `answers` are all
    that joined this night. `late_answers` of them belong to an earlier night's reviews; this night stopped `given_up`
    reviews of earlier nights. Of the `images` listed, `not_images` counts those that are no images, by kind, together
    with the `companions` left out by name. `expectations` holds `evaluated` and `failed`; `reviews_cost` prices all
    completed reviews, late or not.
    """
    about: Json = {"loop": loop, "night": night, "model": model, "manifest_lines": manifest_lines}
    about |= {"late_answers": late_answers, "unusable_answers": unusable_answers, "given_up": given_up}
    return about | {
        "images": images - scoring.not_images.total(),
        "not_images": dict(sorted((scoring.not_images + Counter(companions or {})).items())),
        "expectations": {"evaluated": expectations.get("evaluated", 0), "failed": expectations.get("failed", 0)},
        **_scoring_counts(scoring),
        **_plan_counts(plan),
        **_loop_counts(opened, statuses, price_per_review),
        **_answer_counts(answers),
    }


def describe_night(receipt: Json) -> list[str]:
    """Say in a few lines what a night did, from its receipt."""
    reviews = receipt["reviews_opened"] + receipt["reviews_adopted"]
    answered, failed, still_open = (receipt[f"reviews_{end}"] for end in ("completed", "failed", "open"))
    ended = f"{answered} answered, {failed} failed, {still_open} open"
    lines = [
        f"{receipt['images']} images, {receipt['scored']} of them scored with {receipt['model'] or 'no model'}.",
        f"{reviews} reviews: {ended}.",
        f"{receipt['answers']} answers, {receipt['late_answers']} late; {receipt['manifest_lines']} manifest lines.",
    ]
    if receipt.get("transform"):
        transform = receipt["transform"]
        machines = f"{transform['machine_seconds']} machine seconds of {transform['instance_type']}"
        lines.append(f"Scored by Batch Transform: {transform['jobs']} jobs, {machines}.")
    if receipt.get("not_images"):
        kinds = ", ".join(f"{count} {kind}" for kind, count in receipt["not_images"].items())
        lines.append(f"Left out, as they are no images: {kinds}.")
    if receipt.get("several_pictures"):
        lines.append(f"{receipt['several_pictures']} files hold several pictures; one of each was scored and shown.")
    if reviews and not receipt["answers"]:
        lines.append(f"Nobody answered any of the {reviews} reviews; those still open join a later night.")
    if receipt["reviews_postponed"]:
        lines.append(f"{receipt['reviews_postponed']} reviews wait for the next night: a quota is used up.")
    if receipt["given_up"]:
        lines.append(f"{receipt['given_up']} reviews of earlier nights were stopped: nobody answered them.")
    if receipt.get("undecided"):
        kinds = ", ".join(f"{count} {code}" for code, count in receipt["undecided"].items())
        count = sum(receipt["undecided"].values())
        lines.append(f"{count} answers decide nothing ({kinds}): no model learns from them.")
    if receipt.get("asked_again"):
        lines.append(f"{receipt['asked_again']} images get a tie-break.")
    return [*lines, *_quality_lines(receipt)]


def _quality_lines(receipt: Json) -> list[str]:
    """Say how good the live model is, by the audit and on the holdout, or why that cannot be said."""
    if receipt.get("live_quality"):
        shown = [_holdout_sentence(receipt["holdout_quality"])] if receipt.get("holdout_quality") else []
        return [_quality_sentence(receipt["live_quality"]), *shown]
    audited = receipt.get("audited")
    if not audited:
        return []
    answered = f"of {audited['nights']} nights {audited['with_objects']} audited images with an object are answered"
    return [f"The live model's quality is not estimated: {answered}, and {audited['needed']} are needed."]


def _holdout_sentence(holdout: Json) -> str:
    return (
        f"On the holdout it was {holdout['average_precision']:.3f} ({holdout['images']} images) when it was last"
        " measured there. The two differ: the holdout is fixed and the nights' images are today's; and a model chosen"
        " as the best on the holdout looks a little better there than it is."
    )


def _quality_sentence(quality: Json) -> str:
    found = quality["average_precision"]
    sentence = (
        f"mAP@0.5 of the live model, by {quality['images']} audited images of {quality['nights']} nights:"
        f" {found['value']:.3f} (95 % interval {found['low']:.3f} to {found['high']:.3f})"
    )
    if not quality["unanswered"]:
        return f"{sentence}."
    return (
        f"{sentence}; {quality['unanswered']} more were drawn and not answered, with which it lies between"
        f" {found['pessimistic']:.3f} and {found['optimistic']:.3f}."
    )


def _scoring_counts(scoring: ScoringTally) -> Json:
    return {
        "scored": scoring.scored,
        "score_errors": scoring.failures,
        "several_pictures": scoring.several_pictures,
        "below_threshold": scoring.below_threshold,
    }


def _plan_counts(plan: Iterable[PlannedReview]) -> Json:
    counts = dict.fromkeys(("audit", "planned", "duplicates", "left_out"), 0)
    for review in plan:
        counts["audit"] += review.audit_drawn
        counts["planned"] += review.is_reviewed
        counts["duplicates"] += review.duplicate_of is not None
        counts["left_out"] += review.duplicate_of is None and review.left_out is not None
    return counts


def _loop_counts(opened: Sequence[OpenedReview], statuses: Mapping[str, str], price_per_review: float) -> Json:
    names = {row.review_name for row in opened if row.outcome in {"opened", "adopted"}}
    completed = sum(statuses.get(name) == "Completed" for name in names)
    ended_badly = sum(statuses.get(name) in _ENDED_BADLY for name in names)
    return {
        "reviews_opened": sum(row.outcome == "opened" for row in opened),
        "reviews_adopted": sum(row.outcome == "adopted" for row in opened),
        "reviews_postponed": sum(row.outcome == "postponed" for row in opened),
        "reviews_completed": completed,
        "reviews_failed": ended_badly + sum(row.outcome == "failed" for row in opened),
        "reviews_open": len(names) - completed - ended_badly,
        "reviews_cost": round(list(statuses.values()).count("Completed") * price_per_review, 4),
    }


def _undecided(answers: Sequence[Answer]) -> Json:
    """Count the answers that decide nothing by the kind of reason; empty if each answer decides something."""
    codes = [answer.unusable.code for answer in answers if answer.unusable is not None and answer.gold is None]
    return {"undecided": {code: codes.count(code) for code in sorted(set(codes))}} if codes else {}


def _answer_counts(answers: Sequence[Answer]) -> Json:
    return {
        "answers": sum(bool(answer.reviewers) for answer in answers),
        "answers_left_out": sum(len(answer.left_out) for answer in answers),
        "reviewer_seconds": round(sum(answer.seconds for answer in answers), 3),
        **_undecided(answers),
    }
