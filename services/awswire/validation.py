"""Checks a parsed request against the constraints of its shape, in AWS's wording.

botocore's own validator does not check patterns, enums or ranges, so clients send such requests.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from services.awswire.errors import ServiceError
from services.awswire.models import Shape, Value
from services.awswire.patterns import compile_pattern

_SHOWN_CHARACTERS = 1024
_SHOWN_VIOLATIONS = 100
_UNBOUNDED = ("structure", "timestamp", "boolean")
_NOT_NULL = "Member must not be null"


@dataclass(frozen=True)
class Violation:
    """One constraint that the value at a path does not satisfy."""

    path: str
    constraint: str
    value: Value
    sensitive: bool = False

    def __str__(self) -> str:
        shown = "Value null" if self.value is None else "Value" if self.sensitive else f"Value '{_show(self.value)}'"
        return f"{shown} at '{self.path}' failed to satisfy constraint: {self.constraint}"


def prepare(shape: Shape | None) -> None:
    """Compile every pattern of a shape now, so that a pattern we cannot translate is found at start-up."""
    for inner in shape.walk() if shape else []:
        if inner.pattern:
            compile_pattern(inner.pattern)


def validate(shape: Shape, request: dict[str, Value], code: str) -> None:
    """Raise one `ServiceError` that lists everything wrong with a request; `code` is the service's own."""
    violations = list(find_violations(shape, request))
    if violations:
        noun = "error" if len(violations) == 1 else "errors"
        listed = "; ".join(map(str, violations[:_SHOWN_VIOLATIONS]))
        raise ServiceError(code, f"{len(violations)} validation {noun} detected: {listed}")


def find_violations(shape: Shape, value: Value, path: str = "") -> Iterator[Violation]:
    """Yield every violation in a value and all that it contains."""
    if value is None:
        yield Violation(path, _NOT_NULL, None)
        return
    for constraint in _broken(shape, value):
        yield Violation(path, constraint, value, shape.sensitive)
    if shape.type == "structure" and not shape.document:
        yield from _in_structure(shape, value, path)
    elif shape.type == "list":
        for index, element in enumerate(value, 1):
            yield from find_violations(shape.member, element, f"{path}.{index}.member")
    elif shape.type == "map":
        yield from _in_map(shape, value, path)


def _in_structure(shape: Shape, value: dict[str, Value], path: str) -> Iterator[Violation]:
    for name, member in shape.members.items():
        inner = f"{path}.{_lower_camel(name)}" if path else _lower_camel(name)
        if value.get(name) is not None or name in shape.required:
            yield from find_violations(member, value.get(name), inner)


def _in_map(shape: Shape, value: dict[str, Value], path: str) -> Iterator[Violation]:
    if keys := _broken_in_any(shape.key, value):
        yield Violation(path, f"Map keys must satisfy constraint: [{', '.join(keys)}]", value)
    if shape.value.children:
        for key, element in value.items():
            yield from find_violations(shape.value, element, f"{path}.{key}.member")
    elif values := _broken_in_any(shape.value, value.values()):
        yield Violation(path, f"Map value must satisfy constraint: [{', '.join(values)}]", value)


def _broken_in_any(shape: Shape, values: Iterable[Value]) -> list[str]:
    """Collect, each once, the constraints that any of the values does not satisfy."""
    broken = (constraint for value in values for constraint in _broken_or_null(shape, value))
    return list(dict.fromkeys(broken))


def _broken_or_null(shape: Shape, value: Value) -> Iterator[str]:
    return iter([_NOT_NULL]) if value is None else _broken(shape, value)


def _broken(shape: Shape, value: Value) -> Iterator[str]:
    """Yield the constraints of the shape itself that a value does not satisfy."""
    if shape.type not in _UNBOUNDED:
        size, noun = (len(value), "length") if hasattr(value, "__len__") else (value, "value")
        if shape.maximum is not None and not size <= shape.maximum:  # `not <=`: NaN is in no range
            yield f"Member must have {noun} less than or equal to {shape.maximum}"
        if shape.minimum is not None and not size >= shape.minimum:
            yield f"Member must have {noun} greater than or equal to {shape.minimum}"
    if shape.pattern and not compile_pattern(shape.pattern).fullmatch(value):
        yield f"Member must satisfy regular expression pattern: {shape.pattern}"
    if shape.enum and value not in shape.enum:
        yield f"Member must satisfy enum value set: [{', '.join(shape.enum)}]"
    if shape.union and len(value) != 1:
        yield "Member must have exactly one of its members set"


def _show(value: Value) -> str:
    """Print a value as AWS's Java does, cut to a readable length."""
    text = _java(value)
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}..."


def _java(value: Value) -> str:
    if isinstance(value, bytes):
        return f"java.nio.HeapByteBuffer[pos=0 lim={len(value)} cap={len(value)}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key}={_java(inner)}' for key, inner in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_java, value))}]"
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)


def _lower_camel(name: str) -> str:
    return name[:1].lower() + name[1:]
