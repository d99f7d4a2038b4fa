"""The `crowd-*` elements this service has, as their own registry lists them (`elements/registry.js`)."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Literal

ELEMENTS_FOLDER = Path(__file__).parents[2] / "elements"
_ENTRY = re.compile(r"^  '([a-z-]+)': \{ (.+) \},$", re.MULTILINE)


@cache
def known_elements() -> frozenset[str]:
    """List the tags of all elements."""
    return frozenset(_entries())


@cache
def elements_with(trait: Literal["data", "form", "labels", "named"]) -> frozenset[str]:
    """List the tags whose entry has a trait; `registry.js` says what each trait means."""
    return frozenset(tag for tag, entry in _entries().items() if f"{trait}: true" in entry.split(", "))


@cache
def _entries() -> dict[str, str]:
    return dict(_ENTRY.findall((ELEMENTS_FOLDER / "registry.js").read_text(encoding="utf-8")))
