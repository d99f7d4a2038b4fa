"""Leads to a training job in the AWS console."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow.providers.amazon.aws.links.base_aws import BASE_AWS_CONSOLE_LINK

from nightloop.aws.links.console import ConsoleLink

if TYPE_CHECKING:
    from airflow.providers.amazon.aws.hooks.base_aws import AwsBaseHook


class TrainingJobLink(ConsoleLink):
    """The training job; at a SageMaker that is not AWS's, its log."""

    name = "Training job"
    key = "training_job"
    format_str = BASE_AWS_CONSOLE_LINK + "/sagemaker/home?region={region_name}#/jobs/{job_name}"

    @classmethod
    def own_address(cls, hook: AwsBaseHook, endpoint: str, **parts: str) -> str | None:  # noqa: ARG003
        """Return the page of the log that the local SageMaker has."""
        return f"{endpoint}/training-jobs/{parts['job_name']}/log"
