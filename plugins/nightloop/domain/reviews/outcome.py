"""How a night's reviews ended."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final, Self

from nightloop.domain.rows.jsonl import Json

OPEN_STATUSES: Final = {"InProgress", "Stopping"}
GIVEN_UP: Final = "GivenUp"
"""Our own failure code of a review that was stopped because nobody answered it for too many nights."""


@dataclass(frozen=True)
class ReviewOutcome:
    """One line of `outcomes.jsonl`: a review as this night found it; `night` is the one that opened it."""

    review_name: str
    night: str
    status: str
    output: str | None = None
    failure_code: str | None = None
    failure_reason: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether an answer may still come."""
        return self.status in OPEN_STATUSES

    @classmethod
    def of(cls, review_name: str, night: str, description: Mapping[str, Any] | None) -> Self:
        """Take in DescribeHumanLoop's answer, None if the human loop was deleted."""
        if description is None:
            return cls(review_name, night, "Stopped", failure_reason="the human loop was deleted")
        return cls(
            review_name,
            night,
            description["HumanLoopStatus"],
            (description.get("HumanLoopOutput") or {}).get("OutputS3Uri"),
            description.get("FailureCode"),
            description.get("FailureReason"),
        )

    @property
    def may_hold_answer(self) -> bool:
        """Whether to look for an answer: a person who worked on a review while it was stopped may have finished it."""
        return self.output is not None and self.status in {"Completed", "Stopped"}

    @property
    def should_hold_answer(self) -> bool:
        """Whether a missing answer is a failure: not if nobody came (Expired) or the review was stopped."""
        return self.status == "Completed" or (self.status == "Failed" and self.failure_code != "Expired")

    def to_json(self) -> Json:
        """Return the line, without what is not known."""
        return {key: value for key, value in asdict(self).items() if value is not None}

    @classmethod
    def from_json(cls, line: Mapping[str, Any]) -> Self:
        """Read a line back."""
        return cls(**line)
