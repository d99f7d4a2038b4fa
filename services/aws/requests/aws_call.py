"""Finds which operation of AWS a request calls, and for which thing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from services.aws.requests.s3_request import S3Request

if TYPE_CHECKING:
    from collections.abc import Mapping

_SCOPE = re.compile(r"/([a-z0-9-]+)/aws4_request")
_OF_OBJECTS = {"GET": "GetObject", "HEAD": "HeadObject", "PUT": "PutObject", "DELETE": "DeleteObject"}
_OF_BUCKETS = {"GET": "ListObjectsV2", "HEAD": "HeadBucket", "PUT": "CreateBucket", "DELETE": "DeleteBucket"}


@dataclass(frozen=True)
class Call:
    """A request in AWS's terms; `name` is `bucket/key` in S3 and empty elsewhere."""

    service: str
    operation: str
    name: str
    body: bytes
    is_query: bool = False

    @classmethod
    def read(cls, environ: dict[str, Any]) -> Call:
        """Read a request to its end and leave its body to be read again."""
        request = S3Request.read(environ)
        scope = _SCOPE.search(environ.get("HTTP_AUTHORIZATION", ""))
        service = scope[1] if scope else "s3"
        if service != "s3":
            operation = _named_operation(environ, request.body)
            return cls(service, operation, "", request.body, is_query=_is_query(environ))
        name = f"{request.bucket}/{request.key}" if request.key else request.bucket
        return cls(service, _s3_operation(request), name, request.body)


def _s3_operation(request: S3Request) -> str:
    plain = not request.settings or request.settings.startswith(("list-type", "prefix"))
    operations = _OF_OBJECTS if request.key else _OF_BUCKETS
    return operations.get(request.method, request.method) if plain else f"{request.method} {request.settings}"


def _is_query(environ: Mapping[str, Any]) -> bool:
    return str(environ.get("CONTENT_TYPE", "")).startswith("application/x-www-form-urlencoded")


def _named_operation(environ: Mapping[str, Any], body: bytes) -> str:
    """Name an operation of the JSON, the CBOR or the query protocol; for a REST protocol its method and path."""
    target = str(environ.get("HTTP_X_AMZ_TARGET", ""))
    if target:
        return target.rpartition(".")[2]
    if environ.get("HTTP_SMITHY_PROTOCOL"):
        return str(environ["PATH_INFO"]).rpartition("/")[2]
    if not _is_query(environ):
        return f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}"
    return parse_qs(body.decode("latin-1")).get("Action", [str(environ["REQUEST_METHOD"])])[0]
