"""A plan in numbers: what is reviewed and why, what it is expected to cost, and what was left out."""

from collections import Counter
from collections.abc import Sequence

from nightloop.domain.detection.selection.planned_review import PlannedReview
from nightloop.domain.rows.jsonl import Json


def summarise(plan: Sequence[PlannedReview], *, price_per_review: float = 0.0) -> Json:
    """Count a plan: reviews by purpose, expected minutes and money, and the left out by reason.

    Reasons that name an image ("looks like ...") are counted together.
    """
    reviewed = [review for review in plan if review.is_reviewed]
    left_out = [review for review in plan if review.duplicate_of is None and review.left_out]
    return {
        "reviews": len(reviewed),
        "purposes": dict(sorted(Counter[str](review.purpose for review in reviewed).items())),
        "audit": sum(review.audit_drawn for review in reviewed),
        "minutes": round(sum(review.seconds or 0.0 for review in reviewed) / 60, 2),
        "money": round(len(reviewed) * price_per_review, 4),
        "duplicates": sum(review.duplicate_of is not None for review in plan),
        "left_out": dict(sorted(Counter(_kind(review.left_out or "") for review in left_out).items())),
    }


def _kind(reason: str) -> str:
    return "looks like an image already chosen" if reason.startswith("looks like ") else reason
