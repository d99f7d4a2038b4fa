# ruff: noqa: N803
"""Training and transform jobs of the SageMaker in memory."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any, Final

from .client import operation

if TYPE_CHECKING:
    from collections.abc import Sequence

_UNDER_WAY: Final = {"InProgress", "Stopping"}
NO_MACHINES: Final = (
    "CapacityError: Unable to provision requested ML compute capacity. Please retry using a different ML instance type."
)
SECONDS: Final = 61
"""What a job that had a machine is billed for."""


class Jobs:
    """Jobs begin as InProgress without a machine."""

    def __init__(self) -> None:
        super().__init__()
        self.jobs: dict[str, dict[str, Any]] = {}

    def end(self, name: str, status: str = "Completed", *, machine: bool = True, **more: Any) -> None:
        """End a job.

        :param machine: Whether it had a machine and is billed.
        :param more: Further fields of its description, such as FailureReason.
        """
        job = self.jobs[name]
        word = "Training" if "TrainingJobName" in job else "Transform"
        job[f"{word}JobStatus"] = status
        if machine:
            job[f"{word}StartTime"] = self.now()
        job[f"{word}EndTime"] = self.now()
        if word == "Training":
            job["SecondaryStatus"] = status
            if machine:
                job["TrainingTimeInSeconds"] = job["BillableTimeInSeconds"] = SECONDS
            if status == "Completed":
                job["FinalMetricDataList"] = [{"MetricName": "validation:mAP", "Value": 0.5, "Timestamp": self.now()}]
        job |= more

    def drop(self, name: str) -> None:
        """Let a job be deleted by somebody."""
        del self.jobs[name]

    def status_of(self, name: str) -> str:
        """Return a job's status."""
        job = self.jobs[name]
        return str(job.get("TrainingJobStatus") or job.get("TransformJobStatus"))

    @operation
    def create_training_job(
        self, TrainingJobName: str, Tags: Sequence[dict[str, str]] = (), **more: Any
    ) -> dict[str, Any]:
        arn = self.arn("training-job", TrainingJobName)
        if TrainingJobName in self.jobs:
            raise self.error(
                "ResourceInUse",
                "Training job names must be unique within an AWS account and region, and a training job with this name "
                f"already exists ({arn})",
            )
        output = more["OutputDataConfig"]["S3OutputPath"].rstrip("/")
        self.jobs[TrainingJobName] = {
            "TrainingJobName": TrainingJobName,
            "TrainingJobArn": self.tag(arn, Tags),
            "TrainingJobStatus": "InProgress",
            "SecondaryStatus": "Starting",
            "ModelArtifacts": {"S3ModelArtifacts": f"{output}/{TrainingJobName}/output/model.tar.gz"},
            "CreationTime": self.now(),
            **more,
        }
        return {"TrainingJobArn": arn}

    @operation
    def describe_training_job(self, TrainingJobName: str) -> dict[str, Any]:
        if TrainingJobName not in self.jobs:
            raise self.invalid("Requested resource not found.")
        return deepcopy(self.jobs[TrainingJobName])

    @operation
    def stop_training_job(self, TrainingJobName: str) -> None:
        if TrainingJobName not in self.jobs:
            raise self.invalid("Requested resource not found.")
        self._stop("training", self.jobs[TrainingJobName], "TrainingJobStatus")

    @operation
    def create_transform_job(
        self, TransformJobName: str, ModelName: str, Tags: Sequence[dict[str, str]] = (), **more: Any
    ) -> dict[str, Any]:
        arn = self.arn("transform-job", TransformJobName)
        if TransformJobName in self.jobs:
            raise self.error(
                "ResourceInUse",
                "Job name must be unique within an AWS account and region, and a job with this name already exists "
                f"({arn}).",
            )
        self.jobs[TransformJobName] = {
            "TransformJobName": TransformJobName,
            "TransformJobArn": self.tag(arn, Tags),
            "TransformJobStatus": "InProgress",
            "ModelName": self.model(ModelName)["ModelName"],
            "CreationTime": self.now(),
            **more,
        }
        return {"TransformJobArn": arn}

    @operation
    def describe_transform_job(self, TransformJobName: str) -> dict[str, Any]:
        if TransformJobName not in self.jobs:
            raise self.invalid(f"Could not find requested job with name: {TransformJobName}")
        return deepcopy(self.jobs[TransformJobName])

    @operation
    def stop_transform_job(self, TransformJobName: str) -> None:
        if TransformJobName not in self.jobs:
            raise self.invalid(f"Could not find job to update with name: {TransformJobName}")
        self._stop("transform", self.jobs[TransformJobName], "TransformJobStatus")

    def _stop(self, kind: str, job: dict[str, Any], key: str) -> None:
        if job[key] not in _UNDER_WAY:
            raise self.invalid(f"The request was rejected because the {kind} job is in status {job[key]}")
        job[key] = "Stopping"
