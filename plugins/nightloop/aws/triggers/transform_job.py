"""Waits for a transform job."""

from __future__ import annotations

from nightloop.aws.triggers.base import SageMakerTrigger


class TransformJobTrigger(SageMakerTrigger):
    """Wait until a transform job is Completed, Failed or Stopped."""

    waiter = "transform_job_ended"
    name_parameter = "TransformJobName"
    status_key = "TransformJobStatus"
    stop_operation = "stop_transform_job"
