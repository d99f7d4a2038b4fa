"""Makes a model that can be served from a trained artefact."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.providers.amazon.aws.utils.mixins import aws_template_fields

from nightloop.aws.operators.base import LoopOperator
from nightloop.aws.results.training import TrainedModel

if TYPE_CHECKING:
    from airflow.sdk import Context

    from nightloop.aws.resources.serving import ServingSettings
    from nightloop.aws.results.given import Given


class CreateModelOperator(LoopOperator):
    """Create the model of a training job, or find it.

    Returns the model's name.

    :param serving: How models of this loop are served.
    :param trained: What `TrainOperator` returned (templated).
    :param require_endpoint: Whether the live endpoint must exist: a loop that was torn down during the training gets no
        new model, and pays for nothing more.
    :raises EndpointMissingError: if it must exist and does not.

    .. seealso::
        https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateModel.html
    """

    template_fields = aws_template_fields("trained")

    def __init__(
        self, *, serving: ServingSettings, trained: Given[TrainedModel], require_endpoint: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.require_endpoint = require_endpoint
        self.serving = serving
        self.trained = trained

    def execute(self, context: Context) -> str:
        """Create or find the model."""
        if self.require_endpoint:
            self.sagemaker.describe_endpoint(self.serving.endpoint_name)
        trained = self.read(TrainedModel, trained=self.trained)
        request = self.serving.model_request(trained["training_job"], trained["artefact"])
        created = self.sagemaker.create_model(request)
        self.log.info("%s model %s", "Created" if created else "Found", request["ModelName"])
        return str(request["ModelName"])
