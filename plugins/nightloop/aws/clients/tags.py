"""Tags on everything that is made: who pays for it, and what it came from."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def tag_list(tags: Mapping[str, str], **lineage: str | None) -> list[dict[str, str]]:
    """Return tags as AWS takes them; `lineage` adds `nightloop:{name}` for each value that is given."""
    named = {f"nightloop:{name.replace('_', '-')}": value for name, value in lineage.items() if value}
    return [{"Key": key, "Value": value} for key, value in sorted({**tags, **named}.items())]
