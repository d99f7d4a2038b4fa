"""Settings of training."""

from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator
from pydantic.dataclasses import dataclass

from nightloop.config.models.hyperparameters import Hyperparameters
from nightloop.config.models.types import SECTION, Count, InstanceType, S3Uri, about, whole


@dataclass(frozen=True, slots=True, config=SECTION)
class Seed:
    """The augmented manifests that a loop begins with."""

    manifest: Annotated[S3Uri, about("What the first model learns from.", example="s3://bucket/seed/seed.manifest")]
    holdout: Annotated[
        S3Uri,
        about("What every model is measured on and none learns from.", example="s3://bucket/seed/holdout.manifest"),
    ]
    copy_bits: Annotated[
        Annotated[int, whole(0, 16)] | None,
        about(
            "A picture whose hash differs in at most this many of 64 bits from that of a holdout picture, or of its "
            "mirror image, is a copy of it: no model learns from it; null: only a picture of equal bytes is.",
            unit="bits",
        ),
    ] = 10

    @field_validator("holdout")
    @classmethod
    def _unseen(cls, value: str, info: ValidationInfo) -> str:
        if value == info.data.get("manifest"):
            raise ValueError("must not be the seed's manifest: no model may learn from the holdout")
        return value


@dataclass(frozen=True, slots=True, config=SECTION)
class Training:
    """How models are trained.

    `first` and `incremental` are hyperparameters as SageMaker takes them, text to text. After reading, `incremental` is
    complete: `first` with the differences that the file names.
    """

    image: Annotated[
        str,
        Field(min_length=1, max_length=255),
        about(
            "The container of the algorithm.",
            example="811284229777.dkr.ecr.us-east-1.amazonaws.com/object-detection:1",
        ),
    ]
    first: Annotated[
        Hyperparameters,
        about(
            "Hyperparameters of the seed model. Leave out num_classes and num_training_samples: Nightloop computes "
            "them, and label_width unless you name it.",
            example={"epochs": 10},
        ),
    ]
    incremental: Annotated[
        Hyperparameters,
        about("Hyperparameters of every later model: only what differs from first.", example={}),
    ]
    instance_type: Annotated[InstanceType, about("The machine that trains.")] = "ml.p3.2xlarge"
    volume_gb: Annotated[int, whole(1, 16_384), about("The disk of the machine that trains.", unit="GB")] = 50
    max_runtime_seconds: Annotated[
        int, whole(1, 2_419_200), about("SageMaker stops a training that runs longer.", unit="seconds")
    ] = 36_000
    input_mode: Annotated[
        Literal["Pipe", "File"],
        about("How the training reads its data; SageMaker reads an augmented manifest in Pipe mode only."),
    ] = "Pipe"
    minimum_new_lines: Annotated[Count, about("Fewer new reviewed images than this train nothing.", unit="images")] = 10
    negatives: Annotated[
        Literal["leave-out", "keep"],
        about(
            "Whether models learn from reviewed images without any object; "
            "it is not documented what the built-in algorithm does with them."
        ),
    ] = "leave-out"
    validation_share: Annotated[
        float,
        Field(strict=True, allow_inf_nan=False, ge=0.01, le=0.5),
        about("This share of the cohort chooses the best epoch; the holdout is not for that."),
    ] = 0.1
