"""Create what human loops are started in: who answers, on which page, for how long, and where answers go.

Running it again finds it; a changed setting makes a new one, for a flow definition cannot be updated.
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
from nightloop.aws.resources.flow_definition import FlowSettings
from nightloop.domain.identity import naming

BUCKET = os.environ.get("EXAMPLE_BUCKET", "example-bucket")
ROLE = os.environ.get("EXAMPLE_ROLE_ARN", "arn:aws:iam::123456789012:role/a2i")
WORKTEAM = os.environ.get(
    "EXAMPLE_WORKTEAM_ARN", "arn:aws:sagemaker:us-east-1:123456789012:workteam/private-crowd/reviewers"
)
TEMPLATE = Path(os.environ.get("EXAMPLE_TEMPLATE", "include/templates/bounding-box.liquid.html"))

with DAG(
    "example_a2i_flow_definition", schedule=None, start_date=datetime(2026, 1, 1, tzinfo=UTC), tags=["example"]
) as dag:
    create_task_ui = CreateTaskUiOperator(task_id="create_task_ui", loop="ex-flow", template_path=str(TEMPLATE))
    # [START howto_operator_create_flow_definition]
    create_flow_definition = CreateFlowDefinitionOperator(
        task_id="create_flow_definition",
        task_ui_arn=create_task_ui.output,
        settings=FlowSettings(
            loop="ex-flow",
            task_ui=naming.task_ui_name("ex-flow", TEMPLATE.read_text(encoding="utf-8")) if TEMPLATE.exists() else "",
            output=f"s3://{BUCKET}/examples/answers",
            role_arn=ROLE,
            workteam_arn=WORKTEAM,
            title="Draw boxes",
            description="Draw a box around every object",
            keywords=("boxes", "animals"),
            task_count=2,
            task_time_limit_seconds=900,
            availability_seconds=86_400,
        ),
    )
    # [END howto_operator_create_flow_definition]
    chain(create_task_ui, create_flow_definition)
