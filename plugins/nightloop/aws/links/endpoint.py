"""Leads to an endpoint in the AWS console."""

from __future__ import annotations

from airflow.providers.amazon.aws.links.base_aws import BASE_AWS_CONSOLE_LINK

from nightloop.aws.links.console import ConsoleLink


class EndpointLink(ConsoleLink):
    """The live endpoint."""

    name = "Endpoint"
    key = "endpoint"
    format_str = BASE_AWS_CONSOLE_LINK + "/sagemaker/home?region={region_name}#/endpoints/{endpoint_name}"
