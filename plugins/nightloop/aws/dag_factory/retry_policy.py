"""Which failures of a task are worth another try, and when."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from airflow.sdk import ExceptionRetryPolicy, RetryAction, RetryRule

from nightloop.aws.errors import (
    CapacityError,
    DayNotOverError,
    NightloopError,
    QuotaError,
    ThrottledError,
    TransientError,
)
from nightloop.domain.errors import LoopError

if TYPE_CHECKING:
    from airflow.sdk import Context, RetryDecision

LONGEST: Final = timedelta(hours=1)


class BackoffRetryPolicy(ExceptionRetryPolicy):
    """Doubles the delay of a rule with each try, up to an hour, and takes a random half off it.

    Without the random part, all chunks of a night that were refused together would come back together.
    """

    def evaluate(
        self, exception: BaseException, try_number: int, max_tries: int, context: Context | None = None
    ) -> RetryDecision:
        """Decide by the rules, then lengthen the delay."""
        decision = super().evaluate(exception, try_number, max_tries, context)
        if decision.action is not RetryAction.RETRY or decision.retry_delay is None:
            return decision
        # A cleared task's numbers go on: beyond ten doublings every delay is the longest one.
        longest = min(decision.retry_delay * 2 ** min(max(try_number - 1, 0), 10), LONGEST)
        return replace(decision, retry_delay=longest * random.uniform(0.5, 1))  # noqa: S311  no secret


RETRY_POLICY: Final = BackoffRetryPolicy(
    rules=[
        RetryRule(ThrottledError, RetryAction.RETRY, timedelta(minutes=5), "the service asks for fewer calls"),
        RetryRule(CapacityError, RetryAction.RETRY, timedelta(minutes=15), "AWS may have a machine by then"),
        RetryRule(DayNotOverError, RetryAction.RETRY, timedelta(minutes=10), "the other clock is behind"),
        RetryRule(TransientError, RetryAction.RETRY, timedelta(minutes=1), "this may pass by itself"),
        RetryRule(QuotaError, RetryAction.FAIL, reason="a limit is used up: nothing changes before the next night"),
        RetryRule([NightloopError, LoopError], RetryAction.FAIL, reason="another try would fail the same way"),
    ]
)
"""A dead worker or an error we do not know takes Airflow's ordinary retries; a typed permanent error takes none."""
