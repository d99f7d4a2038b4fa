"""Finds classes by walking packages, so that a module may move or be added without a list to change."""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType


def modules(package: str, skipped: tuple[str, ...] = ()) -> Iterator[ModuleType]:
    """Import a package and all below it, in the order of their names; what runs when it is imported is left out."""
    root = importlib.import_module(package)
    yield root
    for found in sorted(pkgutil.walk_packages(root.__path__, f"{package}."), key=lambda each: each.name):
        if not {"__main__", *skipped} & set(found.name.split(".")):
            yield importlib.import_module(found.name)


def module_named(package: str, *named: str) -> ModuleType:
    """Find the one module of this name, or of one of these, in a package, however deep."""
    root = importlib.import_module(package)
    names = [
        found.name
        for found in pkgutil.walk_packages(root.__path__, f"{package}.")
        if found.name.rsplit(".", 1)[-1] in named
    ]
    if len(names) != 1:
        raise LookupError(f"{package} has {len(names)} modules named {named[0]}: {', '.join(names) or 'none'}")
    return importlib.import_module(names[0])


def classes(module: ModuleType, kind: type) -> Iterator[type]:
    """List the public classes of a kind that a module defines, in the order of the file."""
    for name, thing in vars(module).items():
        if (
            isinstance(thing, type)
            and issubclass(thing, kind)
            and thing.__module__ == module.__name__
            and name[0] != "_"
        ):
            yield thing
