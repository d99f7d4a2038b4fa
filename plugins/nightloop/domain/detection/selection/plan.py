"""The night's plan: which images are candidates, in what order, and what the budget pays for."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from nightloop.domain.detection.boxes.predictions import Prediction
from nightloop.domain.detection.selection.candidates import Candidate, Rules, review_of
from nightloop.domain.detection.selection.gain import Coverage, Effort, presence_of
from nightloop.domain.detection.selection.planned_review import PlannedReview
from nightloop.domain.detection.selection.policies import Policies
from nightloop.domain.detection.selection.ranking import in_order
from nightloop.domain.errors import SelectionError
from nightloop.domain.images.duplicates import ChosenHashes
from nightloop.domain.selection.budget import Budget, Spending

_NO_POLICIES = Policies()
_NO_LIMIT = Budget()
_USUAL_EFFORT = Effort()


@dataclass(frozen=True, slots=True)
class _Chosen:
    candidate: Candidate
    first: Candidate
    gain: float
    left_out: str | None


class Planning:
    """Plans a night in two looks at its predictions, so that they need not all be in memory.

    `look` takes in what the choice needs to know, `choose` makes it, and `reviews` makes the plan's rows of the same
    predictions, in any order. What stays in memory is some kilobyte a candidate, and nothing of any other image.

    An image is a candidate if its best score is below `score_threshold` ("low-confidence"), if another of the
    `policies` names it, or if the audit draws it. Independently of all that, the audit draws every scored image with
    probability `audit_share`, by a hash of seed, URI and ETag. Images that were not scored are never planned. Of
    identical images only the first is reviewed; the others stay in the plan with `duplicate_of`.
    """

    def __init__(
        self,
        *,
        loop: str,
        score_threshold: float,
        audit_share: float,
        seed: int,
        policies: Policies = _NO_POLICIES,
        budget: Budget = _NO_LIMIT,
        effort: Effort = _USUAL_EFFORT,
    ) -> None:
        self.rules = Rules(loop, score_threshold, audit_share, seed, policies, effort)
        self.budget = budget
        self.gold: list[PlannedReview] = []
        """The gold images that `choose` was given, with the reason for each that is left out."""
        self._classes: set[str] = set()
        self._candidates: list[Candidate] = []
        self._chosen: dict[str, _Chosen] = {}

    def look(self, predictions: Iterable[Prediction]) -> None:
        """Take in a part of the night's predictions, or all of them.

        :raises SelectionError: naming a candidate that is given twice.
        """
        for prediction in predictions:
            self._classes.update(box.label for box in prediction.boxes)
            candidate = Candidate.of(prediction, self.rules)
            if candidate is not None:
                self._candidates.append(candidate)
        self._candidates.sort(key=lambda candidate: candidate.image.uri)
        for one, other in pairwise(self._candidates):
            if one.image.uri == other.image.uri:
                raise SelectionError("has two predictions; every image is scored once a night", image=one.image.uri)

    def choose(self, class_counts: Mapping[str, float] | None = None, gold: Sequence[PlannedReview] = ()) -> None:
        """Spend the budget; a second call chooses again.

        The `budget` pays for `gold` first, then for the audit by its drawn number, so that a cut leaves a random
        sample, then for the others: each time for the image that adds most per second to the classes covered so far. An
        image stays in the plan with its reason in `left_out` if it did not fit, or if it looks like an image chosen
        already (never one of the audit's, which would then not be random). `class_counts` says in how many images the
        model learned each class; without it no class counts as learned.
        """
        coverage = Coverage(class_counts or {}, self.rules.policies.class_balance)
        spending = Spending(self.budget)
        self.gold = [replace(review, left_out=spending.spend(review.seconds or 0.0)) for review in gold]
        firsts = _firsts(self._candidates)
        own = [candidate for candidate, first in zip(self._candidates, firsts, strict=True) if first is candidate]
        self._chosen = {one.candidate.image.uri: one for one in self._spend(own, coverage, spending)}
        for candidate, first in zip(self._candidates, firsts, strict=True):
            if first is not candidate:
                self._chosen[candidate.image.uri] = replace(self._chosen[first.image.uri], candidate=candidate)

    @property
    def candidates(self) -> int:
        """How many rows the plan has, but for the gold images'."""
        return len(self._candidates)

    @property
    def reviewed(self) -> int:
        """How many images are chosen for review, gold images among them."""
        own = sum(one.first is one.candidate and one.left_out is None for one in self._chosen.values())
        return own + sum(review.is_reviewed for review in self.gold)

    def reviews(self, predictions: Iterable[Prediction]) -> Iterator[PlannedReview]:
        """Yield the plan's rows of these predictions, in their order; the gold images are not among them."""
        loop = self.rules.loop
        for prediction in predictions:
            one = self._chosen.get(prediction.image.uri)
            if one is not None:
                yield review_of(
                    one.candidate, prediction, first=one.first, loop=loop, gain=one.gain, left_out=one.left_out
                )

    def _spend(self, own: Sequence[Candidate], coverage: Coverage, spending: Spending) -> Iterator[_Chosen]:
        """Tell for each candidate what it adds to those chosen before it, and why it is not chosen."""
        unknown = presence_of({}, coverage.labels | self._classes)
        bits = self.rules.policies.near_duplicate_bits
        hashes = ChosenHashes(0 if bits is None else bits)
        ordered = in_order(
            own,
            gain=lambda candidate: coverage.gain(candidate.shown or unknown),
            kind=lambda candidate: tuple((candidate.shown or unknown).items()),
            seed=self.rules.seed,
        )
        for candidate in ordered:
            shown = candidate.shown or unknown
            near = None if bits is None or candidate.audit_drawn else hashes.near(candidate.perceptual_hash)
            problem = f"looks like {near}" if near else spending.spend(candidate.seconds)
            yield _Chosen(candidate, candidate, round(coverage.gain(shown), 6), problem)
            if not problem:
                hashes.add(candidate.image.uri, candidate.perceptual_hash)
                coverage.add(shown)


def plan_reviews(
    predictions: Iterable[Prediction],
    *,
    class_counts: Mapping[str, float] | None = None,
    gold: Sequence[PlannedReview] = (),
    loop: str,
    score_threshold: float,
    audit_share: float,
    seed: int,
    policies: Policies = _NO_POLICIES,
    budget: Budget = _NO_LIMIT,
    effort: Effort = _USUAL_EFFORT,
) -> list[PlannedReview]:
    """Plan the reviews of a night that is in memory, sorted by URI; `Planning` says how.

    :raises SelectionError: naming a candidate that is given twice.
    """
    planning = Planning(
        loop=loop,
        score_threshold=score_threshold,
        audit_share=audit_share,
        seed=seed,
        policies=policies,
        budget=budget,
        effort=effort,
    )
    given = list(predictions)
    planning.look(given)
    planning.choose(class_counts, gold)
    return sorted([*planning.reviews(given), *planning.gold], key=plan_order)


def plan_order(review: PlannedReview) -> tuple[str, str]:
    """Return what the rows of a plan are sorted by."""
    return review.image.uri, review.purpose


def _firsts(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return for each candidate the first one, by URI, that is identical to it."""
    first_of: dict[tuple[str, int], Candidate] = {}
    return [
        first_of.setdefault((one.image.etag, one.image.bytes), one) if one.image.etag else one for one in candidates
    ]
