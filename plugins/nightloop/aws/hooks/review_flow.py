"""The control plane of Amazon A2I, a part of SageMaker's: worker templates, flow definitions and work teams."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

from nightloop.aws.clients.error_translation import translated
from nightloop.aws.errors import FlowDefinitionFailedError, FlowDefinitionMissingError
from nightloop.aws.hooks.base import LoopHook

if TYPE_CHECKING:
    from collections.abc import Iterator

_SETTLE_SECONDS: Final = 300
_POLL_SECONDS: Final = 2


class ReviewFlowHook(LoopHook):
    """Creates and finds what human loops belong to; calls SageMaker where the reviews are (`a2i_default`)."""

    default_conn_name = "a2i_default"

    def __init__(self, aws_conn_id: str | None = default_conn_name, **kwargs: Any) -> None:
        kwargs["client_type"] = "sagemaker"
        super().__init__(aws_conn_id=aws_conn_id, **kwargs)

    @translated
    def create_task_ui(self, name: str, template: str, tags: list[dict[str, str]]) -> tuple[str, bool]:
        """Create a worker template or find it; return its ARN and whether it is new."""
        request = {"HumanTaskUiName": name, "UiTemplate": {"Content": template}, "Tags": tags}
        created = self.create("create_human_task_ui", **request)
        return str(self.client.describe_human_task_ui(HumanTaskUiName=name)["HumanTaskUiArn"]), created

    @translated
    def create_flow_definition(self, request: dict[str, Any]) -> tuple[str, bool]:
        """Create a flow definition or find it, and wait until it is active; return its ARN and whether it is new.

        :param request: CreateFlowDefinition's request.
        :raises FlowDefinitionFailedError: if it does not become active.
        """
        created = self.create("create_flow_definition", **request)
        name = request["FlowDefinitionName"]
        for _ in range(_SETTLE_SECONDS // _POLL_SECONDS):
            flow = self.client.describe_flow_definition(FlowDefinitionName=name)
            if flow["FlowDefinitionStatus"] == "Active":
                return str(flow["FlowDefinitionArn"]), created
            if flow["FlowDefinitionStatus"] != "Initializing":
                break
            time.sleep(_POLL_SECONDS)
        raise FlowDefinitionFailedError(
            f"Flow definition {name} is {flow['FlowDefinitionStatus']}: {flow.get('FailureReason', 'no reason')}. "
            "Check its role, work team and bucket, delete it, and run this DAG again."
        )

    @translated
    def flow_definition_arn(self, name: str) -> str:
        """Return the ARN of an active flow definition.

        :raises FlowDefinitionMissingError: if there is none, or it is not active.
        """
        flow = self.find("describe_flow_definition", FlowDefinitionName=name)
        if flow is None:
            raise FlowDefinitionMissingError(
                f"There is no flow definition {name}. Run this loop's bootstrap DAG: it also makes a new one if the "
                "review settings or the template have changed."
            )
        if flow["FlowDefinitionStatus"] != "Active":
            raise FlowDefinitionMissingError(f"Flow definition {name} is {flow['FlowDefinitionStatus']}, not Active.")
        return str(flow["FlowDefinitionArn"])

    @translated
    def portal_domain(self, workteam_arn: str) -> str | None:
        """Return the host (and path) of the work team's portal, or None if there is no such team."""
        team = self.find("describe_workteam", WorkteamName=workteam_arn.rsplit("/", 1)[-1])
        return None if team is None else team["Workteam"].get("SubDomain")

    @translated
    def flow_definitions(self, prefix: str) -> list[dict[str, Any]]:
        """List the flow definitions whose name begins with a prefix."""
        return [flow for flow in self._all("list_flow_definitions", "FlowDefinitionSummaries")
                if flow["FlowDefinitionName"].startswith(prefix)]  # fmt: skip

    @translated
    def task_uis(self, prefix: str) -> list[str]:
        """List the names of the worker templates that begin with a prefix."""
        names = [ui["HumanTaskUiName"] for ui in self._all("list_human_task_uis", "HumanTaskUiSummaries")]
        return [name for name in names if name.startswith(prefix)]

    @translated
    def task_ui_of(self, flow_definition_arn: str) -> str | None:
        """Return the ARN of a flow definition's worker template; None if the flow definition is deleted."""
        name = flow_definition_arn.rsplit("/", 1)[-1]
        flow = self.find("describe_flow_definition", FlowDefinitionName=name)
        return str(flow["HumanLoopConfig"]["HumanTaskUiArn"]) if flow else None

    @translated
    def delete_flow_definition(self, name: str) -> bool:
        """Delete a flow definition; return False if it does not exist."""
        return self.remove("delete_flow_definition", FlowDefinitionName=name)

    @translated
    def delete_task_ui(self, name: str) -> bool:
        """Delete a worker template; return False if it does not exist."""
        return self.remove("delete_human_task_ui", HumanTaskUiName=name)

    def _all(self, operation: str, key: str) -> Iterator[dict[str, Any]]:
        for page in self.client.get_paginator(operation).paginate():
            yield from page[key]
