"""Tells whether something failed because AWS had no machine of the wanted type."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

_CAPACITY: Final = re.compile(
    r"^CapacityError|InsufficientInstanceCapacity|unable to provision requested ML compute capacity|"
    r"insufficient (instance )?capacity",
    re.IGNORECASE,
)


def is_capacity(reason: str | None) -> bool:
    """Say whether a FailureReason means that there was no machine."""
    return _CAPACITY.search(reason or "") is not None


def had_no_machine(job: Mapping[str, Any]) -> bool:
    """Say whether a job failed before it had a machine, so that it cost nothing.

    :param job: DescribeTrainingJob's or DescribeTransformJob's answer, its status as `status`.
    """
    started = any(job.get(key) for key in ("BillableTimeInSeconds", "TrainingStartTime", "TransformStartTime"))
    return job["status"] == "Failed" and not started and is_capacity(job.get("FailureReason"))
