"""Learn from what people answered, and promote the new model only if it is proven better."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.providers.standard.operators.hitl import ApprovalOperator
from airflow.sdk import DAG, Param, XComArg, chain

from nightloop.aws import wiring
from nightloop.aws.operators.build_cohort import BuildCohortOperator
from nightloop.aws.operators.check_manifest import CheckManifestOperator
from nightloop.aws.operators.create_model import CreateModelOperator
from nightloop.aws.operators.evaluate import EvaluateOperator
from nightloop.aws.operators.gate import DECISION, GateOperator
from nightloop.aws.operators.promote import PromoteOperator
from nightloop.aws.operators.train import TrainOperator
from nightloop.aws.operators.transform import TransformOperator
from nightloop.aws.operators.verify_endpoint import VerifyEndpointOperator
from nightloop.aws.operators.write_training_receipt import WriteTrainingReceiptOperator
from nightloop.aws.serving import ServingSettings
from nightloop.aws.training import TrainingSettings

if TYPE_CHECKING:
    from nightloop.config import LoopConfig

DOC = """\
# Incremental training

Runs when a night published reviewed images.

1. **build_cohort**, **check_cohort**: seed and all nights, never the holdout. Skipped while too little is new.
2. **train**, **create_model**: on from the live model. The same training set, parent and settings train once.
3. **transform_champion**, **transform_challenger**, **evaluate**: both models over the holdout.
4. **gate**: better with enough probability, and no class much worse? **approve** asks a person, if the loop says so.
5. **promote**, **verify_endpoint**: update the endpoint, then see that it really runs the new model.
6. **write_receipt**: what was learned, what was decided and why.

## When this fails

| task | what to do |
|---|---|
| build_cohort | The message names the manifest and the line. |
| check_cohort | The message names the expectation and the lines. |
| train | Read the job's reason. Its name is used up: start again with `ordinal` one higher. |
| transform_... | The job's log names the image; correct the holdout. |
| verify_endpoint | SageMaker went back to the old model: see the endpoint's log, then clear promote. |
"""


def incremental_training(loop: LoopConfig) -> DAG:
    """Wire the training DAG of a loop."""
    data, serving = wiring.data_settings(loop), ServingSettings.of(loop)
    training = TrainingSettings.of(loop, loop.training.incremental)
    holdout: dict[str, Any] = {
        "loop": loop.name,
        "data": data,
        "instance_type": loop.transform.instance_type,
        "instance_count": loop.transform.instance_count,
    }
    asks = loop.gate.approval == "required"
    with DAG(
        **wiring.arguments(loop, "incremental_training"),
        schedule=[wiring.reviewed(loop)],
        description="From reviewed images to a proven model",
        doc_md=DOC,
        params={
            "ordinal": Param(0, type="integer", minimum=0, title="Above 0: train the same again"),
            "minimum_new_lines": Param(loop.training.minimum_new_lines, type="integer", minimum=0),
        },
    ) as dag:
        cohort = BuildCohortOperator(
            task_id="build_cohort",
            data=data,
            endpoint_name=loop.endpoint.name,
            minimum_new_lines="{{ params.minimum_new_lines }}",
        )
        checked = CheckManifestOperator(
            task_id="check_cohort",
            manifest=wiring.part("build_cohort", "train"),
            suite_path=str(wiring.EXPECTATIONS / "cohort.json"),
            data=data,
            training=training,
        )
        trained = TrainOperator(
            task_id="train", settings=training, cohort=cohort.output, ordinal="{{ params.ordinal }}"
        )
        model = CreateModelOperator(task_id="create_model", serving=serving, trained=trained.output)
        champion = TransformOperator(
            task_id="transform_champion", model=wiring.part("build_cohort", "parent_model"), **holdout
        )
        challenger = TransformOperator(task_id="transform_challenger", model=model.output, **holdout)
        evaluated = EvaluateOperator(
            task_id="evaluate",
            data=data,
            trained=trained.output,
            champion=champion.output,
            challenger=challenger.output,
            bootstrap_rounds=loop.gate.bootstrap_rounds,
            seed=loop.gate.seed,
        )
        gate = GateOperator(
            task_id="gate",
            evaluation=evaluated.output,
            confidence=loop.gate.confidence,
            max_class_drop=loop.gate.max_class_drop,
            min_class_objects=loop.gate.min_class_objects,
            promote_task_id="approve" if asks else "promote",
            keep_task_id="write_receipt",
        )
        promoted = PromoteOperator(task_id="promote", serving=serving, model=model.output)
        verified = VerifyEndpointOperator(
            task_id="verify_endpoint",
            endpoint_name=loop.endpoint.name,
            promoted=promoted.output,
            challenger=challenger.output,
            data=data,
        )
        receipt = WriteTrainingReceiptOperator(
            task_id="write_receipt",
            loop=loop.name,
            loop_folder=loop.base_uri.rstrip("/"),
            cohort=cohort.output,
            trained=trained.output,
            evaluation=evaluated.output,
            decision=XComArg(gate, key=DECISION),
            verified=verified.output,
            trigger_rule="none_failed_min_one_success",
        )
        chain(cohort, checked, [trained, champion])
        chain(trained, model, challenger, evaluated, gate)
        chain(champion, evaluated)
        chain(gate, *([ask(loop)] if asks else []), promoted, verified, receipt)
        chain(gate, receipt)
    return dag


def ask(loop: LoopConfig) -> ApprovalOperator:
    """Ask a person whether the new model shall go live."""
    return ApprovalOperator(
        task_id="approve",
        subject=f"Promote the new model of {loop.name}?",
        body="{% for reason in ti.xcom_pull(task_ids='gate', key='decision')['reasons'] %}- {{ reason }}\n{% endfor %}",
    )


for config in wiring.loops("incremental_training"):
    globals()[f"incremental_training_{config.name}"] = incremental_training(config)
