from typing import Any

from services.sagemaker.api.operations import moment
from services.sagemaker.containers.images import Images
from services.sagemaker.fleets.deployment import Deployment, Variant
from services.sagemaker.storage.tables import EndpointRow

Document = dict[str, Any]


def describe(row: EndpointRow, images: Images) -> Document:
    """Describe an endpoint: while it is Updating, the old config and variants, and the new ones as pending."""
    described: Document = {
        "EndpointName": row.name,
        "EndpointArn": row.arn,
        "EndpointConfigName": row.config_name,
        "EndpointStatus": row.status,
        "CreationTime": moment(row.created),
        "LastModifiedTime": moment(row.modified),
        "FailureReason": row.failure_reason,
        "LastDeploymentConfig": row.last_deployment_config,
    }
    pending = Deployment.from_json(row.pending) if row.pending else None
    if row.deployed:
        deployed = Deployment.from_json(row.deployed)
        desired = pending if pending and pending.identity == deployed.identity else deployed
        described["AsyncInferenceConfig"] = deployed.asynchronous
        described["ProductionVariants"] = [
            _variant(current, wanted, deployed, images)
            for current, wanted in zip(deployed.variants, desired.variants, strict=True)
        ]
    if pending and not (row.deployed and row.deployed["identity"] == pending.identity):
        described["PendingDeploymentSummary"] = _pending(pending, images)
    return described


def _variant(current: Variant, wanted: Variant, deployment: Deployment, images: Images) -> Document:
    return {
        "VariantName": current.name,
        "DeployedImages": [_image(current, deployment, images)],
        "CurrentWeight": current.weight,
        "DesiredWeight": wanted.weight,
        "CurrentInstanceCount": current.count,
        "DesiredInstanceCount": wanted.count,
    }


def _image(variant: Variant, deployment: Deployment, images: Images) -> Document:
    return {
        "SpecifiedImage": variant.model.image,
        "ResolvedImage": images.resolved(variant.model.image),
        "ResolutionTime": moment(deployment.created),
    }


def _pending(deployment: Deployment, images: Images) -> Document:
    status, message = deployment.stage, None
    if status.startswith("Baking"):
        status, message = "Baking", status
    variants = [
        {
            "VariantName": variant.name,
            "DeployedImages": [_image(variant, deployment, images)],
            "InstanceType": variant.instance_type,
            "CurrentInstanceCount": 0 if status == "Creating" else variant.count,
            "DesiredInstanceCount": variant.count,
            "CurrentWeight": variant.weight,
            "DesiredWeight": variant.weight,
            "VariantStatus": [{"Status": status, "StatusMessage": message, "StartTime": moment(deployment.created)}],
        }
        for variant in deployment.variants
    ]
    return {
        "EndpointConfigName": deployment.config_name,
        "ProductionVariants": variants,
        "StartTime": moment(deployment.created),
    }
