"""Puts a model on the live endpoint."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from airflow.providers.amazon.aws.utils.mixins import aws_template_fields

from nightloop.aws.clients.capacity_errors import is_capacity
from nightloop.aws.clients.endpoint_states import require_settled, require_updatable
from nightloop.aws.clients.throttle import Pace, repeated
from nightloop.aws.endpoints.succession import Succession
from nightloop.aws.errors import AlarmOnError, CapacityError, EndpointBusyError, SupersededError
from nightloop.aws.hooks.cloudwatch import AlarmHook
from nightloop.aws.hooks.registry import RegistryHook
from nightloop.aws.hooks.scaling import ScalingHook
from nightloop.aws.operators.sagemaker.endpoint import EndpointOperator
from nightloop.aws.resources.serving import VARIANT
from nightloop.aws.results.reading import read_result
from nightloop.aws.results.serving import Promoted
from nightloop.aws.storage.layout import LoopFiles
from nightloop.aws.triggers.base import ended

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airflow.sdk import Context

    from nightloop.aws.endpoints.holds import EndpointHold
    from nightloop.aws.resources.serving import ServingSettings
    from nightloop.aws.results.given import Given

SUPERSEDED: Final = "superseded"
"""XCom key of why a model may not go live any more."""


class PromoteOperator(EndpointOperator[Promoted]):
    """Update the endpoint to a model and wait until it has settled; `VerifyEndpointOperator` checks whether it took.

    Only one DAG run of the loop changes the endpoint at a time: this run holds it from here on until the run has ended.
    An endpoint that already runs the model, or is on its way to it, is left alone. The old configuration is kept, to go
    back to; so are the number of machines the endpoint was scaled to and the weight of its variant.

    Returns the endpoint configuration that was asked for. It does not return what ran before, because a second try
    cannot know that.

    Nothing scales the endpoint during the update; what was due meanwhile is done afterwards. If the type of its
    machines changes, the scaling is set again, because SageMaker refuses such an update of a variant that scales.

    The loop's alarms are made first; one that goes off during the update puts the old configuration back.

    :param serving: How models of this loop are served and promoted.
    :param model: The model's name (templated).
    :param champion: The model that must be live for this one to take its place: the one it was compared with
        (templated). Empty: any live model is replaced.
    :param attribute: The label attribute of the loop's manifests. With it the model must be one that this loop trained,
        with no rejected model among those it goes on from and no line in quarantine among those it learned.
    :raises SupersededError: if the model may no longer go live.
    :raises AlarmOnError: if an alarm is on before anything is changed: it would undo the update at once.
    :raises EndpointFailedError: if the endpoint can only be deleted.
    :raises CapacityError: if AWS had no machines for the update.

    .. seealso::
        https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_UpdateEndpoint.html
    """

    template_fields = aws_template_fields("champion", "model")

    def __init__(
        self,
        *,
        serving: ServingSettings,
        model: Given[str],
        champion: Given[str] | None = None,
        attribute: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.serving = serving
        self.model = model
        self.champion = champion
        self.attribute = attribute

    def proceed(self, context: Context) -> Promoted:
        """Start or adopt the update."""
        name = self.serving.endpoint_name
        request = self.serving.config_request(self.read_text(model=self.model))
        result: Promoted = {"config": request["EndpointConfigName"]}
        self.link(context, name)
        endpoint = self.sagemaker.describe_endpoint(name)
        if endpoint["EndpointStatus"] == "Failed":
            require_updatable({"EndpointName": name, **endpoint})
        hold = self.take_endpoint(context, self.serving.folder)
        self.wait_while_held(lambda: self._check_others(result["config"]))
        if _runs(self.sagemaker.describe_endpoint(name), result["config"]):
            self.log.info("Endpoint %s runs %s already", name, result["config"])
            return self._settled(result)
        # If the service failed on an update, look first again: the update may have started before.
        pace = Pace()
        repeated(lambda: pace.call(lambda: self._update(context, request, hold)))
        self.wait(name, result)
        return self._settled(result)

    def execute_complete(self, context: Context, event: dict[str, Any]) -> Promoted:
        """Take over from the trigger."""
        return self._settled(read_result(Promoted, ended(event)[1], "event"))

    def _check_others(self, config: str) -> None:
        endpoint = self.sagemaker.describe_endpoint(self.serving.endpoint_name)
        if not _is_coming(endpoint, config):
            require_settled(endpoint)

    def _update(self, context: Context, request: dict[str, Any], hold: EndpointHold | None) -> None:
        name, config = self.serving.endpoint_name, request["EndpointConfigName"]
        endpoint = self.sagemaker.describe_endpoint(name)
        if _runs(endpoint, config):
            self.log.info("Endpoint %s has come to %s", name, config)
            return
        if _is_coming(endpoint, config):
            self.log.info("Endpoint %s is on its way to %s already", name, config)
            return
        require_updatable(endpoint)
        before = endpoint["EndpointConfigName"]
        configured = self.sagemaker.variants_of_config(before)
        self._check_succession(context, str(configured[0]["ModelName"]))
        machines = self.serving.machines(endpoint["ProductionVariants"], configured)
        self.sagemaker.create_endpoint_config(request)
        update = self.serving.update_request(config, self._alarms(config), machines)
        with self._scaling_off(before=configured[0]):
            self._check_unchanged(endpoint, hold)
            self.sagemaker.update_endpoint(update)
        self.log.info("Updating endpoint %s from %s to %s", name, before, config)

    def _check_succession(self, context: Context, live: str) -> None:
        objection = None
        model, champion = self.read_text(model=self.model), str(self.champion or "")
        if self.attribute:
            files = LoopFiles(self.serving.folder)
            registry = RegistryHook(self.aws_conn_id, **self.client_arguments)
            succession = Succession(self.store, files, registry, self.serving.loop, self.attribute)
            objection = succession.objection(model, champion, live)
        elif champion and live not in {champion, model}:
            objection = f"{model} was to take the place of {champion}, and the endpoint runs {live} by now."
        if objection is None:
            return
        context["ti"].xcom_push(key=SUPERSEDED, value=objection)
        raise SupersededError(
            f"Superseded: {objection} Nothing was changed. The next run of this DAG begins from what is live now."
        )

    def _check_unchanged(self, endpoint: dict[str, Any], hold: EndpointHold | None) -> None:
        """Look a last time: SageMaker accepts no condition and updates in any case."""
        if hold is not None:
            hold.check()
        now = self.sagemaker.describe_endpoint(self.serving.endpoint_name)
        for look in (_status, _config, _machines):
            if look(now) != look(endpoint):
                raise EndpointBusyError(
                    f"Somebody else changes endpoint {self.serving.endpoint_name} now ({look(endpoint)} became "
                    f"{look(now)}). The task will try again later."
                )

    @contextmanager
    def _scaling_off(self, before: dict[str, Any]) -> Iterator[None]:
        """Scale nothing while the update is asked for, if it changes the type of the machines."""
        scaling, name = self._scaling, self.serving.endpoint_name
        if self.serving.scaling is None or before.get("InstanceType") == self.serving.instance_type:
            yield
            return
        scaling.release(self.serving.loop, name, VARIANT)
        try:
            yield
        except Exception:
            self._scale()
            raise

    def _scale(self) -> None:
        """Set the scaling again: it also brings the machines between limits that changed during the update."""
        if self.serving.scaling is not None:
            self._scaling.apply(self.serving.loop, self.serving.scaling.requests(datetime.now(UTC)))

    @property
    def _scaling(self) -> ScalingHook:
        return ScalingHook(self.aws_conn_id, **self.client_arguments)

    def _alarms(self, config: str) -> list[str]:
        alarms = AlarmHook(self.aws_conn_id, **self.client_arguments)
        names = alarms.replace(self.serving.loop, self.serving.alarm_requests(config))
        if on := alarms.on(names):
            raise AlarmOnError(
                f"The alarms {', '.join(on)} are still on from an earlier try with {config}. The task will try again "
                "when they have had time to end."
            )
        return names

    def _settled(self, result: Promoted) -> Promoted:
        endpoint = self.sagemaker.describe_endpoint(self.serving.endpoint_name)
        reason = str(endpoint.get("FailureReason", ""))
        self._scale()  # after the look: a change of the machines takes the reason away
        if not _runs(endpoint, result["config"]) and is_capacity(reason):
            raise CapacityError(
                f"AWS had no machines to update endpoint {self.serving.endpoint_name} with; the old model serves on: "
                f"{reason} The task will try again later; if it never succeeds, choose another endpoint.instance_type."
            )
        return result


def _status(endpoint: dict[str, Any]) -> str:
    return f"status {endpoint['EndpointStatus']}"


def _config(endpoint: dict[str, Any]) -> str:
    return f"configuration {endpoint['EndpointConfigName']}"


def _machines(endpoint: dict[str, Any]) -> str:
    """Say how many machines are wanted: the canary is a part of them."""
    return " and ".join(f"{variant.get('DesiredInstanceCount')} machines" for variant in endpoint["ProductionVariants"])


def _runs(endpoint: dict[str, Any], config: str) -> bool:
    return (endpoint["EndpointStatus"], endpoint["EndpointConfigName"]) == ("InService", config)


def _is_coming(endpoint: dict[str, Any], config: str) -> bool:
    pending = endpoint.get("PendingDeploymentSummary", {}).get("EndpointConfigName")
    return bool(endpoint["EndpointStatus"] == "Updating" and pending == config)
