"""Train a model from an augmented manifest, once, however often the task is tried.

The job's name follows from the manifests' name, the parent model and the settings: a retry or a second run adopts the
job, running or finished, and pays for no other. An `ordinal` above 0 trains the same anew.
Settings come from the environment, as they do for the Amazon provider's own examples; the services from the connection
`aws_default`.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime

from airflow.sdk import DAG, chain

from nightloop.aws.operators.training.train import TrainOperator
from nightloop.aws.resources.training_job import TrainingSettings

BUCKET = os.environ.get("EXAMPLE_BUCKET", "example-bucket")
ROLE = os.environ.get("EXAMPLE_ROLE_ARN", "arn:aws:iam::123456789012:role/sagemaker")
IMAGE = os.environ.get("EXAMPLE_IMAGE", "811284229777.dkr.ecr.us-east-1.amazonaws.com/object-detection:1")

SETTINGS = TrainingSettings(
    loop="ex-train",
    image=IMAGE,
    role_arn=ROLE,
    hyperparameters={"base_network": "resnet-50", "epochs": "10", "mini_batch_size": "16"},
    classes=("cat", "dog"),
    attribute="bounding-box",
    output=f"s3://{BUCKET}/examples/models",
    max_runtime_seconds=3600,
)
# The name of the training set stands for its content: a new content is a new name, and another job.
TRAINING_SET = {
    "cohort": "pets-2026-11",
    "train": os.environ.get("EXAMPLE_TRAIN_MANIFEST", f"s3://{BUCKET}/train.manifest"),
    "validation": os.environ.get("EXAMPLE_VALIDATION_MANIFEST", f"s3://{BUCKET}/validation.manifest"),
}

with DAG(
    "example_sagemaker_train", schedule=None, start_date=datetime(2026, 1, 1, tzinfo=UTC), tags=["example"]
) as dag:
    # [START howto_operator_train]
    train = TrainOperator(task_id="train", settings=SETTINGS, cohort=TRAINING_SET)
    # [END howto_operator_train]
    # [START howto_operator_train_on_worker]
    train_again_on_worker = TrainOperator(
        task_id="train_again_on_worker", settings=SETTINGS, cohort=TRAINING_SET, ordinal=1, deferrable=False
    )
    # [END howto_operator_train_on_worker]
    chain(train, train_again_on_worker)
