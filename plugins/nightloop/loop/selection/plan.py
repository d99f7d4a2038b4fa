"""The night's plan: who is a candidate, in what order, and what the budget pays for."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from nightloop.loop.errors import SelectionError
from nightloop.loop.naming import human_loop_name
from nightloop.loop.predictions import Prediction
from nightloop.loop.selection.budget import Budget, Spending
from nightloop.loop.selection.draw import audit_number, is_drawn
from nightloop.loop.selection.duplicates import ChosenHashes
from nightloop.loop.selection.gain import Effort, class_weights, expected_gain, expected_objects, expected_seconds
from nightloop.loop.selection.policies import Policies, purposes
from nightloop.loop.selection.review import PlannedReview

_NO_POLICIES = Policies()
_NO_LIMIT = Budget()
_USUAL_EFFORT = Effort()


def plan_reviews(
    predictions: Iterable[Prediction],
    *,
    loop: str,
    score_threshold: float,
    audit_share: float,
    seed: int,
    policies: Policies = _NO_POLICIES,
    budget: Budget = _NO_LIMIT,
    effort: Effort = _USUAL_EFFORT,
    class_counts: Mapping[str, float] | None = None,
    gold: Sequence[PlannedReview] = (),
) -> list[PlannedReview]:
    """Plan the night's reviews, sorted by URI, whatever the order of the predictions.

    An image is a candidate when its best score is below ``score_threshold`` ("low-confidence"), when another of the
    ``policies`` names it, or when the audit draws it: independently of all that, every scored image is drawn with
    probability ``audit_share``, by a hash of seed, URI and ETag. Images that were not scored are never planned. Of
    identical images only the first is reviewed; the others stay in the plan with ``duplicate_of``.

    The ``budget`` pays for ``gold`` first, then for the audit by its drawn number, so that a cut leaves a random
    sample, then for the others by expected gain per expected second. What did not fit, or looks like an image chosen
    already (never one of the audit's: it would not be random any more), stays in the plan with its reason in
    ``left_out``.
    ``class_counts`` says how often each class was seen so far, to find the rare ones; without it the night's own
    predictions do. SelectionError names an image that is given twice.
    """
    ordered = _by_uri(predictions)
    counts = expected_objects(ordered, policies.least_box_score) if class_counts is None else class_counts
    weights = class_weights(counts, policies.class_balance)
    rules = _Rules(loop, score_threshold, audit_share, seed, policies, weights, effort)
    plan = _candidates(ordered, rules)
    hashes = {prediction.image.uri: prediction.perceptual_hash for prediction in ordered}
    reasons = _left_out([review for review in plan if not review.duplicate_of], gold, hashes, seed, policies, budget)
    plan = [replace(review, left_out=reasons.get(review.duplicate_of or review.image.uri)) for review in plan]
    golden = [replace(review, left_out=reasons.get(review.loop_name)) for review in gold]
    return sorted([*plan, *golden], key=lambda review: (review.image.uri, review.purpose))


@dataclass(frozen=True, slots=True)
class _Rules:
    loop: str
    score_threshold: float
    audit_share: float
    seed: int
    policies: Policies
    weights: Mapping[str, float]
    effort: Effort


def _candidates(ordered: Iterable[Prediction], rules: _Rules) -> list[PlannedReview]:
    plan: list[PlannedReview] = []
    first_of: dict[tuple[str, int], PlannedReview] = {}
    for prediction in ordered:
        review = _candidate(prediction, rules)
        if review is None:
            continue
        first = first_of.setdefault((review.image.etag, review.image.bytes), review) if review.image.etag else review
        if first is not review:
            review = replace(review, loop_name=first.loop_name, duplicate_of=first.image.uri)
        plan.append(review)
    return plan


def _by_uri(predictions: Iterable[Prediction]) -> list[Prediction]:
    ordered = sorted(predictions, key=lambda prediction: prediction.image.uri)
    for one, other in pairwise(ordered):
        if one.image.uri == other.image.uri:
            raise SelectionError("has two predictions; every image is scored once a night", image=one.image.uri)
    return ordered


def _candidate(prediction: Prediction, rules: _Rules) -> PlannedReview | None:
    if prediction.error is not None:
        return None
    image, policies = prediction.image, rules.policies
    drawn = is_drawn(image, audit_share=rules.audit_share, seed=rules.seed)
    reasons = purposes(prediction, rules.score_threshold, policies, rules.seed)
    if drawn:
        reasons = (*reasons, "audit")
    if not reasons:
        return None
    width, height = prediction.size
    return PlannedReview(
        image=image,
        purpose=reasons[0],
        audit_drawn=drawn,
        model=prediction.model,
        best_score=prediction.best_score,
        width=width,
        height=height,
        boxes=prediction.boxes,
        loop_name=human_loop_name(rules.loop, image.uri, image.etag, prediction.model, reasons[0]),
        reasons=reasons,
        gain=round(expected_gain(prediction, rules.weights, policies.least_box_score), 6),
        seconds=round(expected_seconds(prediction, rules.effort, policies.least_box_score), 3),
    )


def _left_out(  # noqa: PLR0917
    candidates: Sequence[PlannedReview],
    gold: Sequence[PlannedReview],
    hashes: Mapping[str, str | None],
    seed: int,
    policies: Policies,
    budget: Budget,
) -> dict[str, str]:
    """Say why candidates are not chosen, by URI, and gold by loop name."""
    spending = Spending(budget)
    reasons: dict[str, str] = {}
    for review in gold:
        problem = spending.spend(review.seconds or 0.0)
        if problem:
            reasons[review.loop_name] = problem
    bits = policies.near_duplicate_bits
    chosen = ChosenHashes(0 if bits is None else bits)
    for review in sorted(candidates, key=lambda review: _rank(review, seed)):
        uri = review.image.uri
        near = None if bits is None or review.audit_drawn else chosen.near(hashes[uri])
        problem = f"looks like {near}" if near else spending.spend(review.seconds or 0.0)
        if problem:
            reasons[uri] = problem
        else:
            chosen.add(uri, hashes[uri])
    return reasons


def _rank(review: PlannedReview, seed: int) -> tuple[bool, float, str]:
    if review.audit_drawn:
        return (False, audit_number(review.image, seed), review.image.uri)
    return (True, -(review.gain or 0.0) / max(review.seconds or 0.0, 1e-9), review.image.uri)
