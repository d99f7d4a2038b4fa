"""Learn from what people answered, and promote the new model only if it is proven better."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG, XComArg, chain

from nightloop.aws import wiring
from nightloop.aws.operators.ask_approval import AskApprovalOperator
from nightloop.aws.operators.build_cohort import BuildCohortOperator
from nightloop.aws.operators.check_holdout import CheckHoldoutOperator
from nightloop.aws.operators.check_manifest import CheckManifestOperator
from nightloop.aws.operators.create_model import CreateModelOperator
from nightloop.aws.operators.evaluate import EvaluateOperator
from nightloop.aws.operators.gate import DECISION, GateOperator
from nightloop.aws.operators.promote import PromoteOperator
from nightloop.aws.operators.record_approval import OUTCOMES, RecordApprovalOperator
from nightloop.aws.operators.register_model import RegisterModelOperator
from nightloop.aws.operators.train import TrainOperator
from nightloop.aws.operators.transform import TransformOperator
from nightloop.aws.operators.verify_endpoint import VerifyEndpointOperator
from nightloop.aws.operators.write_training_receipt import WriteTrainingReceiptOperator
from nightloop.aws.serving import ServingSettings
from nightloop.aws.training import TrainingSettings

if TYPE_CHECKING:
    from nightloop.config import LoopConfig


def incremental_training(loop: LoopConfig) -> DAG:
    """Wire the training DAG of a loop."""
    minimum = wiring.minimum_new_lines(loop)
    with DAG(
        **wiring.arguments(loop, "incremental_training"),
        schedule=[wiring.reviewed(loop)],
        description="From reviewed images to a proven model",
        doc_md=wiring.document(__file__),
        params={"ordinal": wiring.ORDINAL, "minimum_new_lines": minimum, "release": wiring.RELEASE},
    ) as dag:
        learned = learn(loop)
        promote(loop, learned, evaluate(loop, learned))
    return dag


class Learned(NamedTuple):
    """The tasks that train."""

    cohort: BuildCohortOperator
    checked: CheckManifestOperator
    trained: TrainOperator
    model: CreateModelOperator


class Compared(NamedTuple):
    """The tasks that measure."""

    champion: TransformOperator
    challenger: TransformOperator
    evaluated: EvaluateOperator
    registered: RegisterModelOperator


def learn(loop: LoopConfig) -> Learned:
    """Put the training set together and train on it."""
    settings, serving = TrainingSettings.of(loop, loop.training.incremental), ServingSettings.of(loop)
    cohort = BuildCohortOperator(
        task_id="build_cohort",
        data=wiring.data_settings(loop),
        endpoint_name=loop.endpoint.name,
        loop=loop.name,
        minimum_new_lines=wiring.form("minimum_new_lines", loop.training.minimum_new_lines),
        release=wiring.form("release"),
    )
    checked = CheckManifestOperator(
        task_id="check_cohort",
        manifest=wiring.part("build_cohort", "train"),
        validation=wiring.part("build_cohort", "validation"),
        training=settings,
        **wiring.check_arguments(loop, "cohort"),
    )
    trained = TrainOperator(task_id="train", settings=settings, cohort=cohort.output, ordinal=wiring.form("ordinal", 0))
    model = CreateModelOperator(task_id="create_model", serving=serving, trained=trained.output, require_endpoint=True)
    held_out = CheckHoldoutOperator(task_id="check_holdout", **wiring.holdout_arguments(loop))
    chain(cohort, held_out, checked, trained, model)
    return Learned(cohort, checked, trained, model)


def evaluate(loop: LoopConfig, learned: Learned) -> Compared:
    """Run the live model and the new one over the holdout, compare them, register the new one."""
    live, new, trained = wiring.part("build_cohort", "parent_model"), learned.model.output, learned.trained.output
    champion = TransformOperator(task_id="transform_champion", model=live, **wiring.transform_arguments(loop))
    challenger = TransformOperator(task_id="transform_challenger", model=new, **wiring.transform_arguments(loop))
    evaluated = EvaluateOperator(
        task_id="evaluate",
        **wiring.evaluation_arguments(loop),
        trained=trained,
        champion=champion.output,
        challenger=challenger.output,
    )
    registered = RegisterModelOperator(
        task_id="register_model",
        **wiring.registry_arguments(loop),
        trained=trained,
        model=new,
        parent_model=live,
        evaluation=evaluated.output,
    )
    chain(learned.checked, champion)
    return Compared(champion, challenger, evaluated, registered)


def promote(loop: LoopConfig, learned: Learned, compared: Compared) -> None:
    """Decide, ask a person where the loop says so, update the endpoint and see that it took."""
    asking = "approve" if loop.gate.approval == "required" else ""
    evaluation, new = compared.evaluated.output, compared.challenger.output
    gate = GateOperator(
        task_id="gate",
        evaluation=evaluation,
        **wiring.gate_arguments(loop),
        promote_task_id=asking or "promote",
        keep_task_id="record_approval",
    )
    shown: dict[str, Any] = {"champion": compared.champion.output, "challenger": new, "evaluation": evaluation}
    asked = [AskApprovalOperator(task_id="approve", **wiring.approval_arguments(loop), **shown)] if asking else []
    promoted = PromoteOperator(task_id="promote", **wiring.promote_arguments(loop), model=learned.model.output)
    verified = VerifyEndpointOperator(
        task_id="verify_endpoint", **wiring.verify_arguments(loop), promoted=promoted.output, challenger=new
    )
    outcome: dict[str, Any] = {"registered": compared.registered.output, "verified": verified.output}
    recorded = RecordApprovalOperator(task_id="record_approval", **wiring.outcome_arguments(loop, asking), **outcome)
    shown_as = [EmptyOperator(task_id=name, task_display_name=title) for name, title in OUTCOMES.items()]
    receipt = WriteTrainingReceiptOperator(
        task_id="write_receipt",
        **wiring.receipt_arguments(loop),
        **wiring.training_receipt_arguments(loop),
        cohort=learned.cohort.output,
        trained=learned.trained.output,
        evaluation=evaluation,
        decision=XComArg(gate, key=DECISION),
        recorded=recorded.output,
        **outcome,
    )
    chain(compared.registered, gate, *asked, promoted, verified, recorded, shown_as, receipt)
    chain(gate, recorded)


for config in wiring.loops("incremental_training"):
    globals()[f"incremental_training_{config.name}"] = incremental_training(config)
