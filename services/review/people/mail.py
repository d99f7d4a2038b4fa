"""Sending mail through an SMTP server."""

from __future__ import annotations

import logging
import smtplib
import ssl
from email.message import EmailMessage
from email.utils import formatdate, make_msgid, parseaddr
from typing import TYPE_CHECKING

from services.review.config import smtp_server
from services.review.people.errors import MailFailed

if TYPE_CHECKING:
    from services.review.config.smtp_server import SmtpServer

logger = logging.getLogger(__name__)

TIMEOUT_SECONDS = 10


class Mailer:
    """Sends mail, if a server is configured."""

    def __init__(self, url: str, sender: str) -> None:
        self.sender = sender
        self.server = smtp_server.parse(url) if url else None

    @property
    def is_configured(self) -> bool:
        """Whether there is a server to send through."""
        return self.server is not None

    def send(self, to: str, subject: str, text: str) -> None:
        """Hand one mail to the server; raises MailFailed with what the server said."""
        assert self.server is not None, "the caller checks first whether mail is configured"
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = self.sender, to, subject
        message["Date"], message["Message-ID"] = (
            formatdate(),
            make_msgid(domain=parseaddr(self.sender)[1].partition("@")[2]),
        )
        message.set_content(text)
        try:
            with _connection(self.server) as connection:
                connection.send_message(message)
        except (OSError, smtplib.SMTPException) as error:
            reason = _reason(error)
            logger.warning("mail not sent", extra={"server": self.server.host, "reason": reason})
            raise MailFailed(f"the mail could not be sent: {reason}", reason=reason) from error
        logger.info("mail sent", extra={"server": self.server.host})


def _connection(server: SmtpServer) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if server.tls_at_once:
        connection: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=TIMEOUT_SECONDS, context=context)
    else:
        connection = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT_SECONDS)
    try:
        if server.starttls:
            connection.starttls(context=context)
        if server.user:
            connection.login(server.user, server.password)
    except BaseException:
        connection.close()
        raise
    return connection


def _reason(error: Exception) -> str:
    """Say what went wrong without the credentials that a server's full answer may contain."""
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return "the server refused the user or the password"
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return "the server refused the recipient"
    if isinstance(error, smtplib.SMTPResponseException):
        return f"the server answered {error.smtp_code}"
    return f"{type(error).__name__}: {error}"[:200]
