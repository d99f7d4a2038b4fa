"""JSON as its standard defines it, no deeper than all later steps can handle."""

from __future__ import annotations

import json
import math
import re
from typing import Any, NoReturn

# Python's own reader, the templates and the writer of output.json give up at greater depths, each at another: a text
# that is accepted here must never fail to be written later.
DEEPEST = 200
_ESCAPED_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_LONGEST_SURE_NUMBER = 300  # digits; a double holds up to 309
_LONGEST_SHOWN = 40


def read_json(text: str) -> Any:  # noqa: ANN401 - any JSON value
    """Read a JSON text; the last of several equal names of an object counts.

    :raises ValueError: for invalid JSON: Python's `NaN` and `Infinity`, a number beyond any double, half a surrogate
        pair (no text may contain one, RFC 8259 section 8.2, and later steps could not write it), or nesting deeper
        than 200.
    """
    try:
        value = json.loads(text, parse_constant=_refuse_constant, parse_float=_finite, parse_int=_whole)
    except RecursionError as error:
        raise _too_deep() from error
    if text.count("[") + text.count("{") > DEEPEST:
        _check_depth(value)
    if _ESCAPED_SURROGATE.search(text):
        _check_texts(value)
    return value


def write_json(value: object) -> str:
    """Write a JSON text with sorted names.

    Half a surrogate pair stays an escape: input with one is refused, but older databases may contain one.
    """
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, allow_nan=False)
    return text.encode(errors="backslashreplace").decode()


def _check_texts(value: object) -> None:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise ValueError("it contains half a surrogate pair, which is not a character") from error


def _check_depth(value: object) -> None:
    level = [value] if isinstance(value, dict | list) else []
    for _ in range(DEEPEST):
        level = [
            child
            for container in level
            for child in (container.values() if isinstance(container, dict) else container)
            if isinstance(child, dict | list)
        ]
        if not level:
            return
    raise _too_deep()


def _too_deep() -> ValueError:
    return ValueError(f"it is nested deeper than {DEEPEST}")


def _refuse_constant(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{_shortened(text)} is larger than any number may be")
    return number


def _whole(text: str) -> int:
    if len(text) > _LONGEST_SURE_NUMBER:
        _finite(text)
    return int(text)


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}... ({len(text)} characters)"
