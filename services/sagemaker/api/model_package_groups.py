from typing import Any

from sqlalchemy import select

from services.awswire import Context
from services.sagemaker.api import records
from services.sagemaker.api.arns import arn_of
from services.sagemaker.api.errors import package_group_exists, package_group_in_use, package_group_not_found
from services.sagemaker.api.operations import control, moment, now_of, service_of
from services.sagemaker.storage.tables import ModelPackageGroupRow, ModelPackageRow

Document = dict[str, Any]


def name_of(name_or_arn: str) -> str:
    """Return the group's name: requests may also use its ARN."""
    return name_or_arn.rsplit(":model-package-group/", 1)[-1]


@control.implements("CreateModelPackageGroup")
def create_model_package_group(context: Context, request: Document) -> Document:
    """Record a group, which is ready at once."""
    name = request["ModelPackageGroupName"]
    arn = arn_of(context, f"model-package-group/{name}")
    stored = {key: value for key, value in request.items() if key != "Tags"}
    row = ModelPackageGroupRow(
        key=name.lower(), name=name, arn=arn, created=now_of(context), request=stored, last_version=0
    )
    records.insert(context, row, request.get("Tags", []), package_group_exists)
    return {"ModelPackageGroupArn": arn}


@control.implements("DescribeModelPackageGroup")
def describe_model_package_group(context: Context, request: Document) -> Document:
    """Describe a group."""
    name = name_of(request["ModelPackageGroupName"])
    row = records.read(context, ModelPackageGroupRow, name, package_group_not_found)
    return _summary(row) | {"CreatedBy": {}}


@control.implements("ListModelPackageGroups")
def list_model_package_groups(context: Context, request: Document) -> Document:
    """List groups, oldest first."""
    page = records.list_rows(context, ModelPackageGroupRow, request, "Ascending")
    return {"ModelPackageGroupSummaryList": [_summary(row) for row in page.rows], "NextToken": page.next_token}


@control.implements("DeleteModelPackageGroup")
def delete_model_package_group(context: Context, request: Document) -> Document:
    """Delete a group that has no version left."""
    name = name_of(request["ModelPackageGroupName"])
    with service_of(context).database.write() as session:
        row = records.fetch(session, context, ModelPackageGroupRow, name, package_group_not_found)
        if session.scalar(select(ModelPackageRow.key).where(ModelPackageRow.group_key == row.key).limit(1)):
            raise package_group_in_use(row.arn)
        records.remove(session, row)
    return {}


def _summary(row: ModelPackageGroupRow) -> Document:
    described = {
        "ModelPackageGroupName": row.name,
        "ModelPackageGroupArn": row.arn,
        "CreationTime": moment(row.created),
        "ModelPackageGroupStatus": "Completed",
    }
    text = row.request.get("ModelPackageGroupDescription")
    return described | ({"ModelPackageGroupDescription": text} if text else {})
