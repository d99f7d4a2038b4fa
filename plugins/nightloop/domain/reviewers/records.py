"""How good each reviewer is, from counts over gold images."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from typing import Any, NamedTuple, Self

from nightloop.domain.rows import fields as row_fields
from nightloop.domain.rows.jsonl import Json

PRIOR_RIGHT, PRIOR_WRONG = 4, 1
"""The prior of a reviewer before the first gold image: as if they had four of five images right."""

PRIOR_STAMPED, PRIOR_CORRECTED = 1, 4
CARELESS_BELOW = 0.7
STAMPING_ABOVE = 0.5
SURE = 0.99
"""How probable it must be that a reviewer is as bad as a flag says."""

LEAST_WEIGHT = 0.1


class Weight(NamedTuple):
    """How much a reviewer's box counts for an object, and how much the lack of their box counts against it."""

    drawn: float
    missing: float


@dataclass(frozen=True, slots=True)
class ReviewerRecord:
    """What one reviewer's answers show, of a night or of many: counts and active seconds.

    `right`, `missed`, `made_up` and `mislabelled` count objects of gold images, for people to read. Conclusions rest on
    counts of images, each at most once, because the objects of one image are not independent: `sound` adds up each gold
    image's share of right objects in all right and wrong ones, `sound_squares` the squares of these shares, `found` the
    share of right objects in the known ones, and `precise` that of right ones in the drawn ones, over the `drew` images
    where any was drawn. `correctable` counts gold images whose shown boxes were wrong, `stamped` those of them that
    came back as they were shown.
    """

    reviewer: str
    reviews: int = 0
    seconds: float = 0.0
    gold: int = 0
    right: int = 0
    missed: int = 0
    made_up: int = 0
    mislabelled: int = 0
    correctable: int = 0
    stamped: int = 0
    drew: int = 0
    sound: float = 0.0
    sound_squares: float = 0.0
    found: float = 0.0
    precise: float = 0.0

    def __add__(self, other: "ReviewerRecord") -> "ReviewerRecord":
        """Add the counts of two nights."""
        sums = {name: round(getattr(self, name) + getattr(other, name), 6) for name in (*_COUNTS, *_SHARES)}
        return ReviewerRecord(self.reviewer, seconds=round(self.seconds + other.seconds, 3), **sums)

    @property
    def quality(self) -> float:
        """The expected share of right objects in an image's right and wrong ones: the mean of its Beta posterior."""
        return _mean(self.sound, self.gold)

    @property
    def weight(self) -> Weight:
        """How much the reviewer's boxes count for an object, and their absence against it, in a consensus.

        These are the log-odds that a box is of an object, and that an object not drawn does not exist, as far as the
        reviewer's hits and made-up boxes tell: a reviewer of unknown quality counts alike both ways. Each is at least
        0.1.
        """
        if self.is_stamping:
            return Weight(LEAST_WEIGHT, LEAST_WEIGHT)
        finds, makes_up = _mean(self.found, self.gold), 1 - _mean(self.precise, self.drew)
        drawn, missing = math.log(finds / makes_up), math.log((1 - makes_up) / (1 - finds))
        return Weight(max(drawn, LEAST_WEIGHT), max(missing, LEAST_WEIGHT))

    @property
    def is_careless(self) -> bool:
        """Whether less than 0.7 of an image is right, with a probability of at least 0.99.

        The posterior is a Beta whose two counts grow when the images' shares vary less than a yes or no would: by the
        ratio of the two variances. The variance of the shares is the one that was seen, with the prior's images among
        them.
        """
        images = PRIOR_RIGHT + PRIOR_WRONG + self.gold
        mean = self.quality
        variance = (PRIOR_RIGHT + self.sound_squares) / images - mean**2
        certainty = images * max(mean * (1 - mean) / variance, 1.0)
        return beta_below(CARELESS_BELOW, mean * certainty, (1 - mean) * certainty) >= SURE

    @property
    def is_stamping(self) -> bool:
        """Whether more than half of the wrong boxes shown come back untouched, with a probability of at least 0.99."""
        stamped, corrected = PRIOR_STAMPED + self.stamped, PRIOR_CORRECTED + self.correctable - self.stamped
        return 1 - beta_below(STAMPING_ABOVE, stamped, corrected) >= SURE

    def to_json(self) -> Json:
        """Return the row as JSON values, with what follows from the counts."""
        row: Json = {"reviewer": self.reviewer, "seconds": self.seconds}
        row |= {name: getattr(self, name) for name in (*_COUNTS, *_SHARES)}
        row |= {"quality": round(self.quality, 4), "weight": [round(part, 4) for part in self.weight]}
        return row | {"careless": self.is_careless, "stamping": self.is_stamping}

    @classmethod
    def from_json(cls, row: Json) -> Self:
        """Read what `to_json` wrote.

        A row without shares of images was measured on gold images that the measured reviewers may have made: it shows
        only that they worked.

        :raises RowError: naming what is wrong.
        """
        name, seconds = row_fields.text(row, "reviewer"), row_fields.number(row, "seconds")
        if "sound" not in row:
            return cls(name, row_fields.integer(row, "reviews"), seconds)
        sums: dict[str, Any] = {key: row_fields.integer(row, key) for key in _COUNTS}
        sums |= {key: row_fields.number(row, key) for key in _SHARES}
        return cls(name, seconds=seconds, **sums)


_SHARES = ("sound", "sound_squares", "found", "precise")
_COUNTS = tuple(field.name for field in fields(ReviewerRecord) if field.name not in {"reviewer", "seconds", *_SHARES})


class ReviewerRecords:
    """The records of all reviewers so far."""

    def __init__(self, records: Iterable[ReviewerRecord] = ()) -> None:
        self._of: dict[str, ReviewerRecord] = {}
        for row in records:
            known = self._of.get(row.reviewer)
            self._of[row.reviewer] = row if known is None else known + row

    def weigh(self, reviewer: str | None) -> Weight:
        """Return a reviewer's weight; a reviewer who was never measured has the prior's."""
        return self._of.get(reviewer or "", ReviewerRecord("")).weight

    def __iter__(self) -> Iterator[ReviewerRecord]:
        """Go through the records, reviewer by reviewer."""
        return iter(self._of[name] for name in sorted(self._of))


def _mean(hits: float, trials: float) -> float:
    return (PRIOR_RIGHT + hits) / (PRIOR_RIGHT + PRIOR_WRONG + trials)


def beta_below(x: float, a: float, b: float) -> float:
    """Return the probability that a Beta(a, b) variable is below `x`, to about 1e-9; 0 < x < 1, a and b from 1 on.

    Source: the continued fraction of Abramowitz and Stegun 26.5.8, from its tail, on the side where it converges fast.
    """
    if x > (a + 1) / (a + b + 2):
        return 1 - beta_below(1 - x, b, a)
    rest = 1.0
    for step in range(_STEPS, 0, -1):
        half = step // 2
        if step % 2:
            factor = -(a + half) * (a + b + half) * x / ((a + step - 1) * (a + step))
        else:
            factor = half * (b - half) * x / ((a + step - 1) * (a + step))
        rest = 1 + factor / rest
    log = a * math.log(x) + b * math.log1p(-x) + math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
    return min(math.exp(log) / (a * rest), 1.0)


_STEPS = 200
