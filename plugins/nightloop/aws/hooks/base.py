"""What the loop's hooks have in common."""

from __future__ import annotations

import re
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from airflow.providers.amazon.aws.hooks.base_aws import AwsBaseHook, AwsGenericHook

from nightloop.aws.clients.error_translation import error_code, error_message

if TYPE_CHECKING:
    from botocore.config import Config

_MISSING_CODES = {"ResourceNotFound", "ResourceNotFoundException", "ObjectNotFoundException"}
_MISSING_MESSAGES = ("Could not find", "Requested resource not found")
_EXISTING_CODES = {"ResourceInUse", "ResourceAlreadyExists"}
_MISSING_PACKAGE = re.compile(r"Model ?Package.*does not exist\.?")
_EXISTING_MESSAGES = ("Cannot create already existing", "Model Package Group already exists")


def is_missing(error: Exception) -> bool:
    """Say whether an AWS error means that the thing does not exist.

    For models, endpoints and jobs SageMaker answers `ValidationException` with a text; for the rest it answers
    `ResourceNotFound`.
    """
    message = error_message(error)
    if error_code(error) in _MISSING_CODES or message.startswith(_MISSING_MESSAGES):
        return True
    return _MISSING_PACKAGE.fullmatch(message) is not None


def is_existing(error: Exception) -> bool:
    """Say whether an AWS error means that a thing of this name already exists."""
    return error_code(error) in _EXISTING_CODES or error_message(error).startswith(_EXISTING_MESSAGES)


async def async_client(hook: AwsGenericHook[Any]) -> Any:
    """Make a hook's aiobotocore client, an async context manager."""
    return await hook.get_async_conn()  # type: ignore[no-untyped-call]


async def find_async(client: Any, operation: str, **request: Any) -> dict[str, Any] | None:
    """Call a describe or list operation of an aiobotocore client; return None if there is no such thing."""
    from botocore.exceptions import ClientError

    try:
        return dict(await getattr(client, operation)(**request))
    except ClientError as error:
        if is_missing(error):
            return None
        raise


class LoopHook(AwsBaseHook):
    """An AWS hook of the loop, with its own waiters and with calls that treat every resource alike.

    botocore's adaptive mode retries throttling and 5xx answers: it waits longer each time, with jitter, and slows down
    all threads of a client together. Settings in the connection's `config_kwargs` override this.
    """

    @cached_property
    def waiter_path(self) -> Path | None:
        """Where this client's waiters are described: in this project's folder, not in the provider's."""
        path = Path(__file__).parents[1] / "waiters" / f"{self.client_type}.json"
        return path if path.exists() else None

    @property
    def client_settings(self) -> Config:
        """The client's settings, unless the connection has others."""
        from botocore.config import Config

        return Config(retries={"mode": "adaptive", "max_attempts": 8})

    def get_client_type(self, region_name: str | None = None, config: Any = None, deferrable: bool = False) -> Any:
        """Build the client, boto3's or aiobotocore's."""
        return super().get_client_type(region_name, self.client_settings.merge(config or self.config), deferrable)

    @property
    def client(self) -> Any:
        """The boto3 client; its operations come from AWS's models and carry no types."""
        return self.get_conn()

    def find(self, operation: str, **request: Any) -> dict[str, Any] | None:
        """Call a describe operation; return None if there is no such thing."""
        try:
            return dict(getattr(self.client, operation)(**request))
        except self.client.exceptions.ClientError as error:
            if is_missing(error):
                return None
            raise

    def create(self, operation: str, **request: Any) -> bool:
        """Call a create operation; return False if a thing of this name already exists."""
        try:
            getattr(self.client, operation)(**request)
        except self.client.exceptions.ClientError as error:
            if is_existing(error):
                return False
            raise
        return True

    def remove(self, operation: str, **request: Any) -> bool:
        """Call a delete or stop operation; return False if there is no such thing."""
        try:
            getattr(self.client, operation)(**request)
        except self.client.exceptions.ClientError as error:
            if is_missing(error):
                return False
            raise
        return True
