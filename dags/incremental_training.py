"""Learn from what people answered, and promote the new model only if it is proven better."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from airflow.sdk import DAG, XComArg, chain

from nightloop.aws.dag_factory import dags, model_tasks, serving_tasks, training_tasks
from nightloop.aws.dag_factory.forms import TrainingForm
from nightloop.aws.dag_factory.templates import part
from nightloop.aws.operators.training.gate import DECISION
from nightloop.aws.results.training import BuiltCohort

if TYPE_CHECKING:
    from nightloop.aws.operators.night.check_manifest import CheckManifestOperator
    from nightloop.aws.operators.sagemaker.create_model import CreateModelOperator
    from nightloop.aws.operators.sagemaker.transform import TransformOperator
    from nightloop.aws.operators.training.build_cohort import BuildCohortOperator
    from nightloop.aws.operators.training.evaluate import EvaluateOperator
    from nightloop.aws.operators.training.register_model import RegisterModelOperator
    from nightloop.aws.operators.training.train import TrainOperator
    from nightloop.config import LoopConfig


def incremental_training(loop: LoopConfig) -> DAG:
    """Wire the training DAG of a loop."""
    with DAG(
        **dags.arguments(loop, "incremental_training"),
        schedule=[dags.reviewed(loop)],
        description="From reviewed images to a proven model",
        doc_md=dags.document(__file__),
        params=TrainingForm.fields(loop),
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
    """Build the cohort and train on it."""
    form = TrainingForm.templates(loop)
    cohort = training_tasks.build_cohort(loop, form)
    checked = training_tasks.check_cohort(loop, cohort.output)
    trained = training_tasks.train(loop, form, cohort.output)
    model = serving_tasks.create_model(loop, trained.output, require_endpoint=True)
    chain(cohort, training_tasks.check_holdout(loop), checked, trained, model)
    return Learned(cohort, checked, trained, model)


def evaluate(loop: LoopConfig, learned: Learned) -> Compared:
    """Run the live model and the new one over the holdout, compare them, register the new one."""
    live, new = part(BuiltCohort, learned.cohort.output, "parent_model"), learned.model.output
    champion = serving_tasks.transform(loop, "transform_champion", live)
    challenger = serving_tasks.transform(loop, "transform_challenger", new)
    evaluated = model_tasks.evaluate(
        loop, trained=learned.trained.output, champion=champion.output, challenger=challenger.output
    )
    registered = model_tasks.register_model(
        loop, trained=learned.trained.output, model=new, parent_model=live, evaluation=evaluated.output
    )
    chain(learned.checked, champion)
    return Compared(champion, challenger, evaluated, registered)


def promote(loop: LoopConfig, learned: Learned, compared: Compared) -> None:
    """Decide, ask a person where the loop says so, update the endpoint and see that it took."""
    champion, challenger = compared.champion.output, compared.challenger.output
    evaluation, registered = compared.evaluated.output, compared.registered.output
    gate = model_tasks.gate(loop, evaluation)
    asked = []
    if model_tasks.asks_a_person(loop):
        asked = [model_tasks.ask_approval(loop, champion=champion, challenger=challenger, evaluation=evaluation)]
    promoted = serving_tasks.promote(loop, learned.model.output, champion)
    verified = serving_tasks.verify_endpoint(loop, promoted.output, challenger)
    recorded = model_tasks.record_approval(loop, registered, verified.output)
    receipt = training_tasks.write_training_receipt(
        loop,
        cohort=learned.cohort.output,
        trained=learned.trained.output,
        evaluation=evaluation,
        decision=XComArg(gate, key=DECISION),
        registered=registered,
        verified=verified.output,
        recorded=recorded.output,
    )
    chain(compared.registered, gate, *asked, promoted, verified, recorded, model_tasks.outcomes(), receipt)
    chain(gate, recorded)


for usable in dags.loops("incremental_training"):
    globals()[f"incremental_training_{usable.name}"] = incremental_training(usable)
