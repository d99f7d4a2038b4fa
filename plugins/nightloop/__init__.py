"""Nightloop inside Airflow: settings, the domain, the operators and the page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

__version__ = "0.1.0"

EXTRA_LINKS = (
    "nightloop.aws.links.answers.AnswersLink",
    "nightloop.aws.links.data_docs.DataDocsLink",
    "nightloop.aws.links.endpoint.EndpointLink",
    "nightloop.aws.links.flow_definition.FlowDefinitionLink",
    "nightloop.aws.links.model_origin.ModelOriginLink",
    "nightloop.aws.links.s3_output.S3OutputLink",
    "nightloop.aws.links.training_job.TrainingJobLink",
    "nightloop.aws.links.worker_portal.WorkerPortalLink",
)
"""Class paths of the links that task instances have."""


def get_provider_info() -> dict[str, Any]:
    """Return what Airflow's provider manager shows of the installed distribution.

    Connections are the Amazon provider's, type `aws`. The plugin has an entry point of its own, `airflow.plugins`:
    named here too, it would be registered twice.
    """
    integration = "Amazon Augmented AI and SageMaker"
    return {
        "package-name": "nightloop",
        "name": "Nightloop",
        "description": "Nightly object detection with human review (Amazon A2I) and retraining (Amazon SageMaker).",
        "integrations": [{"integration-name": integration, "tags": ["aws"]}],
        **{
            kind: [{"integration-name": integration, "python-modules": _modules_of(kind)}]
            for kind in ("hooks", "operators", "sensors", "triggers")
        },
        "extra-links": list(EXTRA_LINKS),
    }


def _modules_of(kind: str) -> list[str]:
    root = Path(__file__).parent
    files = sorted(path for path in (root / "aws" / kind).rglob("*.py") if path.stem != "__init__")
    return [".".join((__name__, *path.relative_to(root).with_suffix("").parts)) for path in files]
