"""Places in S3, in the three ways A2I's documentation writes them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from services.review.errors import InvalidLocation

_PATH_STYLE_HOST = re.compile(r"^s3([.-][a-z0-9-]+)?\.amazonaws\.com(\.cn)?$")
_BUCKET_HOST = re.compile(r"^(?P<bucket>[a-z0-9.-]+)\.s3([.-][a-z0-9-]+)?\.amazonaws\.com(\.cn)?$")


@dataclass(frozen=True)
class S3Location:
    """A bucket and a key (or a prefix, or nothing)."""

    bucket: str
    key: str

    @property
    def uri(self) -> str:
        """The `s3://` form."""
        return f"s3://{self.bucket}/{self.key}"

    def join(self, *parts: str) -> S3Location:
        """Go down below this prefix."""
        return S3Location(self.bucket, "/".join([*filter(None, [self.key.strip("/")]), *parts]))

    @classmethod
    def parse(cls, uri: str) -> S3Location:
        """Read `s3://bucket/key` or an https URL of S3 itself.

        Raises InvalidLocation naming the URI when it is neither.
        """
        scheme, separator, rest = uri.partition("://")
        if separator and scheme.lower() == "s3":
            bucket, _, key = rest.partition("/")  # a key may hold "?" and "#": no URL parsing
            if bucket:
                return cls(bucket, key)
        elif scheme.lower() in {"http", "https"}:
            found = cls._from_web_address(uri)
            if found is not None:
                return found
        raise InvalidLocation(f"{uri!r} is not a place in S3; write it as s3://bucket/key")

    @classmethod
    def _from_web_address(cls, address: str) -> S3Location | None:
        try:
            parts = urlsplit(address)
        except ValueError:  # brackets that are no IPv6 address
            return None
        host, path = (parts.hostname or "").lower(), unquote(parts.path).removeprefix("/")
        if _PATH_STYLE_HOST.match(host):
            bucket, _, key = path.partition("/")
            return cls(bucket, key) if bucket else None
        in_host = _BUCKET_HOST.match(host)
        return cls(in_host["bucket"], path) if in_host else None
