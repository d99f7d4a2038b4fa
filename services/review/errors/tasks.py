"""Refusals about a task that the worker does not hold, or no longer holds."""

# ruff: noqa: N818 - each name says what happened; the base class says that it is an error.

from __future__ import annotations

from services.review.errors.base import ReviewError


class UnknownTask(ReviewError):
    """You have no such task."""

    status = 404


class TaskNotHeld(ReviewError):
    """You gave this task back; take the next one from the list of jobs."""

    status = 409


class TaskNotShown(ReviewError):
    """Nothing was stored: the task was never on your screen; load its page first."""

    status = 409


class TaskAlreadySubmitted(ReviewError):
    """Your answer to this task was already received; the first one counts."""

    status = 409


class ClaimExpired(ReviewError):
    """The time for this task ended before your answer arrived, so the answer does not count.

    The task went back to the queue. Your late answer is kept with the task, where an administrator can find it.
    """

    status = 409
