"""Create the page reviewers see, and what human loops are started in.

Running it again finds both; a changed template or setting makes new ones.
Settings come from the environment, as they do for the Amazon provider's own examples; the services from the connections
`aws_default` and `a2i_default`.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

from airflow.sdk import DAG, chain

from nightloop.aws.flow import FlowSettings
from nightloop.aws.operators.create_flow_definition import CreateFlowDefinitionOperator
from nightloop.aws.operators.create_task_ui import CreateTaskUiOperator
from nightloop.loop import naming

BUCKET = os.environ.get("EXAMPLE_BUCKET", "example-bucket")
ROLE = os.environ.get("EXAMPLE_ROLE_ARN", "arn:aws:iam::123456789012:role/a2i")
WORKTEAM = os.environ.get(
    "EXAMPLE_WORKTEAM_ARN", "arn:aws:sagemaker:us-east-1:123456789012:workteam/private-crowd/reviewers"
)
TEMPLATE = Path(os.environ.get("EXAMPLE_TEMPLATE", "include/templates/bounding-box.liquid.html"))

# A flow definition cannot be updated: its name follows from these settings, so a change makes another one.
FLOW = FlowSettings(
    loop="ex-ui",
    task_ui=naming.task_ui_name("ex-ui", TEMPLATE.read_text(encoding="utf-8")) if TEMPLATE.exists() else "",
    output=f"s3://{BUCKET}/examples/answers",
    role_arn=ROLE,
    workteam_arn=WORKTEAM,
    title="Draw boxes",
    description="Draw a box around every object",
)

with DAG("example_a2i_task_ui", schedule=None, start_date=datetime(2026, 1, 1, tzinfo=UTC), tags=["example"]) as dag:
    # [START howto_operator_create_task_ui]
    create_task_ui = CreateTaskUiOperator(task_id="create_task_ui", loop="ex-ui", template_path=str(TEMPLATE))
    # [END howto_operator_create_task_ui]
    # [START howto_operator_create_flow_definition]
    create_flow_definition = CreateFlowDefinitionOperator(
        task_id="create_flow_definition", settings=FLOW, task_ui_arn=create_task_ui.output
    )
    # [END howto_operator_create_flow_definition]
    chain(create_task_ui, create_flow_definition)
