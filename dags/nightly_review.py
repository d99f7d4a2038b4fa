"""Score the night's images, ask people about the unsure ones, and publish what they answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.sdk import DAG, CronDataIntervalTimetable, chain

from nightloop.aws.dag_factory import loop_dags
from nightloop.aws.dag_factory.tie_breaks import second_looks
from nightloop.aws.datasets.cohorts import DataSettings
from nightloop.aws.operators.night.build_manifest import BuildManifestOperator
from nightloop.aws.operators.night.check_manifest import CheckManifestOperator
from nightloop.aws.operators.night.collect_answers import CollectAnswersOperator
from nightloop.aws.operators.night.list_images import ListImagesOperator
from nightloop.aws.operators.night.open_reviews import OpenReviewsOperator
from nightloop.aws.operators.night.plan_reviews import PlanReviewsOperator
from nightloop.aws.operators.night.publish_manifest import PublishManifestOperator
from nightloop.aws.operators.night.score_images import ScoreImagesOperator
from nightloop.aws.operators.night.write_receipt import WriteReceiptOperator
from nightloop.aws.sensors.reviews import ReviewsSensor

if TYPE_CHECKING:
    from nightloop.aws.storage.layout import NightFiles
    from nightloop.config import LoopConfig

DOC = """\
# Nightly review

1. **list_images**, **score_images**: the day's images through the live endpoint, a chunk a task.
2. **plan_reviews**, **open_reviews**: what the model is unsure of, and a random audit sample, to the reviewers.
3. **wait_for_answers**: until the last answer, or the reviewers' deadline. No worker waits.
4. **collect_answers**, **open_tie_breaks**: what people answered; what decides nothing is asked again, once.
5. **build_manifest**, **check_manifest**, **write_receipt**: answers become training lines.
6. **publish_manifest**: updates the asset that training is scheduled on; skipped when nobody answered anything.

What a night wrote stays as it is: clearing any task finds the same images, predictions and reviews again and pays for
none twice. A late answer joins the next night.

## When this fails

| task | what to do |
|---|---|
| any, *does not answer* | Start the service, or correct the Airflow connection the message names. |
| list_images | Does the bucket exist? An empty folder is no failure: the night ends green. |
| score_images | *There is no endpoint*: run bootstrap. Otherwise see the endpoint's log, then clear the task. |
| open_reviews | *There is no flow definition*: run bootstrap, also after a change of review settings. |
| check_manifest | The message names the expectation; rejected.jsonl holds the lines. Correct manifest.jsonl, clear. |
"""


def nightly_review(loop: LoopConfig) -> DAG:
    """Wire the nightly DAG of a loop."""
    schedule = CronDataIntervalTimetable(loop.schedule, timezone=loop.timezone) if loop.schedule else None
    with DAG(
        **loop_dags.arguments(loop, "nightly_review"),
        schedule=schedule,
        description="Images to reviewers, answers to a training manifest",
        doc_md=DOC,
        params={
            "night": loop_dags.NAMED_NIGHT,
            "answer_within_minutes": loop_dags.minutes_to_answer(loop),
            "dry_run": loop_dags.DRY_RUN,
        },
        user_defined_macros=loop_dags.night_macro(loop),
    ) as dag:
        files = loop_dags.night_files(loop)
        chain(*find_unsure(loop, files), *ask_people(loop, files), *learn(loop, files))
    return dag


def find_unsure(loop: LoopConfig, files: NightFiles) -> list[Any]:
    """Look at the night's images and choose those to review."""
    scoring = loop.scoring
    listed = ListImagesOperator(
        task_id="list_images",
        night=files.folder,
        **loop_dags.listing_arguments(loop),
    )
    scored = ScoreImagesOperator.partial(
        task_id="score_images",
        night=files.folder,
        endpoint_name=loop.endpoint.name,
        classes=loop.classes,
        normalised=loop_dags.loop_files(loop).normalised,
        images_per_chunk=scoring.images_per_chunk,
        concurrency=scoring.concurrency,
        read_timeout_seconds=scoring.read_timeout_seconds,
    ).expand(chunk=listed.output)
    planned = PlanReviewsOperator(
        task_id="plan_reviews",
        **loop_dags.night_arguments(loop),
        **loop_dags.planning_arguments(loop),
        trigger_rule="none_failed",  # an empty night has no chunk: score_images is then skipped
    )
    return [listed, scored, planned]


def ask_people(loop: LoopConfig, files: NightFiles) -> list[Any]:
    """Open the reviews, wait for the answers and fetch them."""
    opened = OpenReviewsOperator(
        task_id="open_reviews",
        **loop_dags.night_arguments(loop),
        **loop_dags.asking_arguments(loop),
        plan_only=loop_dags.PLAN_ONLY,
        workteam_arn=loop.review.workteam_arn,
        classes=loop.classes,
    )
    waited = ReviewsSensor(
        task_id="wait_for_answers",
        night=files.folder,
        flow_definition_arn=loop_dags.part("open_reviews", "flow_definition_arn"),
        **loop_dags.waiting_arguments(loop),
    )
    collected = CollectAnswersOperator(
        task_id="collect_answers",
        **loop_dags.night_arguments(loop),
        loop_folder=loop_dags.loop_files(loop).folder,
        classes=loop.classes,
        give_up_after_nights=loop.review.give_up_after_nights,
        min_seconds=loop.review.min_seconds,
    )
    return [opened, waited, collected, *second_looks(loop, files)]


def learn(loop: LoopConfig, files: NightFiles) -> list[Any]:
    """Turn the answers into a checked manifest and announce it."""
    night, review, data = files.folder, loop.review, DataSettings.of(loop)
    suite = str(loop_dags.EXPECTATIONS / "manifest.json")
    checked = CheckManifestOperator(
        task_id="check_manifest", manifest=files.manifest, suite_path=suite, data=data, night=night
    )
    receipt = WriteReceiptOperator(
        task_id="write_receipt",
        night=night,
        loop=loop.name,
        expectations=checked.output,
        score_threshold=review.score_threshold,
        price_per_review=review.price_per_review,
        **loop_dags.audit_arguments(loop),
        **loop_dags.receipt_arguments(loop),
    )
    built = BuildManifestOperator(task_id="build_manifest", night=night, classes=loop.classes, attribute=loop.attribute)
    published = PublishManifestOperator(task_id="publish_manifest", night=night, asset=loop_dags.reviewed(loop))
    return [built, checked, receipt, published]


for config in loop_dags.loops("nightly_review"):
    globals()[f"nightly_review_{config.name}"] = nightly_review(config)
