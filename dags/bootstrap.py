"""Set a loop up: the reviewers' page and queue, a first model, and the endpoint that serves it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow.sdk import DAG, chain

from nightloop.aws.dag_factory import loop_dags
from nightloop.aws.datasets.cohorts import DataSettings
from nightloop.aws.operators.a2i.create_flow_definition import CreateFlowDefinitionOperator
from nightloop.aws.operators.a2i.create_task_ui import CreateTaskUiOperator
from nightloop.aws.operators.sagemaker.create_endpoint import CreateEndpointOperator
from nightloop.aws.operators.sagemaker.create_endpoint_config import CreateEndpointConfigOperator
from nightloop.aws.operators.sagemaker.create_model import CreateModelOperator
from nightloop.aws.operators.training.check_holdout import CheckHoldoutOperator
from nightloop.aws.operators.training.record_approval import RecordApprovalOperator
from nightloop.aws.operators.training.register_model import RegisterModelOperator
from nightloop.aws.operators.training.train import TrainSeedModelOperator
from nightloop.aws.resources.flow_definition import FlowSettings
from nightloop.aws.resources.serving import ServingSettings
from nightloop.aws.resources.training_job import TrainingSettings

if TYPE_CHECKING:
    from nightloop.config import LoopConfig

DOC = """\
# Bootstrap

Run once per loop, and again after the review settings or the worker template changed: what is there already is
found by its name and kept, so running it again makes nothing twice and never replaces the live model.

1. **create_task_ui**, **create_flow_definition**: the page reviewers see and the queue they work from.
2. **check_holdout**: can models be measured on the holdout? Readable images, sizes and boxes that fit, enough of them.
3. **train_seed_model**, **create_model**: the first model, from the seed's manifest.
4. **create_endpoint_config**, **create_endpoint**: the endpoint that serves it.
5. **register_model**, **record_approval**: its number in the model registry, to come back to it.

## When this fails

| task | what to do |
|---|---|
| any, *does not answer* | Start the service, or correct the Airflow connection the message names. |
| create_flow_definition | Does the work team of the loop's file exist? May the role write to the bucket? |
| check_holdout | The message names each image and what is wrong with it. Correct it, then clear the task. |
| train_seed_model | Is the seed uploaded? The message names wrong lines. Failed job: start again with `ordinal` + 1. |
| create_endpoint | The message has SageMaker's reason. Delete the failed endpoint, then clear the task. |
"""


def bootstrap(loop: LoopConfig) -> DAG:
    """Wire the bootstrap DAG of a loop."""
    serving = ServingSettings.of(loop)
    with DAG(
        **loop_dags.arguments(loop, "bootstrap"),
        schedule=None,
        description="Reviewers' page and queue, first model, endpoint",
        doc_md=DOC,
        params={"ordinal": loop_dags.ORDINAL},
    ) as dag:
        template = str(loop.template_path)
        page = CreateTaskUiOperator(task_id="create_task_ui", loop=loop.name, template_path=template, tags=loop.tags)
        flow = CreateFlowDefinitionOperator(
            task_id="create_flow_definition", settings=FlowSettings.of(loop), task_ui_arn=page.output
        )
        checked = CheckHoldoutOperator(task_id="check_holdout", **loop_dags.holdout_arguments(loop))
        trained = TrainSeedModelOperator(
            task_id="train_seed_model",
            settings=TrainingSettings.of(loop, loop.training.first),
            data=DataSettings.of(loop),
            suite_path=str(loop_dags.EXPECTATIONS / "cohort.json"),
            endpoint_name=loop.endpoint.name,
            ordinal=loop_dags.form("ordinal", 0),
        )
        model = CreateModelOperator(task_id="create_model", serving=serving, trained=trained.output)
        served = CreateEndpointConfigOperator(task_id="create_endpoint_config", serving=serving, model=model.output)
        endpoint = CreateEndpointOperator(
            task_id="create_endpoint", endpoint_name=loop.endpoint.name, config=served.output, tags=loop.tags
        )
        registered = RegisterModelOperator(
            task_id="register_model", **loop_dags.registry_arguments(loop), trained=trained.output, model=model.output
        )
        recorded = RecordApprovalOperator(
            task_id="record_approval", registered=registered.output, verified=endpoint.output, config=served.output
        )
        chain(page, flow)
        chain(checked, trained, model, served, endpoint, recorded)
        chain(model, registered, recorded)
    return dag


for config in loop_dags.loops("bootstrap"):
    globals()[f"bootstrap_{config.name}"] = bootstrap(config)
