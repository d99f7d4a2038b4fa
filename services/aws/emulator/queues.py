"""Queues that are there from the start: moto keeps SQS in memory, and a sender does not make its queue."""

from __future__ import annotations

from typing import TYPE_CHECKING

import services.aws.emulator.s3_objects  # noqa: F401 - sets moto's switches, before moto reads them

# isort: split
from moto.core import DEFAULT_ACCOUNT_ID
from moto.sqs.models import sqs_backends

if TYPE_CHECKING:
    from collections.abc import Iterable


def make_queues(names: Iterable[str], region: str) -> None:
    """Make empty standard queues of the account 123456789012."""
    for name in names:
        sqs_backends[DEFAULT_ACCOUNT_ID][region].create_queue(name)
