"""Which failures of a task are worth another try."""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import ExceptionRetryPolicy, RetryAction, RetryRule

from nightloop.aws.errors import NightloopError, ThrottledError, TransientError
from nightloop.loop.errors import LoopError

RETRY_POLICY = ExceptionRetryPolicy(
    rules=[
        RetryRule(ThrottledError, RetryAction.RETRY, timedelta(minutes=5), "the service asks for fewer calls"),
        RetryRule(TransientError, RetryAction.RETRY, timedelta(minutes=1), "this may pass by itself"),
        RetryRule([NightloopError, LoopError], RetryAction.FAIL, reason="another try would fail the same way"),
    ]
)
"""A dead worker or an error we do not know takes Airflow's ordinary retries; a typed permanent error takes none."""
