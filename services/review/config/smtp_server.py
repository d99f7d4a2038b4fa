"""The server that mail is sent through, as the settings name it."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

_PORTS = {"smtp": 25, "smtps": 465}


@dataclass(frozen=True)
class SmtpServer:
    """Where mail goes, and how."""

    host: str
    port: int
    user: str
    password: str
    tls_at_once: bool
    starttls: bool


def parse(url: str) -> SmtpServer:
    """Read smtp://user:password@host:port?starttls or smtps://...; raises ValueError for anything else."""
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS.get(parts.scheme, 0)
    except ValueError as error:
        raise ValueError("must have a readable host and port") from error
    options = set(parts.query.split("&")) - {""}
    if parts.scheme not in _PORTS or not parts.hostname or options - {"starttls"} or parts.path.strip("/"):
        raise ValueError("must be smtp://user:password@host:587?starttls, smtps://... or smtp://host:25")
    return SmtpServer(
        host=parts.hostname,
        port=port,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        tls_at_once=parts.scheme == "smtps",
        starttls="starttls" in options,
    )
