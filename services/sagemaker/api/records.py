from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from services.awswire import Context, ServiceError
from services.sagemaker.api.errors import invalid
from services.sagemaker.api.operations import service_of
from services.sagemaker.storage.listing import BadTokenError, Page, Table, list_page
from services.sagemaker.storage.tables import Resource, TagRow

Row = TypeVar("Row", bound=Resource)
NotFound = Callable[[Context, str], ServiceError]
MAX_TAGS = 50


def insert(
    context: Context, row: Resource, tags: Sequence[Mapping[str, str]], exists: Callable[[str], ServiceError]
) -> None:
    """Store a new resource with its tags; raises `exists(arn)` if the name, in any case, is taken."""
    with service_of(context).database.write() as session:
        if session.get(type(row), row.key) is not None:
            raise exists(row.arn)
        session.add(row)
        put_tags(session, row.arn, tags)


def refuse_existing(
    context: Context, table: type[Row], name: str, exists: Callable[[str], ServiceError], arn: str
) -> None:
    """Raise `exists(arn)` if the name is taken; this is checked before everything else."""
    with service_of(context).database.read() as session:
        if session.get(table, name.lower()) is not None:
            raise exists(arn)


def fetch(session: Session, context: Context, table: type[Row], name: str, not_found: NotFound) -> Row:
    """Read a resource by name, in any case; raise `not_found`."""
    row = session.get(table, name.lower())
    if row is None:
        raise not_found(context, name)
    return row


def read(context: Context, table: type[Row], name: str, not_found: NotFound) -> Row:
    """Read a resource by name in a session of its own."""
    with service_of(context).database.read() as session:
        return fetch(session, context, table, name, not_found)


def remove(session: Session, row: Resource) -> None:
    """Delete a resource and its tags."""
    for tag in session.query(TagRow).filter_by(arn=row.arn):
        session.delete(tag)
    session.delete(row)


def list_rows(context: Context, table: Table, request: Mapping[str, Any], default_order: str) -> Page:
    """Return one page of a List* operation; an unknown NextToken is a ValidationException."""
    try:
        with service_of(context).database.read() as session:
            return list_page(session, table, request, default_order)
    except BadTokenError as error:
        raise invalid("Invalid NextToken: it was not given for this list in this order.") from error


def put_tags(session: Session, arn: str, tags: Sequence[Mapping[str, str]]) -> None:
    """Add tags to a resource, overwriting by key; raises if that makes more than 50."""
    for tag in tags:
        session.merge(TagRow(arn=arn, tag=tag["Key"], value=tag["Value"]))
    session.flush()
    if session.query(TagRow).filter_by(arn=arn).count() > MAX_TAGS:
        raise invalid(f"Too many tags: a resource has at most {MAX_TAGS}.")
