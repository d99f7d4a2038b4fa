"""The machines of the transform job that scores a large night."""

from typing import Annotated

from pydantic.dataclasses import dataclass

from nightloop.config.models.types import SECTION, Count, InstanceType, about, whole


@dataclass(frozen=True, slots=True, config=SECTION)
class NightTransform:
    """The machines that score a large night (Batch Transform); they end with their job."""

    instance_type: Annotated[InstanceType, about("The machines of the job.")] = "ml.m5.large"
    instance_count: Annotated[Count, about("How many machines share the night's images.", unit="machines")] = 1
    max_concurrent_transforms: Annotated[
        int,
        whole(1, 16),
        about("How many images one machine is sent at once; SageMaker allows 100 MB together.", unit="images"),
    ] = 4
