"""Delete what costs money: endpoint, models, open reviews; what was learned stays in S3."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow.sdk import DAG, chain

from nightloop.aws.dag_factory import dags, forms, review_tasks, serving_tasks

if TYPE_CHECKING:
    from nightloop.config import LoopConfig

DOC = """\
# Teardown

Started by hand, with the parameter `confirm` set to the loop's name. `delete_data` set to the loop's name as well
also deletes what the loop learned; there is no way back from that.

1. **confirm**: compares the word.
2. **delete_serving**: the endpoint and its scaling, its alarms and configurations, the models and their versions in the
   registry. A promotion or rollback under way ends first, and none begins before this run has ended.
3. **delete_reviews**: stops and deletes the open human loops, deletes flow definitions and worker templates.

4. **delete_data**: everything below the loop's folder in S3, if `delete_data` says so; otherwise skipped.

A training under way is not stopped: its job is paid for, and its run then ends at create_model without making more. To
stop the job too, mark its task train failed. Images, seed and holdout stay in any case. Where the data stays, the
bootstrap DAG brings the loop back.

## When this fails

| task | what to do |
|---|---|
| confirm | Start again with `confirm` set to the loop's name. |
| delete_serving | It waits for the run its log names; one that never ends: unpause its DAG or mark it failed. |
| delete_reviews | The message names what the service refused. Clear the task: what is deleted already is no error. |
| delete_data | Nothing is deleted while one of the tasks before has failed: fix that first. |
"""


def teardown(loop: LoopConfig) -> DAG:
    """Wire the teardown DAG of a loop."""
    with DAG(
        **dags.arguments(loop, "teardown"),
        schedule=None,
        description="Delete what costs money; data stays",
        doc_md=DOC,
        params=forms.teardown_form(loop),
    ) as dag:
        confirmed = serving_tasks.confirm(loop, forms.form("confirm"))
        serving = serving_tasks.delete_serving(loop)
        reviews = review_tasks.delete_reviews(loop)
        data = serving_tasks.delete_data(loop, forms.form("delete_data"))
        chain(confirmed, [serving, reviews], data)
    return dag


for usable in dags.loops("teardown"):
    globals()[f"teardown_{usable.name}"] = teardown(usable)
