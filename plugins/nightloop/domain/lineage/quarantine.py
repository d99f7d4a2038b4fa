"""What a rolled-back model learned and the restored one had not: in quarantine until it is released."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from nightloop.domain.lineage.origins import LineKey, line_key
from nightloop.domain.rows import fields
from nightloop.domain.rows.jsonl import Json


@dataclass(frozen=True, slots=True)
class Quarantine:
    """The lines that are in quarantine because of one rolled-back model, and why it was rolled back."""

    model: str
    restored: str
    reason: str
    lines: tuple[LineKey, ...]

    @classmethod
    def of(
        cls,
        model: str,
        learned: Sequence[Json],
        restored: str,
        kept: Sequence[Json],
        *,
        attribute: str,
        reason: str,
    ) -> Self:
        """Make the quarantine of a model: its manifest lines that the restored model had not learned from."""
        known = {line_key(line, attribute) for line in kept}
        new = {line_key(line, attribute) for line in learned} - known
        return cls(model, restored, reason, tuple(sorted(new)))

    def to_json(self) -> Json:
        """Return the row as JSON values."""
        lines = [key.to_json() for key in self.lines]
        return {"model": self.model, "restored": self.restored, "reason": self.reason, "lines": lines}

    @classmethod
    def from_json(cls, row: Json) -> Self:
        """Read what `to_json` wrote.

        :raises RowError: naming what is wrong.
        """
        return cls(
            fields.text(row, "model"),
            fields.text(row, "restored"),
            fields.text(row, "reason"),
            tuple(LineKey.from_json(line) for line in fields.items(row, "lines")),
        )


def leave_out(
    nights: Mapping[str, Sequence[Json]], quarantined: Collection[LineKey], attribute: str
) -> tuple[dict[str, list[Json]], int]:
    """Return the nights' lines without the quarantined ones, and how many were left out."""
    if not quarantined:
        return {night: list(lines) for night, lines in nights.items()}, 0
    held = set(quarantined)
    kept = {night: [line for line in lines if line_key(line, attribute) not in held] for night, lines in nights.items()}
    return kept, sum(map(len, nights.values())) - sum(map(len, kept.values()))
