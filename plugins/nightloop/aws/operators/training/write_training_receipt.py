"""Says what a training did and why its model is live, or is not."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from airflow.providers.amazon.aws.utils.mixins import aws_template_fields

from nightloop.aws.links.s3_output import S3OutputLink
from nightloop.aws.operators.base import LoopOperator
from nightloop.aws.storage.layout import DecisionFiles
from nightloop.aws.storage.night_files import read_lines
from nightloop.aws.storage.object_store import JSON

if TYPE_CHECKING:
    from airflow.sdk import Context

    from nightloop.aws.results.given import Given

_NAMED: Final = 20


class WriteTrainingReceiptOperator(LoopOperator):
    """Write the training's receipt beside the gate's decision, once.

    Returns the receipt.

    :param loop: The loop's name.
    :param cohort: What `BuildCohortOperator` returned (templated).
    :param trained: What `TrainOperator` returned (templated).
    :param evaluation: What `EvaluateOperator` returned (templated).
    :param decision: What `GateOperator` decided (templated).
    :param verified: What `VerifyEndpointOperator` returned; None if nothing was promoted (templated).
    :param registered: What `RegisterModelOperator` returned (templated).
    :param recorded: What `RecordApprovalOperator` returned (templated).
    """

    template_fields = aws_template_fields(
        "cohort", "decision", "evaluation", "recorded", "registered", "trained", "verified"
    )
    operator_extra_links = (S3OutputLink(),)

    def __init__(
        self,
        *,
        loop: str,
        cohort: Given,
        trained: Given,
        evaluation: Given,
        decision: Given,
        verified: Given,
        registered: Given,
        recorded: Given,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.loop = loop
        self.cohort = cohort
        self.trained = trained
        self.evaluation = evaluation
        self.decision = decision
        self.verified = verified
        self.registered = registered
        self.recorded = recorded

    def execute(self, context: Context) -> dict[str, Any]:
        """Write the receipt, or find it."""
        from nightloop.domain.rows.jsonl import dump_line

        uri = DecisionFiles.of(self.decision["uri"]).receipt
        stored = self.store.write_once(uri, (dump_line(self._receipt()) + "\n").encode(), JSON)
        S3OutputLink.persist_for(context, self, uri)
        receipt: dict[str, Any] = json.loads(stored)
        self.log.info("Receipt: %s", receipt)
        return receipt

    def _copies(self) -> list[dict[str, Any]]:
        """Return the first images that were left out because they are copies of the holdout's, and of which."""
        uri = self.cohort.get("copies")
        return read_lines(self.store, uri)[:_NAMED] if uri else []

    def _receipt(self) -> dict[str, Any]:
        counted = (
            "lines",
            "train_lines",
            "validation_lines",
            "new_lines",
            "replaced",
            "excluded",
            "negatives_left_out",
            "quarantined",
        )
        return {
            "loop": self.loop,
            "cohort": self.cohort["cohort"],
            "counts": {key: self.cohort[key] for key in counted}
            | {key: self.cohort.get(key, 0) for key in ("copies_left_out", "learned_before")},
            "copies": self._copies(),
            "parent_model": self.cohort["parent_model"],
            "training_job": self.trained["training_job"],
            "metrics": self.trained["metrics"],
            "billable_seconds": self.trained["billable_seconds"],
            "evaluation": self.evaluation,
            "verdict": self.decision.get("verdict"),
            "decision": self.decision,
            "model_version": self.registered["version"],
            "approval": self.recorded,
            "promoted": self.verified is not None,
            "endpoint_config": self.verified["config"] if self.verified else None,
        }
