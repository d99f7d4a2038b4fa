"""The stack's secrets: made once for a state folder, kept in a file that only its owner reads."""

from __future__ import annotations

import base64
import json
import os
import secrets
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from local.errors import SettingError

if TYPE_CHECKING:
    from pathlib import Path


def _token() -> str:
    return secrets.token_hex(24)


def _password() -> str:
    return "-".join(secrets.token_hex(3) for _ in range(3))


def _fernet_key() -> str:
    return base64.urlsafe_b64encode(os.urandom(32)).decode()


@dataclass(frozen=True)
class Secrets:
    """Keys and passwords of one stack; the repository has none."""

    aws_secret_key: str = field(default_factory=_token)
    airflow_password: str = field(default_factory=_password)
    airflow_fernet_key: str = field(default_factory=_fernet_key)
    airflow_jwt_secret: str = field(default_factory=lambda: secrets.token_hex(48))
    airflow_api_secret: str = field(default_factory=_token)
    review_cookie_key: str = field(default_factory=_token)
    reviewer_password: str = field(default_factory=_password)
    administrator_password: str = field(default_factory=_password)


def load_secrets(state: Path) -> Secrets:
    """Return the secrets of a state folder; missing ones are created now and kept."""
    path = state / "secrets.json"
    try:
        kept = json.loads(path.read_text()) if path.exists() else {}
        found = Secrets(**kept)
    except (ValueError, TypeError) as error:
        raise SettingError(f"{path} is damaged: `make clean` deletes the whole state folder") from error
    if asdict(found) != kept:
        write_private(path, json.dumps(asdict(found), indent=2))
    return found


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(path.name + ".unfinished")
    beside.unlink(missing_ok=True)
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    beside.replace(path)
