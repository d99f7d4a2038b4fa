"""Stops reviews that nobody answered for too many nights."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from nightloop.aws.clients.throttle import repeated
from nightloop.aws.human_loops import lifecycle
from nightloop.domain.reviews.outcome import GIVEN_UP, ReviewOutcome

if TYPE_CHECKING:
    from nightloop.aws.hooks.a2i import A2IHook
    from nightloop.aws.human_loops.late_answers import LateReviews

log = logging.getLogger(__name__)


class GivingUp:
    """Decides about the open reviews of earlier nights.

    A review that somebody works on now goes on until they are done. The night that sees the answer takes it.

    :param after_nights: In how many nights after its own a review may still be answered.
    """

    def __init__(self, a2i: A2IHook, late: LateReviews, after_nights: int) -> None:
        self.a2i = a2i
        self.late = late
        self.after_nights = after_nights

    def look(self, outcome: ReviewOutcome) -> ReviewOutcome:
        """Stop a review that has been open for too many nights; return what happened to it."""
        if self.late.nights_since(outcome.review_name, outcome.night) < self.after_nights:
            return outcome
        if outcome.status == "InProgress":
            outcome = repeated(lambda: self._stop(outcome.review_name, outcome.night))
        if outcome.status == "Stopped" and outcome.output is None and outcome.failure_reason is None:
            reason = f"nobody answered within {self.after_nights} nights"
            return replace(outcome, failure_code=GIVEN_UP, failure_reason=reason)
        return outcome

    def _stop(self, name: str, night: str) -> ReviewOutcome:
        if lifecycle.stop(self.a2i, name) == "ended":
            log.info("%s ended before it was stopped", name)
        return ReviewOutcome.of(name, night, self.a2i.describe_human_loop(name))
