"""Which images people look at: policies, ranking, budget; and what reviewers are shown."""

from nightloop.domain.detection.selection.activation_conditions import Condition, parse_conditions
from nightloop.domain.detection.selection.gain import Effort
from nightloop.domain.detection.selection.plan import Planning, plan_order, plan_reviews
from nightloop.domain.detection.selection.planned_review import (
    PURPOSES,
    PlannedReview,
    Purpose,
    input_content,
    purpose_from,
)
from nightloop.domain.detection.selection.policies import Policies, is_unsure
from nightloop.domain.detection.selection.scoring_tally import ScoringTally
from nightloop.domain.detection.selection.summary import summarise
from nightloop.domain.selection.budget import Budget
from nightloop.domain.selection.draw import draw_number, is_drawn

__all__ = [
    "PURPOSES",
    "Budget",
    "Condition",
    "Effort",
    "PlannedReview",
    "Planning",
    "Policies",
    "Purpose",
    "ScoringTally",
    "draw_number",
    "input_content",
    "is_drawn",
    "is_unsure",
    "parse_conditions",
    "plan_order",
    "plan_reviews",
    "purpose_from",
    "summarise",
]
