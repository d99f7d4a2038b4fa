from datetime import UTC, datetime

from services.awswire import Context, Operations
from services.sagemaker.lifecycle.service import Service

control = Operations("sagemaker")
runtime = Operations("sagemaker-runtime")


def service_of(context: Context) -> Service:
    """Return the service that a call is for."""
    service = context.state
    assert isinstance(service, Service)
    return service


def moment(seconds: float) -> datetime:
    """Turn stored seconds into the time of an answer."""
    return datetime.fromtimestamp(seconds, UTC)


def now_of(context: Context) -> float:
    """Return the time of a call, to the millisecond as SageMaker does."""
    return round(context.now(), 3)
