"""Creates the endpoint configuration of a model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.providers.amazon.aws.utils.mixins import aws_template_fields

from nightloop.aws.operators.base import LoopOperator

if TYPE_CHECKING:
    from airflow.sdk import Context

    from nightloop.aws.resources.serving import ServingSettings
    from nightloop.aws.results.given import Given


class CreateEndpointConfigOperator(LoopOperator):
    """Create the endpoint configuration of a model, or find it.

    Returns the configuration's name.

    :param serving: How models of this loop are served.
    :param model: The model's name (templated).

    .. seealso::
        https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateEndpointConfig.html
    """

    template_fields = aws_template_fields("model")

    def __init__(self, *, serving: ServingSettings, model: Given[str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.serving = serving
        self.model = model

    def execute(self, context: Context) -> str:
        """Create or find the configuration."""
        request = self.serving.config_request(self.read_text(model=self.model))
        created = self.sagemaker.create_endpoint_config(request)
        self.log.info("%s endpoint configuration %s", "Created" if created else "Found", request["EndpointConfigName"])
        return str(request["EndpointConfigName"])
