"""Places in S3, in the three forms that A2I's documentation uses."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from services.review.errors import InvalidLocation

if TYPE_CHECKING:
    from collections.abc import Iterable

_PATH_STYLE_HOST = re.compile(r"^s3([.-][a-z0-9-]+)?\.amazonaws\.com(\.cn)?$")
_BUCKET_HOST = re.compile(r"^(?P<bucket>[a-z0-9.-]+)\.s3([.-][a-z0-9-]+)?\.amazonaws\.com(\.cn)?$")
# Every name that S3 has ever allowed for a bucket; today's rules are narrower.
_BUCKET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,254}")
LONGEST_KEY_BYTES = 1024
LONGEST_SHOWN = 300  # characters of a URI that is no place in S3


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
        """Return the place below this prefix."""
        return S3Location(self.bucket, "/".join([*filter(None, [self.key.strip("/")]), *parts]))

    def check_object(self) -> S3Location:
        """Return this place if an object can be there; raises InvalidLocation naming it and what it lacks."""
        if not self.key:
            raise InvalidLocation(f"{_shown(self.uri)} names a bucket without an object; write it as s3://bucket/key")
        if not _BUCKET.fullmatch(self.bucket):
            raise InvalidLocation(f"{_shown(self.uri)} cannot be in S3: {_shown(self.bucket)} is no valid bucket name")
        if len(self.key.encode("utf-8", "replace")) > LONGEST_KEY_BYTES:
            raise InvalidLocation(f"{_shown(self.uri)} cannot be in S3: keys have at most {LONGEST_KEY_BYTES} bytes")
        if not _is_text(self.key):
            raise InvalidLocation(f"{_shown(self.uri)} cannot be in S3: its key is no text in UTF-8")
        return self

    @classmethod
    def parse(cls, uri: str, endpoints: Iterable[str] = ()) -> S3Location:
        """Read `s3://bucket/key`, an https URL of S3 itself, or a URL below one of `endpoints`, which speak like S3.

        :raises InvalidLocation: naming the URI, if it is none of them.
        """
        scheme, separator, rest = uri.partition("://")
        if separator and scheme.lower() == "s3":
            bucket, _, key = rest.partition("/")  # a key may hold "?" and "#": no URL parsing
            if bucket:
                return cls(bucket, key)
        elif scheme.lower() in {"http", "https"}:
            found = cls._from_web_address(uri) or cls._below(uri, endpoints)
            if found is not None:
                return found
        raise InvalidLocation(f"{_shown(uri)} is not a place in S3; write it as s3://bucket/key")

    @classmethod
    def _from_web_address(cls, address: str) -> S3Location | None:
        try:
            parts = urlsplit(address)
        except ValueError:  # brackets without an IPv6 address
            return None
        host, path = (parts.hostname or "").lower(), unquote(parts.path).removeprefix("/")
        if _PATH_STYLE_HOST.match(host):
            bucket, _, key = path.partition("/")
            return cls(bucket, key) if bucket else None
        in_host = _BUCKET_HOST.match(host)
        return cls(in_host["bucket"], path) if in_host else None

    @classmethod
    def _below(cls, address: str, endpoints: Iterable[str]) -> S3Location | None:
        for endpoint in endpoints:
            rest = address.removeprefix(f"{endpoint.rstrip('/')}/")
            if rest != address:
                bucket, _, key = unquote(rest.partition("?")[0]).partition("/")
                return cls(bucket, key) if bucket else None
        return None


def _shown(text: str) -> str:
    return repr(text) if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]!r}..."


def _is_text(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
