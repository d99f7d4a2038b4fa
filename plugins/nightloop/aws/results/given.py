"""Values that operators take: themselves, or the XComArg that becomes one when the task runs."""

from __future__ import annotations

from typing import TypeAlias, TypeVar

from airflow.sdk import XComArg

from nightloop.aws.errors import ResultError

T = TypeVar("T")

Given: TypeAlias = T | XComArg
"""A value, or the XComArg that becomes one when the task runs; a type that holds `str` takes a template as well."""


def value_of(given: Given[T]) -> T:
    """Return a value that Airflow has put in the place of its XComArg.

    :raises ResultError: if it has not: the argument is no template field, or the operator runs outside of a task.
    """
    if isinstance(given, XComArg):
        raise ResultError(f"{given} is not rendered. Give its value where an operator runs outside of an Airflow task.")
    return given


def is_true(given: Given[bool | str]) -> bool:
    """Say whether a flag is set, also one that was rendered from a template as text."""
    return str(given).lower() == "true"
