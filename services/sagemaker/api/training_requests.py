import re
from collections.abc import Mapping
from typing import Any

from services.awswire import Context
from services.sagemaker.api.errors import instance_limit, invalid, missing_member, no_objects, unsupported
from services.sagemaker.api.operations import service_of
from services.sagemaker.aws.s3 import S3Uri
from services.sagemaker.containers.images import ECR_IMAGE
from services.sagemaker.errors import StorageError
from services.sagemaker.jobs.metric_definitions import definitions_of

Document = dict[str, Any]

DAY = 86_400
MAX_RUNTIME = 28 * DAY
REFUSED = {
    "CheckpointConfig": "a job that is interrupted runs again from its inputs.",
    "ServerlessJobConfig": "give AlgorithmSpecification and ResourceConfig.",
    "ModelPackageConfig": "make a model from the job's model.tar.gz.",
}
REFUSED_ALGORITHM = {
    "AlgorithmName": "give TrainingImage.",
    "ContainerEntrypoint": "the image's own command is run.",
    "ContainerArguments": "the image's own command is run with `train`.",
}


def complete_request(context: Context, request: Mapping[str, Any]) -> Document:
    """Check a CreateTrainingJob request and fill in its defaults, as DescribeTrainingJob shows them."""
    for member, instead in REFUSED.items():
        if member in request:
            raise unsupported(member, instead)
    complete = {key: value for key, value in request.items() if key != "Tags"}
    complete["AlgorithmSpecification"] = _algorithm(context, request)
    _check_resources(request)
    complete["StoppingCondition"] = _stopping_condition(request)
    output = {"KmsKeyId": "", "CompressionType": "GZIP"} | request["OutputDataConfig"]
    if output["CompressionType"] != "GZIP":
        raise unsupported("CompressionType NONE", "the model is always packed as model.tar.gz.")
    _check_s3(output["S3OutputPath"])
    complete["OutputDataConfig"] = output
    complete["InputDataConfig"] = [
        _channel(channel, complete["AlgorithmSpecification"]["TrainingInputMode"])
        for channel in request.get("InputDataConfig", [])
    ]
    names = [channel["ChannelName"] for channel in complete["InputDataConfig"]]
    if len(set(names)) < len(names):
        raise invalid(f"Channel names must be unique within a training job: {', '.join(names)}.")
    for channel in complete["InputDataConfig"]:
        _check_objects(context, channel, request["RoleArn"])
    return complete


def _algorithm(context: Context, request: Mapping[str, Any]) -> Document:
    algorithm = request.get("AlgorithmSpecification")
    if algorithm is None:
        raise missing_member("algorithmSpecification")
    for member, instead in REFUSED_ALGORITHM.items():
        if member in algorithm:
            raise unsupported(member, instead)
    image = algorithm.get("TrainingImage")
    match = ECR_IMAGE.fullmatch(image or "")
    if match is None or not match["tag"]:
        raise invalid(
            "Invalid training image. Please provide a valid Amazon Elastic Container Registry path of the Docker image "
            "to run."
        )
    if service_of(context).resources.images.command(image) is None:
        raise invalid(f"Cannot find the requested image: {image}")
    definitions = definitions_of(image, algorithm.get("MetricDefinitions", []))
    for definition in definitions:
        _check_expression(definition)
    return {"EnableSageMakerMetricsTimeSeries": False, **algorithm, "MetricDefinitions": definitions}


def _check_expression(definition: Mapping[str, str]) -> None:
    try:
        groups = re.compile(definition["Regex"]).groups
    except re.error as error:
        raise invalid(f"The regular expression of metric {definition['Name']} is not valid: {error}.") from error
    if groups == 0:
        raise invalid(
            f"The regular expression of metric {definition['Name']} has no group for the value: put it in ( )."
        )


def _check_resources(request: Mapping[str, Any]) -> None:
    resources = request.get("ResourceConfig")
    if resources is None:
        raise missing_member("resourceConfig")
    for member in ("InstanceType", "InstanceCount"):
        if not resources.get(member):
            raise missing_member(f"resourceConfig.{member[0].lower()}{member[1:]}")
    if resources["InstanceCount"] > 1:
        raise instance_limit(resources["InstanceType"], "training job", 1, resources["InstanceCount"])


def _stopping_condition(request: Mapping[str, Any]) -> Document:
    condition: Document = {"MaxRuntimeInSeconds": DAY, **request.get("StoppingCondition", {})}
    if condition["MaxRuntimeInSeconds"] > MAX_RUNTIME:
        raise invalid(f"MaxRuntimeInSeconds must be at most {MAX_RUNTIME}, 28 days.")
    wait_seconds = condition.get("MaxWaitTimeInSeconds", 0)
    if request.get("EnableManagedSpotTraining") and wait_seconds < condition["MaxRuntimeInSeconds"]:
        raise invalid("MaxWaitTimeInSeconds above or equal to MaxRuntimeInSeconds is required for spot training.")
    return condition


def _channel(channel: Mapping[str, Any], default_mode: str) -> Document:
    name = channel["ChannelName"]
    defaults = {"CompressionType": "None", "RecordWrapperType": "None", "InputMode": default_mode}
    complete: Document = {**defaults, **channel}
    source = channel["DataSource"].get("S3DataSource")
    if source is None:
        raise unsupported(f"The data source of channel {name}", "give an S3DataSource.")
    _check_s3(source["S3Uri"])
    kind, mode = source["S3DataType"], complete["InputMode"]
    if kind == "AugmentedManifestFile":
        if mode != "Pipe":
            raise invalid(f"Channel {name}: AugmentedManifestFile can only be used with input mode Pipe.")
        if not source.get("AttributeNames"):
            raise invalid(f"Channel {name}: AttributeNames is required for AugmentedManifestFile.")
    elif kind not in {"S3Prefix", "ManifestFile"}:
        raise unsupported(
            f"S3DataType {kind} of channel {name}", "give S3Prefix, ManifestFile or AugmentedManifestFile."
        )
    if mode == "FastFile" and kind != "S3Prefix":
        raise invalid(f"Channel {name}: input mode FastFile can only be used with S3Prefix.")
    if complete["CompressionType"] == "Gzip" and mode != "Pipe":
        raise invalid(f"Channel {name}: CompressionType Gzip can only be used with input mode Pipe.")
    distribution = {"S3DataDistributionType": "FullyReplicated"} | source
    return {**complete, "DataSource": {"S3DataSource": distribution}}


def _check_s3(uri: str) -> None:
    try:
        S3Uri.parse(uri)
    except StorageError as error:
        raise invalid(str(error)) from error


def _check_objects(context: Context, channel: Mapping[str, Any], role: str) -> None:
    """Check, as SageMaker does before it accepts a job, whether each channel has anything to read."""
    source = channel["DataSource"]["S3DataSource"]
    address = S3Uri.parse(source["S3Uri"])
    store = service_of(context).resources.store
    try:
        found = any(True for _ in store.list(address)) if source["S3DataType"] == "S3Prefix" else store.exists(address)
    except StorageError:
        found = False
    if not found:
        raise no_objects(source["S3Uri"], address.bucket, context.region, role)
