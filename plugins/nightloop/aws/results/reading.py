"""The one way to read what another task returned."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar, cast

from nightloop.aws.errors import ResultError

R = TypeVar("R", bound=Mapping[str, object])


def read_result(kind: type[R], given: object, name: str, task_id: str | None = None) -> R:
    """Return a task's result, after checking that it is one of this kind.

    :param kind: The TypedDict of the result.
    :param given: What came through XCom, or was given by hand.
    :param name: The argument it was given as.
    :param task_id: The task that returned it, if that is known.
    :raises ResultError: if it is no mapping, or lacks a key that `kind` requires.
    """
    if not isinstance(given, Mapping):
        raise _wrong(name, task_id, f"is no {kind.__name__} but {given!r:.100}")
    missing = sorted(required_keys(kind) - given.keys())
    if missing:
        raise _wrong(name, task_id, f"is no {kind.__name__}: it has no {', '.join(map(repr, missing))}")
    return cast("R", given)


def read_text(given: object, name: str, task_id: str | None = None) -> str:
    """Return a name or address, after checking that it is text.

    :param name: The argument it was given as.
    :param task_id: The task that returned it, if that is known.
    :raises ResultError: if it is no text.
    """
    if not isinstance(given, str):
        raise _wrong(name, task_id, f"is no text but {given!r:.100}")
    return given


def _wrong(name: str, task_id: str | None, how: str) -> ResultError:
    if task_id is None:
        return ResultError(f"The value of `{name}` {how}. Correct what is given as `{name}`, then clear this task.")
    return ResultError(f"The result of task {task_id}, given as `{name}`, {how}. Clear {task_id}, then this task.")


def required_keys(kind: type[Mapping[str, object]]) -> frozenset[str]:
    """Return the keys that every result of a kind has."""
    keys: frozenset[str] = vars(kind)["__required_keys__"]
    return keys


def all_keys(kind: type[Mapping[str, object]]) -> frozenset[str]:
    """Return the keys that a result of a kind may have."""
    optional: frozenset[str] = vars(kind)["__optional_keys__"]
    return required_keys(kind) | optional
