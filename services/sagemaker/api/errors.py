"""SageMaker's own error messages; clients compare the beginnings of these sentences."""

from services.awswire import Context, ServiceError
from services.sagemaker.api.arns import arn_of


def invalid(message: str) -> ServiceError:
    """Make a ValidationException."""
    return ServiceError("ValidationException", message)


def missing_member(path: str) -> ServiceError:
    """Say that a member is missing that is optional in the API model but required by this call."""
    return invalid(
        f"1 validation error detected: Value null at '{path}' failed to satisfy constraint: Member must not be null"
    )


def unsupported(member: str, instead: str) -> ServiceError:
    """Refuse an option that this service would otherwise ignore silently."""
    return invalid(f"{member} is not supported by this service: {instead}")


def model_not_found(context: Context, name: str) -> ServiceError:
    """Say that there is no such model."""
    return invalid(f'Could not find model "{arn_of(context, f"model/{name.lower()}")}".')


def config_not_found(context: Context, name: str) -> ServiceError:
    """Say that there is no such endpoint configuration."""
    return invalid(f'Could not find endpoint configuration "{arn_of(context, f"endpoint-config/{name.lower()}")}".')


def endpoint_not_found(context: Context, name: str) -> ServiceError:
    """Say that there is no such endpoint."""
    return invalid(f'Could not find endpoint "{arn_of(context, f"endpoint/{name.lower()}")}".')


def already_exists(noun: str, arn: str) -> ServiceError:
    """Say that a model, endpoint configuration or endpoint already has this name."""
    return invalid(f'Cannot create already existing {noun} "{arn}".')


def package_group_not_found(context: Context, name: str) -> ServiceError:
    """Say that there is no such model package group."""
    return invalid(f"ModelPackageGroup {arn_of(context, f'model-package-group/{name}')} does not exist.")


def package_group_exists(arn: str) -> ServiceError:
    """Say that a model package group already has this name."""
    return invalid(f"Model Package Group already exists: {arn}")


def package_group_in_use(arn: str) -> ServiceError:
    """Refuse to delete a group that still has versions."""
    return ServiceError(
        "ConflictException", f"Model Package Group {arn} cannot be deleted because it still contains Model Packages"
    )


def package_not_found(arn: str) -> ServiceError:
    """Say that there is no such model package."""
    return invalid(f"ModelPackage {arn} does not exist.")


def training_job_not_found(_context: Context, _name: str) -> ServiceError:
    """Say that there is no such training job."""
    return invalid("Requested resource not found.")


def training_job_exists(arn: str) -> ServiceError:
    """Say that a training job already has this name."""
    return ServiceError(
        "ResourceInUse",
        "Training job names must be unique within an AWS account and region, and a training job with this name already "
        f"exists ({arn})",
    )


def transform_job_not_found(_context: Context, name: str) -> ServiceError:
    """Say that there is no such transform job."""
    return invalid(f"Could not find requested job with name: {name}")


def transform_job_exists(arn: str) -> ServiceError:
    """Say that a transform job already has this name."""
    return ServiceError(
        "ResourceInUse",
        f"Job name must be unique within an AWS account and region, and a job with this name already exists ({arn}).",
    )


def job_is_over(kind: str, status: str) -> ServiceError:
    """Refuse to stop a job that has ended."""
    return invalid(f"The request was rejected because the {kind} job is in status {status}")


def no_objects(uri: str, bucket: str, region: str, role: str) -> ServiceError:
    """Say that an input channel has nothing to read."""
    return invalid(
        f'No S3 objects found under S3 URL "{uri}" given in input data source. Please ensure that the bucket exists in '
        f"the selected region ({region}), that objects exist under that S3 prefix, and that the role "
        f'"{role}" has "s3:ListBucket" permissions on bucket "{bucket}".'
    )


def model_data_unreadable(uri: str, role: str, region: str) -> ServiceError:
    """Say that model data cannot be accessed."""
    return invalid(
        f'Could not access model data at {uri}. Please ensure that the role "{role}" exists and that its trust '
        'relationship policy allows the action "sts:AssumeRole" for the service principal "sagemaker.amazonaws.com". '
        f'Also ensure that the role has "s3:GetObject" permissions and that the object is located in {region}. If your '
        'Model uses multiple models or uncompressed models, please ensure that the role has "s3:ListBucket" permission.'
    )


def instance_limit(instance_type: str, usage: str, limit: int, requested: int) -> ServiceError:
    """Say that more instances are asked for than this service runs, in the words of an account's quota."""
    return ServiceError(
        "ResourceLimitExceeded",
        f"The account-level service limit '{instance_type} for {usage} usage' is {limit} Instances, with current "
        f"utilization of 0 Instances and a request delta of {requested} Instances. Please use AWS Service Quotas to "
        "request an increase for this quota. If AWS Service Quotas is not available, contact AWS support to request an "
        "increase for this quota.",
    )
