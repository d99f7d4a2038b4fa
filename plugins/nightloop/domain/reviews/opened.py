"""How a night opened its reviews."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, Self

from nightloop.domain.errors import RowError
from nightloop.domain.rows import fields
from nightloop.domain.rows.jsonl import Json

Opening = Literal["opened", "adopted", "failed", "postponed"]
OPENINGS: tuple[Opening, ...] = ("opened", "adopted", "failed", "postponed")


@dataclass(frozen=True, slots=True)
class OpenedReview:
    """One line of `reviews.jsonl`: a review opened, adopted from an earlier try, refused with `error`, or postponed.

    `created` is when an adopted review was made; for a new one, a moment not later than that. A `postponed` review
    waits for a quota: a later night's plan takes it.
    """

    review_name: str
    outcome: Opening
    arn: str | None = None
    created: datetime | None = None
    error: str | None = None

    @property
    def is_there(self) -> bool:
        """Whether the review service holds the review."""
        return self.outcome in {"opened", "adopted"}

    def to_json(self) -> Json:
        """Return the line; `created` and `error` only where they are known."""
        line: Json = {"review_name": self.review_name, "arn": self.arn, "outcome": self.outcome}
        if self.created:
            line["created"] = self.created.astimezone(UTC).isoformat()
        return line | ({"error": self.error} if self.error else {})

    @classmethod
    def from_json(cls, row: Json) -> Self:
        """Read a line back.

        :raises RowError: naming what is wrong.
        """
        text = fields.text(row, "outcome")
        outcome = next((item for item in OPENINGS if item == text), None)
        if outcome is None:
            raise RowError(f"outcome {text!r} is not one of {', '.join(OPENINGS)}")
        created = fields.optional_text(row, "created")
        return cls(
            fields.text(row, "review_name"),
            outcome,
            fields.optional_text(row, "arn"),
            None if created is None else datetime.fromisoformat(created),
            fields.optional_text(row, "error"),
        )
