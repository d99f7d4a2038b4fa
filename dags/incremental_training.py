"""Learn from what people answered, and promote the new model only if it is proven better."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG, XComArg, chain

from nightloop.aws.dag_factory import loop_dags
from nightloop.aws.datasets.cohorts import DataSettings
from nightloop.aws.operators.night.check_manifest import CheckManifestOperator
from nightloop.aws.operators.sagemaker.create_model import CreateModelOperator
from nightloop.aws.operators.sagemaker.promote import PromoteOperator
from nightloop.aws.operators.sagemaker.transform import TransformOperator
from nightloop.aws.operators.sagemaker.verify_endpoint import VerifyEndpointOperator
from nightloop.aws.operators.training.ask_approval import AskApprovalOperator
from nightloop.aws.operators.training.build_cohort import BuildCohortOperator
from nightloop.aws.operators.training.check_holdout import CheckHoldoutOperator
from nightloop.aws.operators.training.evaluate import EvaluateOperator
from nightloop.aws.operators.training.gate import DECISION, GateOperator
from nightloop.aws.operators.training.record_approval import OUTCOMES, RecordApprovalOperator
from nightloop.aws.operators.training.register_model import RegisterModelOperator
from nightloop.aws.operators.training.train import TrainOperator
from nightloop.aws.operators.training.write_training_receipt import WriteTrainingReceiptOperator
from nightloop.aws.resources.serving import ServingSettings
from nightloop.aws.resources.training_job import TrainingSettings

if TYPE_CHECKING:
    from nightloop.config import LoopConfig


def incremental_training(loop: LoopConfig) -> DAG:
    """Wire the training DAG of a loop."""
    with DAG(
        **loop_dags.arguments(loop, "incremental_training"),
        schedule=[loop_dags.reviewed(loop)],
        description="From reviewed images to a proven model",
        doc_md=loop_dags.document(__file__),
        params=loop_dags.training_form(loop),
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
        data=DataSettings.of(loop),
        endpoint_name=loop.endpoint.name,
        loop=loop.name,
        minimum_new_lines=loop_dags.form("minimum_new_lines", loop.training.minimum_new_lines),
        release=loop_dags.form("release"),
    )
    checked = CheckManifestOperator(
        task_id="check_cohort",
        manifest=loop_dags.part("build_cohort", "train"),
        validation=loop_dags.part("build_cohort", "validation"),
        training=settings,
        **loop_dags.check_arguments(loop, "cohort"),
    )
    ordinal = loop_dags.form("ordinal", 0)
    trained = TrainOperator(task_id="train", settings=settings, cohort=cohort.output, ordinal=ordinal)
    model = CreateModelOperator(task_id="create_model", serving=serving, trained=trained.output, require_endpoint=True)
    held_out = CheckHoldoutOperator(task_id="check_holdout", **loop_dags.holdout_arguments(loop))
    chain(cohort, held_out, checked, trained, model)
    return Learned(cohort, checked, trained, model)


def evaluate(loop: LoopConfig, learned: Learned) -> Compared:
    """Run the live model and the new one over the holdout, compare them, register the new one."""
    live, new, trained = loop_dags.part("build_cohort", "parent_model"), learned.model.output, learned.trained.output
    champion = TransformOperator(task_id="transform_champion", model=live, **loop_dags.transform_arguments(loop))
    challenger = TransformOperator(task_id="transform_challenger", model=new, **loop_dags.transform_arguments(loop))
    evaluated = EvaluateOperator(
        task_id="evaluate",
        **loop_dags.evaluation_arguments(loop),
        trained=trained,
        champion=champion.output,
        challenger=challenger.output,
    )
    registered = RegisterModelOperator(
        task_id="register_model",
        **loop_dags.registry_arguments(loop),
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
        **loop_dags.gate_arguments(loop),
        promote_task_id=asking or "promote",
        keep_task_id="record_approval",
    )
    shown: dict[str, Any] = {"champion": compared.champion.output, "challenger": new, "evaluation": evaluation}
    asked = [AskApprovalOperator(task_id="approve", **loop_dags.approval_arguments(loop), **shown)] if asking else []
    promoted = PromoteOperator(task_id="promote", **loop_dags.promote_arguments(loop), model=learned.model.output)
    verified = VerifyEndpointOperator(
        task_id="verify_endpoint", **loop_dags.verify_arguments(loop), promoted=promoted.output, challenger=new
    )
    outcome: dict[str, Any] = {"registered": compared.registered.output, "verified": verified.output}
    recorded = RecordApprovalOperator(task_id="record_approval", **loop_dags.outcome_arguments(loop, asking), **outcome)
    shown_as = [EmptyOperator(task_id=name, task_display_name=title) for name, title in OUTCOMES.items()]
    receipt = WriteTrainingReceiptOperator(
        task_id="write_receipt",
        **loop_dags.training_receipt_arguments(loop),
        cohort=learned.cohort.output,
        trained=learned.trained.output,
        evaluation=evaluation,
        decision=XComArg(gate, key=DECISION),
        recorded=recorded.output,
        **outcome,
    )
    chain(compared.registered, gate, *asked, promoted, verified, recorded, shown_as, receipt)
    chain(gate, recorded)


for config in loop_dags.loops("incremental_training"):
    globals()[f"incremental_training_{config.name}"] = incremental_training(config)
