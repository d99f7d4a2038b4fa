"""As much of S3 as a night uses, in memory: objects that are read, written once, listed and deleted."""

from __future__ import annotations

import hashlib
from bisect import bisect_right, insort
from email.utils import formatdate
from xml.sax.saxutils import escape

from benchmarks.stubs.http import Request, Response

PAGE = 1000
MODIFIED = "2026-11-22T00:00:00.000Z"
_ERROR = "<Error><Code>{code}</Code><Message>{code}</Message></Error>"
_XML = {"Content-Type": "application/xml"}


class Objects:
    """Buckets and their objects; a bucket is there once something lies in it."""

    def __init__(self) -> None:
        self._objects: dict[str, tuple[bytes, str]] = {}
        self._keys: list[str] = []

    def put(self, bucket: str, key: str, body: bytes, etag: str | None = None) -> str:
        """Store an object; an own etag makes objects differ that share their bytes."""
        path = f"/{bucket}/{key}"
        if path not in self._objects:
            insort(self._keys, path)
        etag = etag or hashlib.md5(body, usedforsecurity=False).hexdigest()
        self._objects[path] = body, etag
        return etag

    def handle(self, request: Request) -> Response:
        """Answer a request to S3."""
        if request.method == "GET" and "list-type" in request.query:
            return self._list(request)
        if request.method == "PUT":
            return self._put(request)
        if request.method == "DELETE":
            if self._objects.pop(request.path, None) is not None:
                self._keys.remove(request.path)
            return Response(204)
        found = self._objects.get(request.path)
        if found is None:
            return _error(404, "NoSuchKey")
        return _read(request, *found)

    def _put(self, request: Request) -> Response:
        if request.path in self._objects and request.headers.get("if-none-match") == "*":
            return _error(412, "PreconditionFailed")
        bucket, _, key = request.path[1:].partition("/")
        return Response(200, b"", {"ETag": f'"{self.put(bucket, key, request.body)}"'})

    def _list(self, request: Request) -> Response:
        bucket = request.path.strip("/")
        prefix = f"/{bucket}/{request.query.get('prefix', '')}"
        after = request.query.get("continuation-token") or request.query.get("start-after")
        start = bisect_right(self._keys, f"/{bucket}/{after}") if after else bisect_right(self._keys, prefix)
        if not after and start and self._keys[start - 1] == prefix:
            start -= 1
        page = [key for key in self._keys[start : start + PAGE] if key.startswith(prefix)]
        more = len(page) == PAGE and start + PAGE < len(self._keys) and self._keys[start + PAGE].startswith(prefix)
        names = [path[len(bucket) + 2 :] for path in page]
        entries = [
            f"<Contents><Key>{escape(name)}</Key><LastModified>{MODIFIED}</LastModified>"
            f"<ETag>&quot;{self._objects[path][1]}&quot;</ETag><Size>{len(self._objects[path][0])}</Size></Contents>"
            for name, path in zip(names, page, strict=True)
        ]
        token = f"<NextContinuationToken>{escape(names[-1])}</NextContinuationToken>" if more else ""
        body = (
            f"<ListBucketResult><IsTruncated>{str(more).lower()}</IsTruncated>{token}{''.join(entries)}"
            "</ListBucketResult>"
        )
        return Response(200, body.encode(), _XML)


def _read(request: Request, body: bytes, etag: str) -> Response:
    headers = {"ETag": f'"{etag}"', "Last-Modified": formatdate(usegmt=True)}
    if request.method == "HEAD":
        return Response(200, b"", headers | {"Content-Length": str(len(body))})
    if "range" not in request.headers:
        return Response(200, body, headers)
    first, last = (int(number) for number in request.headers["range"].removeprefix("bytes=").split("-"))
    part = body[first : last + 1]
    if not part:
        return _error(416, "InvalidRange")
    return Response(206, part, headers | {"Content-Range": f"bytes {first}-{first + len(part) - 1}/{len(body)}"})


def _error(status: int, code: str) -> Response:
    return Response(status, _ERROR.format(code=code).encode(), _XML)
