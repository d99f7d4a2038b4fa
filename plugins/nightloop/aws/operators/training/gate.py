"""Decides whether the new model may go live."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from airflow.providers.amazon.aws.utils.mixins import aws_template_fields
from airflow.sdk.bases.branch import BranchMixIn

from nightloop.aws.links.s3_output import S3OutputLink
from nightloop.aws.operators.base import LoopOperator
from nightloop.aws.results.reading import read_result
from nightloop.aws.results.training import Decided, Evaluated, GateLimits
from nightloop.aws.storage.layout import EvaluationFiles
from nightloop.aws.storage.object_store import JSON
from nightloop.domain.identity import naming

if TYPE_CHECKING:
    from collections.abc import Iterable

    from airflow.sdk import Context

    from nightloop.aws.results.given import Given

DECISION = "decision"
"""XCom key of the decision and its reasons."""


class GateOperator(LoopOperator, BranchMixIn):
    """Write down the decision beside the evaluation, once for the limits it was made with, and follow it.

    Other limits make another decision. A holdout of too few images, scenes or objects decides nothing: that is a
    decision of its own, with its reason, and keeps the live model.

    Returns the task to go on with; the decision itself is under the XCom key `decision`. Both models' figures stand
    beside it for the reader: only the metric of the loop decides.

    :param evaluation: What `EvaluateOperator` returned (templated).
    :param confidence: The probability of being better that a model must reach.
    :param max_class_drop: How much average precision a class may lose.
    :param min_class_objects: Classes with fewer objects in the holdout are not judged by themselves.
    :param min_holdout_images: A holdout of fewer images decides nothing.
    :param promote_task_id: The task to go on with if the model may go live.
    :param keep_task_id: The task to go on with if not.
    """

    inherits_from_skipmixin = True
    template_fields = aws_template_fields("evaluation")
    operator_extra_links = (S3OutputLink(),)

    def __init__(
        self,
        *,
        evaluation: Given[Evaluated],
        confidence: float,
        max_class_drop: float,
        min_class_objects: int,
        promote_task_id: str,
        keep_task_id: str,
        min_holdout_images: int = 30,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.evaluation = evaluation
        self.limits: GateLimits = {
            "confidence": confidence,
            "max_class_drop": max_class_drop,
            "min_class_objects": min_class_objects,
            "min_holdout_images": min_holdout_images,
        }
        self.promote_task_id = promote_task_id
        self.keep_task_id = keep_task_id

    def execute(self, context: Context) -> str | Iterable[str] | None:
        """Decide, or find the decision; then branch."""
        from nightloop.domain.rows.jsonl import dump_line

        uri = EvaluationFiles.of(self._evaluation).decision(naming.decision_digest(**self.limits)).gate
        stored = self.store.read_if_there(uri)
        if stored is None:
            stored = self.store.write_once(uri, (dump_line(self._decide()) + "\n").encode(), JSON)
        decision = read_result(Decided, {"uri": uri, **json.loads(stored)}, DECISION)
        self.log.info("The gate's verdict: %s", decision["verdict"])
        for reason in decision["reasons"]:
            self.log.info("%s", reason)
        S3OutputLink.persist_for(context, self, uri)
        context["ti"].xcom_push(key=DECISION, value=decision)
        return self.do_branch(context, self.promote_task_id if decision["promote"] else self.keep_task_id)

    @property
    def _evaluation(self) -> str:
        """Where the evaluation is."""
        return self.read(Evaluated, evaluation=self.evaluation)["uri"]

    def _decide(self) -> dict[str, Any]:
        from nightloop.domain.detection.evaluation import Evaluation
        from nightloop.domain.detection.evaluation.gate import decide

        evaluation = Evaluation.from_json(json.loads(self.store.read(self._evaluation)))
        decision = decide(evaluation, **self.limits)
        holdout = {"images": evaluation.images, "groups": evaluation.group_count, "objects": evaluation.objects}
        return {**decision.to_json(), "limits": self.limits, "holdout": holdout, "figures": evaluation.figures}
