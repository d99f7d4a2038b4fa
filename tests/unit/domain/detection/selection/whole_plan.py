"""The plan made the plain way, with a whole night in memory: what `Planning` must agree with, row for row."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from nightloop.domain.detection.boxes.predictions import Prediction
from nightloop.domain.detection.selection.gain import Coverage, Effort, expected_seconds, presence
from nightloop.domain.detection.selection.planned_review import PlannedReview
from nightloop.domain.detection.selection.policies import Policies, purposes
from nightloop.domain.detection.selection.ranking import in_order
from nightloop.domain.errors import SelectionError
from nightloop.domain.identity.naming import human_loop_name
from nightloop.domain.images.duplicates import ChosenHashes
from nightloop.domain.selection.budget import Budget, Spending
from nightloop.domain.selection.draw import is_drawn

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
    ordered = _by_uri(predictions)
    rules = _Rules(loop, score_threshold, audit_share, seed, policies, effort)
    plan = _candidates(ordered, rules)
    coverage = Coverage(class_counts or {}, policies.class_balance)
    spending = Spending(budget)
    golden = [replace(review, left_out=spending.spend(review.seconds or 0.0)) for review in gold]
    firsts = [review for review in plan if not review.duplicate_of]
    chosen = _choose(firsts, {prediction.image.uri: prediction for prediction in ordered}, coverage, spending, rules)
    plan = [_as_chosen(review, chosen[review.duplicate_of or review.image.uri]) for review in plan]
    return sorted([*plan, *golden], key=lambda review: (review.image.uri, review.purpose))


@dataclass(frozen=True, slots=True)
class _Rules:
    loop: str
    score_threshold: float
    audit_share: float
    seed: int
    policies: Policies
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
            review = replace(review, review_name=first.review_name, duplicate_of=first.image.uri)
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
        review_name=human_loop_name(rules.loop, image.uri, image.etag, prediction.model, reasons[0]),
        reasons=reasons,
        seconds=round(expected_seconds(prediction, rules.effort, policies.least_box_score), 3),
    )


@dataclass(frozen=True, slots=True)
class _Chosen:
    gain: float
    left_out: str | None


def _choose(
    candidates: Sequence[PlannedReview],
    predictions: Mapping[str, Prediction],
    coverage: Coverage,
    spending: Spending,
    rules: _Rules,
) -> dict[str, _Chosen]:
    """Say for each candidate, by URI, what it adds to those chosen before it, and why it is not chosen."""
    classes = coverage.labels | {box.label for prediction in predictions.values() for box in prediction.boxes}
    shown = {review.image.uri: presence(predictions[review.image.uri], classes) for review in candidates}
    bits = rules.policies.near_duplicate_bits
    hashes = ChosenHashes(0 if bits is None else bits)
    found: dict[str, _Chosen] = {}
    ordered = in_order(
        candidates,
        gain=lambda review: coverage.gain(shown[review.image.uri]),
        kind=lambda review: tuple(shown[review.image.uri].items()),
        seed=rules.seed,
    )
    for review in ordered:
        uri, perceptual_hash = review.image.uri, predictions[review.image.uri].perceptual_hash
        near = None if bits is None or review.audit_drawn else hashes.near(perceptual_hash)
        problem = f"looks like {near}" if near else spending.spend(review.seconds or 0.0)
        found[uri] = _Chosen(coverage.gain(shown[uri]), problem)
        if not problem:
            hashes.add(uri, perceptual_hash)
            coverage.add(shown[uri])
    return found


def _as_chosen(review: PlannedReview, chosen: _Chosen) -> PlannedReview:
    return replace(review, gain=round(chosen.gain, 6), left_out=chosen.left_out)
