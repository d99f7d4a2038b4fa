"""Wait for answers, or for a deadline.

One trigger waits for all loops; no worker does.
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
from nightloop.aws.resources.flow_definition import FlowSettings
from nightloop.aws.sensors.human_loops import HumanLoopsSensor
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
    loop="ex-wait",
    task_ui=naming.task_ui_name("ex-wait", TEMPLATE.read_text(encoding="utf-8")) if TEMPLATE.exists() else "",
    output=f"s3://{BUCKET}/examples/answers",
    role_arn=ROLE,
    workteam_arn=WORKTEAM,
    title="Draw boxes",
    description="Draw a box around every object",
)

with DAG(
    "example_a2i_human_loops_sensor", schedule=None, start_date=datetime(2026, 1, 1, tzinfo=UTC), tags=["example"]
) as dag:
    create_task_ui = CreateTaskUiOperator(task_id="create_task_ui", loop="ex-wait", template_path=str(TEMPLATE))
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
        name_prefix="ex-wait",
        workteam_arn=WORKTEAM,
    )
    # [START howto_sensor_listed_human_loops]
    wait_for_answers = HumanLoopsSensor(
        task_id="wait_for_answers",
        loops="{{ ti.xcom_pull(task_ids='start_human_loops')['results'] }}",
        flow_definition_arn=create_flow_definition.output,
        deadline="{{ dag_run.run_after + macros.timedelta(seconds=8) }}",
        poll_seconds=1,
    )
    # [END howto_sensor_listed_human_loops]
    chain(create_flow_definition, start_human_loops, wait_for_answers)
