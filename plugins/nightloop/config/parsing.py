"""Turn what YAML holds into the settings' dataclasses, with errors that name the key."""

import dataclasses
import types
from collections.abc import Callable, Mapping
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from nightloop.config.errors import LoopConfigError
from nightloop.config.hyperparameters import hyperparameters
from nightloop.config.rules import Rule, violation

T = TypeVar("T")

_KINDS = {str: "text", int: "a whole number", float: "a number", bool: "true or false"}


def parse_section(
    kind: type[T], values: object, path: Path, key: str = "", known: Mapping[str, object] | None = None
) -> T:
    """Make one dataclass of a YAML mapping; LoopConfigError names the file, the key and the mend.

    ``known`` gives the fields that are not in the file.
    """
    if not isinstance(values, Mapping):
        raise LoopConfigError(f"must be a mapping of settings, not {_show(values)}", path=path, key=key or None)
    fields = {field.name: field for field in dataclasses.fields(cast("Any", kind)) if field.name not in (known or {})}
    _refuse_unknown(values, list(fields), path, key)
    hints = get_type_hints(kind)
    arguments: dict[str, object] = dict(known or {})
    for name, field in fields.items():
        full_key = f"{key}.{name}" if key else name
        if name in values:
            arguments[name] = _parse(hints[name], values[name], path, full_key, field.metadata.get("rule"))
        elif field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING:
            raise LoopConfigError("is missing; add it", path=path, key=full_key)
    return kind(**arguments)


def _refuse_unknown(values: Mapping[Any, Any], names: list[str], path: Path, key: str) -> None:
    for name in values:
        if name not in names:
            near = get_close_matches(str(name), names, n=1)
            mend = f"did you mean {near[0]!r}?" if near else f"the settings here are {', '.join(names)}"
            raise LoopConfigError(f"is not a setting; {mend}", path=path, key=f"{key}.{name}" if key else str(name))


def _parse(hint: Any, value: object, path: Path, key: str, rule: Rule | None) -> object:  # noqa: ANN401
    parsed = _typed(hint, value, path, key)
    problem = violation(parsed, rule) if rule else None
    if problem:
        raise LoopConfigError(problem, path=path, key=key)
    return parsed


def _typed(hint: Any, value: object, path: Path, key: str) -> object:  # noqa: ANN401
    if dataclasses.is_dataclass(hint):
        return parse_section(cast("type[object]", hint), value, path, key)
    origin = get_origin(hint)
    if origin is not None:
        return _GENERIC[origin](hint, value, path, key)
    return _plain(hint, value, path, key)


def _optional(hint: Any, value: object, path: Path, key: str) -> object:  # noqa: ANN401
    return None if value is None else _plain(get_args(hint)[0], value, path, key)


def _choice(hint: Any, value: object, path: Path, key: str) -> object:  # noqa: ANN401
    if value not in get_args(hint):
        raise LoopConfigError(f"must be {' or '.join(get_args(hint))}, not {_show(value)}", path=path, key=key)
    return value


def _list(hint: Any, value: object, path: Path, key: str) -> tuple[object, ...]:  # noqa: ANN401
    if not isinstance(value, list):
        raise LoopConfigError(f"must be a list, not {_show(value)}", path=path, key=key)
    kind = get_args(hint)[0]
    return tuple(_typed(kind, item, path, f"{key}[{number}]") for number, item in enumerate(value))


def _mapping(hint: Any, value: object, path: Path, key: str) -> dict[str, Any]:  # noqa: ANN401
    kind = get_args(hint)[1]
    if kind is str:
        return dict(hyperparameters(value, path, key))
    if not isinstance(value, Mapping):
        raise LoopConfigError(f"must be a mapping, not {_show(value)}", path=path, key=key)
    return {str(name): _typed(kind, item, path, f"{key}.{name}") for name, item in value.items()}


_GENERIC: dict[Any, Callable[[Any, object, Path, str], object]] = {
    types.UnionType: _optional,
    Union: _optional,
    Literal: _choice,
    tuple: _list,
    dict: _mapping,
}


def _plain(kind: type, value: object, path: Path, key: str) -> object:
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, kind) or isinstance(value, bool) is not (kind is bool):
        quotes = "; put it in quotes" if kind is str and isinstance(value, bool | int | float | date) else ""
        raise LoopConfigError(f"must be {_KINDS[kind]}, not {_show(value)}{quotes}", path=path, key=key)
    return value


def _show(value: object) -> str:
    return "nothing" if value is None else f"{value!r:.80}"
