"""Deletes what serves a loop's models."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from nightloop.aws.errors import PermissionDeniedError
from nightloop.aws.hooks.cloudwatch import AlarmHook
from nightloop.aws.hooks.registry import RegistryHook
from nightloop.aws.hooks.scaling import ScalingHook
from nightloop.aws.operators.sagemaker.holding import HoldingOperator
from nightloop.aws.resources.serving import VARIANT
from nightloop.aws.results.serving import DeletedServing

if TYPE_CHECKING:
    from airflow.sdk import Context


class DeleteServingOperator(HoldingOperator[DeletedServing]):
    """Delete the live endpoint, then the loop's alarms, endpoint configurations, models and their registered versions.

    What scales the endpoint goes first. Artefacts in S3 stay.

    Returns how many of each were deleted.

    :param loop: The loop's name: only names made from it are touched, not those of a loop whose name begins with it.
    :param endpoint_name: The live endpoint.
    :param loop_folder: The loop's folder: nothing is deleted while another run changes the endpoint.
    """

    def __init__(self, *, loop: str, endpoint_name: str, loop_folder: str = "", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.loop = loop
        self.loop_folder = loop_folder
        self.endpoint_name = endpoint_name

    def proceed(self, context: Context) -> DeletedServing:
        """Delete it all."""
        self.take_endpoint(context, self.loop_folder)
        self._end_scaling()
        counts: DeletedServing = {
            "endpoint": int(self.sagemaker.delete("endpoint", self.endpoint_name)),
            "endpoint_config": self._delete_all("endpoint_config", "config"),
            "model": self._delete_all("model", "model"),
            "model_package": RegistryHook(self.aws_conn_id, **self.client_arguments).delete_all(self.loop),
            "alarm": AlarmHook(self.aws_conn_id, **self.client_arguments).delete_all(self.loop),
        }
        self.log.info("Deleted: %s", counts)
        return counts

    def _end_scaling(self) -> None:
        """Stop the scaling first: it would change the endpoint while it is being deleted."""
        scaling = ScalingHook(self.aws_conn_id, **self.client_arguments)
        try:
            if scaling.release(self.loop, self.endpoint_name, VARIANT):
                self.log.info("Endpoint %s does not scale any more", self.endpoint_name)
        except PermissionDeniedError as error:
            # DeleteEndpoint names the missing permission if the endpoint does scale.
            self.log.warning("Not looked whether %s scales: %s", self.endpoint_name, error)

    def _delete_all(self, kind: str, word: str) -> int:
        ours = re.compile(f"{re.escape(self.loop)}-{word}-[0-9a-f]{{24}}")
        names = [name for name in self.sagemaker.names(f"{kind}s", f"{self.loop}-{word}-") if ours.fullmatch(name)]
        return sum(self.sagemaker.delete(kind, name) for name in names)
