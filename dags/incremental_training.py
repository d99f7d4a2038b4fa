"""Learn from what people answered, and promote the new model only if it is proven better."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from airflow.sdk import DAG, Param, XComArg, chain

from nightloop.aws import wiring
from nightloop.aws.operators.ask_approval import AskApprovalOperator
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
    minimum = Param(loop.training.minimum_new_lines, type="integer", minimum=0)
    with DAG(
        **wiring.arguments(loop, "incremental_training"),
        schedule=[wiring.reviewed(loop)],
        description="From reviewed images to a proven model",
        doc_md=DOC,
        params={"ordinal": wiring.ORDINAL, "minimum_new_lines": minimum},
    ) as dag:
        learned = learn(loop)
        challenger, evaluated = evaluate(loop, learned)
        promote(loop, learned, challenger, evaluated)
    return dag


class Learned(NamedTuple):
    """The tasks that train."""

    cohort: BuildCohortOperator
    checked: CheckManifestOperator
    trained: TrainOperator
    model: CreateModelOperator


def learn(loop: LoopConfig) -> Learned:
    """Put the training set together and train on it."""
    data, settings = wiring.data_settings(loop), TrainingSettings.of(loop, loop.training.incremental)
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
        training=settings,
    )
    trained = TrainOperator(task_id="train", settings=settings, cohort=cohort.output, ordinal="{{ params.ordinal }}")
    model = CreateModelOperator(task_id="create_model", serving=ServingSettings.of(loop), trained=trained.output)
    chain(cohort, checked, trained, model)
    return Learned(cohort, checked, trained, model)


def evaluate(loop: LoopConfig, learned: Learned) -> tuple[TransformOperator, EvaluateOperator]:
    """Run the live model and the new one over the holdout and compare them."""
    data, gate, holdout = wiring.data_settings(loop), loop.gate, wiring.transform_arguments(loop)
    live = wiring.part("build_cohort", "parent_model")
    champion = TransformOperator(task_id="transform_champion", model=live, **holdout)
    challenger = TransformOperator(task_id="transform_challenger", model=learned.model.output, **holdout)
    evaluated = EvaluateOperator(
        task_id="evaluate",
        data=data,
        trained=learned.trained.output,
        champion=champion.output,
        challenger=challenger.output,
        bootstrap_rounds=gate.bootstrap_rounds,
        seed=gate.seed,
    )
    chain(learned.checked, champion)
    return challenger, evaluated


def promote(loop: LoopConfig, learned: Learned, challenger: TransformOperator, evaluated: EvaluateOperator) -> None:
    """Decide, ask a person where the loop says so, update the endpoint and see that it took."""
    asks = loop.gate.approval == "required"
    gate = GateOperator(
        task_id="gate",
        evaluation=evaluated.output,
        **wiring.gate_arguments(loop),
        promote_task_id="approve" if asks else "promote",
        keep_task_id="write_receipt",
    )
    promoted = PromoteOperator(task_id="promote", serving=ServingSettings.of(loop), model=learned.model.output)
    verified = VerifyEndpointOperator(
        task_id="verify_endpoint",
        endpoint_name=loop.endpoint.name,
        promoted=promoted.output,
        challenger=challenger.output,
        data=wiring.data_settings(loop),
    )
    receipt = WriteTrainingReceiptOperator(
        task_id="write_receipt",
        loop=loop.name,
        loop_folder=wiring.loop_files(loop).folder,
        cohort=learned.cohort.output,
        trained=learned.trained.output,
        evaluation=evaluated.output,
        decision=XComArg(gate, key=DECISION),
        verified=verified.output,
        **wiring.receipt_arguments(loop),
        trigger_rule="none_failed_min_one_success",
    )
    approved = [AskApprovalOperator(task_id="approve", loop=loop.name)] if asks else []
    chain(gate, *approved, promoted, verified, receipt)


for config in wiring.loops("incremental_training"):
    globals()[f"incremental_training_{config.name}"] = incremental_training(config)
