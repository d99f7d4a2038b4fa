"""Says what a training did and why its model is live, or is not."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from airflow.providers.amazon.aws.utils.mixins import aws_template_fields

from nightloop.aws.links.s3_output import S3OutputLink
from nightloop.aws.operators.base import LoopOperator
from nightloop.aws.results.serving import VerifiedEndpoint
from nightloop.aws.results.training import (
    BuiltCohort,
    Decided,
    Evaluated,
    RecordedOutcome,
    RegisteredModel,
    Trained,
    TrainingReceipt,
)
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
        cohort: Given[BuiltCohort],
        trained: Given[Trained],
        evaluation: Given[Evaluated],
        decision: Given[Decided],
        verified: Given[VerifiedEndpoint | None],
        registered: Given[RegisteredModel],
        recorded: Given[RecordedOutcome],
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

    def execute(self, context: Context) -> TrainingReceipt:
        """Write the receipt, or find it."""
        from nightloop.domain.rows.jsonl import dump_line

        decision = self.read(Decided, decision=self.decision)
        uri = DecisionFiles.of(decision["uri"]).receipt
        body = dump_line(dict(self._receipt(decision))) + "\n"
        receipt: TrainingReceipt = json.loads(self.store.write_once(uri, body.encode(), JSON))
        S3OutputLink.persist_for(context, self, uri)
        self.log.info("Receipt: %s", receipt)
        return receipt

    def _receipt(self, decision: Decided) -> TrainingReceipt:
        cohort = self.read(BuiltCohort, cohort=self.cohort)
        trained = self.read(Trained, trained=self.trained)
        verified = None if self.verified is None else self.read(VerifiedEndpoint, verified=self.verified)
        return {
            "loop": self.loop,
            "cohort": cohort["cohort"],
            "counts": _counts(cohort),
            "copies": self._copies(cohort),
            "parent_model": cohort["parent_model"],
            "training_job": trained["training_job"],
            "metrics": trained["metrics"],
            "billable_seconds": trained["billable_seconds"],
            "evaluation": self.read(Evaluated, evaluation=self.evaluation),
            "verdict": decision.get("verdict"),
            "decision": decision,
            "model_version": self.read(RegisteredModel, registered=self.registered)["version"],
            "approval": self.read(RecordedOutcome, recorded=self.recorded),
            "promoted": verified is not None,
            "endpoint_config": verified["config"] if verified else None,
        }

    def _copies(self, cohort: BuiltCohort) -> list[dict[str, object]]:
        """Return the first images that were left out as copies, with the images of the holdout they copy."""
        uri = cohort.get("copies")
        return read_lines(self.store, uri)[:_NAMED] if uri else []


def _counts(cohort: BuiltCohort) -> dict[str, int]:
    return {
        "lines": cohort["lines"],
        "train_lines": cohort["train_lines"],
        "validation_lines": cohort["validation_lines"],
        "new_lines": cohort["new_lines"],
        "replaced": cohort["replaced"],
        "excluded": cohort["excluded"],
        "negatives_left_out": cohort["negatives_left_out"],
        "quarantined": cohort["quarantined"],
        "copies_left_out": cohort.get("copies_left_out", 0),
        "learned_before": cohort.get("learned_before", 0),
    }
