"""Sets how many machines the live endpoint has."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from nightloop.aws.errors import EndpointKindError, PermissionDeniedError
from nightloop.aws.hooks.scaling import ScalingHook
from nightloop.aws.operators.sagemaker.holding import HoldingOperator
from nightloop.aws.resources.serving import VARIANT

if TYPE_CHECKING:
    from airflow.sdk import Context

    from nightloop.aws.resources.serving import ServingSettings


class ScaleEndpointOperator(HoldingOperator[bool]):
    """Let the endpoint's machines come and go as the loop's file says, or stay as many as they are if it says nothing.

    What an earlier run set is corrected, and nothing is made twice. Without `endpoint.autoscaling` only what this
    operator set is removed: the scaling that a person set stays.

    Returns whether the endpoint scales.

    :param serving: How models of this loop are served.
    :raises EndpointKindError: if the endpoint has a queue and the loop's file says it has none, or the other way round.

    .. seealso::
        https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html
    """

    def __init__(self, *, serving: ServingSettings, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.serving = serving

    def proceed(self, context: Context) -> bool:
        """Set or remove the scaling, while no other run changes the endpoint."""
        name, scaling = self.serving.endpoint_name, self.serving.scaling
        self.take_endpoint(context, self.serving.folder)
        self._check_kind()
        hook = ScalingHook(self.aws_conn_id, **self.client_arguments)
        if scaling is None:
            self._release(hook)
            return False
        requests = scaling.requests(datetime.now(UTC))
        hook.apply(self.serving.loop, requests)
        self.log.info("Endpoint %s has from %s machines now", name, " to ".join(map(str, requests.limits.values())))
        return True

    def _check_kind(self) -> None:
        name, wanted = self.serving.endpoint_name, self.serving.async_concurrency is not None
        found = bool(self.sagemaker.describe_endpoint(name).get("AsyncInferenceConfig"))
        if found != wanted:
            kinds = {True: "an asynchronous endpoint", False: "a real-time endpoint"}
            raise EndpointKindError(
                f"Endpoint {name} is {kinds[found]}, and the loop's file wants {kinds[wanted]} "
                "(endpoint.async_inference). SageMaker changes none into the other. Give the loop another "
                "endpoint.name, run this loop's bootstrap DAG, bring back the version that was live with "
                f"rollback_endpoint, and then delete {name} (DeleteEndpoint); or put endpoint.async_inference back."
            )

    def _release(self, hook: ScalingHook) -> None:
        name, loop = self.serving.endpoint_name, self.serving.loop
        try:
            if hook.is_ours(loop, name, VARIANT):
                hook.release(loop, name, VARIANT)
                self.log.info("Endpoint %s keeps the machines it has from now on", name)
        except PermissionDeniedError as error:
            # A loop that never scaled needs no permission for it.
            self.log.warning("Not looked whether an earlier run let %s scale: %s", name, error)
