"""Settings of how a new model takes over the endpoint."""

from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator
from pydantic.dataclasses import dataclass

from nightloop.config.models.types import SECTION, AtLeast0, Count, Shape, about, refused_if, whole


def _period_problem(seconds: int) -> str | None:
    allowed = seconds in {10, 30} or seconds % 60 == 0
    return None if allowed else f"must be 10, 30 or a multiple of 60, not {seconds}"


@dataclass(frozen=True, slots=True, config=SECTION)
class Alarm:
    """What the new model's machines must not do while it takes over."""

    metric: Annotated[
        Literal[
            "Invocation4XXErrors", "Invocation5XXErrors", "InvocationModelErrors", "ModelLatency", "OverheadLatency"
        ],
        about("The endpoint's CloudWatch metric.", example="Invocation5XXErrors"),
    ]
    threshold: Annotated[
        AtLeast0,
        about("The alarm goes off above this.", unit="the metric's: errors, or microseconds of a latency", example=0),
    ]
    statistic: Annotated[
        str,
        Shape(
            r"Average|Sum|Minimum|Maximum|SampleCount|p[0-9]{1,2}(\.[0-9]{1,2})?",
            "Average, Sum, Minimum, Maximum, SampleCount or a percentile such as p99",
        ),
        about("How the values of one period become one."),
    ] = "Sum"
    period_seconds: Annotated[
        int,
        whole(10, 3600),
        refused_if(_period_problem),
        about("The length of a period: 10, 30 or a multiple of 60.", unit="seconds"),
    ] = 60
    periods: Annotated[
        int, whole(1, 10), about("How many periods in a row must be above the threshold.", unit="periods")
    ] = 1


def _alarms_problem(alarms: tuple[Alarm, ...]) -> str | None:
    seen: set[tuple[str, str]] = set()
    for number, alarm in enumerate(alarms, start=1):
        if (alarm.metric, alarm.statistic) in seen:
            return f"entry {number}: {alarm.statistic} of {alarm.metric} has an alarm already; remove one of them"
        seen.add((alarm.metric, alarm.statistic))
    return None


@dataclass(frozen=True, slots=True, config=SECTION)
class Promotion:
    """How a new model takes over the endpoint: a canary first, watched by alarms that put the old model back."""

    canary_share: Annotated[
        float,
        Field(strict=True, allow_inf_nan=False, ge=0.01, le=0.5),
        about("The canary's share of the machines; with one machine the new model takes all traffic and is watched."),
    ] = 0.5
    canary_seconds: Annotated[
        int,
        whole(0, 3600),
        about("How long the canary is watched; minutes where there is little traffic.", unit="seconds"),
    ] = 300
    bake_seconds: Annotated[
        int,
        whole(0, 3600),
        about("How long all traffic is then on the new model before the old one's machines end.", unit="seconds"),
    ] = 300
    max_seconds: Annotated[
        int,
        whole(600, 28_800),
        about("How long the whole update may take; more than canary_seconds and bake_seconds.", unit="seconds"),
    ] = 14_400
    verify_images: Annotated[
        Count,
        about("How many holdout images the live endpoint must answer as Batch Transform did.", unit="images"),
    ] = 3
    alarms: Annotated[
        tuple[Alarm, ...],
        Field(max_length=10),
        refused_if(_alarms_problem),
        about("Any of these that goes off during the update puts the old model back."),
    ] = ()

    @field_validator("max_seconds")
    @classmethod
    def _longer_than_its_parts(cls, value: int, info: ValidationInfo) -> int:
        waits = info.data.get("canary_seconds", 0) + info.data.get("bake_seconds", 0)
        if value <= waits:
            raise ValueError(f"must be more than canary_seconds and bake_seconds together, {waits}, not {value}")
        return value
