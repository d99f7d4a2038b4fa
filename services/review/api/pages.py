"""Lists in pages that stay right while things are added.

A token names the last item of the page before, not a position, so new items move nothing. It also names the query, so
it cannot be used to continue another one.
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
from services.review.storage.tables.base import UtcDateTime

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Select
    from sqlalchemy.orm import InstrumentedAttribute, Session

    from services.review.storage.tables import Base

Row = TypeVar("Row", bound="Base")

DEFAULT_SIZE = 10
_PAGING = {"NextToken", "MaxResults"}
_IDENTIFIERS = 2**63


@dataclass(frozen=True)
class Order:
    """The column a list is sorted by; ids decide between equal values."""

    column: InstrumentedAttribute[Any]
    identifier: InstrumentedAttribute[int]
    descending: bool


def one_page(
    session: Session, statement: Select[Row], order: Order, request: Mapping[str, Any], *, size: int = DEFAULT_SIZE
) -> tuple[list[Row], str | None]:
    """Run a list statement for one page; return its rows and the token of the next, None after the last.

    :raises InvalidInput: for a token that this query did not give.
    """
    question = _question(request)
    limit = request.get("MaxResults", size)
    token = request.get("NextToken")
    if token:
        kind = datetime if isinstance(order.column.type, UtcDateTime) else str
        statement = statement.where(_beyond(order, *_read_token(token, question, kind)))
    columns = (order.column, order.identifier)
    ordering = [column.desc() for column in columns] if order.descending else [column.asc() for column in columns]
    rows = list(session.scalars(statement.order_by(*ordering).limit(limit + 1)))
    if len(rows) <= limit:
        return rows, None
    last = rows[limit - 1]
    return rows[:limit], _write_token(getattr(last, order.column.key), getattr(last, order.identifier.key), question)


def only_page(request: Mapping[str, Any]) -> None:
    """Check the token of a list that is always one page; raises InvalidInput if one is given."""
    if request.get("NextToken"):
        raise _foreign_token()


def _foreign_token() -> InvalidInput:
    return InvalidInput("NextToken was not issued by this service")


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
    text = value.isoformat() if isinstance(value, datetime) else value
    return base64.urlsafe_b64encode(json.dumps([text, identifier, question]).encode()).decode()


def _read_token(token: str, question: str, kind: type[datetime] | type[str]) -> tuple[datetime | str, int]:
    try:
        text, identifier, asked = json.loads(base64.urlsafe_b64decode(token.encode()))
        value = _value(text, kind)
    except (ValueError, TypeError, RecursionError, binascii.Error) as error:
        raise _foreign_token() from error
    if type(identifier) is not int or not 0 <= identifier < _IDENTIFIERS:
        raise _foreign_token()
    if asked != question:
        raise InvalidInput("NextToken belongs to a list with other parameters; repeat those of the first page")
    return value, identifier


def _value(text: str, kind: type[datetime] | type[str]) -> datetime | str:
    """Read the value of the sorted column: a time with its zone, or a text that a database can hold."""
    if kind is not datetime:
        if not isinstance(text, str) or not text.isascii() or "\0" in text:
            raise ValueError(text)
        return text
    time = datetime.fromisoformat(text)
    if time.tzinfo is None:
        raise ValueError(text)
    return time
