"""Leads to a training job in the AWS console."""

from __future__ import annotations

from airflow.providers.amazon.aws.links.base_aws import BASE_AWS_CONSOLE_LINK

from nightloop.aws.links.console import ConsoleLink


class TrainingJobLink(ConsoleLink):
    """The training job."""

    name = "Training job"
    key = "training_job"
    format_str = BASE_AWS_CONSOLE_LINK + "/sagemaker/home?region={region_name}#/jobs/{job_name}"
