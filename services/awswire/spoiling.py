"""What a fault on order does to a call, before its handler runs and after."""

import asyncio

from starlette.types import Send

from services.awswire.errors import ServiceError
from services.faults import Fault


class Dropped(Exception):  # noqa: N818  (an event on order, not an error)
    """A fault on order: the connection breaks here."""


async def spoil_before(fault: Fault | None) -> None:
    """Do what a fault does before the handler runs; raises `ServiceError` or `Dropped`."""
    if fault is None:
        return
    if fault.kind == "throttle":
        raise ServiceError("ThrottlingException", "Rate exceeded")
    if fault.kind == "error":
        raise ServiceError("InternalFailure", "A fault on order.", status=500)
    if fault.kind == "unavailable":
        raise ServiceError("ServiceUnavailable", "A fault on order.", status=503)
    if fault.kind == "reset-before":
        raise Dropped
    if fault.kind == "slow":
        await asyncio.sleep(fault.seconds)


async def spoil_after(fault: Fault | None) -> None:
    """Do what a fault does when the handler has committed; raises `Dropped`."""
    if fault is None or fault.kind not in {"reset-after", "hold-after"}:
        return
    if fault.kind == "hold-after":
        await asyncio.sleep(fault.seconds)
    raise Dropped


async def break_off(send: Send) -> None:
    """Begin an answer and never end it: the server then closes the connection, which is all that ASGI offers.

    No content-length: the server sends chunks, and clients notice a last chunk that is missing, whereas botocore takes
    a body that is shorter than announced.
    """
    await send({"type": "http.response.start", "status": 200, "headers": []})
