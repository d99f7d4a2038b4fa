"""The services' own histories, read back."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


@dataclass(frozen=True)
class Entry:
    """One call as a service committed it; the fields are those of `services.faults.history.Done`."""

    sequence: int
    operation: str
    name: str
    request: str
    effect: str
    code: str = ""
    fault: str = ""

    @classmethod
    def from_json(cls, line: dict[str, Any]) -> Entry:
        return cls(**{field: line[field] for field in cls.__dataclass_fields__})

    @property
    def committed(self) -> bool:
        return self.effect in {"created", "changed"}

    @property
    def reply_lost(self) -> bool:
        return self.fault in {"reset-after", "hold-after"}


def read(path: Path) -> list[Entry]:
    """Read a history; a last line that is still being written is left for the next time."""
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    return parse(text[: text.rfind("\n") + 1].splitlines())


def parse(lines: Iterable[str]) -> list[Entry]:
    return [Entry.from_json(json.loads(line)) for line in lines]
