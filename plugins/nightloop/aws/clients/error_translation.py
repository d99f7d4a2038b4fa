"""Turns what botocore raises into errors that name the connection and how to fix it."""

from __future__ import annotations

import re
from contextlib import contextmanager
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, Protocol, TypeVar

from nightloop.aws import errors
from nightloop.aws.clients.missing_resources import missing_error

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_UNKNOWN_KEY = {
    "UnrecognizedClientException",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "SignatureDoesNotMatch",
    "InvalidAccessKeyId",
    "MissingAuthenticationTokenException",
    "ExpiredToken",
    "ExpiredTokenException",
}
_DENIED = {"AccessDenied", "AccessDeniedException", "Forbidden", "403"}
_THROTTLED = {
    "BandwidthLimitExceeded",
    "EC2ThrottledException",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestThrottledException",
    "SlowDown",
    "ThrottledException",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
}
_FAULTS = {"ConcurrentUpdateException", "PriorRequestNotComplete", "RequestTimeout", "RequestTimeoutException"}
"""Passing faults that AWS answers with a 4xx status; botocore repeats these too."""
_QUOTA = {"ServiceQuotaExceededException", "ResourceLimitExceeded"}
_SKEWED = {"RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture"}
_SKEWED_WORDS = re.compile(r"signature (expired|not yet current)", re.IGNORECASE)
_CLOSED = {"SubscriptionRequiredException", "OptInRequired"}
_CLOSED_WORDS = re.compile(
    r"existing\b.{0,40}\bcustomer|new customers|maintenance mode|service-availability", re.IGNORECASE
)

_Parameters = ParamSpec("_Parameters")
_Result = TypeVar("_Result")


class AwsConnected(Protocol):
    """What the translation needs to know about a hook."""

    aws_conn_id: str | None
    client_type: str | None


_Hook = TypeVar("_Hook", bound=AwsConnected)


def error_code(error: BaseException) -> str:
    """Return the AWS error code of a botocore `ClientError`, or an empty string."""
    response: dict[str, Any] = getattr(error, "response", None) or {}
    return str(response.get("Error", {}).get("Code", ""))


def error_message(error: Exception) -> str:
    """Return the message AWS sent, or the error's own text."""
    response: dict[str, Any] = getattr(error, "response", None) or {}
    return str(response.get("Error", {}).get("Message", "") or error)


def http_status(error: Exception) -> int:
    """Return the HTTP status of a botocore `ClientError`, or 0."""
    response: dict[str, Any] = getattr(error, "response", None) or {}
    return int(response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0) or 0)


def is_closed_service(error: Exception) -> bool:
    """Say whether AWS refuses the account because A2I accepts no new customers.

    AWS does not document which exception the runtime raises (Textract's call raises `InvalidParameterException`), so
    the words of its notice decide: https://aws.amazon.com/about-aws/whats-new/2026/06/aws-service-availability/
    """
    refused = 400 <= (http_status(error) or 400) < 500
    return error_code(error) in _CLOSED or (refused and bool(_CLOSED_WORDS.search(error_message(error))))


@contextmanager
def typed_errors(connection: str | None, service: str) -> Iterator[None]:
    """Run calls of one service; raise our own errors for failures that any call can have.

    The hook that makes a call catches what belongs to one operation (not found, already there) first. Any `ClientError`
    left over means that the service refused the request.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as error:
        raise _from_client_error(error, connection, service) from error
    except BotoCoreError as error:
        raise _from_botocore_error(error, connection, service) from error


def translated(
    method: Callable[Concatenate[_Hook, _Parameters], _Result],
) -> Callable[Concatenate[_Hook, _Parameters], _Result]:
    """Make a hook's method raise typed errors that name its connection."""

    @wraps(method)
    def wrapper(self: _Hook, /, *args: _Parameters.args, **kwargs: _Parameters.kwargs) -> _Result:
        with typed_errors(self.aws_conn_id, self.client_type or ""):
            return method(self, *args, **kwargs)

    return wrapper


def _from_client_error(error: Exception, connection: str | None, service: str) -> errors.NightloopError:
    code = error_code(error)
    said = f"{service} answered {code}: {error_message(error)}"
    if service.startswith("sagemaker") and is_closed_service(error):
        return errors.NotACustomerError(
            f"{said}. Amazon A2I accepts no new customers since July 2026. Run the review service, which speaks the "
            f"same API (docs/how-to/run-the-review-service.md), and set its address in the extra of the Airflow "
            f"connection {connection!r}. An account that used A2I before can open a support case with AWS."
        )
    refused = _refused_caller(error, said, connection)
    if refused is not None:
        return refused
    if code in _THROTTLED or http_status(error) == 429:
        return errors.ThrottledError(f"{said}, also after retries. The task will try again later.")
    if code in _QUOTA:
        return errors.QuotaError(f"{said}. The next night tries again; raise the limit, or free what uses it.")
    if code in _FAULTS or (http_status(error) >= 500 and code != "NotImplemented"):
        return errors.ServiceFaultError(f"{said}, also after retries. The task will try again later.")
    gone = missing_error(error_message(error), said) if service == "sagemaker" else None
    return gone or errors.RequestRefusedError(f"{said} (Airflow connection {connection!r})")


def _refused_caller(error: Exception, said: str, connection: str | None) -> errors.NightloopError | None:
    code = error_code(error)
    if code in _SKEWED or (code in _UNKNOWN_KEY and _SKEWED_WORDS.search(error_message(error))):
        return errors.ClockSkewError(
            f"{said}. Correct the clock of this machine, or the service's, and clear the task."
        )
    if code in _UNKNOWN_KEY:
        return errors.CredentialsError(
            f"{said}. Check the access key and secret of the Airflow connection {connection!r}."
        )
    if code in _DENIED:
        return errors.PermissionDeniedError(
            f"{said}. Give the key or role of the Airflow connection {connection!r} this permission."
        )
    return None


def _from_botocore_error(error: Exception, connection: str | None, service: str) -> errors.NightloopError:
    from botocore import exceptions

    if isinstance(error, exceptions.NoCredentialsError | exceptions.PartialCredentialsError):
        return errors.CredentialsError(
            f"{service}: no credentials found. Set the access key and secret of the Airflow connection {connection!r}."
        )
    if isinstance(error, exceptions.NoRegionError):
        return errors.SetupError(
            f"{service}: no region. Set region_name in the extra of the connection {connection!r}."
        )
    if isinstance(error, exceptions.HTTPClientError | exceptions.ConnectionError):
        return errors.ServiceUnreachableError(
            f"{service} does not answer ({error}). Start it with `make up`, or point the Airflow connection "
            f"{connection!r} at it (endpoint_url in its extra)."
        )
    passing = exceptions.IncompleteReadError | exceptions.ChecksumError | exceptions.FlexibleChecksumError
    if isinstance(error, passing | exceptions.CredentialRetrievalError | exceptions.MetadataRetrievalError):
        return errors.ServiceFaultError(f"{service}: {error}. The task will try again later.")
    return errors.RequestRefusedError(f"{service}: {error}")
