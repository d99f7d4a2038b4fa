"""The environment variables each part reads, without the caller's variables that could point it elsewhere."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from local.config.settings import ACCESS_KEY, ACCOUNT, HOST, REGION, ROOT

if TYPE_CHECKING:
    from local.config.settings import Settings
    from local.stack.secrets import Secrets

# A caller's own AWS profile or Airflow must never be the target of the local stack.
FOREIGN_PREFIXES = ("AWS_", "AIRFLOW_", "AIRFLOW__", "NIGHTLOOP_", "BOTO_", "PYTHONPATH")


def base_environment() -> dict[str, str]:
    """Return the caller's environment without variables that would point a part elsewhere."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN_PREFIXES)}
    return {
        **kept,
        "PYTHONUNBUFFERED": "1",
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{kept.get('PATH', '')}",
    }


def aws_credentials(secrets: Secrets) -> dict[str, str]:
    """Return the variables of boto3's usual chain."""
    return {
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": secrets.aws_secret_key,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_REGION": REGION,
        # Without it boto3 asks a cloud machine's metadata address if a key is missing, and waits.
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def service_environment(secrets: Secrets) -> dict[str, str]:
    """Return the variables that all our services share."""
    threads = {"OMP_NUM_THREADS": "2", "OPENBLAS_NUM_THREADS": "2"}
    return {**base_environment(), **aws_credentials(secrets), **threads, "PYTHONPATH": str(ROOT)}


def aws_environment(settings: Settings, secrets: Secrets) -> dict[str, str]:
    """Return the environment of moto with a disk."""
    return {
        **service_environment(secrets),
        "NIGHTLOOP_AWS_HOST": HOST,
        "NIGHTLOOP_AWS_PORT": str(settings.aws_port),
        "NIGHTLOOP_AWS_STATE": str(settings.state / "aws"),
    }


def sagemaker_environment(settings: Settings, secrets: Secrets) -> dict[str, str]:
    """Return the environment of the local SageMaker."""
    return {
        **service_environment(secrets),
        "NIGHTLOOP_SAGEMAKER_HOST": HOST,
        "NIGHTLOOP_SAGEMAKER_PORT": str(settings.sagemaker_port),
        "NIGHTLOOP_SAGEMAKER_STATE": str(settings.state / "sagemaker"),
        "NIGHTLOOP_SAGEMAKER_ACCOUNT": ACCOUNT,
        "NIGHTLOOP_SAGEMAKER_REGION": REGION,
        "NIGHTLOOP_SAGEMAKER_ACCESS_KEYS": json.dumps({ACCESS_KEY: secrets.aws_secret_key}),
        "NIGHTLOOP_SAGEMAKER_AWS_ENDPOINT_URL": settings.aws_url,
        "NIGHTLOOP_SAGEMAKER_REVIEW_ENDPOINT_URL": settings.review_url,
        "NIGHTLOOP_SAGEMAKER_IMAGES": json.dumps({"object-detection:1": [sys.executable, "-m", "services.detector"]}),
    }


def review_environment(settings: Settings, secrets: Secrets) -> dict[str, str]:
    """Return the environment of the review service."""
    return {
        **service_environment(secrets),
        "NIGHTLOOP_REVIEW_HOST": HOST,
        "NIGHTLOOP_REVIEW_PORT": str(settings.review_port),
        "NIGHTLOOP_REVIEW_DATABASE": f"sqlite:///{settings.state / 'review' / 'review.db'}",
        "NIGHTLOOP_REVIEW_PUBLIC_URL": settings.review_url,
        "NIGHTLOOP_REVIEW_ACCOUNT": ACCOUNT,
        "NIGHTLOOP_REVIEW_REGION": REGION,
        "NIGHTLOOP_REVIEW_ACCESS_KEYS": json.dumps({ACCESS_KEY: secrets.aws_secret_key}),
        "NIGHTLOOP_REVIEW_SECRET_KEY": secrets.review_cookie_key,
        "NIGHTLOOP_REVIEW_S3_ENDPOINT_URL": settings.aws_url,
        "NIGHTLOOP_REVIEW_SQS_ENDPOINT_URL": settings.aws_url,
        "NIGHTLOOP_REVIEW_EVENT_QUEUE_URL": settings.events_queue_url,
        # As in Amazon A2I's own events, so that code for those needs no change.
        "NIGHTLOOP_REVIEW_EVENT_SOURCE": "aws.sagemaker",
    }
