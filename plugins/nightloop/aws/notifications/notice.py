"""One notice to people, and how it is sent over one channel."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from nightloop.aws.errors import SetupError

if TYPE_CHECKING:
    from collections.abc import Callable

    from airflow.sdk import BaseNotifier

    from nightloop.config import Channel

_ADDRESS: Final = re.compile(r"(https?://[^\s<>\"']+)")
_SUBJECT_LIMIT: Final = 100
"""The longest subject that SNS takes; other channels take it too."""


@dataclass(frozen=True)
class Notice:
    """A notice: `key` is the same for the same subject matter; the text is plain, with line ends."""

    key: str
    subject: str
    text: str


def send(channel: Channel, notice: Notice) -> None:
    """Send a notice with the Airflow notifier of a channel; raise what the notifier raises.

    Notifiers render their texts as templates. A notice holds file names and errors of others, so it reaches them as the
    value of a variable and is never read as a template itself.

    :raises SetupError: if the provider that knows the channel is not installed.
    """
    subject = " ".join(notice.subject.split())[:_SUBJECT_LIMIT]
    try:
        notifier = _NOTIFIERS[channel.via](channel)
    except ImportError as error:
        raise SetupError(
            f"Notices via {channel.via} need apache-airflow-providers-{channel.via}, which is not installed: {error}"
        ) from error
    notifier({"notice_subject": subject, "notice_text": notice.text, "notice_html": as_html(notice.text)})


def as_html(text: str) -> str:
    """Write plain text as HTML; addresses become links."""
    return "<p>" + "<br>\n".join(_line_as_html(line) for line in text.splitlines()) + "</p>"


def _line_as_html(line: str) -> str:
    parts = _ADDRESS.split(line)  # text, address, text, ...
    shown = [html.escape(part) for part in parts]
    shown[1::2] = [f'<a href="{address}">{address}</a>' for address in shown[1::2]]
    return "".join(shown)


def _smtp(channel: Channel) -> BaseNotifier:
    from airflow.providers.smtp.notifications.smtp import SmtpNotifier

    return SmtpNotifier(
        to=[address.strip() for address in channel.to.split(",")],
        subject="{{ notice_subject }}",
        html_content="{{ notice_html }}",
        smtp_conn_id=channel.connection,
    )


def _sns(channel: Channel) -> BaseNotifier:
    from airflow.providers.amazon.aws.notifications.sns import SnsNotifier

    return SnsNotifier(
        target_arn=channel.to,
        subject="{{ notice_subject }}",
        message="{{ notice_text }}",
        aws_conn_id=channel.connection or "aws_default",
    )


def _sqs(channel: Channel) -> BaseNotifier:
    from airflow.providers.amazon.aws.notifications.sqs import SqsNotifier

    return SqsNotifier(
        queue_url=channel.to,
        message_body="{{ notice_subject }}\n\n{{ notice_text }}",
        aws_conn_id=channel.connection or "aws_default",
    )


def _slack(channel: Channel) -> BaseNotifier:
    from airflow.providers.slack.notifications.slack_webhook import SlackWebhookNotifier

    return SlackWebhookNotifier(
        text="*{{ notice_subject }}*\n{{ notice_text }}",
        slack_webhook_conn_id=channel.connection or "slack_default",
    )


_NOTIFIERS: Final[dict[str, Callable[[Channel], Any]]] = {"smtp": _smtp, "sns": _sns, "sqs": _sqs, "slack": _slack}
