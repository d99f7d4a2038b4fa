"""Values that operators take: themselves, or the XComArg that becomes one when the task runs."""

from __future__ import annotations

from typing import Any, TypeAlias

Given: TypeAlias = Any
"""A value, or the XComArg that becomes one when the task runs."""


def is_true(given: Given) -> bool:
    """Say whether a flag is set, also one that was rendered from a template as text."""
    return str(given).lower() == "true"
