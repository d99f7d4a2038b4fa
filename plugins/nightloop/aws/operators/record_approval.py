"""Says in the registry whether a model went live, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.providers.amazon.aws.utils.mixins import aws_template_fields
from airflow.sdk.exceptions import AirflowSkipException

from nightloop.aws.hooks.registry import RegistryHook
from nightloop.aws.operators.ask_approval import ANSWER
from nightloop.aws.operators.base import Given, LoopOperator
from nightloop.aws.operators.gate import DECISION

if TYPE_CHECKING:
    from airflow.sdk import Context


class RecordApprovalOperator(LoopOperator):
    """Approve the version of a model that is live, reject that of one that is not; skipped where none was registered.

    Returns the version's status and the reason.

    :param registered: What `RegisterModelOperator` returned (templated).
    :param verified: What `VerifyEndpointOperator` returned; None if the model is not live (templated).
    :param config: With it nothing is recorded unless this is the configuration that was verified: bootstrap finds an
        endpoint that runs a later model already (templated).
    :param gate_task_id: The task that decided; empty for a first model. It may have been skipped.
    :param approval_task_id: The task that may have asked a person. Its answer is looked up, not handed over: a refusal
        skips every task that is directly downstream.
    """

    template_fields = aws_template_fields("config", "registered", "verified")

    def __init__(
        self,
        *,
        registered: Given,
        verified: Given,
        config: Given = None,
        gate_task_id: str = "",
        approval_task_id: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.registered = registered
        self.verified = verified
        self.config = config
        self.gate_task_id = gate_task_id
        self.approval_task_id = approval_task_id

    def execute(self, context: Context) -> dict[str, str]:
        """Record it."""
        if not self.registered:
            raise AirflowSkipException("No model was registered: there is nothing to approve.")
        if self.config and self.config != _config(self.verified):
            raise AirflowSkipException(f"The endpoint runs {_config(self.verified)}: this model is not its latest.")
        status = "Approved" if self.verified else "Rejected"
        ti, asked, gate = context["ti"], self.approval_task_id, self.gate_task_id
        decision = ti.xcom_pull(task_ids=gate, key=DECISION) if gate else None
        why = self._reason(decision, ti.xcom_pull(task_ids=asked, key=ANSWER) if asked else None)
        RegistryHook(self.aws_conn_id, **self.client_arguments).set_status(self.registered["package"], status, why)
        self.log.info("Version %s is %s: %s", self.registered["version"], status, why)
        return {"status": status, "why": why}

    def _reason(self, decision: Any, approval: Any) -> str:
        answered = describe_answer(approval)
        if self.verified:
            return " ".join(part for part in (f"Live with {_config(self.verified)}.", answered) if part)
        if decision and not decision["promote"]:
            return f"The gate kept it: {decision['reasons'][0]}"
        if answered and not is_approved(approval):
            return answered
        return "The endpoint did not take it: the reason is in the log of verify_endpoint and in DescribeEndpoint."


def is_approved(approval: Any) -> bool:
    """Say whether a person's answer was to approve."""
    return "Approve" in approval["chosen_options"]


def describe_answer(approval: Any) -> str:
    """Say in a sentence who answered what; nothing if nobody was asked."""
    if not approval:
        return ""
    user = approval.get("responded_by_user")
    if not user:
        return "Nobody answered in time, so it was not promoted."
    return f"{'Approved' if is_approved(approval) else 'Rejected'} by {user.get('name') or user.get('id')}."


def _config(verified: Any) -> str:
    return str(verified["config"] if isinstance(verified, dict) else verified)
