"""The page on operators, sensors and triggers: arguments, templates, errors, from signatures and docstrings."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import TYPE_CHECKING, Final

from airflow.sdk import BaseOperator
from airflow.triggers.base import BaseTrigger

from tools.reference.markdown import address, fields, head, prose, table
from tools.reference.modules import classes, modules

if TYPE_CHECKING:
    from collections.abc import Iterator

EXAMPLES: Final = Path(__file__).resolve().parents[2] / "tests" / "system" / "examples"
PACKAGES: Final = (
    ("Operators", "nightloop.aws.operators", BaseOperator),
    ("Sensors", "nightloop.aws.sensors", BaseOperator),
    ("Triggers", "nightloop.aws.triggers", BaseTrigger),
)
ABOUT: Final = """\
All arguments are keywords. Beside those of its table, each operator and sensor has those of Airflow's `BaseOperator`
and of the Amazon provider: `aws_conn_id`, `region_name`, `verify`, `botocore_config`. *T* marks a templated argument.
[Use one operator in your own DAG](../how-to/use-one-operator.md) says which need no loop file."""


def page() -> str:
    """Write the page."""
    parts = [head("Operators, sensors and triggers", ABOUT)]
    for title, package, kind in PACKAGES:
        found = sorted(_leaves(package, kind), key=lambda cls: cls.__name__)
        parts += [f"## {title}\n", *map(_entry, found)]
    return "\n".join(parts)


def _leaves(package: str, kind: type) -> Iterator[type]:
    """List what a DAG may use: every class but those that only others are built on."""
    found = [cls for module in modules(package) for cls in classes(module, kind)]
    for cls in found:
        is_base = any(other is not cls and issubclass(other, cls) for other in found)
        if not inspect.isabstract(cls) and (not is_base or _is_used(cls)):
            yield cls


def _is_used(cls: type) -> bool:
    return "execute" in vars(cls) or "serialize" in vars(cls)


def _entry(cls: type) -> str:
    templated = set(getattr(cls, "template_fields", ()))
    rows = [
        (f"`{name}`" + (" *T*" if name in templated else ""), _default(parameter), about)
        for name, parameter, about in _arguments(cls)
    ]
    text = f"### {cls.__name__}\n\n`{cls.__module__}`\n\n{prose(cls)}\n"
    if rows:
        text += "\n" + table(("argument", "default", "meaning"), rows)
    if raised := fields(cls, "raises"):
        text += "\n" + table(("raises", "when"), [(f"`{name}`", about) for name, about in raised.items()])
    if found := [*_examples(cls), *_source(cls)]:
        text += f"\n{'; '.join(found)}.\n"
    return text


def _arguments(cls: type) -> Iterator[tuple[str, inspect.Parameter, str]]:
    """Yield each argument of our own classes once, the most special class first, with what it means."""
    about: dict[str, str] = {}
    for base in reversed(cls.__mro__):
        about |= fields(base, "param") if base.__module__.startswith("nightloop.") else {}
    seen: set[str] = set()
    for base in cls.__mro__:
        own = vars(base).get("__init__") if base.__module__.startswith("nightloop.") else None
        for name, parameter in inspect.signature(inspect.unwrap(own)).parameters.items() if own else ():
            if parameter.kind is parameter.KEYWORD_ONLY and name not in seen:
                seen.add(name)
                yield (
                    name,
                    parameter,
                    about.get(name, _STANDARD.get(name, "")).replace("(templated)", "").replace(" .", "."),
                )


_STANDARD: Final = dict.fromkeys(
    ("region_name", "verify", "botocore_config", "aws_conn_id"), "As in the Amazon provider."
)


def _default(parameter: inspect.Parameter) -> str:
    return "required" if parameter.default is parameter.empty else f"`{parameter.default!r}`"


def _examples(cls: type) -> list[str]:
    files = [path for path in sorted(EXAMPLES.glob("example_*.py")) if f"{cls.__name__}(" in path.read_text()]
    return [f"Example: [`{path.name}`](../../tests/system/examples/{path.name})" for path in files[:1]]


def _source(cls: type) -> list[str]:
    link = address(cls)
    return [f"AWS: <{link}>"] if link else []
