"""Templates and inputs that mean harm: the whole list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.bench import hostile_inputs, hostile_templates

if TYPE_CHECKING:
    from tests.bench.hostile_attack import Attack


def attacks() -> list[Attack]:
    """List all of them."""
    return [
        *hostile_templates.loops(),
        *hostile_templates.filters(),
        *hostile_templates.parsing(),
        *hostile_templates.pages(),
        *hostile_inputs.large_inputs(),
        *hostile_inputs.strange_inputs(),
        *hostile_inputs.places(),
    ]
