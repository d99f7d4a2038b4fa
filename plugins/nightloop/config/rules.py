"""What a single setting may be."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast


@dataclass(frozen=True, slots=True)
class Rule:
    """Limits of one setting: a number's range, a text's or a list's length, a text's pattern with a hint in words.

    A number may be ``minimum`` itself; it must be more than ``above``.
    """

    minimum: float | None = None
    above: float | None = None
    maximum: float | None = None
    shortest: int | None = None
    longest: int | None = None
    pattern: str | None = None
    hint: str = ""
    item: "Rule | None" = None


def violation(value: object, rule: Rule) -> str | None:
    """Say what of a rule a value breaks, None when nothing."""
    if isinstance(value, int | float):
        return _number_violation(value, rule)
    if isinstance(value, str):
        return _length_violation(value, rule, "characters") or _pattern_violation(value, rule)
    if isinstance(value, tuple):
        return _list_violation(cast("tuple[object, ...]", value), rule)
    return None


def _number_violation(value: float, rule: Rule) -> str | None:
    if not math.isfinite(value):
        return f"must be a finite number, not {value}"
    if rule.minimum is not None and value < rule.minimum:
        return f"must be at least {rule.minimum:g}, not {value:g}"
    if rule.above is not None and value <= rule.above:
        return f"must be above {rule.above:g}, not {value:g}"
    if rule.maximum is not None and value > rule.maximum:
        return f"must be at most {rule.maximum:g}, not {value:g}"
    return None


def _length_violation(value: Sequence[object], rule: Rule, unit: str) -> str | None:
    if rule.shortest is not None and len(value) < rule.shortest:
        return f"must have at least {rule.shortest} {unit}, not {len(value)}"
    if rule.longest is not None and len(value) > rule.longest:
        return f"must have at most {rule.longest} {unit}, not {len(value)}"
    return None


def _pattern_violation(value: str, rule: Rule) -> str | None:
    if rule.pattern is not None and not re.fullmatch(rule.pattern, value):
        return f"must be {rule.hint}, not {value!r}"
    return None


def _list_violation(values: tuple[object, ...], rule: Rule) -> str | None:
    problem = _length_violation(values, rule, "entries")
    for number, value in enumerate(values, start=1):
        inside = violation(value, rule.item) if rule.item else None
        problem = problem or (f"entry {number} {inside}" if inside else None)
    return problem
