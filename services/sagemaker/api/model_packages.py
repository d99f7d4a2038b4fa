import re
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.awswire import Context
from services.sagemaker.api import records
from services.sagemaker.api.arns import arn_of
from services.sagemaker.api.errors import invalid, missing_member, package_not_found, unsupported
from services.sagemaker.api.model_containers import check_container
from services.sagemaker.api.model_package_groups import name_of
from services.sagemaker.api.operations import control, moment, now_of, service_of
from services.sagemaker.api.tags import VERSIONS_HAVE_NO_TAGS
from services.sagemaker.storage.tables import ModelPackageGroupRow, ModelPackageRow

Document = dict[str, Any]

VERSION_ARN = re.compile(r".*:model-package/(?P<group>[^/]+)/(?P<version>\d{1,9})", re.IGNORECASE)
MAX_METADATA = 50
STORED = (
    "ModelPackageDescription",
    "InferenceSpecification",
    "MetadataProperties",
    "ModelMetrics",
    "Domain",
    "Task",
    "SamplePayloadUrl",
    "CustomerMetadataProperties",
    "SourceUri",
    "ApprovalDescription",
)
REFUSED = {
    "ValidationSpecification": "run a transform job.",
    "SourceAlgorithmSpecification": "give InferenceSpecification.",
    "AdditionalInferenceSpecifications": "register another version.",
    "DriftCheckBaselines": "leave it out.",
    "ModelCard": "use CustomerMetadataProperties.",
    "ModelLifeCycle": "use ModelApprovalStatus.",
    "SecurityConfig": "leave it out.",
}
REFUSED_IN_UPDATE = {
    "AdditionalInferenceSpecificationsToAdd": "register another version.",
    "ModelCard": "use CustomerMetadataProperties.",
    "ModelLifeCycle": "use ModelApprovalStatus.",
}


@control.implements("CreateModelPackage")
def create_model_package(context: Context, request: Document) -> Document:
    """Record the next version of a group; the same ClientToken gives the same version."""
    group = _check_request(context, request)
    with service_of(context).database.write() as session:
        row = session.get(ModelPackageGroupRow, group.lower())
        if row is None:
            raise invalid("Model Package Group does not exist.")
        package = _with_token(session, row.key, request.get("ClientToken"))
        context.outcome.adopted = package is not None
        if package is None:
            row.last_version += 1
            package = _package(context, row, request)
            session.add(package)
        context.outcome.name = package.name
        return {"ModelPackageArn": package.arn}


def _check_request(context: Context, request: Document) -> str:
    name, group = request.get("ModelPackageName"), request.get("ModelPackageGroupName")
    if name and group:
        raise invalid(
            "Both ModelPackageName and ModelPackageGroupName are provided in the input. Cannot determine which one to "
            "use."
        )
    if name:
        raise unsupported("An unversioned model package (ModelPackageName)", "give ModelPackageGroupName.")
    if not group:
        raise invalid("Missing ARN.")
    for member, instead in REFUSED.items():
        if request.get(member):
            raise unsupported(member, instead)
    if request.get("CertifyForMarketplace"):
        raise unsupported("CertifyForMarketplace", "leave it out.")
    if request.get("Tags"):
        raise invalid(VERSIONS_HAVE_NO_TAGS)
    _check_specification(context, request)
    return name_of(group)


def _check_specification(context: Context, request: Document) -> None:
    specification = request.get("InferenceSpecification")
    if specification is None:
        if not request.get("SourceUri"):
            raise missing_member("inferenceSpecification")
        return
    for container in specification["Containers"]:
        if "AdditionalS3DataSource" in container:
            raise invalid("AdditionalS3DataSource is not allowed in InferenceSpecification")
        check_container(context, container, "")


def _with_token(session: Session, group_key: str, token: str | None) -> ModelPackageRow | None:
    if token is None:
        return None
    rows = session.scalars(select(ModelPackageRow).where(ModelPackageRow.group_key == group_key))
    return next((row for row in rows if row.request.get("ClientToken") == token), None)


