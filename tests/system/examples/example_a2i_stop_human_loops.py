"""Stop human loops nobody needs an answer of any more.

What was started is given by the address of the results.
Settings come from the environment, as they do for the Amazon provider's own examples; the services from the connections
`aws_default` and `a2i_default`.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

from airflow.sdk import DAG, chain

from nightloop.aws.operators.a2i.create_flow_definition import CreateFlowDefinitionOperator
from nightloop.aws.operators.a2i.create_task_ui import CreateTaskUiOperator
from nightloop.aws.operators.a2i.start_human_loops import StartHumanLoopsOperator
from nightloop.aws.operators.a2i.stop_human_loops import StopHumanLoopsOperator
from nightloop.aws.resources.flow_definition import FlowSettings
from nightloop.domain.identity import naming

BUCKET = os.environ.get("EXAMPLE_BUCKET", "example-bucket")
ROLE = os.environ.get("EXAMPLE_ROLE_ARN", "arn:aws:iam::123456789012:role/a2i")
WORKTEAM = os.environ.get(
    "EXAMPLE_WORKTEAM_ARN", "arn:aws:sagemaker:us-east-1:123456789012:workteam/private-crowd/reviewers"
)
TEMPLATE = Path(os.environ.get("EXAMPLE_TEMPLATE", "include/templates/bounding-box.liquid.html"))
RESULTS = f"s3://{BUCKET}/examples/{{{{ dag.dag_id }}}}/{{{{ run_id }}}}"

# A flow definition cannot be updated: its name follows from these settings, so a change makes another one.
FLOW = FlowSettings(
    loop="ex-stop",
    task_ui=naming.task_ui_name("ex-stop", TEMPLATE.read_text(encoding="utf-8")) if TEMPLATE.exists() else "",
    output=f"s3://{BUCKET}/examples/answers",
    role_arn=ROLE,
    workteam_arn=WORKTEAM,
    title="Draw boxes",
    description="Draw a box around every object",
)

with DAG(
    "example_a2i_stop_human_loops", schedule=None, start_date=datetime(2026, 1, 1, tzinfo=UTC), tags=["example"]
) as dag:
    create_task_ui = CreateTaskUiOperator(task_id="create_task_ui", loop="ex-stop", template_path=str(TEMPLATE))
    create_flow_definition = CreateFlowDefinitionOperator(
        task_id="create_flow_definition", settings=FLOW, task_ui_arn=create_task_ui.output
    )
    start_human_loops = StartHumanLoopsOperator(
        task_id="start_human_loops",
        flow_definition_arn=create_flow_definition.output,
        loops=[
            {
                "input": {
                    "taskObject": f"s3://{BUCKET}/images/{number}.png",
                    "labels": ["cat", "dog"],
                    "initialValue": [],
                }
            }
            for number in range(3)
        ],
        results_uri=f"{RESULTS}/started.jsonl",
        name_prefix="ex-stop",
        workteam_arn=WORKTEAM,
    )
    # [START howto_operator_stop_human_loops]
    stop_human_loops = StopHumanLoopsOperator(
        task_id="stop_human_loops",
        loops="{{ ti.xcom_pull(task_ids='start_human_loops')['results'] }}",
        results_uri=f"{RESULTS}/stopped.jsonl",
    )
    # [END howto_operator_stop_human_loops]
    chain(create_flow_definition, start_human_loops, stop_human_loops)
