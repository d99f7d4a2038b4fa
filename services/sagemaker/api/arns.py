"""Amazon resource names of this service's resources."""

from services.awswire import Context


def arn_of(context: Context, resource: str) -> str:
    """Name a resource, such as `model/x`, in the service's account and the region that the caller signed for."""
    return f"arn:{context.partition}:sagemaker:{context.region}:{context.account}:{resource}"
