"""What a template may use: limits whose errors say which one was reached, and where.

They cannot check every operation that takes time. So the process that renders a template is ended from outside if it
takes too long or too much memory (`pool/`); where possible, these limits are reached first.
"""

from __future__ import annotations

import time
from functools import wraps
from typing import TYPE_CHECKING

from liquid import BoundTemplate, Environment, RenderContext
from liquid.exceptions import ResourceLimitError

if TYPE_CHECKING:
    from collections.abc import Callable

SECONDS = 4.0
LOOP_ITERATIONS = 200_000
OUTPUT_BYTES = 16_000_000
VARIABLE_BYTES = 10_000_000
# No normal template makes a longer text or list: the input has at most three million characters.
LENGTH = 20_000_000
LARGEST_NUMBER = 10**100


class BoundedContext(RenderContext):
    """Checks the clock where a template can spend time: at every loop, name, filter and assignment."""

    def raise_for_loop_limit(self, length: int = 1) -> None:
        """Refuse a loop that is too long, or starts too late."""
        self._look_at_clock()
        super().raise_for_loop_limit(length)

    def get(self, *arguments: object, **options: object) -> object:
        """Find the value of a name."""
        self._look_at_clock()
        return super().get(*arguments, **options)  # type: ignore[arg-type]

    def filter(self, name: str, token: object) -> Callable[..., object]:
        """Find a filter."""
        self._look_at_clock()
        return super().filter(name, token)  # type: ignore[arg-type]

    def assign(self, key: str, val: object) -> None:
        """Store a variable, unless all variables together have become too big."""
        self._look_at_clock()
        super().assign(key, val)

    def _look_at_clock(self) -> None:
        if isinstance(self.env, BoundedEnvironment) and time.monotonic() > self.env.deadline:
            raise ResourceLimitError(f"it takes longer than {SECONDS:g} seconds", token=None)


class BoundedTemplate(BoundTemplate):
    """A template that is rendered under the clock."""

    context_class = BoundedContext


class BoundedEnvironment(Environment):
    """Liquid with limits that no normal template reaches; each rendering makes a new one, which starts its clock."""

    template_class = BoundedTemplate
    context_depth_limit = 20
    loop_iteration_limit = LOOP_ITERATIONS
    local_namespace_limit = VARIABLE_BYTES
    output_stream_limit = OUTPUT_BYTES

    def __init__(self) -> None:
        super().__init__(autoescape=True)
        self.deadline = time.monotonic() + SECONDS

    def bound_filters(self) -> None:
        """Put a limit around every filter."""
        for name, function in list(self.filters.items()):
            self.filters[name] = _bounded(name, function)


def _bounded(name: str, function: Callable[..., object]) -> Callable[..., object]:
    @wraps(function)
    def filter_(*values: object, **options: object) -> object:
        for value in values:
            _refuse_huge(name, value)
        if name in {"replace", "join"} and _growth(name, values) > LENGTH:
            raise ResourceLimitError(f"{name} makes a text of more than {LENGTH} characters", token=None)
        return function(*values, **options)

    return filter_


def _refuse_huge(name: str, value: object) -> None:
    if isinstance(value, str | list | range) and len(value) > (LOOP_ITERATIONS if isinstance(value, range) else LENGTH):
        raise ResourceLimitError(f"{name} is given {len(value)} items or characters", token=None)
    if isinstance(value, int) and abs(value) > LARGEST_NUMBER:
        raise ResourceLimitError(f"{name} is given a number of more than 100 digits", token=None)


def _growth(name: str, values: tuple[object, ...]) -> int:
    """Estimate the length of what `replace: old, new` and `join: separator` make."""
    left = values[0]
    if name == "replace" and isinstance(left, str) and len(values) > 2:
        old, new = str(values[1]), str(values[2])
        return len(left) + (left.count(old) if old else len(left) + 1) * len(new)
    if name == "join" and isinstance(left, list | tuple | range):
        separator = str(values[1]) if len(values) > 1 else " "
        return len(left) * len(separator) + sum(len(item) for item in left if isinstance(item, str))
    return 0
