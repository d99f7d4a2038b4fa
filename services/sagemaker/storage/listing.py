import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

Table = Any  # one of the mapped classes: each has key and created, some have status and modified
Column = Any
SortValue = str | float

DEFAULT_PAGE = 10
EQUAL = {"StatusEquals": "status", "ModelApprovalStatus": "approval_status", "ModelPackageGroupName": "group_key"}


class BadTokenError(ValueError):
    """A NextToken that this service did not issue for such a list."""


@dataclass(frozen=True)
class Page:
    """One page of rows and the token of the next page, if any."""

    rows: Sequence[Any]
    next_token: str | None


def list_page(session: Session, table: Table, request: Mapping[str, Any], default_order: str) -> Page:
    """Return one page of a List* request: filters, SortBy, SortOrder, MaxResults, NextToken.

    The token has the place of the last row returned, so rows created or deleted meanwhile do not shift the list.

    :raises BadTokenError: if the token is not of this list.
    """
    sort_by = request.get("SortBy", "CreationTime")
    column = _sort_column(table, sort_by)
    ascending = request.get("SortOrder", default_order) == "Ascending"
    query = select(table).where(*_filters(table, request))
    if token := request.get("NextToken"):
        query = query.where(_after(table, column, _read_token(token, sort_by, ascending), ascending=ascending))
    order = (column.asc(), table.key.asc()) if ascending else (column.desc(), table.key.desc())
    size = request.get("MaxResults", DEFAULT_PAGE)
    rows = session.scalars(query.order_by(*order).limit(size + 1)).all()
    if len(rows) <= size:
        return Page(rows, None)
    last = rows[size - 1]
    return Page(rows[:size], _write_token(sort_by, ascending, getattr(last, column.key), last.key))


def _sort_column(table: Table, sort_by: str) -> Column:
    return {"CreationTime": table.created, "Name": table.key, "Status": getattr(table, "status", None)}[sort_by]


def _filters(table: Table, request: Mapping[str, Any]) -> list[ColumnElement[bool]]:
    filters: list[ColumnElement[bool]] = []
    if text := request.get("NameContains"):
        filters.append(func.instr(table.key, text.lower()) > 0)
    for member, column in EQUAL.items():
        if value := request.get(member):
            filters.append(getattr(table, column) == value)
    for member, column in (("CreationTime", "created"), ("LastModifiedTime", "modified")):
        if after := request.get(f"{member}After"):
            filters.append(getattr(table, column) > _seconds(after))
        if before := request.get(f"{member}Before"):
            filters.append(getattr(table, column) < _seconds(before))
    return filters


def _seconds(moment: datetime) -> float:
    return moment.timestamp()


def _after(table: Table, column: Column, place: tuple[SortValue, str], *, ascending: bool) -> ColumnElement[bool]:
    value, key = place
    if ascending:
        return or_(column > value, and_(column == value, table.key > key))
    return or_(column < value, and_(column == value, table.key < key))


def _write_token(sort_by: str, ascending: bool, value: SortValue, key: str) -> str:
    return base64.urlsafe_b64encode(json.dumps([sort_by, ascending, value, key]).encode()).decode()


def _read_token(token: str, sort_by: str, ascending: bool) -> tuple[SortValue, str]:
    try:
        made_for, made_ascending, value, key = json.loads(base64.urlsafe_b64decode(token.encode()))
    except (binascii.Error, ValueError, TypeError) as error:
        raise BadTokenError(token) from error
    if (made_for, made_ascending) != (sort_by, ascending) or not isinstance(key, str):
        raise BadTokenError(token)
    return value, key
