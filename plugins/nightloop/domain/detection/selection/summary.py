"""A plan in numbers: what is reviewed and why, what it is expected to cost, and what was left out."""

from collections import Counter
from collections.abc import Iterable

from nightloop.domain.detection.selection.planned_review import PlannedReview
from nightloop.domain.rows.jsonl import Json


def summarise(plan: Iterable[PlannedReview], *, price_per_review: float = 0.0) -> Json:
    """Count a plan: reviews by purpose, expected minutes and money, and the left out by reason.

    Reasons that name an image ("looks like ...") are counted together.
    """
    counts = Counter[str]()
    purposes, left_out = Counter[str](), Counter[str]()
    seconds = 0.0
    for review in plan:
        counts["duplicates"] += review.duplicate_of is not None
        if review.is_reviewed:
            purposes[review.purpose] += 1
            counts["audit"] += review.audit_drawn
            seconds += review.seconds or 0.0
        elif review.duplicate_of is None:
            left_out[_kind(review.left_out or "")] += 1
    return {
        "reviews": purposes.total(),
        "purposes": dict(sorted(purposes.items())),
        "audit": counts["audit"],
        "minutes": round(seconds / 60, 2),
        "money": round(purposes.total() * price_per_review, 4),
        "duplicates": counts["duplicates"],
        "left_out": dict(sorted(left_out.items())),
    }


def _kind(reason: str) -> str:
    return "looks like an image already chosen" if reason.startswith("looks like ") else reason
