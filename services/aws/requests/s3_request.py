"""One S3 request as this server needs it: its bucket, its key, and what it does."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode

MUTATING = frozenset({"PUT", "POST", "DELETE"})
SIGNATURE_PARAMETERS = ("x-amz-", "x-id", "awsaccesskeyid", "signature", "expires")
VERSIONS_WANTED = ("HTTP_X_AMZ_BUCKET_OBJECT_LOCK_ENABLED",)


@dataclass(frozen=True)
class S3Request:
    """What a WSGI environment says in S3's terms; `settings` is the query without its signature."""

    method: str
    bucket: str
    key: str
    settings: str
    body: bytes
    environ: dict[str, Any]

    @classmethod
    def read(cls, environ: dict[str, Any]) -> S3Request:
        """Read a request to its end and leave its body to be read again."""
        body = _read_body(environ)
        environ["wsgi.input"] = io.BytesIO(body)
        environ["CONTENT_LENGTH"] = str(len(body))
        path = unquote(environ.get("RAW_URI", environ.get("PATH_INFO", "/")).split("?", 1)[0])
        _, bucket, key = [*path.split("/", 2), "", "", ""][:3]
        return cls(environ["REQUEST_METHOD"], bucket, key, _settings(environ.get("QUERY_STRING", "")), body, environ)

    @property
    def mutates(self) -> bool:
        """Whether the request may change what is stored."""
        return self.method in MUTATING

    @property
    def changes_description(self) -> bool:
        """Whether an object's tags, access list or the like change, and not the object."""
        return bool(self.key and self.settings) and "upload" not in self.settings

    @property
    def wants_versions(self) -> bool:
        """Whether the request would make a bucket keep old versions, which the disk does not do."""
        if self.method != "PUT" or self.key:
            return False
        if any(self.environ.get(name, "").lower() == "true" for name in VERSIONS_WANTED):
            return True
        return self.settings == "versioning" and b"<Status>Enabled</Status>" in self.body

    def headers_to_keep(self) -> dict[str, str]:
        """Return the headers about the request itself, none about its sender."""
        names = [name for name in self.environ if name.startswith("HTTP_X_AMZ_") or name == "CONTENT_TYPE"]
        secret = ("HTTP_X_AMZ_SECURITY_TOKEN", "HTTP_X_AMZ_DATE")
        return {name: str(self.environ[name]) for name in names if name not in secret}


def _read_body(environ: dict[str, Any]) -> bytes:
    stream = environ["wsgi.input"]
    chunked = environ.pop("HTTP_TRANSFER_ENCODING", "").lower() == "chunked"
    body: bytes = stream.read() if chunked else stream.read(int(environ.get("CONTENT_LENGTH") or 0))
    return body


def _settings(query: str) -> str:
    pairs = parse_qsl(query, keep_blank_values=True)
    kept = sorted(pair for pair in pairs if not pair[0].lower().startswith(SIGNATURE_PARAMETERS))
    return "&".join(name if value == "" else urlencode({name: value}) for name, value in kept)
