"""The tasks of a night that look at images and make a manifest of answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nightloop.aws.dag_factory.dags import reviewed
from nightloop.aws.dag_factory.loop_files import loop_files, suite_path
from nightloop.aws.dag_factory.notices import owners_told_of
from nightloop.aws.datasets.cohorts import DataSettings
from nightloop.aws.operators.admin.apply_retention import ApplyRetentionOperator
from nightloop.aws.operators.night.build_manifest import BuildManifestOperator
from nightloop.aws.operators.night.check_manifest import CheckManifestOperator
from nightloop.aws.operators.night.list_images import ListImagesOperator
from nightloop.aws.operators.night.plan_reviews import PlanReviewsOperator
from nightloop.aws.operators.night.publish_manifest import PublishManifestOperator
from nightloop.aws.operators.night.write_receipt import WriteReceiptOperator
from nightloop.aws.resources.review_policy import Deciding
from nightloop.aws.storage.layout import images_of

if TYPE_CHECKING:
    from nightloop.aws.dag_factory.night_run import NightRun
    from nightloop.aws.results.given import Given
    from nightloop.aws.results.night import CheckedManifest
    from nightloop.config import LoopConfig


def list_images(loop: LoopConfig, night: NightRun) -> ListImagesOperator:
    """Write down the night's images and cut them into chunks."""
    return ListImagesOperator(
        task_id="list_images",
        night=night.files.folder,
        images=images_of(loop, night.date),
        images_per_chunk=loop.scoring.images_per_chunk,
        timezone=loop.timezone,
        plan_only=night.plan_only,
    )


def plan_reviews(loop: LoopConfig, night: NightRun) -> PlanReviewsOperator:
    """Choose the images to review; an empty night, whose `score_images` is skipped, is planned too."""
    review = loop.review
    return PlanReviewsOperator(
        task_id="plan_reviews",
        night=night.files.folder,
        limits=loop.limits,
        loop=loop.name,
        score_threshold=review.score_threshold,
        audit_share=review.audit_share,
        seed=review.seed,
        attribute=loop.attribute,
        deciding=Deciding.of(loop),
        plan_only=night.plan_only,
        trigger_rule="none_failed",
    )


def build_manifest(loop: LoopConfig, night: NightRun) -> BuildManifestOperator:
    """Turn the night's answers into manifest lines."""
    return BuildManifestOperator(
        task_id="build_manifest", night=night.files.folder, classes=loop.classes, attribute=loop.attribute
    )


def check_manifest(loop: LoopConfig, night: NightRun) -> CheckManifestOperator:
    """Check the night's manifest."""
    return CheckManifestOperator(
        task_id="check_manifest",
        manifest=night.files.manifest,
        suite_path=suite_path("manifest"),
        data=DataSettings.of(loop),
        night=night.files.folder,
    )


def write_receipt(loop: LoopConfig, night: NightRun, checked: Given[CheckedManifest | None]) -> WriteReceiptOperator:
    """Count the night, and tell the owners."""
    review, told = loop.review, owners_told_of("finished", loop)
    return WriteReceiptOperator(
        task_id="write_receipt",
        night=night.files.folder,
        loop=loop.name,
        expectations=checked,
        score_threshold=review.score_threshold,
        price_per_review=review.price_per_review,
        class_count=len(loop.classes),
        audit_share=review.audit_share,
        seed=review.seed,
        expire_predictions=loop.retention.predictions_days is not None,
        on_success_callback=told,
    )


def publish_manifest(loop: LoopConfig, night: NightRun) -> PublishManifestOperator:
    """Update the asset that training is scheduled on."""
    return PublishManifestOperator(task_id="publish_manifest", night=night.files.folder, asset=reviewed(loop))


def apply_retention(loop: LoopConfig) -> ApplyRetentionOperator:
    """Let the bucket delete the loop's old predictions, or no longer."""
    return ApplyRetentionOperator(
        task_id="apply_retention",
        loop_folder=loop_files(loop).folder,
        predictions_days=loop.retention.predictions_days,
    )
