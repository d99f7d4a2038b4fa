"""Leads to a flow definition in the AWS console."""

from __future__ import annotations

from airflow.providers.amazon.aws.links.base_aws import BASE_AWS_CONSOLE_LINK

from nightloop.aws.links.console import ConsoleLink


class FlowDefinitionLink(ConsoleLink):
    """The flow definition, which Amazon A2I's console calls a human review workflow."""

    name = "Flow definition"
    key = "flow_definition"
    format_str = BASE_AWS_CONSOLE_LINK + "/a2i/home?region={region_name}#/human-review-workflows/{flow_definition}"
