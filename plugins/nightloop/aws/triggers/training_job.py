"""Waits for a training job."""

from __future__ import annotations

from nightloop.aws.triggers.base import SageMakerTrigger


class TrainingJobTrigger(SageMakerTrigger):
    """Wait until a training job is Completed, Failed or Stopped."""

    waiter = "training_job_ended"
    name_parameter = "TrainingJobName"
    status_key = "SecondaryStatus"
    stop_operation = "stop_training_job"
