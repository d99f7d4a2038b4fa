"""What Nightloop adds to Airflow itself."""

from __future__ import annotations

from airflow.plugins_manager import AirflowPlugin

from nightloop.aws.links.answers import AnswersLink
from nightloop.aws.links.data_docs import DataDocsLink
from nightloop.aws.links.endpoint import EndpointLink
from nightloop.aws.links.flow_definition import FlowDefinitionLink
from nightloop.aws.links.model_origin import ModelOriginLink
from nightloop.aws.links.s3_output import S3OutputLink
from nightloop.aws.links.training_job import TrainingJobLink
from nightloop.aws.links.worker_portal import WorkerPortalLink


class NightloopPlugin(AirflowPlugin):
    """Registers the links on task instances."""

    name = "nightloop"
    operator_extra_links = [  # noqa: RUF012  the base class has an instance attribute
        AnswersLink(),
        DataDocsLink(),
        EndpointLink(),
        FlowDefinitionLink(),
        ModelOriginLink(),
        S3OutputLink(),
        TrainingJobLink(),
        WorkerPortalLink(),
    ]
