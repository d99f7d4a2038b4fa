"""The tasks that ask people, and those that set up and delete what people are asked with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nightloop.aws.dag_factory.loop_files import loop_files
from nightloop.aws.dag_factory.templates import part
from nightloop.aws.notifications.reviewers import ReviewerNotices
from nightloop.aws.operators.a2i.create_flow_definition import CreateFlowDefinitionOperator
from nightloop.aws.operators.a2i.create_task_ui import CreateTaskUiOperator
from nightloop.aws.operators.a2i.delete_reviews import DeleteReviewsOperator
from nightloop.aws.operators.night.collect_answers import CollectAnswersOperator
from nightloop.aws.operators.night.measure_reviewers import MeasureReviewersOperator
from nightloop.aws.operators.night.open_reviews import OpenReviewsOperator
from nightloop.aws.operators.night.open_tie_breaks import OpenTieBreaksOperator
from nightloop.aws.resources.flow_definition import FlowSettings
from nightloop.aws.resources.review_policy import Deciding
from nightloop.aws.results.night import OpenedNight
from nightloop.aws.sensors.reviews import ReviewsSensor

if TYPE_CHECKING:
    from nightloop.aws.dag_factory.night_run import NightRun
    from nightloop.aws.results.given import Given
    from nightloop.config import LoopConfig


def create_task_ui(loop: LoopConfig) -> CreateTaskUiOperator:
    """Create the page reviewers see."""
    return CreateTaskUiOperator(
        task_id="create_task_ui", loop=loop.name, template_path=str(loop.template_path), tags=loop.tags
    )


def create_flow_definition(loop: LoopConfig, task_ui_arn: Given[str]) -> CreateFlowDefinitionOperator:
    """Create the queue reviewers work from."""
    return CreateFlowDefinitionOperator(
        task_id="create_flow_definition", settings=FlowSettings.of(loop), task_ui_arn=task_ui_arn
    )


def open_reviews(loop: LoopConfig, night: NightRun) -> OpenReviewsOperator:
    """Open the reviews of the night's plan."""
    return OpenReviewsOperator(
        task_id="open_reviews",
        night=night.files.folder,
        limits=loop.limits,
        flow_definition_name=FlowSettings.of(loop).name,
        initial_box_score=loop.review.initial_box_score,
        plan_only=night.plan_only,
        workteam_arn=loop.review.workteam_arn,
        classes=loop.classes,
    )


def wait_for_answers(loop: LoopConfig, night: NightRun, opened: Given[OpenedNight]) -> ReviewsSensor:
    """Wait until the last answer, or the reviewers' deadline."""
    review = loop.review
    return ReviewsSensor(
        task_id="wait_for_answers",
        night=night.files.folder,
        flow_definition_arn=part(OpenedNight, opened, "flow_definition_arn"),
        answer_within_minutes=night.answer_within_minutes,
        answer_by=review.answer_by,
        deadline_timezone=loop.deadline_timezone,
        poll_seconds=review.poll_seconds,
        events_queue_url=review.events_queue_url,
        notices=ReviewerNotices.of(loop),
    )


def collect_answers(loop: LoopConfig, night: NightRun) -> CollectAnswersOperator:
    """Fetch what was answered, also to earlier nights' reviews."""
    return CollectAnswersOperator(
        task_id="collect_answers",
        night=night.files.folder,
        limits=loop.limits,
        loop_folder=loop_files(loop).folder,
        classes=loop.classes,
        give_up_after_nights=loop.review.give_up_after_nights,
        min_seconds=loop.review.min_seconds,
    )


def measure_reviewers(night: NightRun) -> MeasureReviewersOperator:
    """Measure the reviewers by the night's answers."""
    return MeasureReviewersOperator(task_id="measure_reviewers", night=night.files.folder)


def open_tie_breaks(loop: LoopConfig, night: NightRun) -> OpenTieBreaksOperator:
    """Ask again about images that nothing was decided about."""
    return OpenTieBreaksOperator(
        task_id="open_tie_breaks",
        night=night.files.folder,
        loop=loop.name,
        deciding=Deciding.of(loop),
        flow_definition_name=FlowSettings.of(loop).name,
        initial_box_score=loop.review.initial_box_score,
    )


def tie_breaks(loop: LoopConfig, night: NightRun) -> list[MeasureReviewersOperator | OpenTieBreaksOperator]:
    """Measure the reviewers, if several look at an image; ask again where their answers decide nothing."""
    measured = [measure_reviewers(night)] if loop.review.task_count > 1 else []
    return [*measured, open_tie_breaks(loop, night)]


def delete_reviews(loop: LoopConfig) -> DeleteReviewsOperator:
    """Stop and delete the open reviews, the queues and the pages."""
    return DeleteReviewsOperator(task_id="delete_reviews", loop=loop.name)
