"""Puts a model on the live endpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.providers.amazon.aws.utils.mixins import aws_template_fields

from nightloop.aws.errors import AlarmOnError, EndpointBusyError
from nightloop.aws.hooks.cloudwatch import AlarmHook
from nightloop.aws.operators.endpoint import EndpointOperator
from nightloop.aws.pace import Pace, repeated
from nightloop.aws.triggers.base import ended

if TYPE_CHECKING:
    from airflow.sdk import Context

    from nightloop.aws.operators.base import Given
    from nightloop.aws.serving import ServingSettings


class PromoteOperator(EndpointOperator):
    """Update the endpoint to a model and wait until it has settled; whether it took is for `VerifyEndpointOperator`.

    An endpoint that runs the model already, or is on its way to it, is left to itself. The old configuration is kept,
    to go back to.

    Returns the endpoint configuration that was asked for: what ran before is not told, as a second try cannot know it.

    The loop's alarms are made first; one that goes off during the update puts the old configuration back.

    :param serving: How models of this loop are served and promoted.
    :param model: The model's name (templated).
    :raises AlarmOnError: if an alarm is on before anything is changed: it would undo the update at once.

    .. seealso::
        https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_UpdateEndpoint.html
    """

    template_fields = aws_template_fields("model")

    def __init__(self, *, serving: ServingSettings, model: Given, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.serving = serving
        self.model = model

    def execute(self, context: Context) -> dict[str, str]:
        """Start or adopt the update."""
        name = self.serving.endpoint_name
        request = self.serving.config_request(self.model)
        config = request["EndpointConfigName"]
        self.sagemaker.create_endpoint_config(request)
        self.link(context, name)
        result = {"config": config}
        if _runs(self.sagemaker.describe_endpoint(name), config):
            self.log.info("Endpoint %s runs %s already", name, config)
            return result
        # Where the service failed on an update, looking comes first again: it may have begun before it failed.
        pace = Pace()
        repeated(lambda: pace.call(lambda: self._update(config)))
        self.wait(name, result)
        return result

    def execute_complete(self, context: Context, event: dict[str, Any]) -> dict[str, str]:
        """Take over from the trigger."""
        return dict(ended(event)[1])

    def _update(self, config: str) -> None:
        name = self.serving.endpoint_name
        endpoint = self.sagemaker.describe_endpoint(name)
        if _runs(endpoint, config):
            self.log.info("Endpoint %s has come to %s", name, config)
            return
        pending = endpoint.get("PendingDeploymentSummary", {}).get("EndpointConfigName")
        if endpoint["EndpointStatus"] == "Updating" and pending == config:
            self.log.info("Endpoint %s is on its way to %s already", name, config)
            return
        if endpoint["EndpointStatus"] not in {"InService", "OutOfService", "UpdateRollbackFailed"}:
            raise EndpointBusyError(
                f"Endpoint {name} is {endpoint['EndpointStatus']}"
                f"{f', towards {pending}' if pending else ''}. The task will try again later."
            )
        self.sagemaker.update_endpoint(self.serving.update_request(config, self._alarms(config)))
        self.log.info("Updating endpoint %s from %s to %s", name, endpoint["EndpointConfigName"], config)

    def _alarms(self, config: str) -> list[str]:
        alarms = AlarmHook(self.aws_conn_id, **self.client_arguments)
        names = alarms.replace(self.serving.loop, self.serving.alarm_requests(config))
        if on := alarms.on(names):
            raise AlarmOnError(
                f"The alarms {', '.join(on)} are still on from an earlier try with {config}. The task will try again "
                "when they have had time to end."
            )
        return names


def _runs(endpoint: dict[str, Any], config: str) -> bool:
    return (endpoint["EndpointStatus"], endpoint["EndpointConfigName"]) == ("InService", config)
