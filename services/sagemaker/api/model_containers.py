from collections.abc import Mapping
from typing import Any

from services.awswire import Context
from services.sagemaker.api.errors import invalid, missing_member, model_data_unreadable, unsupported
from services.sagemaker.api.operations import service_of
from services.sagemaker.aws.s3 import S3Uri
from services.sagemaker.containers.images import ECR_IMAGE
from services.sagemaker.errors import StorageError

Container = Mapping[str, Any]
RUNS = "RunsContainer"
"""The key of the container that runs in a stored CreateModel request: a model package's, if one was named."""


def the_container(request: Mapping[str, Any]) -> Container:
    """Return the only container of a CreateModel request; raises if there is none, or more than one."""
    containers = request.get("Containers", [])
    primary = request.get("PrimaryContainer")
    if primary and containers:
        raise invalid("PrimaryContainer and Containers are both given. Give exactly one of them.")
    if primary:
        return dict(primary)
    if not containers:
        raise missing_member("primaryContainer")
    if len(containers) > 1:
        raise unsupported("An inference pipeline (more than one container)", "give a single PrimaryContainer.")
    return dict(containers[0])


def running_container(stored: Mapping[str, Any]) -> Container:
    """Return the container that a recorded model runs, as it was when the model was created."""
    return dict(stored[RUNS]) if RUNS in stored else the_container(stored)


def check_container(context: Context, container: Container, role: str) -> None:
    """Check image and model data as CreateModel does."""
    if container.get("Mode") == "MultiModel":
        raise unsupported("Mode MultiModel", "make one model per archive.")
    if "AdditionalModelDataSources" in container:
        raise unsupported("AdditionalModelDataSources", "put all files into one archive.")
    if "Image" not in container:
        raise missing_member("primaryContainer.image")
    _check_image(context, container["Image"])
    if (uri := _model_data(container)) is not None:
        _check_model_data(context, uri, role)


def describe_container(container: Container) -> dict[str, Any]:
    """Echo a container as DescribeModel does, with SageMaker's additions."""
    if "ModelPackageName" in container:
        return dict(container)
    described = {"Mode": "SingleModel", "Environment": {}} | dict(container)
    uri = _model_data(container)
    if uri is not None:
        source = {"S3Uri": uri, "S3DataType": "S3Object", "CompressionType": "Gzip"}
        described |= {"ModelDataUrl": uri, "ModelDataSource": {"S3DataSource": source}}
    return described


def _model_data(container: Container) -> str | None:
    source = container.get("ModelDataSource", {}).get("S3DataSource")
    if source and (source["S3DataType"], source["CompressionType"]) != ("S3Object", "Gzip"):
        raise unsupported("ModelDataSource of uncompressed files", "pack them as model.tar.gz: S3Object, Gzip.")
    url: str | None = container.get("ModelDataUrl")
    if url and source and url != source["S3Uri"]:
        raise invalid("ModelDataUrl and ModelDataSource name different objects. Give one of them.")
    return url or (source["S3Uri"] if source else None)


def _check_image(context: Context, image: str) -> None:
    match = ECR_IMAGE.fullmatch(image)
    if match is None:
        raise invalid(f'Using non-ECR image "{image}" without Vpc repository access mode is not supported.')
    if not match["tag"]:
        raise invalid(f'ECR image "{image}" is invalid.')
    if service_of(context).resources.images.command(image) is None:
        raise invalid(f"Requested image {image} not found.")


def _check_model_data(context: Context, uri: str, role: str) -> None:
    try:
        found = service_of(context).resources.store.exists(S3Uri.parse(uri))
    except StorageError as error:
        raise model_data_unreadable(uri, role, context.region) from error
    if not found:
        raise invalid(f"Could not find model data at {uri}.")
