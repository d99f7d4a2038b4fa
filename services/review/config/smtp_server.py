"""The server that mail is sent through, as the settings name it."""

from __future__ import annotations

from dataclasses import dataclass
from email.utils import parseaddr
from urllib.parse import unquote, urlsplit

from services.review.errors import SettingsError

_PORTS = {"smtp": 25, "smtps": 465}
_URL = "NIGHTLOOP_REVIEW_SMTP_URL"
_FROM = "NIGHTLOOP_REVIEW_MAIL_FROM"


@dataclass(frozen=True)
class SmtpServer:
    """Where mail goes, and how."""

    host: str
    port: int
    user: str
    password: str
    tls_at_once: bool
    starttls: bool


def check(url: str, sender: str) -> None:
    """Raise SettingsError unless both are there, and mail can be sent with them, or neither is."""
    if not url:
        return
    parse(url)
    if "@" not in parseaddr(sender)[1].strip("@"):
        raise SettingsError(f"{_URL} needs {_FROM}, the sender: reviews@example.com or Reviews <reviews@example.com>")


def parse(url: str) -> SmtpServer:
    """Read smtp://user:password@host:port?starttls or smtps://...; raises SettingsError."""
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS.get(parts.scheme, 0)
    except ValueError as error:
        raise SettingsError(f"{_URL} has no readable host and port") from error
    options = set(parts.query.split("&")) - {""}
    if parts.scheme not in _PORTS or not parts.hostname or options - {"starttls"} or parts.path.strip("/"):
        raise SettingsError(f"{_URL} must be smtp://user:password@host:587?starttls, smtps://... or smtp://host:25")
    return SmtpServer(
        host=parts.hostname,
        port=port,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        tls_at_once=parts.scheme == "smtps",
        starttls="starttls" in options,
    )
