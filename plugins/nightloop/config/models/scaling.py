"""How many machines the endpoint has: by load, by the time of day, and none at all where SageMaker allows it."""

from typing import Annotated

from pydantic import Field, ValidationInfo, field_validator
from pydantic.dataclasses import dataclass

from nightloop.config.models.types import SECTION, Count, Shape, about, whole

TimeOfDay = Annotated[str, Shape(r"([01][0-9]|2[0-3]):[0-5][0-9]", "a time of day in quotes, such as '01:45'")]
Machines = Annotated[int, whole(0, 1000)]
Cooldown = Annotated[int, whole(0, 7200)]


@dataclass(frozen=True, slots=True, config=SECTION)
class AsyncInference:
    """The endpoint takes requests into a queue: they wait while it has no machine, and answers are written to S3."""

    max_concurrent_invocations_per_instance: Annotated[
        int, whole(1, 1000), about("How many requests one machine works on at once.", unit="requests")
    ] = 4


@dataclass(frozen=True, slots=True, config=SECTION)
class Hours:
    """The hours of the night, on the clock of the loop's timezone; outside of them the endpoint has fewer machines."""

    begin: Annotated[
        TimeOfDay,
        about("When the machines are started, in quotes: some minutes before the schedule.", example="01:45"),
    ]
    end: Annotated[
        TimeOfDay, about("When they may end, in quotes; earlier than begin: on the next day.", example="06:00")
    ]
    instances_outside: Annotated[
        Machines,
        about(
            "How many machines the endpoint has outside of these hours. 0 needs async_inference; requests then still "
            "start machines.",
            unit="machines",
        ),
    ] = 1

    @field_validator("end")
    @classmethod
    def _another_time(cls, value: str, info: ValidationInfo) -> str:
        if value == info.data.get("begin"):
            raise ValueError(f"must be another time than begin, {value}; leave hours out to scale all day alike")
        return value


@dataclass(frozen=True, slots=True, config=SECTION)
class Autoscaling:
    """Application Auto Scaling gives the endpoint as many machines as the requests need."""

    min_instances: Annotated[
        Machines, about("The fewest machines. 0 needs async_inference.", unit="machines", example=1)
    ]
    max_instances: Annotated[Count, Field(le=1000), about("The most machines.", unit="machines", example=4)]
    target_per_instance: Annotated[
        float,
        Field(strict=True, allow_inf_nan=False, gt=0, le=1_000_000),
        about(
            "How much one machine should have to do: requests a minute, or with async_inference requests that wait. "
            "With more, machines are added; with less, some end.",
            unit="requests",
            example=120,
        ),
    ]
    scale_out_cooldown_seconds: Annotated[
        Cooldown, about("How long after machines were added before more are.", unit="seconds")
    ] = 60
    scale_in_cooldown_seconds: Annotated[
        Cooldown, about("How long after a change before machines end.", unit="seconds")
    ] = 300
    hours: Annotated[
        Hours | None, about("When these numbers hold; outside, the endpoint has fewer machines. null: all day.")
    ] = None

    @field_validator("max_instances")
    @classmethod
    def _not_less(cls, value: int, info: ValidationInfo) -> int:
        least = info.data.get("min_instances", 0)
        if value < least:
            raise ValueError(f"must be at least min_instances, {least}, not {value}")
        return value

    @field_validator("hours")
    @classmethod
    def _fewer_outside(cls, value: Hours | None, info: ValidationInfo) -> Hours | None:
        most = info.data.get("max_instances")
        if value is not None and most is not None and value.instances_outside > most:
            raise ValueError(f"must have at most max_instances, {most}, outside, not {value.instances_outside}")
        return value


def autoscaling_problem(
    autoscaling: Autoscaling | None, instance_count: int | None, *, asynchronous: bool | None
) -> str | None:
    """Say what SageMaker or Application Auto Scaling would refuse; None if they take it.

    :param instance_count: How many machines the endpoint begins with; None if that is wrong by itself.
    :param asynchronous: Whether the endpoint has a queue; None if that is wrong by itself.
    """
    if autoscaling is None:
        return None
    outside = autoscaling.hours.instances_outside if autoscaling.hours else None
    if asynchronous is False and 0 in {autoscaling.min_instances, outside}:
        key = "hours.instances_outside" if autoscaling.min_instances else "min_instances"
        return (
            f"has 0 for {key}: SageMaker keeps at least 1 machine of a real-time endpoint; write 1, or give "
            "the endpoint a queue (endpoint.async_inference)"
        )
    least, most = autoscaling.min_instances, autoscaling.max_instances
    if instance_count is not None and not least <= instance_count <= most:
        return (
            f"has from {least} to {most} machines, and the endpoint begins with {instance_count}; "
            "let instance_count lie in this range"
        )
    return None