def _package(context: Context, group: ModelPackageGroupRow, request: Document) -> ModelPackageRow:
    now, version = now_of(context), group.last_version
    stored = {key: request[key] for key in (*STORED, "ClientToken", "SkipModelValidation") if key in request}
    return ModelPackageRow(
        key=_key(group.name, version),
        name=f"{group.name}/{version}",
        arn=arn_of(context, f"model-package/{group.name}/{version}"),
        created=now,
        modified=now,
        request=stored,
        group_key=group.key,
        group_name=group.name,
        version=version,
        approval_status=request.get("ModelApprovalStatus", "PendingManualApproval"),
    )


def _key(group: str, version: int) -> str:
    """Return the key of a version; keys sort as versions do."""
    return f"{group.lower()}/{version:09d}"


@control.implements("DescribeModelPackage")
def describe_model_package(context: Context, request: Document) -> Document:
    """Describe a version by its ARN."""
    with service_of(context).database.read() as session:
        row = fetch_version(session, request["ModelPackageName"])
    stored = {key: row.request[key] for key in STORED if key in row.request}
    skipped = row.request.get("SkipModelValidation", "None")
    return (
        _summary(row)
        | stored
        | {
            "ModelPackageName": row.name,
            "ModelPackageStatusDetails": {"ValidationStatuses": [], "ImageScanStatuses": []},
            "LastModifiedTime": moment(row.modified),
            "CertifyForMarketplace": False,
            "SkipModelValidation": skipped,
        }
    )


def fetch_version(session: Session, arn: str) -> ModelPackageRow:
    """Read a version by its ARN; raises SageMaker's error if there is none."""
    match = VERSION_ARN.fullmatch(arn)
    row = session.get(ModelPackageRow, _key(match["group"], int(match["version"]))) if match else None
    if row is None:
        raise package_not_found(arn)
    return row


@control.implements("ListModelPackages")
def list_model_packages(context: Context, request: Document) -> Document:
    """List versions, oldest first; there are no unversioned packages."""
    if request.get("ModelPackageType") == "Unversioned":
        return {"ModelPackageSummaryList": [], "NextToken": None}
    wanted = dict(request)
    if group := request.get("ModelPackageGroupName"):
        wanted["ModelPackageGroupName"] = name_of(group).lower()
    page = records.list_rows(context, ModelPackageRow, wanted, "Ascending")
    return {"ModelPackageSummaryList": [_summary(row) for row in page.rows], "NextToken": page.next_token}


def _summary(row: ModelPackageRow) -> Document:
    described = {
        "ModelPackageGroupName": row.group_name,
        "ModelPackageVersion": row.version,
        "ModelPackageArn": row.arn,
        "CreationTime": moment(row.created),
        "ModelPackageStatus": "Completed",
        "ModelApprovalStatus": row.approval_status,
    }
    text = row.request.get("ModelPackageDescription")
    return described | ({"ModelPackageDescription": text} if text else {})


@control.implements("UpdateModelPackage")
def update_model_package(context: Context, request: Document) -> Document:
    """Change a version's approval, approval description and customer metadata."""
    for member, instead in REFUSED_IN_UPDATE.items():
        if request.get(member):
            raise unsupported(member, instead)
    with service_of(context).database.write() as session:
        row = fetch_version(session, request["ModelPackageArn"])
        row.approval_status = request.get("ModelApprovalStatus", row.approval_status)
        changed: Document = {key: request[key] for key in ("ApprovalDescription", "SourceUri") if key in request}
        if "InferenceSpecification" in request:
            _check_specification(context, request)
            changed["InferenceSpecification"] = request["InferenceSpecification"]
        metadata = row.request.get("CustomerMetadataProperties", {}) | request.get("CustomerMetadataProperties", {})
        for key in request.get("CustomerMetadataPropertiesToRemove", []):
            metadata.pop(key, None)
        row.request = row.request | changed | {"CustomerMetadataProperties": _checked(metadata)}
        row.modified = now_of(context)
        return {"ModelPackageArn": row.arn}


def _checked(metadata: Document) -> Document:
    if len(metadata) > MAX_METADATA:
        raise invalid(f"CustomerMetadataProperties has more than {MAX_METADATA} entries. Remove some.")
    return metadata


@control.implements("DeleteModelPackage")
def delete_model_package(context: Context, request: Document) -> Document:
    """Delete a version; its number is not used again."""
    with service_of(context).database.write() as session:
        session.delete(fetch_version(session, request["ModelPackageName"]))
    return {}
