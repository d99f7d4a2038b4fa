"""Create the page reviewers see.

Running it again finds it; a changed template makes a new page.
Settings come from the environment, as they do for the Amazon provider's own examples; the service from the connection
`a2i_default`.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime

from airflow.sdk import DAG

from nightloop.aws.operators.a2i.create_task_ui import CreateTaskUiOperator

TEMPLATE = os.environ.get("EXAMPLE_TEMPLATE", "include/templates/bounding-box.liquid.html")

with DAG("example_a2i_task_ui", schedule=None, start_date=datetime(2026, 1, 1, tzinfo=UTC), tags=["example"]) as dag:
    # [START howto_operator_create_task_ui]
    create_task_ui = CreateTaskUiOperator(task_id="create_task_ui", loop="ex-ui", template_path=TEMPLATE)
    # [END howto_operator_create_task_ui]
