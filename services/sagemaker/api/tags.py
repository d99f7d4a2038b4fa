import re
from collections.abc import Callable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.awswire import Context, ServiceError
from services.sagemaker.api import errors, records
from services.sagemaker.api.operations import control, service_of
from services.sagemaker.storage.tables import (
    EndpointConfigRow,
    EndpointRow,
    ModelPackageGroupRow,
    ModelRow,
    Resource,
    TagRow,
    TrainingJobRow,
    TransformJobRow,
)

Document = dict[str, Any]

ARN = re.compile(r"arn:[a-z-]+:sagemaker:[a-z0-9-]+:\d{12}:([a-z-]+)/(.+)", re.IGNORECASE)
VERSIONS_HAVE_NO_TAGS = "Tags are not supported in Model Package versions. Please add them to the Model Package Group"
TAGGABLE: dict[str, tuple[type[Resource], Callable[[Context, str], ServiceError]]] = {
    "model": (ModelRow, errors.model_not_found),
    "endpoint-config": (EndpointConfigRow, errors.config_not_found),
    "endpoint": (EndpointRow, errors.endpoint_not_found),
    "model-package-group": (ModelPackageGroupRow, errors.package_group_not_found),
    "training-job": (TrainingJobRow, errors.training_job_not_found),
    "transform-job": (TransformJobRow, errors.transform_job_not_found),
}


def _resource(session: Session, context: Context, arn: str) -> Resource:
    match = ARN.fullmatch(arn)
    if match is None:
        raise errors.invalid(f"Invalid ARN: {arn}")
    kind, name = match[1].lower(), match[2]
    if kind == "model-package":
        raise errors.invalid(VERSIONS_HAVE_NO_TAGS)
    if kind not in TAGGABLE:
        raise errors.invalid(f"Invalid resource type: {kind}")
    table, not_found = TAGGABLE[kind]
    return records.fetch(session, context, table, name, not_found)


def _tags(session: Session, arn: str) -> list[Document]:
    rows = session.scalars(select(TagRow).where(TagRow.arn == arn).order_by(TagRow.tag))
    return [{"Key": row.tag, "Value": row.value} for row in rows]


@control.implements("AddTags")
def add_tags(context: Context, request: Document) -> Document:
    """Add or overwrite tags and return all tags of the resource."""
    with service_of(context).database.write() as session:
        resource = _resource(session, context, request["ResourceArn"])
        records.put_tags(session, resource.arn, request["Tags"])
        return {"Tags": _tags(session, resource.arn)}


@control.implements("ListTags")
def list_tags(context: Context, request: Document) -> Document:
    """List the tags of a resource: at most 50, so always one page."""
    with service_of(context).database.read() as session:
        return {"Tags": _tags(session, _resource(session, context, request["ResourceArn"]).arn)}


@control.implements("DeleteTags")
def delete_tags(context: Context, request: Document) -> Document:
    """Remove tags by key; a missing key is not an error."""
    with service_of(context).database.write() as session:
        resource = _resource(session, context, request["ResourceArn"])
        for key in request["TagKeys"]:
            row = session.get(TagRow, (resource.arn, key))
            if row is not None:
                session.delete(row)
    return {}
