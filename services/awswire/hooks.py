"""What the owner of an application may do around each call."""

from collections.abc import Callable
from typing import Protocol, TypeAlias

from services.awswire.context import Context
from services.awswire.models import Value


class CallHook(Protocol):
    """Accompanies one call; `before` and `after` may raise `ServiceError`, or `Dropped` to break the connection off."""

    async def before(self) -> None:
        """Run before the handler; an exception takes the place of the handler's answer."""

    async def after(self) -> None:
        """Run when the handler has answered, before the caller gets the answer."""

    def failed(self, code: str) -> None:
        """Run when the handler, or `before`, refused with this error code."""


MakeHook: TypeAlias = Callable[[Context, dict[str, Value]], CallHook]
"""Makes the hook of one call from its context and its validated parameters."""


class NoHook:
    """Does nothing."""

    async def before(self) -> None:
        """Do nothing."""

    async def after(self) -> None:
        """Do nothing."""

    def failed(self, code: str) -> None:
        """Do nothing."""
