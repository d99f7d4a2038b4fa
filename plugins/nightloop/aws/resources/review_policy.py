"""Turns a loop's settings into what the domain decides with."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from nightloop.config import Budget, Selection, Trust

if TYPE_CHECKING:
    from nightloop.config import LoopConfig
    from nightloop.domain.detection import selection as domain


@dataclass(frozen=True)
class Deciding:
    """What a night's decisions are made with; free of numpy, because DAG files hold it.

    :param reviewers: How many people look at an image.
    :param conditions: The path of A2I's activation conditions.
    """

    selection: Selection = field(default_factory=Selection)
    budget: Budget = field(default_factory=Budget)
    trust: Trust = field(default_factory=Trust)
    classes: tuple[str, ...] = ()
    reviewers: int = 1
    price_per_review: float = 0.0
    seed: int = 7
    conditions: str | None = None

    @classmethod
    def of(cls, loop: LoopConfig) -> Deciding:
        """Take the settings from a loop's file."""
        return cls(
            selection=loop.selection,
            budget=loop.budget,
            trust=loop.trust,
            classes=tuple(loop.classes),
            reviewers=loop.review.task_count,
            price_per_review=loop.review.price_per_review,
            seed=loop.review.seed,
            conditions=str(loop.conditions_path) if loop.conditions_path else None,
        )

    def policies(self) -> domain.Policies:
        """Return the policies, with the conditions read from their file."""
        from nightloop.domain.detection.selection import Policies, parse_conditions

        settings = asdict(self.selection)
        band = settings.pop("uncertain_band")
        del settings["conditions"]
        conditions: tuple[domain.Condition, ...] = ()
        if self.conditions:
            text = Path(self.conditions).read_text(encoding="utf-8")
            conditions = parse_conditions(text, self.classes, source=self.conditions)
        return Policies(**settings, uncertain_band=(band[0], band[1]) if band else None, conditions=conditions)

    def limits(self) -> domain.Budget:
        """Return what a night may cost."""
        from nightloop.domain.selection.budget import Budget

        return Budget(self.budget.reviews, self.budget.minutes, self.budget.money, self.price_per_review)

    def effort(self) -> domain.Effort:
        """Return what a review is expected to take."""
        from nightloop.domain.detection.selection import Effort

        return Effort(self.budget.seconds_per_review, self.budget.seconds_per_object, self.reviewers)
