"""Records of a benchmark: `build/bench/<name>.json`."""

from __future__ import annotations

import json
import statistics
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

FOLDER = Path(__file__).parents[2] / "build" / "bench"


@dataclass(frozen=True)
class Record:
    """One measured thing and, where there is one, what it is measured against; `bar` is what it has to keep."""

    what: str
    value: float
    unit: str
    command: str
    peer: str | None = None
    peer_value: float | None = None
    ratio: float | None = None
    bar: str | None = None
    ok: bool | None = None


def compared(what: str, value: float, unit: str, *, peer: str, peer_value: float, most: float, command: str) -> Record:
    """Make the record of a value that may be at most `most` times its peer's."""
    ratio = value / peer_value
    return Record(
        what, round(value, 3), unit, command, peer, round(peer_value, 3), round(ratio, 3), f"<= {most} x", ratio <= most
    )


def at_least(what: str, value: float, unit: str, *, peer: str, peer_value: float, least: float, command: str) -> Record:
    """Make the record of a value that has to be at least `least` times its peer's."""
    ratio = value / peer_value
    return Record(
        what,
        round(value, 3),
        unit,
        command,
        peer,
        round(peer_value, 3),
        round(ratio, 3),
        f">= {least} x",
        ratio >= least,
    )


def limited(what: str, value: float, unit: str, *, most: float, command: str) -> Record:
    """Make the record of a value that may be at most `most`."""
    return Record(what, round(value, 3), unit, command, bar=f"<= {most:g}", ok=value <= most)


def exact(what: str, value: float, unit: str, *, bar: float, command: str) -> Record:
    """Make the record of a count that has to be just this."""
    return Record(what, value, unit, command, bar=f"== {bar:g}", ok=value == bar)


def write(name: str, records: Sequence[Record]) -> bool:
    """Write the records, print them, and answer whether every bar was kept."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = FOLDER / f"{name}.json"
    path.write_text(json.dumps([asdict(record) for record in records], indent=2) + "\n", encoding="utf-8")
    for record in records:
        peer = f"  beside {record.peer}: {record.peer_value:g} ({record.ratio:.2f} x)" if record.ratio else ""
        bar = f"  bar {record.bar}: {'kept' if record.ok else 'MISSED'}" if record.bar else ""
        print(f"{record.what}: {record.value:g} {record.unit}{peer}{bar}")
    print(f"written to {path.relative_to(FOLDER.parents[1])}")
    return all(record.ok is not False for record in records)


def median_ms(seconds: Sequence[float]) -> float:
    """Give the median in milliseconds."""
    return statistics.median(seconds) * 1000
