"""What a night may cost, and whether one more review still fits."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Budget:
    """What a night may spend: reviews, minutes of all reviewers together, money; None means no limit.

    `price` is what one reviewed image costs.
    """

    reviews: int | None = None
    minutes: float | None = None
    money: float | None = None
    price: float = 0.0


class Spending:
    """What was spent of a budget."""

    def __init__(self, budget: Budget) -> None:
        self.budget = budget
        self.reviews = 0
        self.seconds = 0.0

    @property
    def money(self) -> float:
        """What the reviews cost."""
        return self.reviews * self.budget.price

    def spend(self, seconds: float) -> str | None:
        """Spend one review of this many reviewer seconds; if it does not fit, spend nothing and say why."""
        budget = self.budget
        # A millionth in favour of the review: sums of floats miss a limit that they should meet exactly.
        if budget.reviews is not None and self.reviews + 1 > budget.reviews:
            return f"the night's {budget.reviews} reviews are spent"
        if budget.minutes is not None and self.seconds + seconds > 60 * budget.minutes * (1 + 1e-6):
            return f"does not fit what is left of the night's {budget.minutes:g} reviewer minutes"
        if budget.money is not None and (self.reviews + 1) * budget.price > budget.money * (1 + 1e-6):
            return f"the night's money, {budget.money:g}, is spent"
        self.reviews += 1
        self.seconds += seconds
        return None
