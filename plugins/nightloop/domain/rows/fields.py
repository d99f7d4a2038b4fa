"""Read the fields of a JSON row with an error that names the field."""

import math
from collections.abc import Mapping
from typing import Any

from nightloop.domain.errors import RowError


def text(row: Mapping[str, Any], key: str) -> str:
    """Return the text under `key`.

    :raises RowError: if it is missing or something else.
    """
    value = _present(row, key)
    if not isinstance(value, str):
        raise RowError(f"{key!r} must be text, not {value!r}")
    return value


def optional_text(row: Mapping[str, Any], key: str) -> str | None:
    """Return the text under `key`, None if there is none."""
    return None if row.get(key) is None else text(row, key)


def integer(row: Mapping[str, Any], key: str) -> int:
    """Return the whole number under `key`, in any JSON form (200, 200.0, 2e2).

    :raises RowError: for anything else.
    """
    value = _present(row, key)
    whole = isinstance(value, int | float) and is_finite(value) and int(value) == value
    if isinstance(value, bool) or not whole:
        raise RowError(f"{key!r} must be a whole number, not {value!r}")
    return int(value)


def number(row: Mapping[str, Any], key: str) -> float:
    """Return the finite number under `key` as a float.

    :raises RowError: if it is missing or something else.
    """
    value = _present(row, key)
    if isinstance(value, bool) or not isinstance(value, int | float) or not is_finite(value):
        raise RowError(f"{key!r} must be a number, not {value!r}")
    return float(value)


def optional_number(row: Mapping[str, Any], key: str) -> float | None:
    """Return the number under `key`, None if there is none."""
    return None if row.get(key) is None else number(row, key)


def flag(row: Mapping[str, Any], key: str) -> bool:
    """Return the true or false under `key`.

    :raises RowError: if it is missing or something else.
    """
    value = _present(row, key)
    if not isinstance(value, bool):
        raise RowError(f"{key!r} must be true or false, not {value!r}")
    return value


def optional_flag(row: Mapping[str, Any], key: str) -> bool | None:
    """Return the true or false under `key`, None if there is none."""
    return None if row.get(key) is None else flag(row, key)


def items(row: Mapping[str, Any], key: str) -> list[Any]:
    """Return the list under `key`.

    :raises RowError: if it is missing or something else.
    """
    value = _present(row, key)
    if not isinstance(value, list):
        raise RowError(f"{key!r} must be a list, not {value!r}")
    return value


def mapping(row: Mapping[str, Any], key: str) -> dict[str, Any]:
    """Return the object under `key`.

    :raises RowError: if it is missing or something else.
    """
    value = _present(row, key)
    if not isinstance(value, dict):
        raise RowError(f"{key!r} must be an object, not {value!r}")
    return value


def is_finite(value: float) -> bool:
    """Say whether a float can hold a number."""
    try:
        return math.isfinite(value)
    except OverflowError:  # a whole number that no float holds
        return False


def _present(row: Mapping[str, Any], key: str) -> Any:  # noqa: ANN401
    if not isinstance(row, Mapping):
        raise RowError(f"must be a JSON object, not {row!r}")
    if key not in row:
        raise RowError(f"has no {key!r}; it has {sorted(row)}")
    return row[key]
