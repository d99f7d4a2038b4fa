"""Which images people shall look at: policies, ranking, budget; and what reviewers are shown."""

from nightloop.loop.selection.budget import Budget
from nightloop.loop.selection.conditions import Condition, parse_conditions
from nightloop.loop.selection.draw import draw_number, is_drawn
from nightloop.loop.selection.gain import Effort
from nightloop.loop.selection.plan import plan_reviews
from nightloop.loop.selection.policies import Policies, is_unsure
from nightloop.loop.selection.review import PURPOSES, PlannedReview, Purpose, input_content, purpose_from
from nightloop.loop.selection.summary import summarise

__all__ = [
    "PURPOSES",
    "Budget",
    "Condition",
    "Effort",
    "PlannedReview",
    "Policies",
    "Purpose",
    "draw_number",
    "input_content",
    "is_drawn",
    "is_unsure",
    "parse_conditions",
    "plan_reviews",
    "purpose_from",
    "summarise",
]
