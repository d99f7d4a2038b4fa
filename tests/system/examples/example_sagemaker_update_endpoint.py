"""Put another model on a live endpoint, and believe it only when the endpoint shows it.

`PromoteOperator` updates the endpoint, blue/green; `VerifyEndpointOperator` raises if SageMaker silently put the old
configuration back, or if the endpoint gives other answers than the same model did in Batch Transform.
Settings come from the environment, as they do for the Amazon provider's own examples; the services from the connection
`aws_default`.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime

from airflow.sdk import DAG, chain

from nightloop.aws.datasets.cohorts import DataSettings
from nightloop.aws.operators.sagemaker.create_endpoint import CreateEndpointOperator
from nightloop.aws.operators.sagemaker.create_endpoint_config import CreateEndpointConfigOperator
from nightloop.aws.operators.sagemaker.create_model import CreateModelOperator
from nightloop.aws.operators.sagemaker.delete_serving import DeleteServingOperator
from nightloop.aws.operators.sagemaker.promote import PromoteOperator
from nightloop.aws.operators.sagemaker.transform import TransformOperator
from nightloop.aws.operators.sagemaker.verify_endpoint import VerifyEndpointOperator
from nightloop.aws.resources.deployment import PromotionSettings
from nightloop.aws.resources.serving import ServingSettings

BUCKET = os.environ.get("EXAMPLE_BUCKET", "example-bucket")
ROLE = os.environ.get("EXAMPLE_ROLE_ARN", "arn:aws:iam::123456789012:role/sagemaker")
IMAGE = os.environ.get("EXAMPLE_IMAGE", "811284229777.dkr.ecr.us-east-1.amazonaws.com/object-detection:1")
BAKE_SECONDS = int(os.environ.get("EXAMPLE_BAKE_SECONDS", "300"))

SERVING = ServingSettings(
    loop="ex-update",
    endpoint_name="ex-update",
    image=IMAGE,
    role_arn=ROLE,
    promotion=PromotionSettings(bake_seconds=BAKE_SECONDS),
)
DATA = DataSettings(
    folder=f"s3://{BUCKET}/examples/ex-update",
    seed=f"s3://{BUCKET}/seed.manifest",
    holdout=os.environ.get("EXAMPLE_HOLDOUT_MANIFEST", f"s3://{BUCKET}/holdout.manifest"),
    classes=("cat", "dog"),
    attribute="bounding-box",
)

with DAG(
    "example_sagemaker_update_endpoint", schedule=None, start_date=datetime(2026, 1, 1, tzinfo=UTC), tags=["example"]
) as dag:
    old_model, new_model = (
        CreateModelOperator(
            task_id=f"create_{name}_model",
            serving=SERVING,
            trained={"training_job": f"ex-{name}", "artefact": f"s3://{BUCKET}/examples/artefacts/{name}/model.tar.gz"},
        )
        for name in ("first", "second")
    )
    old_config = CreateEndpointConfigOperator(task_id="create_config", serving=SERVING, model=old_model.output)
    create_endpoint = CreateEndpointOperator(
        task_id="create_endpoint", endpoint_name="ex-update", config=old_config.output
    )
    transform = TransformOperator(task_id="transform", loop="ex-update", model=new_model.output, data=DATA)
    # [START howto_operator_promote]
    promote = PromoteOperator(task_id="promote", serving=SERVING, model=new_model.output)
    # [END howto_operator_promote]
    # [START howto_operator_verify_endpoint]
    verify_endpoint = VerifyEndpointOperator(
        task_id="verify_endpoint",
        endpoint_name="ex-update",
        promoted=promote.output,
        challenger=transform.output,
        data=DATA,
        images=3,
    )
    # [END howto_operator_verify_endpoint]
    # [START howto_operator_promote_on_worker]
    go_back_on_worker = PromoteOperator(
        task_id="go_back_on_worker", serving=SERVING, model=old_model.output, deferrable=False
    )
    # [END howto_operator_promote_on_worker]
    delete_endpoint = DeleteServingOperator(
        task_id="delete_endpoint", loop="ex-update", endpoint_name="ex-update", trigger_rule="all_done"
    )
    chain(create_endpoint, promote, verify_endpoint, go_back_on_worker, delete_endpoint)
