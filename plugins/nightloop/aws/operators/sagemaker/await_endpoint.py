"""Waits until nobody changes the endpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nightloop.aws.operators.sagemaker.holding import HoldingOperator

if TYPE_CHECKING:
    from airflow.sdk import Context


class AwaitEndpointOperator(HoldingOperator[None]):
    """Wait until nobody changes the loop's endpoint, because only then it is known what is live.

    :param endpoint_name: The live endpoint.
    :param loop_folder: The loop's folder, `s3://{bucket}/{prefix}/{loop}`.
    """

    def __init__(self, *, endpoint_name: str, loop_folder: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.endpoint_name = endpoint_name
        self.loop_folder = loop_folder

    def proceed(self, context: Context) -> None:
        """Look, and wait if need be."""
        self.wait_while_held(self.hold_of(context, self.loop_folder).look)
        self.wait_until_settled(self.endpoint_name)
