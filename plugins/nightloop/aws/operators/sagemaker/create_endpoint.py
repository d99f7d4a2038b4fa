"""Creates the live endpoint with the first model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.providers.amazon.aws.utils.mixins import aws_template_fields

from nightloop.aws.clients.tags import tag_list
from nightloop.aws.operators.sagemaker.endpoint import EndpointOperator
from nightloop.aws.triggers.base import ended

if TYPE_CHECKING:
    from airflow.sdk import Context

    from nightloop.aws.results.given import Given


class CreateEndpointOperator(EndpointOperator[str]):
    """Create the live endpoint and wait until it serves; one that exists is kept, with any model it runs.

    Returns the endpoint configuration it runs.

    :param endpoint_name: The live endpoint (templated).
    :param config: The configuration to create it with (templated).
    :param tags: The endpoint's tags.
    :raises EndpointNotServingError: if it does not come to serve.

    .. seealso::
        https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateEndpoint.html
    """

    template_fields = aws_template_fields("config", "endpoint_name")

    def __init__(
        self, *, endpoint_name: str, config: Given[str], tags: dict[str, str] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.tags = tags or {}
        self.endpoint_name = endpoint_name
        self.config = config

    def proceed(self, context: Context) -> str:
        """Create or find the endpoint."""
        config = self.read_text(config=self.config)
        created = self.sagemaker.create_endpoint(self.endpoint_name, config, tag_list(self.tags))
        self.log.info("%s endpoint %s", "Creating" if created else "Found", self.endpoint_name)
        self.link(context, self.endpoint_name)
        if self.sagemaker.describe_endpoint(self.endpoint_name)["EndpointStatus"] == "Creating":
            self.wait(self.endpoint_name)
        return self.sagemaker.live_model(self.endpoint_name).config

    def execute_complete(self, context: Context, event: dict[str, Any]) -> str:
        """Take over from the trigger."""
        return self.sagemaker.live_model(ended(event)[0]).config
