"""The tasks that train: from what there is to learn from to a job that has ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nightloop.aws.dag_factory.loop_files import suite_path
from nightloop.aws.dag_factory.notices import owners_told_of
from nightloop.aws.dag_factory.templates import part
from nightloop.aws.datasets.cohorts import DataSettings
from nightloop.aws.operators.night.check_manifest import CheckManifestOperator
from nightloop.aws.operators.training.build_cohort import BuildCohortOperator
from nightloop.aws.operators.training.check_holdout import CheckHoldoutOperator
from nightloop.aws.operators.training.train import TrainOperator, TrainSeedModelOperator
from nightloop.aws.operators.training.write_training_receipt import WriteTrainingReceiptOperator
from nightloop.aws.resources.training_job import TrainingSettings
from nightloop.aws.results.training import BuiltCohort

if TYPE_CHECKING:
    from nightloop.aws.dag_factory.forms import TrainingForm
    from nightloop.aws.results.given import Given
    from nightloop.aws.results.serving import VerifiedEndpoint
    from nightloop.aws.results.training import Decided, Evaluated, RecordedOutcome, RegisteredModel, Trained
    from nightloop.config import LoopConfig


def check_holdout(loop: LoopConfig) -> CheckHoldoutOperator:
    """Check what every model is measured on."""
    return CheckHoldoutOperator(
        task_id="check_holdout", data=DataSettings.of(loop), minimum_images=loop.gate.min_holdout_images
    )


def train_seed_model(loop: LoopConfig, ordinal: int | str) -> TrainSeedModelOperator:
    """Train the first model, from the seed alone."""
    return TrainSeedModelOperator(
        task_id="train_seed_model",
        settings=TrainingSettings.of(loop, loop.training.first),
        data=DataSettings.of(loop),
        suite_path=suite_path("cohort"),
        endpoint_name=loop.endpoint.name,
        ordinal=ordinal,
    )


def build_cohort(loop: LoopConfig, form: TrainingForm) -> BuildCohortOperator:
    """Build the cohort."""
    return BuildCohortOperator(
        task_id="build_cohort",
        data=DataSettings.of(loop),
        endpoint_name=loop.endpoint.name,
        loop=loop.name,
        minimum_new_lines=form.minimum_new_lines,
        release=form.release,
    )


def check_cohort(loop: LoopConfig, cohort: Given[BuiltCohort]) -> CheckManifestOperator:
    """Check the cohort."""
    return CheckManifestOperator(
        task_id="check_cohort",
        manifest=part(BuiltCohort, cohort, "train"),
        validation=part(BuiltCohort, cohort, "validation"),
        training=TrainingSettings.of(loop, loop.training.incremental),
        suite_path=suite_path("cohort"),
        data=DataSettings.of(loop),
        num_training_samples=part(BuiltCohort, cohort, "train_lines"),
    )


def train(loop: LoopConfig, form: TrainingForm, cohort: Given[BuiltCohort]) -> TrainOperator:
    """Train a new model on the cohort, going on from the live one."""
    settings = TrainingSettings.of(loop, loop.training.incremental)
    return TrainOperator(task_id="train", settings=settings, cohort=cohort, ordinal=form.ordinal)


def write_training_receipt(
    loop: LoopConfig,
    *,
    cohort: Given[BuiltCohort],
    trained: Given[Trained],
    evaluation: Given[Evaluated],
    decision: Given[Decided],
    registered: Given[RegisteredModel],
    verified: Given[VerifiedEndpoint | None],
    recorded: Given[RecordedOutcome],
) -> WriteTrainingReceiptOperator:
    """Write the training's receipt, even if its model stays where it is, and tell the owners."""
    return WriteTrainingReceiptOperator(
        task_id="write_receipt",
        loop=loop.name,
        cohort=cohort,
        trained=trained,
        evaluation=evaluation,
        decision=decision,
        registered=registered,
        verified=verified,
        recorded=recorded,
        trigger_rule="none_failed_min_one_success",
        on_success_callback=owners_told_of("finished", loop),
    )
