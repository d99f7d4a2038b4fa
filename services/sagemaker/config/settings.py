import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from services.awswire import ConfigurationError, Keys
from services.faults import guard
from services.sagemaker.errors import SettingsError

PREFIX = "NIGHTLOOP_SAGEMAKER_"


def _named(name: str) -> dict[str, str]:
    return {"env": PREFIX + name}


@dataclass(frozen=True)
class Settings:
    """Everything that can be set from outside; each field names its environment variable."""

    state: Path = field(metadata=_named("STATE"))
    access_keys: Keys = field(metadata=_named("ACCESS_KEYS"))
    images: Mapping[str, tuple[str, ...]] = field(metadata=_named("IMAGES"))
    host: str = field(default="127.0.0.1", metadata=_named("HOST"))
    port: int = field(default=8091, metadata=_named("PORT"))
    account: str = field(default="123456789012", metadata=_named("ACCOUNT"))
    region: str = field(default="us-east-1", metadata=_named("REGION"))
    aws_endpoint_url: str = field(default="", metadata=_named("AWS_ENDPOINT_URL"))
    review_endpoint_url: str = field(default="", metadata=_named("REVIEW_ENDPOINT_URL"))
    ping_grace_seconds: float = field(default=30.0, metadata=_named("PING_GRACE_SECONDS"))
    invocation_timeout_seconds: float = field(default=60.0, metadata=_named("INVOCATION_TIMEOUT_SECONDS"))
    training_stop_seconds: float = field(default=120.0, metadata=_named("TRAINING_STOP_SECONDS"))
    serving_stop_seconds: float = field(default=30.0, metadata=_named("SERVING_STOP_SECONDS"))
    metrics_interval_seconds: float = field(default=5.0, metadata=_named("METRICS_INTERVAL_SECONDS"))
    faults_token: str = field(default="", repr=False, metadata=_named("FAULTS_TOKEN"))
    history: Path | None = field(default=None, metadata=_named("HISTORY"))


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Read the settings from environment variables.

    Raises SettingsError naming the variable and how to mend it.
    """
    values: dict[str, Any] = {}
    for name, entry in Settings.__dataclass_fields__.items():
        variable = entry.metadata["env"]
        text = environment.get(variable, "")
        if text:
            values[name] = _READERS.get(name, _text)(variable, text)
        elif name in _REQUIRED:
            raise SettingsError(f"{variable} is not set; {_REQUIRED[name]}")
    settings = Settings(**values)
    if refusal := guard.refusal(settings.faults_token, settings.host):
        raise SettingsError(f"{PREFIX}FAULTS_TOKEN {refusal}")
    return settings


_REQUIRED = {
    "state": "name a folder where the service keeps its database and work folders",
    "access_keys": 'give a JSON object of access key id to secret, like {"nightloop": "secret"}',
    "images": 'give a JSON object of repository:tag to command, like {"object-detection:1": ["python", "-m", "x"]}',
}


def _text(_variable: str, text: str) -> str:
    return text


def _path(_variable: str, text: str) -> Path:
    return Path(text).expanduser().resolve()


def _integer(variable: str, text: str) -> int:
    try:
        return int(text)
    except ValueError as error:
        raise SettingsError(f"{variable} is {text!r}; give a whole number") from error


def _seconds(variable: str, text: str) -> float:
    try:
        seconds = float(text)
    except ValueError as error:
        raise SettingsError(f"{variable} is {text!r}; give seconds as a number") from error
    if not 0 < seconds < float("inf"):
        raise SettingsError(f"{variable} is {text!r}; give seconds greater than zero")
    return seconds


def _object(variable: str, text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        raise SettingsError(f"{variable} is not JSON ({error}); give a JSON object") from error
    if not isinstance(value, dict):
        raise SettingsError(f"{variable} must be a JSON object, not {type(value).__name__}")
    return value


def _keys(variable: str, text: str) -> Keys:
    entries = _object(variable, text)
    if not entries:
        raise SettingsError(f"{variable} must map at least one access key id to its secret")
    try:
        return Keys(entries)
    except ConfigurationError as error:
        raise SettingsError(f"{variable}: {error}") from error


def _address(variable: str, text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise SettingsError(f"{variable} is {text!r}; give a URL like http://localhost:8092")
    return text.rstrip("/")


def _images(variable: str, text: str) -> dict[str, tuple[str, ...]]:
    images = _object(variable, text)
    for image, command in images.items():
        if not isinstance(command, list) or not command or not all(isinstance(word, str) for word in command):
            raise SettingsError(f"{variable}: the command of {image!r} must be a non-empty list of strings")
    return {image: tuple(command) for image, command in images.items()}


_READERS = {
    "state": _path,
    "history": _path,
    "access_keys": _keys,
    "review_endpoint_url": _address,
    "images": _images,
    "port": _integer,
    "ping_grace_seconds": _seconds,
    "invocation_timeout_seconds": _seconds,
    "training_stop_seconds": _seconds,
    "serving_stop_seconds": _seconds,
    "metrics_interval_seconds": _seconds,
}
