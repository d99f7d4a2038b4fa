"""The control page `/_faults`: GET reports, POST orders (a list), DELETE removes all orders. It needs the token."""

from __future__ import annotations

import hmac
import json
from typing import TYPE_CHECKING, Any

from services.faults.errors import FaultOrderError
from services.faults.orders import Order

if TYPE_CHECKING:
    from services.faults.switchboard import Faults

PATH = "/_faults"


def respond(faults: Faults, token: str, method: str, authorization: str, body: bytes) -> tuple[int, dict[str, Any]]:
    """Carry out a request; return the HTTP status and the document."""
    if not hmac.compare_digest(authorization.encode(), f"Bearer {token}".encode()):
        return 403, {"message": "send the faults token as a bearer token"}
    if method == "DELETE":
        faults.clear()
    elif method == "POST":
        try:
            faults.order(*_read(body))
        except FaultOrderError as error:
            return 400, {"message": str(error)}
    elif method != "GET":
        return 405, {"message": "GET reports, POST orders, DELETE removes all orders"}
    return 200, faults.report()


def _read(body: bytes) -> list[Order]:
    try:
        documents = json.loads(body)
    except ValueError as error:
        raise FaultOrderError(f"the body is not JSON: {error}") from error
    if not isinstance(documents, list):
        raise FaultOrderError("the body must be a list of orders")
    return [Order.from_json(document) for document in documents]
