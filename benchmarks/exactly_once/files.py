"""The loop's files, which are written once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.exactly_once.evidence import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.exactly_once.evidence import Evidence

REWRITTEN = "files rewritten"


def files_rewritten(evidence: Evidence) -> Iterator[Finding]:
    """Find objects whose bytes were replaced by others."""
    bodies: dict[str, str] = {}
    for entry in evidence.files:
        if not entry.committed:
            continue
        if entry.operation == "DeleteObject":
            bodies.pop(entry.name, None)
        elif entry.operation == "PutObject":
            if bodies.setdefault(entry.name, entry.request) != entry.request:
                yield Finding(REWRITTEN, f"{entry.name} (entry {entry.sequence})")
            bodies[entry.name] = entry.request
