"""How long the loop keeps what it could do without."""

from typing import Annotated

from pydantic.dataclasses import dataclass

from nightloop.config.models.types import SECTION, about, whole


@dataclass(frozen=True, slots=True, config=SECTION)
class Retention:
    """How long S3 keeps what no later night reads; everything else is kept forever, because later nights read it."""

    predictions_days: Annotated[
        Annotated[int, whole(1, 36500)] | None,
        about(
            "The predictions of nights that have their receipt are deleted after this time; null: never. Only "
            "`explain prediction` reads them then.",
            unit="days",
        ),
    ] = None
