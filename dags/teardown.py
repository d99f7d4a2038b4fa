"""Delete what costs money: endpoint, models, open reviews; what was learned stays in S3."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow.sdk import DAG, Param, chain

from nightloop.aws import wiring
from nightloop.aws.operators.confirm import ConfirmOperator
from nightloop.aws.operators.delete_reviews import DeleteReviewsOperator
from nightloop.aws.operators.delete_serving import DeleteServingOperator

if TYPE_CHECKING:
    from nightloop.config import LoopConfig

DOC = """\
# Teardown

Started by hand, with the parameter `confirm` set to the loop's name.

1. **confirm**: compares the word.
2. **delete_serving**: the endpoint, its configurations, the models.
3. **delete_reviews**: stops and deletes the open human loops, deletes flow definitions and worker pages.

Everything in S3 stays; the bootstrap DAG brings the loop back.

## When this fails

| task | what to do |
|---|---|
| confirm | Start again with `confirm` set to the loop's name. |
| delete_serving | An endpoint that is being updated cannot be deleted: it is tried again; or clear the task later. |
| delete_reviews | The message names what the service refused. Clear the task: what is gone already is no error. |
"""


def teardown(loop: LoopConfig) -> DAG:
    """Wire the teardown DAG of a loop."""
    with DAG(
        **wiring.arguments(loop, "teardown"),
        schedule=None,
        description="Delete what costs money; data stays",
        doc_md=DOC,
        params={"confirm": Param("", type="string", title=f"Write {loop.name} to confirm")},
    ) as dag:
        confirmed = ConfirmOperator(task_id="confirm", given="{{ params.confirm }}", expected=loop.name)
        serving = DeleteServingOperator(task_id="delete_serving", loop=loop.name, endpoint_name=loop.endpoint.name)
        reviews = DeleteReviewsOperator(task_id="delete_reviews", loop=loop.name)
        chain(confirmed, [serving, reviews])
    return dag


for config in wiring.loops("teardown"):
    globals()[f"teardown_{config.name}"] = teardown(config)
