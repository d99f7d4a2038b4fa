"""Refusals about resources: the resource does not exist, or its state does not allow the request."""

# ruff: noqa: N818 - each name says what happened; the base class says that it is an error.

from __future__ import annotations

from services.review.errors.base import InvalidInput, ReviewError


class UnknownFlowDefinition(ReviewError):
    """There is no such flow definition."""

    status = 404


class UnknownHumanLoop(ReviewError):
    """There is no such human loop."""

    status = 404


class HumanLoopConflict(ReviewError):
    """A human loop of this name exists and has a different input."""

    status = 409


class InvalidLocation(InvalidInput):
    """The URI does not name a place in S3."""


class TransitionRefused(ReviewError):
    """The human loop is in a state that does not allow this."""

    status = 409


class UnknownJob(ReviewError):
    """There is no such job for your teams."""

    status = 404


class UnknownTemplate(ReviewError):
    """There is no such template."""

    status = 404


class UnknownWorker(ReviewError):
    """There is no such worker."""

    status = 404
