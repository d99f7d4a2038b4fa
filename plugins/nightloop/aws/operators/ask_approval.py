"""Asks a person before a model goes live."""

from __future__ import annotations

from typing import Any

from airflow.providers.standard.operators.hitl import ApprovalOperator

from nightloop.aws.operators.gate import DECISION


class AskApprovalOperator(ApprovalOperator):
    """Show the gate's reasons and wait, without a worker or a trigger, for somebody to approve or reject in Airflow.

    :param loop: The loop's name.
    :param gate_task_id: The task that decided.
    """

    def __init__(self, *, loop: str, gate_task_id: str = "gate", **kwargs: Any) -> None:
        reasons = f"ti.xcom_pull(task_ids='{gate_task_id}', key='{DECISION}')['reasons']"
        super().__init__(
            subject=f"Promote the new model of {loop}?",
            body=f"{{% for reason in {reasons} %}}- {{{{ reason }}}}\n{{% endfor %}}",
            **kwargs,
        )
        self.loop = loop
        self.gate_task_id = gate_task_id
