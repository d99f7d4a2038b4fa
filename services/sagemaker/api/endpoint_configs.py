from collections.abc import Mapping
from typing import Any

from services.awswire import Context, ServiceError
from services.sagemaker.api import records
from services.sagemaker.api.arns import arn_of
from services.sagemaker.api.errors import (
    already_exists,
    config_not_found,
    invalid,
    missing_member,
    model_not_found,
    unsupported,
)
from services.sagemaker.api.operations import control, moment, now_of, service_of
from services.sagemaker.storage.tables import EndpointConfigRow, ModelRow

Document = dict[str, Any]

ECHOED = ("KmsKeyId", "ExecutionRoleArn", "VpcConfig", "MetricsConfig", "AsyncInferenceConfig")
REFUSED = {
    "ShadowProductionVariants": "add a production variant with a weight of its own.",
    "ExplainerConfig": "leave it out.",
    "DataCaptureConfig": "keep the requests where they are made.",
}
REFUSED_IN_VARIANT = {
    "ServerlessConfig": "give InstanceType and InitialInstanceCount.",
    "InstancePools": "give InstanceType and InitialInstanceCount.",
    "CoreDumpConfig": "leave it out.",
    "AcceleratorType": "leave it out.",
}

REFUSED_IN_ASYNC_OUTPUT = {
    "NotificationConfig": "look for the output and failure objects.",
    "KmsKeyId": "leave it out.",
}


def _exists(arn: str) -> ServiceError:
    return already_exists("endpoint configuration", arn)


@control.implements("CreateEndpointConfig")
def create_endpoint_config(context: Context, request: Document) -> Document:
    """Record an endpoint configuration whose models exist."""
    name = request["EndpointConfigName"]
    arn = arn_of(context, f"endpoint-config/{name.lower()}")
    records.refuse_existing(context, EndpointConfigRow, name, _exists, arn)
    for member, instead in REFUSED.items():
        if request.get(member):
            raise unsupported(member, instead)
    _check_async(request.get("AsyncInferenceConfig"))
    names = [variant["VariantName"] for variant in request["ProductionVariants"]]
    if len(set(names)) < len(names):
        raise invalid(f"Variant names must be unique within an endpoint configuration: {', '.join(names)}.")
    for number, variant in enumerate(request["ProductionVariants"], start=1):
        _check_variant(context, variant, f"productionVariants.{number}.member")
    variants = [{"InitialVariantWeight": 1.0} | variant for variant in request["ProductionVariants"]]
    stored = {key: value for key, value in request.items() if key != "Tags"} | {"ProductionVariants": variants}
    row = EndpointConfigRow(key=name.lower(), name=name, arn=arn, created=now_of(context), request=stored)
    records.insert(context, row, request.get("Tags", []), _exists)
    return {"EndpointConfigArn": arn}


def _check_async(asynchronous: Document | None) -> None:
    if asynchronous is None:
        return
    output = asynchronous["OutputConfig"]
    for member, instead in REFUSED_IN_ASYNC_OUTPUT.items():
        if output.get(member):
            raise unsupported(member, instead)
    if not output.get("S3OutputPath"):
        raise missing_member("asyncInferenceConfig.outputConfig.s3OutputPath")


def _check_variant(context: Context, variant: Mapping[str, Any], path: str) -> None:
    if "ManagedInstanceScaling" in variant:
        raise invalid("ManagedInstanceScaling is only supported for inference component endpoints.")
    for member, instead in REFUSED_IN_VARIANT.items():
        if member in variant:
            raise unsupported(member, instead)
    for member in ("ModelName", "InstanceType", "InitialInstanceCount"):
        if member not in variant:
            raise missing_member(f"{path}.{member[0].lower()}{member[1:]}")
    records.read(context, ModelRow, variant["ModelName"], model_not_found)


@control.implements("DescribeEndpointConfig")
def describe_endpoint_config(context: Context, request: Document) -> Document:
    """Echo an endpoint configuration."""
    row = records.read(context, EndpointConfigRow, request["EndpointConfigName"], config_not_found)
    described = {key: row.request[key] for key in ECHOED if key in row.request}
    return described | {
        "EndpointConfigName": row.name,
        "EndpointConfigArn": row.arn,
        "ProductionVariants": row.request["ProductionVariants"],
        "CreationTime": moment(row.created),
        "EnableNetworkIsolation": row.request.get("EnableNetworkIsolation", False),
    }


@control.implements("ListEndpointConfigs")
def list_endpoint_configs(context: Context, request: Document) -> Document:
    """List endpoint configurations, newest first."""
    page = records.list_rows(context, EndpointConfigRow, request, "Descending")
    configs = [
        {"EndpointConfigName": row.name, "EndpointConfigArn": row.arn, "CreationTime": moment(row.created)}
        for row in page.rows
    ]
    return {"EndpointConfigs": configs, "NextToken": page.next_token}


@control.implements("DeleteEndpointConfig")
def delete_endpoint_config(context: Context, request: Document) -> Document:
    """Delete an endpoint configuration, even one in use: its endpoint can then no longer be updated."""
    name = request["EndpointConfigName"]
    with service_of(context).database.write() as session:
        records.remove(session, records.fetch(session, context, EndpointConfigRow, name, config_not_found))
    return {}
