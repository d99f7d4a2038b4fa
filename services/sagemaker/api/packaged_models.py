"""Models made of a model package: the registry says which image and which data."""

from typing import Any

from services.awswire import Context
from services.sagemaker.api.errors import invalid, missing_member, unsupported
from services.sagemaker.api.model_containers import Container
from services.sagemaker.api.model_packages import fetch_version
from services.sagemaker.api.operations import service_of

DECIDED_BY_THE_PACKAGE = ("Image", "ModelDataUrl", "ModelDataSource", "Mode")


def unpacked(context: Context, container: Container) -> Container:
    """Return the container to run: the package's, with the request's environment over the package's own.

    A container without ModelPackageName is returned unchanged.

    :raises ServiceError: if the version is unknown, not approved or has nothing to run, or if the request sets what the
        package sets.
    """
    arn = container.get("ModelPackageName")
    if arn is None:
        return container
    for member in DECIDED_BY_THE_PACKAGE:
        if member in container:
            raise invalid(f"{member} cannot be given together with ModelPackageName: the package has it.")
    with service_of(context).database.read() as session:
        package = fetch_version(session, arn)
        approval, specification = package.approval_status, package.request.get("InferenceSpecification", {})
    if approval != "Approved":
        raise invalid(
            f"ModelPackage {arn} is {approval}. Approve it with UpdateModelPackage before you make a model of it."
        )
    containers = specification.get("Containers", [])
    if not containers:
        raise missing_member("inferenceSpecification")
    if len(containers) > 1:
        raise unsupported("An inference pipeline (more than one container)", "register one container.")
    environment = containers[0].get("Environment", {}) | container.get("Environment", {})
    found: dict[str, Any] = {
        key: containers[0][key] for key in ("Image", "ModelDataUrl", "ModelDataSource") if key in containers[0]
    }
    return found | {"Environment": environment}
