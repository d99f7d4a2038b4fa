"""The machines that answer for a model: the live endpoint, how it is asked, and Batch Transform."""

from dataclasses import field
from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator
from pydantic.dataclasses import dataclass

from nightloop.config.models.night_transform import NightTransform
from nightloop.config.models.scaling import AsyncInference, Autoscaling, autoscaling_problem
from nightloop.config.models.types import SECTION, Count, InstanceType, Shape, about, whole


@dataclass(frozen=True, slots=True, config=SECTION)
class Endpoint:
    """The live detector."""

    name: Annotated[
        str,
        Shape(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}", "letters, digits and '-', at most 63 characters"),
        about("The SageMaker endpoint; each loop has its own.", example="nightloop-voc"),
    ]
    instance_type: Annotated[InstanceType, about("The machines of the endpoint.")] = "ml.m5.large"
    instance_count: Annotated[
        Count, about("How many machines; a canary promotion needs at least 2.", unit="machines")
    ] = 1
    async_inference: Annotated[
        AsyncInference | None,
        about("Requests wait in a queue, and the endpoint may have no machine; null: it answers at once (real-time)."),
    ] = None
    autoscaling: Annotated[
        Autoscaling | None, about("Machines come and go with the requests; null: always instance_count.")
    ] = None

    @field_validator("autoscaling")
    @classmethod
    def _possible(cls, value: Autoscaling | None, info: ValidationInfo) -> Autoscaling | None:
        asynchronous = info.data["async_inference"] is not None if "async_inference" in info.data else None
        if problem := autoscaling_problem(value, info.data.get("instance_count"), asynchronous=asynchronous):
            raise ValueError(problem)
        return value


@dataclass(frozen=True, slots=True, config=SECTION)
class Scoring:
    """How the images of a night get to the model."""

    by: Annotated[
        Literal["endpoint", "batch_transform", "async_inference", "auto"],
        about(
            "What scores a night: the live endpoint, image by image; one Batch Transform job of the live model; the "
            "queue of an asynchronous endpoint; or auto: the endpoint a small night, a job a large one."
        ),
    ] = "endpoint"
    batch_from_images: Annotated[
        Count, about("With auto, a night of so many images or more is scored by Batch Transform.", unit="images")
    ] = 10_000
    transform: Annotated[
        NightTransform, about("The machines that score a large night; the section transform is for the holdout.")
    ] = field(default_factory=NightTransform)
    queue: Annotated[
        Annotated[str, Field(min_length=1, max_length=256)] | None,
        about("The Airflow queue of the tasks that handle images, for Celery; null: Airflow's own default."),
    ] = "default"
    pool: Annotated[
        str,
        Field(min_length=1, max_length=256),
        about("The Airflow pool of these tasks: its slots are the most chunks at once, of all loops that name it."),
    ] = "default_pool"
    images_per_chunk: Annotated[
        Annotated[int, whole(1, 10_000)] | None,
        about("How many images one task scores; null: chosen from the night's size.", unit="images"),
    ] = None
    concurrency: Annotated[int, whole(1, 100), about("How many requests one task sends at once.", unit="requests")] = 4
    read_timeout_seconds: Annotated[
        int,
        whole(1, 600),
        about("How long a request waits for its answer; SageMaker allows a model 60.", unit="seconds"),
    ] = 70


@dataclass(frozen=True, slots=True, config=SECTION)
class Transform:
    """The machines that run a new model over the holdout (Batch Transform)."""

    instance_type: Annotated[InstanceType, about("The machines of the transform job.")] = "ml.m5.large"
    instance_count: Annotated[Count, about("How many machines.", unit="machines")] = 1
