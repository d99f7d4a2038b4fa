"""Settings of what is reviewed, what it may cost, and whom to believe."""

from dataclasses import dataclass, field

from nightloop.config.rules import Rule

_SHARE = {"rule": Rule(minimum=0, maximum=1)}
_AT_LEAST_0 = {"rule": Rule(minimum=0)}


@dataclass(frozen=True, slots=True)
class Selection:
    """What else than a low best score makes an image worth a review; the defaults add nothing.

    See ``loop.selection.Policies``. ``conditions`` is a file of A2I's activation conditions, beside the loop's file or
    in the project. ``uncertain_band`` is empty or two scores.
    """

    no_detection: bool = True
    uncertain_band: tuple[float, ...] = field(default=(), metadata={"rule": Rule(item=Rule(minimum=0, maximum=1))})
    class_thresholds: dict[str, float] = field(default_factory=dict)
    class_margin: float | None = field(default=None, metadata=_SHARE)
    class_overlap: float | None = field(default=None, metadata=_SHARE)
    least_box_score: float = field(default=0.1, metadata=_SHARE)
    conditions: str | None = None
    class_balance: float = field(default=1.0, metadata=_SHARE)
    near_duplicate_bits: int | None = field(default=None, metadata={"rule": Rule(minimum=0, maximum=64)})


@dataclass(frozen=True, slots=True)
class Budget:
    """What a night may cost, None where there is no limit; and what a review is expected to take a reviewer.

    ``money`` counts ``review.price_per_review`` for each image, ``minutes`` those of all reviewers together.
    """

    reviews: int | None = field(default=None, metadata=_AT_LEAST_0)
    minutes: float | None = field(default=None, metadata=_AT_LEAST_0)
    money: float | None = field(default=None, metadata=_AT_LEAST_0)
    seconds_per_review: float = field(default=10.0, metadata=_AT_LEAST_0)
    seconds_per_object: float = field(default=8.0, metadata=_AT_LEAST_0)


@dataclass(frozen=True, slots=True)
class Trust:
    """Whom to believe, where an image has several reviewers.

    Reviewers who agree by less than ``tie_break_below`` are followed by others; 0: never. ``gold_share`` of a night's
    reviews are images that past reviewers agreed on by at least ``gold_agreement``: they measure the reviewers.
    """

    tie_break_below: float = field(default=0.0, metadata=_SHARE)
    gold_share: float = field(default=0.0, metadata={"rule": Rule(minimum=0, maximum=0.5)})
    gold_agreement: float = field(default=0.9, metadata=_SHARE)
