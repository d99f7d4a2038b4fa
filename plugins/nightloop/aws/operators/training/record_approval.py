"""Records in the registry and in the run whether a model went live, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from airflow.providers.amazon.aws.utils.mixins import aws_template_fields
from airflow.sdk.bases.branch import BranchMixIn
from airflow.sdk.bases.xcom import BaseXCom
from airflow.sdk.exceptions import AirflowSkipException

from nightloop.aws.hooks.registry import ROLLED_BACK, RegistryHook
from nightloop.aws.operators.sagemaker.holding import HoldingOperator
from nightloop.aws.operators.sagemaker.promote import SUPERSEDED
from nightloop.aws.operators.training.ask_approval import ANSWER
from nightloop.aws.operators.training.gate import DECISION
from nightloop.aws.results.reading import R, read_result
from nightloop.aws.results.serving import Promoted, VerifiedEndpoint
from nightloop.aws.results.training import Answered, RecordedOutcome, RegisteredModel, Verdict

if TYPE_CHECKING:
    from airflow.sdk import Context

    from nightloop.aws.results.given import Given


OUTCOMES: Final = {
    "promoted": "Promoted: the new model is live",
    "rejected": "Rejected: the live model stays",
    "undecided": "Cannot decide: the live model stays",
    "superseded": "Superseded: something newer is live, or what it learned from was rolled back",
}
"""What can become of a new model: the ids of the tasks that show it in the run, and what they are called there."""


class RecordApprovalOperator(HoldingOperator[RecordedOutcome], BranchMixIn):
    """Approve the version of a model that is live, and reject one that is not; skipped if none was registered.

    A version that a person rolled back meanwhile stays Rejected.

    Returns the version's status, the reason and the outcome, one of `OUTCOMES` or `rolled-back`. With `show_outcome` it
    follows the task of that name and skips those of the other outcomes.

    :param registered: What `RegisterModelOperator` returned (templated).
    :param verified: What `VerifyEndpointOperator` returned; None if the model is not live (templated).
    :param config: With it, nothing is recorded unless this configuration was verified: bootstrap may find an endpoint
        that already runs a later model (templated).
    :param gate_task_id: The task that decided; empty for a first model. It may have been skipped.
    :param approval_task_id: The task that may have asked a person. Its answer is looked up, not handed over: a refusal
        skips every task that is directly downstream.
    :param promote_task_id: The task that may have found the model superseded.
    :param loop_folder: The loop's folder: what is live is recorded while no other run changes the endpoint.
    :param show_outcome: Whether there is a task for each outcome.
    """

    inherits_from_skipmixin = True
    template_fields = aws_template_fields("config", "registered", "verified")

    def __init__(
        self,
        *,
        registered: Given[RegisteredModel | None],
        verified: Given[VerifiedEndpoint | str | None],
        config: Given[str] | None = None,
        gate_task_id: str = "",
        approval_task_id: str = "",
        promote_task_id: str = "",
        loop_folder: str = "",
        show_outcome: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.registered = registered
        self.verified = verified
        self.config = config
        self.gate_task_id = gate_task_id
        self.approval_task_id = approval_task_id
        self.promote_task_id = promote_task_id
        self.loop_folder = loop_folder
        self.show_outcome = show_outcome

    def proceed(self, context: Context) -> RecordedOutcome:
        """Record it."""
        if not self.registered:
            raise AirflowSkipException("No model was registered: there is nothing to approve.")
        if self.config and self.config != self._verified():
            raise AirflowSkipException(f"The endpoint runs {self._verified()}: this model is not its latest.")
        if self.verified:
            self.take_endpoint(context, self.loop_folder)
        recorded = self._record(context)
        self.log.info("Version %s is %s: %s", self._registered()["version"], recorded["status"], recorded["why"])
        if self.show_outcome:
            # A branch ends the task by an exception: Airflow never sees what is returned after it.
            context["ti"].xcom_push(key=BaseXCom.XCOM_RETURN_KEY, value=recorded)
            shown = recorded["outcome"] if recorded["outcome"] in OUTCOMES else "rejected"
            self.do_branch(context, shown)
        return recorded

    def _registered(self) -> RegisteredModel:
        return self.read(RegisteredModel, registered=self.registered)

    def _verified(self) -> str:
        """Return the endpoint configuration that was verified."""
        verified = self.verified
        return verified if isinstance(verified, str) else self.read(Promoted, verified=verified)["config"]

    def _record(self, context: Context) -> RecordedOutcome:
        registry = RegistryHook(self.aws_conn_id, **self.client_arguments)
        version = registry.describe(self._registered()["package"])
        if version.outcome == ROLLED_BACK:
            return {"status": version.status, "why": version.why, "outcome": ROLLED_BACK}
        outcome, why = self._outcome(context["ti"])
        status = "Approved" if self.verified else "Rejected"
        registry.set_status(version.arn, status, why, outcome)
        return {"status": status, "why": why, "outcome": outcome}

    def _outcome(self, ti: Any) -> tuple[str, str]:
        approval = _pulled(Answered, ti, self.approval_task_id, ANSWER)
        answered = describe_answer(approval)
        if self.verified:
            return "promoted", " ".join(part for part in (f"Live with {self._verified()}.", answered) if part)
        decision = _pulled(Verdict, ti, self.gate_task_id, DECISION)
        if decision and not decision["promote"]:
            undecided = not decision.get("decided", True)
            return ("undecided" if undecided else "rejected"), f"The gate kept it: {decision['reasons'][0]}"
        if approval and not is_approved(approval):
            return "rejected", answered
        if objection := _superseded(ti, self.promote_task_id):
            return "superseded", f"Superseded: {objection}"
        if self.promote_task_id and not ti.xcom_pull(task_ids=self.promote_task_id):
            return "rejected", "It was not promoted: the task that failed before says why in its log."
        return "rejected", (
            "The endpoint did not take it: the reason is in the log of verify_endpoint and in DescribeEndpoint."
        )


def _pulled(kind: type[R], ti: Any, task_id: str, key: str) -> R | None:
    """Return what a task pushed under a key; None if there is no such task, or it pushed nothing."""
    given = ti.xcom_pull(task_ids=task_id, key=key) if task_id else None
    return None if given is None else read_result(kind, given, key, task_id)


def _superseded(ti: Any, task_id: str) -> str | None:
    """Return why the task that promotes found the model superseded; None if it did not."""
    return ti.xcom_pull(task_ids=task_id, key=SUPERSEDED) if task_id else None


def is_approved(approval: Answered) -> bool:
    """Say whether a person's answer was to approve."""
    return "Approve" in approval["chosen_options"]


def describe_answer(approval: Answered | None) -> str:
    """Say in a sentence who answered what; nothing if nobody was asked."""
    if not approval:
        return ""
    user = approval.get("responded_by_user")
    if not user:
        return "Nobody answered in time, so it was not promoted."
    return f"{'Approved' if is_approved(approval) else 'Rejected'} by {user.get('name') or user.get('id')}."
