"""The data plane of Amazon A2I, or of the review service that speaks its API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nightloop.aws.clients.error_translation import error_code, error_message, is_closed_service, translated
from nightloop.aws.errors import RequestRefusedError, ReviewConflictError
from nightloop.aws.hooks.base import LoopHook, is_missing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime


class A2IHook(LoopHook):
    """Starts, looks at and stops human loops (`sagemaker-a2i-runtime`).

    :param aws_conn_id: The Airflow connection that says where reviews happen: Amazon A2I, or a review service
        (`endpoint_url` in its extra).

    .. seealso::
        https://docs.aws.amazon.com/augmented-ai/2019-11-07/APIReference/Welcome.html
    """

    default_conn_name = "a2i_default"

    def __init__(self, aws_conn_id: str | None = default_conn_name, **kwargs: Any) -> None:
        kwargs["client_type"] = "sagemaker-a2i-runtime"
        super().__init__(aws_conn_id=aws_conn_id, **kwargs)

    @translated
    def start_human_loop(self, *, name: str, flow_definition_arn: str, input_content: str) -> str:
        """Start a human loop, or find the active one of this name and input; return its ARN.

        :raises ReviewConflictError: if an active human loop of this name has another input.
        :raises RequestRefusedError: if the service refuses the input.
        :raises QuotaError: if the account may not have more human loops.
        :raises NotACustomerError: if Amazon A2I does not serve this account.
        """
        try:
            answer = self.client.start_human_loop(
                HumanLoopName=name,
                FlowDefinitionArn=flow_definition_arn,
                HumanLoopInput={"InputContent": input_content},
            )
        except self.client.exceptions.ClientError as error:
            if error_code(error) == "ConflictException":
                raise ReviewConflictError(
                    f"An active human loop {name} has another input. Stop and delete it, then clear this task."
                ) from error
            if error_code(error) == "ValidationException" and not is_closed_service(error):
                raise RequestRefusedError(f"Human loop {name} was refused: {error_message(error)}") from error
            raise
        return str(answer["HumanLoopArn"])

    @translated
    def describe_human_loop(self, name: str) -> dict[str, Any] | None:
        """Return DescribeHumanLoop's answer, or None if there is no such human loop."""
        return self.find("describe_human_loop", HumanLoopName=name)

    @translated
    def list_human_loops(self, flow_definition_arn: str, created_after: datetime | None = None) -> list[dict[str, Any]]:
        """List the human loops of a flow definition, oldest first; an unknown flow definition has none."""
        return list(self.iterate_human_loops(flow_definition_arn, created_after))

    def iterate_human_loops(
        self, flow_definition_arn: str, created_after: datetime | None = None
    ) -> Iterator[dict[str, Any]]:
        """Page through the human loops of a flow definition, 100 at a time, oldest first."""
        request: dict[str, Any] = {
            "FlowDefinitionArn": flow_definition_arn,
            "SortOrder": "Ascending",
            "MaxResults": 100,
        }
        if created_after is not None:
            request["CreationTimeAfter"] = created_after
        try:
            while True:
                answer = self.client.list_human_loops(**request)
                yield from answer["HumanLoopSummaries"]
                if not answer.get("NextToken"):
                    return
                request["NextToken"] = answer["NextToken"]
        except self.client.exceptions.ClientError as error:
            if not is_missing(error):
                raise

    @translated
    def stop_human_loop(self, name: str) -> bool:
        """Stop a human loop; return False if it does not exist."""
        return self.remove("stop_human_loop", HumanLoopName=name)

    @translated
    def delete_human_loop(self, name: str) -> bool:
        """Delete a human loop that has ended; return False if it does not exist."""
        return self.remove("delete_human_loop", HumanLoopName=name)
