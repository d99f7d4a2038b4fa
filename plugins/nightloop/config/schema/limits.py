"""What a setting may be, in words, from its JSON Schema."""

from typing import Any

Schema = dict[str, Any]


def range_words(schema: Schema) -> str:
    """Return a number's range; empty where it has none."""
    low, above, high = schema.get("minimum"), schema.get("exclusiveMinimum"), schema.get("maximum")
    if above is not None:
        return f"above {above:g}" + (f" and at most {_number(high)}" if high is not None else "")
    if low is not None and high is not None:
        return f"from {_number(low)} to {_number(high)}"
    return f"at least {_number(low)}" if low is not None else f"at most {_number(high)}" if high is not None else ""


def choice_words(schema: Schema) -> str:
    """Return the values that a setting may have; empty where it has no such list."""
    *others, last = dict.fromkeys(str(choice) for choice in schema.get("enum", [""]))
    return f"{', '.join(others)} or {last}" if others else last


def length_words(schema: Schema) -> str:
    """Return how many characters a text may have; empty where it may have any number."""
    return _between(schema.get("minLength"), schema.get("maxLength"), "characters")


def count_words(schema: Schema) -> str:
    """Return how many entries a list may have; empty where it may have any number."""
    return _between(schema.get("minItems"), schema.get("maxItems"), "entries")


def _between(low: int | None, high: int | None, unit: str) -> str:
    if low is not None and high is not None:
        return f"{low} to {high} {unit}"
    return f"at least {low} {unit}" if low is not None else f"at most {high} {unit}" if high is not None else ""


def _number(value: float) -> str:
    return f"{value}" if isinstance(value, int) else f"{value:g}"
