"""Set a loop up: the reviewers' page and queue, a first model, and the endpoint that serves it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow.sdk import DAG, chain

from nightloop.aws.dag_factory import dags, forms, model_tasks, night_tasks, review_tasks, serving_tasks, training_tasks

if TYPE_CHECKING:
    from nightloop.config import LoopConfig

DOC = """\
# Bootstrap

Run once per loop, and again after the review settings, the worker template or `endpoint.autoscaling` changed: what is
there already is found by its name and kept, so running it again makes nothing twice and never replaces the live model.

1. **create_task_ui**, **create_flow_definition**: the page reviewers see and the queue they work from.
2. **check_holdout**: can models be measured on the holdout? Readable images, sizes and boxes that fit, enough of them.
3. **train_seed_model**, **create_model**: the first model, from the seed's manifest.
4. **create_endpoint_config**, **create_endpoint**: the endpoint that serves it.
5. **scale_endpoint**: its machines come and go as `endpoint.autoscaling` says; removed where the file says no more.
6. **apply_retention**: the bucket's rule about the loop's old predictions, beside the rules of others.
7. **register_model**, **record_approval**: its number in the model registry, to come back to it.

## When this fails

| task | what to do |
|---|---|
| any, *does not answer* | Start the service, or correct the Airflow connection the message names. |
| create_flow_definition | Does the work team of the loop's file exist? May the role write to the bucket? |
| check_holdout | The message names each image and what is wrong with it. Correct it, then clear the task. |
| train_seed_model | Is the seed uploaded? The message names wrong lines. Failed job: start again with `ordinal` + 1. |
| apply_retention | May the role read and write the rules of the bucket's lifecycle? Others change them now: clear it. |
| create_endpoint | The message has SageMaker's reason. Delete the failed endpoint, then clear the task. |
| scale_endpoint | The message names the missing permission, or how the endpoint differs from the loop's file. |
"""


def bootstrap(loop: LoopConfig) -> DAG:
    """Wire the bootstrap DAG of a loop."""
    with DAG(
        **dags.arguments(loop, "bootstrap"),
        schedule=None,
        description="Reviewers' page and queue, first model, endpoint",
        doc_md=DOC,
        params={"ordinal": forms.ORDINAL},
    ) as dag:
        night_tasks.apply_retention(loop)
        page = review_tasks.create_task_ui(loop)
        flow = review_tasks.create_flow_definition(loop, page.output)
        checked = training_tasks.check_holdout(loop)
        trained = training_tasks.train_seed_model(loop, forms.form("ordinal", 0))
        model = serving_tasks.create_model(loop, trained.output)
        config = serving_tasks.create_endpoint_config(loop, model.output)
        endpoint = serving_tasks.create_endpoint(loop, config.output)
        registered = model_tasks.register_model(loop, trained=trained.output, model=model.output)
        recorded = model_tasks.record_first_approval(registered.output, endpoint.output, config.output)
        chain(page, flow)
        chain(checked, trained, model, config, endpoint, recorded)
        chain(model, registered, recorded)
        chain(endpoint, serving_tasks.scale_endpoint(loop))
    return dag


for usable in dags.loops("bootstrap"):
    globals()[f"bootstrap_{usable.name}"] = bootstrap(usable)
