"""Settings of what is reviewed, what it may cost, and which reviewers to believe."""

from dataclasses import field
from typing import Annotated

from pydantic import Field
from pydantic.dataclasses import dataclass

from nightloop.config.models.types import SECTION, AtLeast0, Share, Switch, about, refused_if, whole


def _band_problem(band: tuple[float, ...]) -> str | None:
    if not band or (len(band) == 2 and band[0] <= band[1]):
        return None
    return f"must be empty or the lowest and the highest score, not {list(band)}"


@dataclass(frozen=True, slots=True, config=SECTION)
class Selection:
    """Further reasons to review an image, in addition to a low best score; the defaults add nothing."""

    no_detection: Annotated[Switch, about("Review images in which the model found nothing.")] = True
    uncertain_band: Annotated[
        tuple[Share, ...],
        refused_if(_band_problem),
        about("Review images with a box whose score lies between these two; empty: never.", unit="score"),
    ] = ()
    class_thresholds: Annotated[
        dict[str, Share],
        about("Review images whose best box of a class scores below that class's value.", unit="score"),
    ] = field(default_factory=dict)
    class_margin: Annotated[
        Share | None,
        about("Review images where two classes at one place have scores that differ by less; null: never."),
    ] = None
    class_overlap: Annotated[
        Share | None,
        about("Review images where boxes of different classes overlap by at least this much; null: never.", unit="IoU"),
    ] = None
    least_box_score: Annotated[
        Share, about("Policies that look at single boxes ignore boxes with a lower score.", unit="score")
    ] = 0.1
    conditions: Annotated[
        str | None,
        about("A file of A2I activation conditions, beside the loop file or in the project; null: none."),
    ] = None
    class_balance: Annotated[
        Share,
        about("How much classes that the model already knows well give way to rarer ones where the budget cuts."),
    ] = 1.0
    near_duplicate_bits: Annotated[
        Annotated[int, whole(0, 64)] | None,
        about(
            "Images whose hashes differ in at most this many bits look alike; one is reviewed; null: all.", unit="bits"
        ),
    ] = None


@dataclass(frozen=True, slots=True, config=SECTION)
class Budget:
    """What the reviews of one night may cost; null is no limit."""

    reviews: Annotated[Annotated[int, whole(0)] | None, about("The most images that are reviewed.", unit="images")] = (
        None
    )
    minutes: Annotated[AtLeast0 | None, about("The most time of all reviewers together.", unit="minutes")] = None
    money: Annotated[
        AtLeast0 | None,
        about("The most money; each image costs review.price_per_review.", unit="as price_per_review"),
    ] = None
    seconds_per_review: Annotated[
        AtLeast0, about("How long a reviewer is expected to look at an image.", unit="seconds")
    ] = 10.0
    seconds_per_object: Annotated[AtLeast0, about("And how long at each object in it.", unit="seconds")] = 8.0


@dataclass(frozen=True, slots=True, config=SECTION)
class Trust:
    """Which reviewers to believe; needs review.task_count of at least 2."""

    tie_break_below: Annotated[
        Share, about("Ask further reviewers when the first agree by less than this; 0: never.", unit="agreement")
    ] = 0.0
    gold_share: Annotated[
        float,
        Field(strict=True, allow_inf_nan=False, ge=0, le=0.5),
        about("This share of a night's reviews shows gold images, to measure the reviewers."),
    ] = 0.0
    gold_agreement: Annotated[
        Share,
        about("An image becomes gold if three or more past reviewers agreed by at least this.", unit="agreement"),
    ] = 0.9
