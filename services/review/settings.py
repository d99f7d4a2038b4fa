"""Settings of the review service: one environment variable a field."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from services.review.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping


def _setting(env: str, default: str | int, *, secret: bool = False) -> Any:  # noqa: ANN401 - as dataclasses.field
    return field(default=default, metadata={"env": env}, repr=not secret)


@dataclass(frozen=True)
class Settings:
    """All the service can be told; secrets stay out of its repr."""

    host: str = _setting("NIGHTLOOP_REVIEW_HOST", "127.0.0.1")
    port: int = _setting("NIGHTLOOP_REVIEW_PORT", 8092)
    database: str = _setting("NIGHTLOOP_REVIEW_DATABASE", "sqlite:///nightloop-review.sqlite", secret=True)
    public_url: str = _setting("NIGHTLOOP_REVIEW_PUBLIC_URL", "http://localhost:8092")
    account: str = _setting("NIGHTLOOP_REVIEW_ACCOUNT", "123456789012")
    region: str = _setting("NIGHTLOOP_REVIEW_REGION", "us-east-1")
    access_keys: str = _setting("NIGHTLOOP_REVIEW_ACCESS_KEYS", "", secret=True)
    secret_key: str = _setting("NIGHTLOOP_REVIEW_SECRET_KEY", "", secret=True)
    s3_endpoint_url: str = _setting("NIGHTLOOP_REVIEW_S3_ENDPOINT_URL", "")
    s3_browser_endpoint_url: str = _setting("NIGHTLOOP_REVIEW_S3_BROWSER_ENDPOINT_URL", "")
    session_hours: int = _setting("NIGHTLOOP_REVIEW_SESSION_HOURS", 12)
    log_level: str = _setting("NIGHTLOOP_REVIEW_LOG_LEVEL", "INFO")

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Settings:
        """Read the settings; a variable that is not set or empty leaves the default.

        Raises SettingsError naming the variable and the mend.
        """
        values: dict[str, Any] = {}
        for setting in fields(cls):
            name = setting.metadata["env"]
            text = environment.get(name, "")
            if text:
                values[setting.name] = _whole_number(name, text) if isinstance(setting.default, int) else text
        settings = cls(**values)
        if not urlsplit(settings.public_url).netloc:
            raise SettingsError("NIGHTLOOP_REVIEW_PUBLIC_URL must be what browsers see, e.g. http://localhost:8092")
        return settings

    def keys(self) -> dict[str, str]:
        """Read the access keys that may call the API, id -> secret.

        Raises SettingsError when there is none: an API nobody may call is a mistake in the configuration.
        """
        name = "NIGHTLOOP_REVIEW_ACCESS_KEYS"
        try:
            keys = json.loads(self.access_keys or "{}")
        except ValueError as error:
            raise SettingsError(f'{name} must be JSON, {{"access key id": "secret"}}: {error}') from error
        if not isinstance(keys, dict) or not keys or not all(isinstance(secret, str) for secret in keys.values()):
            raise SettingsError(f'{name} must be a JSON object with at least one key, {{"access key id": "secret"}}')
        return keys

    def signing_key(self) -> bytes:
        """Return the key of cookies and CSRF tokens; raises SettingsError when it is missing or short."""
        if len(self.secret_key) < 16:
            raise SettingsError("NIGHTLOOP_REVIEW_SECRET_KEY must be a random text of at least 16 characters")
        return self.secret_key.encode()

    @property
    def origin(self) -> str:
        """Scheme and host of the public URL."""
        parts = urlsplit(self.public_url)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def sub_domain(self) -> str:
        """Where workers sign in, without scheme, as DescribeWorkteam shows it."""
        return f"{urlsplit(self.public_url).netloc}/portal"


def _whole_number(name: str, text: str) -> int:
    try:
        return int(text)
    except ValueError as error:
        raise SettingsError(f"{name} must be a whole number, not {text!r}") from error
