"""What the tasks return that start, follow or delete human loops."""

from typing import NotRequired, TypedDict


class EndedReviews(TypedDict):
    """What `ReviewsSensor` and `HumanLoopsSensor` return."""

    reviews: int
    completed: int
    failed: int
    open: int


class TreatedHumanLoops(TypedDict):
    """What the operators of many human loops return: counts by outcome, those that are not 0."""

    results: str
    """Where each loop has a line."""
    loops: int
    failed: int
    opened: NotRequired[int]
    adopted: NotRequired[int]
    stopped: NotRequired[int]
    ended: NotRequired[int]
    deleted: NotRequired[int]
    missing: NotRequired[int]


class StartedHumanLoops(TreatedHumanLoops):
    """What `StartHumanLoopsOperator` returns."""

    flow_definition_arn: str


class DeletedReviews(TypedDict):
    """What `DeleteReviewsOperator` returns: how much of each was deleted."""

    human_loops: int
    flow_definitions: int
    task_uis: int
