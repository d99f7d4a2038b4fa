"""Templates and inputs that mean harm: the whole list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.hostile import inputs, templates

if TYPE_CHECKING:
    from benchmarks.hostile.attack import Attack


def attacks() -> list[Attack]:
    """List all of them."""
    return [
        *templates.loops(),
        *templates.filters(),
        *templates.parsing(),
        *templates.pages(),
        *inputs.large_inputs(),
        *inputs.strange_inputs(),
        *inputs.places(),
    ]
