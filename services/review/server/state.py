"""What every request needs: one value, created in `app.py` and passed to the API and the portal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from services.review.people.mail import Mailer
from services.review.people.oidc_provider import Provider
from services.review.server.rendering import Rendering

if TYPE_CHECKING:
    from collections.abc import Callable

    from services.review.config.settings import Settings
    from services.review.formats.arns import Arns
    from services.review.s3.store import S3Store
    from services.review.storage.database.engine import Database


@dataclass(frozen=True)
class Review:
    """The running service."""

    settings: Settings
    database: Database
    store: S3Store
    arns: Arns
    clock: Callable[[], datetime]
    wake_outbox: Callable[[], None]

    @cached_property
    def mailer(self) -> Mailer:
        """The sender of mail."""
        return Mailer(self.settings.smtp_url, self.settings.mail_from)

    @cached_property
    def rendering(self) -> Rendering:
        """The renderer of templates."""
        return Rendering(self.settings, self.store)

    @cached_property
    def provider(self) -> Provider | None:
        """The OpenID Connect provider that people may sign in at, if one is set."""
        return Provider(self.settings) if self.settings.oidc_issuer else None


def utc_now() -> datetime:
    """Return the time in UTC, to the millisecond, so the API shows exactly what is stored and compared."""
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)
