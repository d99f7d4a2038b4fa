"""Settings of the gate, and of how much may fail in a night."""

from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import Field
from pydantic.dataclasses import dataclass

from nightloop.config.models.types import SECTION, Count, RandomSeed, Share, about, refused_if, whole

METRICS: Final = Path(__file__).parents[2] / "domain" / "detection" / "metrics"
"""Files give the names, because importing the domain would cost each DAG file numpy."""


def unknown_metric(name: str) -> str | None:
    """Say what is wrong with the name of a metric."""
    known = sorted(path.stem for path in METRICS.glob("*.py") if path.stem != "__init__")
    return None if name in known else f"must be one of {', '.join(known)}, not {name!r:.80}"


@dataclass(frozen=True, slots=True, config=SECTION)
class Gate:
    """What a new model must prove on the holdout before it is promoted."""

    metric: Annotated[
        str,
        refused_if(unknown_metric),
        about("What models are compared by: voc_ap50, coco_ap, or a metric of your own in domain/detection/metrics."),
    ] = "voc_ap50"
    confidence: Annotated[
        float,
        Field(strict=True, allow_inf_nan=False, gt=0.5, le=1),
        about("How likely the new model must be better than the live one.", unit="probability"),
    ] = 0.9
    max_class_drop: Annotated[Share, about("No class may lose more than this.", unit="average precision")] = 0.3
    min_class_objects: Annotated[
        Count, about("A class with fewer objects in the holdout is not judged by itself.", unit="objects")
    ] = 5
    min_holdout_images: Annotated[
        int,
        whole(10),
        about("A holdout of fewer images proves nothing: it promotes no model and keeps none out.", unit="images"),
    ] = 30
    bootstrap_rounds: Annotated[
        int, whole(100, 100_000), about("How many times the gate draws the holdout again.", unit="rounds")
    ] = 1000
    seed: Annotated[RandomSeed, about("Another number draws other rounds.")] = 1
    approval: Annotated[Literal["none", "required"], about("required: a person also decides, in Airflow.")] = "none"
    approval_within_minutes: Annotated[
        Count, about("How long that person has; no answer by then promotes nothing.", unit="minutes")
    ] = 1440


@dataclass(frozen=True, slots=True, config=SECTION)
class Limits:
    """How much may go wrong in a night before it fails."""

    max_unscored_share: Annotated[Share, about("The largest share of images without a score.")] = 0.5
    max_unopened_share: Annotated[
        Share,
        about("The largest share of planned reviews that did not open; those that wait for a quota do not count."),
    ] = 0.5
    max_unusable_share: Annotated[
        Share,
        about("The largest share of ended reviews without a usable answer: failed ones and unreadable answers."),
    ] = 0.5
    few: Annotated[Count, about("Fewer failures than this never fail a night.", unit="failures")] = 5
