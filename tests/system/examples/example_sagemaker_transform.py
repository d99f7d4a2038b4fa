"""Run a model over a fixed set of images by Batch Transform, once for each model and set.

A job of the same model and images is adopted, running or finished.
Settings come from the environment, as they do for the Amazon provider's own examples; the services from the connection
`aws_default`.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import Any

from airflow.sdk import DAG, chain

from nightloop.aws.datasets.cohorts import DataSettings
from nightloop.aws.operators.sagemaker.create_model import CreateModelOperator
from nightloop.aws.operators.sagemaker.delete_serving import DeleteServingOperator
from nightloop.aws.operators.sagemaker.transform import TransformOperator
from nightloop.aws.resources.serving import ServingSettings

BUCKET = os.environ.get("EXAMPLE_BUCKET", "example-bucket")
ROLE = os.environ.get("EXAMPLE_ROLE_ARN", "arn:aws:iam::123456789012:role/sagemaker")
IMAGE = os.environ.get("EXAMPLE_IMAGE", "811284229777.dkr.ecr.us-east-1.amazonaws.com/object-detection:1")
MODELS = f"s3://{BUCKET}/examples/artefacts"

SERVING = ServingSettings(loop="ex-transform", endpoint_name="ex-transform", image=IMAGE, role_arn=ROLE)
# Of these, a transform reads the holdout, and writes below the folder.
DATA = DataSettings(
    folder=f"s3://{BUCKET}/examples/ex-transform",
    seed=f"s3://{BUCKET}/seed.manifest",
    holdout=os.environ.get("EXAMPLE_HOLDOUT_MANIFEST", f"s3://{BUCKET}/holdout.manifest"),
    classes=("cat", "dog"),
    attribute="bounding-box",
)
MACHINE: dict[str, Any] = {"loop": "ex-transform", "data": DATA, "instance_type": "ml.m5.large"}

with DAG(
    "example_sagemaker_transform", schedule=None, start_date=datetime(2026, 1, 1, tzinfo=UTC), tags=["example"]
) as dag:
    # [START howto_operator_create_model]
    create_model = CreateModelOperator(
        task_id="create_model",
        serving=SERVING,
        trained={"training_job": "ex-first", "artefact": f"{MODELS}/first/model.tar.gz"},
    )
    # [END howto_operator_create_model]
    create_other_model = CreateModelOperator(
        task_id="create_other_model",
        serving=SERVING,
        trained={"training_job": "ex-second", "artefact": f"{MODELS}/second/model.tar.gz"},
    )
    # [START howto_operator_transform]
    transform = TransformOperator(task_id="transform", model=create_model.output, **MACHINE)
    # [END howto_operator_transform]
    # [START howto_operator_transform_on_worker]
    transform_on_worker = TransformOperator(
        task_id="transform_on_worker", model=create_other_model.output, deferrable=False, **MACHINE
    )
    # [END howto_operator_transform_on_worker]
    delete_models = DeleteServingOperator(
        task_id="delete_models", loop="ex-transform", endpoint_name="ex-transform", trigger_rule="all_done"
    )
    chain([transform, transform_on_worker], delete_models)
