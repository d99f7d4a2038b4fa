"""The server's side of AWS JSON 1.1 and REST-JSON, driven by botocore's service models."""

from services.awswire.app import OPERATION_KEY, REQUEST_ID_KEY, create_asgi
from services.awswire.context import Context
from services.awswire.dropping import Dropped
from services.awswire.errors import ConfigurationError, ServiceError
from services.awswire.hooks import CallHook, MakeHook
from services.awswire.operations import Operations
from services.awswire.signing import Keys

__all__ = [
    "OPERATION_KEY",
    "REQUEST_ID_KEY",
    "CallHook",
    "ConfigurationError",
    "Context",
    "Dropped",
    "Keys",
    "MakeHook",
    "Operations",
    "ServiceError",
    "create_asgi",
]
