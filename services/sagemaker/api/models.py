from typing import Any

from services.awswire import Context, ServiceError
from services.sagemaker.api import records
from services.sagemaker.api.arns import arn_of
from services.sagemaker.api.errors import already_exists, model_not_found
from services.sagemaker.api.model_containers import RUNS, check_container, describe_container, the_container
from services.sagemaker.api.operations import control, moment, now_of, service_of
from services.sagemaker.api.packaged_models import unpacked
from services.sagemaker.storage.tables import ModelRow

Document = dict[str, Any]
ECHOED = ("ExecutionRoleArn", "VpcConfig", "InferenceExecutionConfig")


def _exists(arn: str) -> ServiceError:
    return already_exists("model", arn)


@control.implements("CreateModel")
def create_model(context: Context, request: Document) -> Document:
    """Record a model whose image this service runs and whose data is in S3."""
    name = request["ModelName"]
    arn = arn_of(context, f"model/{name.lower()}")
    records.refuse_existing(context, ModelRow, name, _exists, arn)
    container = unpacked(context, the_container(request))
    check_container(context, container, request.get("ExecutionRoleArn", ""))
    stored = {key: value for key, value in request.items() if key != "Tags"} | {RUNS: dict(container)}
    row = ModelRow(key=name.lower(), name=name, arn=arn, created=now_of(context), request=stored)
    records.insert(context, row, request.get("Tags", []), _exists)
    return {"ModelArn": arn}


@control.implements("DescribeModel")
def describe_model(context: Context, request: Document) -> Document:
    """Echo a model."""
    row = records.read(context, ModelRow, request["ModelName"], model_not_found)
    described = {key: row.request[key] for key in ECHOED if key in row.request}
    container = describe_container(the_container(row.request))
    described |= {"PrimaryContainer": container} if "PrimaryContainer" in row.request else {"Containers": [container]}
    return described | {
        "ModelName": row.name,
        "ModelArn": row.arn,
        "CreationTime": moment(row.created),
        "EnableNetworkIsolation": row.request.get("EnableNetworkIsolation", False),
    }


@control.implements("ListModels")
def list_models(context: Context, request: Document) -> Document:
    """List models, newest first."""
    page = records.list_rows(context, ModelRow, request, "Descending")
    models = [{"ModelName": row.name, "ModelArn": row.arn, "CreationTime": moment(row.created)} for row in page.rows]
    return {"Models": models, "NextToken": page.next_token}


@control.implements("DeleteModel")
def delete_model(context: Context, request: Document) -> Document:
    """Delete a model; endpoints that use it keep their copy."""
    with service_of(context).database.write() as session:
        records.remove(session, records.fetch(session, context, ModelRow, request["ModelName"], model_not_found))
    return {}
