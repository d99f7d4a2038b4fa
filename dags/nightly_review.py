"""Score the night's images, ask people about the unsure ones, and publish what they answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow.sdk import DAG, CronDataIntervalTimetable, chain

from nightloop.aws.dag_factory import dags, forms, night_tasks, review_tasks, scoring_tasks
from nightloop.aws.dag_factory.night_run import NightRun, night_macro

if TYPE_CHECKING:
    from nightloop.config import LoopConfig

DOC = """\
# Nightly review

1. **list_images**, **score_images**: the day's images through the live endpoint, a chunk a task. If the loop's file
   says so, **choose_scoring** gives a large night to **prepare_images** and **transform_images**: Batch Transform.
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
| transform_images | The message names the job; see its log, then clear the task: no job that ran well starts again. |
| open_reviews | *There is no flow definition*: run bootstrap, also after a change of review settings. |
| check_manifest | The message names the expectation; rejected.jsonl holds the lines. Correct manifest.jsonl, clear. |
"""


def nightly_review(loop: LoopConfig) -> DAG:
    """Wire the nightly DAG of a loop."""
    schedule = CronDataIntervalTimetable(loop.schedule, timezone=loop.timezone) if loop.schedule else None
    with DAG(
        **dags.arguments(loop, "nightly_review"),
        schedule=schedule,
        description="Images to reviewers, answers to a training manifest",
        doc_md=DOC,
        params=forms.night_form(loop),
        user_defined_macros=night_macro(loop),
    ) as dag:
        night = NightRun.templates(loop)
        listed = night_tasks.list_images(loop, night)
        scored = scoring_tasks.score_night(loop, night, listed.output)
        planned = night_tasks.plan_reviews(loop, night)
        opened = review_tasks.open_reviews(loop, night)
        waited = review_tasks.wait_for_answers(loop, night, opened.output)
        collected = review_tasks.collect_answers(loop, night)
        tie_breaks = review_tasks.tie_breaks(loop, night)
        built = night_tasks.build_manifest(loop, night)
        checked = night_tasks.check_manifest(loop, night)
        receipt = night_tasks.write_receipt(loop, night, checked.output)
        published = night_tasks.publish_manifest(loop, night)
        chain(listed, *scored, planned, opened, waited, collected, *tie_breaks, built, checked, receipt, published)
    return dag


for usable in dags.loops("nightly_review"):
    globals()[f"nightly_review_{usable.name}"] = nightly_review(usable)
