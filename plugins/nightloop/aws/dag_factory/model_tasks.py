"""The tasks that measure a model, decide about it and keep the registry."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from airflow.providers.standard.operators.empty import EmptyOperator

from nightloop.aws.dag_factory.loop_files import loop_files
from nightloop.aws.datasets.cohorts import DataSettings
from nightloop.aws.operators.training.ask_approval import AskApprovalOperator
from nightloop.aws.operators.training.choose_version import ChooseVersionOperator
from nightloop.aws.operators.training.evaluate import EvaluateOperator
from nightloop.aws.operators.training.gate import GateOperator
from nightloop.aws.operators.training.quarantine import QuarantineOperator
from nightloop.aws.operators.training.record_approval import OUTCOMES, RecordApprovalOperator
from nightloop.aws.operators.training.register_model import RegisterModelOperator
from nightloop.aws.resources.serving import ServingSettings

if TYPE_CHECKING:
    from nightloop.aws.results.given import Given
    from nightloop.aws.results.serving import VerifiedEndpoint
    from nightloop.aws.results.training import (
        ChosenVersion,
        Evaluated,
        GateLimits,
        RegisteredModel,
        Trained,
        Transformed,
    )
    from nightloop.config import LoopConfig


def evaluate(
    loop: LoopConfig, *, trained: Given[Trained], champion: Given[Transformed], challenger: Given[Transformed]
) -> EvaluateOperator:
    """Measure the new model against the live one."""
    return EvaluateOperator(
        task_id="evaluate",
        data=DataSettings.of(loop),
        metric=loop.gate.metric,
        bootstrap_rounds=loop.gate.bootstrap_rounds,
        seed=loop.gate.seed,
        trained=trained,
        champion=champion,
        challenger=challenger,
    )


def register_model(
    loop: LoopConfig,
    *,
    trained: Given[Trained],
    model: Given[str],
    parent_model: Given[str] | None = None,
    evaluation: Given[Evaluated] | None = None,
) -> RegisterModelOperator:
    """Give a model its number in the registry; a first model has no parent and no evaluation."""
    return RegisterModelOperator(
        task_id="register_model",
        serving=ServingSettings.of(loop),
        loop_folder=loop_files(loop).folder,
        gate=gate_limits(loop),
        trained=trained,
        model=model,
        parent_model=parent_model,
        evaluation=evaluation,
    )


def gate_limits(loop: LoopConfig) -> GateLimits:
    """Return what a new model must prove."""
    return {
        "confidence": loop.gate.confidence,
        "max_class_drop": loop.gate.max_class_drop,
        "min_class_objects": loop.gate.min_class_objects,
        "min_holdout_images": loop.gate.min_holdout_images,
    }


def gate(loop: LoopConfig, evaluation: Given[Evaluated]) -> GateOperator:
    """Decide whether the new model may go live; then ask a person, if the loop's file says so."""
    return GateOperator(
        task_id="gate",
        evaluation=evaluation,
        **gate_limits(loop),
        promote_task_id="approve" if asks_a_person(loop) else "promote",
        keep_task_id="record_approval",
    )


def asks_a_person(loop: LoopConfig) -> bool:
    """Say whether a person decides after the gate."""
    return loop.gate.approval == "required"


def ask_approval(
    loop: LoopConfig, *, champion: Given[Transformed], challenger: Given[Transformed], evaluation: Given[Evaluated]
) -> AskApprovalOperator:
    """Ask a person before the model goes live."""
    return AskApprovalOperator(
        task_id="approve",
        loop=loop.name,
        data=DataSettings.of(loop),
        response_timeout=timedelta(minutes=loop.gate.approval_within_minutes),
        champion=champion,
        challenger=challenger,
        evaluation=evaluation,
    )


def record_approval(
    loop: LoopConfig, registered: Given[RegisteredModel], verified: Given[VerifiedEndpoint | str | None]
) -> RecordApprovalOperator:
    """Record and show what happened to a training's model, even if a task before failed."""
    return RecordApprovalOperator(
        task_id="record_approval",
        registered=registered,
        verified=verified,
        gate_task_id="gate",
        approval_task_id="approve" if asks_a_person(loop) else "",
        promote_task_id="promote",
        loop_folder=loop_files(loop).folder,
        show_outcome=True,
        trigger_rule="all_done",
    )


def record_first_approval(
    registered: Given[RegisteredModel], verified: Given[str], config: Given[str]
) -> RecordApprovalOperator:
    """Approve the first model, if it is what the endpoint runs."""
    return RecordApprovalOperator(task_id="record_approval", registered=registered, verified=verified, config=config)


def outcomes() -> list[EmptyOperator]:
    """Return the tasks that show what happened to a training's model: one of them is green."""
    return [EmptyOperator(task_id=name, task_display_name=title) for name, title in OUTCOMES.items()]


def choose_version(loop: LoopConfig, version: str) -> ChooseVersionOperator:
    """Find the version to go back to, or ask a person."""
    return ChooseVersionOperator(task_id="choose_version", serving=ServingSettings.of(loop), version=version)


def quarantine(loop: LoopConfig, target: Given[ChosenVersion], reason: str) -> QuarantineOperator:
    """Keep what the rolled-back model learned out of training."""
    return QuarantineOperator(
        task_id="quarantine",
        loop=loop.name,
        data=DataSettings.of(loop),
        endpoint_name=loop.endpoint.name,
        target=target,
        reason=reason,
    )
