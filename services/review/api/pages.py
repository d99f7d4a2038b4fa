"""Lists in pages that stay right while things are added.

A token names the last thing of the page before, not a count of things: what was added since moves nothing. It also
names the question, so that it cannot be used to go on with another one.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import and_, or_

from services.review.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Select
    from sqlalchemy.orm import InstrumentedAttribute, Session

    from services.review.storage.tables import Base

Row = TypeVar("Row", bound="Base")

DEFAULT_SIZE = 10
_PAGING = {"NextToken", "MaxResults"}


@dataclass(frozen=True)
class Order:
    """By which column a list is sorted; ids decide among equals."""

    column: InstrumentedAttribute[Any]
    identifier: InstrumentedAttribute[int]
    descending: bool


def one_page(
    session: Session, statement: Select[Row], order: Order, request: Mapping[str, Any], *, size: int = DEFAULT_SIZE
) -> tuple[list[Row], str | None]:
    """Run a list statement for one page; answer its rows and the token of the next, None after the last.

    Raises InvalidInput for a token this question did not give.
    """
    question = _question(request)
    limit = request.get("MaxResults", size)
    token = request.get("NextToken")
    if token:
        statement = statement.where(_beyond(order, *_read_token(token, question)))
    columns = (order.column, order.identifier)
    ordering = [column.desc() for column in columns] if order.descending else [column.asc() for column in columns]
    rows = list(session.scalars(statement.order_by(*ordering).limit(limit + 1)))
    if len(rows) <= limit:
        return rows, None
    last = rows[limit - 1]
    return rows[:limit], _write_token(getattr(last, order.column.key), getattr(last, order.identifier.key), question)


def _beyond(order: Order, value: datetime | str, identifier: int) -> Any:  # noqa: ANN401 - a SQL expression
    if order.descending:
        later, after = order.column < value, order.identifier < identifier
    else:
        later, after = order.column > value, order.identifier > identifier
    return or_(later, and_(order.column == value, after))


def _question(request: Mapping[str, Any]) -> str:
    filters = {name: str(value) for name, value in request.items() if name not in _PAGING}
    return hashlib.sha256(json.dumps(filters, sort_keys=True).encode()).hexdigest()[:16]


def _write_token(value: datetime | str, identifier: int, question: str) -> str:
    kind, text = ("time", value.isoformat()) if isinstance(value, datetime) else ("text", value)
    return base64.urlsafe_b64encode(json.dumps([kind, text, identifier, question]).encode()).decode()


def _read_token(token: str, question: str) -> tuple[datetime | str, int]:
    try:
        kind, text, identifier, asked = json.loads(base64.urlsafe_b64decode(token.encode()))
        value = datetime.fromisoformat(text) if kind == "time" else str(text)
        number = int(identifier)
    except (ValueError, TypeError, binascii.Error) as error:
        raise InvalidInput("NextToken is not one this service gave") from error
    if asked != question:
        raise InvalidInput("NextToken belongs to a list with other parameters; repeat those of the first page")
    return value, number
