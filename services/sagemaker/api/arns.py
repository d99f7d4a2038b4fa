"""Amazon resource names of what this service holds."""

from services.awswire import Context


def arn_of(context: Context, resource: str) -> str:
    """Name a resource, such as `model/x`, in the account called and the region that the caller signed for."""
    return f"arn:{context.partition}:sagemaker:{context.region}:{context.account}:{resource}"
