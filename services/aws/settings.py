"""The server's settings, each from one environment variable."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from services.aws.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping

HOST = "NIGHTLOOP_AWS_HOST"
PORT = "NIGHTLOOP_AWS_PORT"
STATE = "NIGHTLOOP_AWS_STATE"


@dataclass(frozen=True)
class Settings:
    """Where the server listens and where it keeps its objects."""

    host: str
    port: int
    state: Path

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Settings:
        """Read the settings; SettingsError names the variable that is wrong."""
        state = environment.get(STATE, "")
        if not state:
            raise SettingsError(f"{STATE} is not set: give the folder that keeps the objects")
        return cls(host=environment.get(HOST) or "127.0.0.1", port=_port(environment), state=Path(state).absolute())


def _port(environment: Mapping[str, str]) -> int:
    text = environment.get(PORT) or "8090"
    if not text.isdecimal() or int(text) > 65535:
        raise SettingsError(f"{PORT}={text!r} is not a port: give a whole number from 0 (any free one) to 65535")
    return int(text)
