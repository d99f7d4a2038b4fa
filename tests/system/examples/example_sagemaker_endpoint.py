"""Bring a model to an endpoint: model, endpoint configuration, endpoint; then clean up what costs money.

Whatever is there already is found by its name and kept.
Settings come from the environment, as they do for the Amazon provider's own examples; the services from the connection
`aws_default`.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime

from airflow.sdk import DAG, chain

from nightloop.aws.operators.sagemaker.create_endpoint import CreateEndpointOperator
from nightloop.aws.operators.sagemaker.create_endpoint_config import CreateEndpointConfigOperator
from nightloop.aws.operators.sagemaker.create_model import CreateModelOperator
from nightloop.aws.operators.sagemaker.delete_serving import DeleteServingOperator
from nightloop.aws.resources.serving import ServingSettings

BUCKET = os.environ.get("EXAMPLE_BUCKET", "example-bucket")
ROLE = os.environ.get("EXAMPLE_ROLE_ARN", "arn:aws:iam::123456789012:role/sagemaker")
IMAGE = os.environ.get("EXAMPLE_IMAGE", "811284229777.dkr.ecr.us-east-1.amazonaws.com/object-detection:1")

SERVING = ServingSettings(loop="ex-endpoint", endpoint_name="ex-endpoint", image=IMAGE, role_arn=ROLE)

with DAG(
    "example_sagemaker_endpoint", schedule=None, start_date=datetime(2026, 1, 1, tzinfo=UTC), tags=["example"]
) as dag:
    create_model = CreateModelOperator(
        task_id="create_model",
        serving=SERVING,
        trained={"training_job": "ex-first", "artefact": f"s3://{BUCKET}/examples/artefacts/first/model.tar.gz"},
    )
    # [START howto_operator_create_endpoint_config]
    create_endpoint_config = CreateEndpointConfigOperator(
        task_id="create_endpoint_config", serving=SERVING, model=create_model.output
    )
    # [END howto_operator_create_endpoint_config]
    # [START howto_operator_create_endpoint]
    create_endpoint = CreateEndpointOperator(
        task_id="create_endpoint", endpoint_name="ex-endpoint", config=create_endpoint_config.output
    )
    # [END howto_operator_create_endpoint]
    # [START howto_operator_create_endpoint_on_worker]
    create_second_endpoint_on_worker = CreateEndpointOperator(
        task_id="create_second_endpoint_on_worker",
        endpoint_name="ex-second-endpoint",
        config=create_endpoint_config.output,
        deferrable=False,
    )
    # [END howto_operator_create_endpoint_on_worker]
    delete_endpoints = [
        DeleteServingOperator(
            task_id=f"delete_{endpoint.replace('-', '_')}",
            loop="ex-endpoint",
            endpoint_name=endpoint,
            trigger_rule="all_done",
        )
        for endpoint in ("ex-endpoint", "ex-second-endpoint")
    ]
    chain([create_endpoint, create_second_endpoint_on_worker], *delete_endpoints)
