"""moto's application with a disk under its S3: no change is acknowledged before it is on the disk."""

from __future__ import annotations

import base64
import io
import logging
import threading
from functools import partial
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from services.aws.emulator import s3_objects
from services.aws.requests.aws_call import Call
from services.aws.requests.error_replies import answered
from services.aws.requests.s3_request import S3Request
from services.aws.requests.wsgi import Reply, call
from services.aws.storage.buckets import BucketFiles, BucketRequest
from services.aws.storage.files import remove_unfinished
from services.aws.storage.objects import ObjectFiles

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

log = logging.getLogger(__name__)


class DurableApplication:
    """A WSGI application: S3 durable and one request at a time, every other service as moto has it.

    One lock for all of S3 makes a conditional PUT atomic, and readers see nothing that is not on the disk yet.
    """

    def __init__(self, state: Path) -> None:
        # Imported here: the emulator must have set moto's switches before moto reads them.
        from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app  # noqa: PLC0415

        self.moto = DomainDispatcherApplication(create_backend_app)
        self.objects = ObjectFiles(state / "objects")
        self.buckets = BucketFiles(state / "buckets")
        self.lock = threading.Lock()
        remove_unfinished(state)
        self._restore()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
        """Answer one request."""
        path = environ.get("PATH_INFO", "")
        if path == "/healthz":
            reply = Reply("200 OK", [("Content-Type", "text/plain")], b"ok\n")
        elif path.startswith("/moto-api"):
            reply = error_reply(
                "404 Not Found", "NoSuchKey", "moto's own control pages are closed: they do not know about the disk"
            )
        else:
            app = self.moto.get_application(environ)
            asked = Call.read(environ)
            reply = answered(asked, environ, partial(self._answer, app, environ))
        start_response(reply.status, reply.headers)
        return [reply.body]

    def _answer(self, app: Any, environ: dict[str, Any]) -> Reply:  # noqa: ANN401 - moto has no types
        return self._answer_s3(app, S3Request.read(environ)) if app.service == "s3" else call(app, environ)

    def _answer_s3(self, app: Callable[..., Iterable[bytes]], request: S3Request) -> Reply:
        if request.wants_versions:
            message = "bucket versioning and object lock are not kept by this server: leave them off"
            return error_reply("501 Not Implemented", "NotImplemented", message)
        with self.lock:
            reply = call(app, request.environ)
            if not (request.mutates and reply.succeeded):
                return reply
            try:
                self._keep(request)
            except OSError as error:
                log.exception("%s /%s/%s could not be stored", request.method, request.bucket, request.key)
                self._take_back(request)
                return error_reply("500 Internal Server Error", "InternalError", f"not stored on the disk: {error}")
            return reply

    def _keep(self, request: S3Request) -> None:
        bucket = s3_objects.find_bucket(request.bucket)
        if not request.key:
            self._keep_bucket(request, bucket)
        if bucket is None:
            return
        touched = s3_objects.take_touched(bucket)
        if request.changes_description and request.key not in touched:
            touched.append(request.key)
        for name in touched:
            self._keep_object(bucket, name)

    def _keep_object(self, bucket: Any, name: str) -> None:  # noqa: ANN401 - moto has no types
        key = bucket.keys.get(name)
        if key is None:
            self.objects.remove(bucket.name, name)
        else:
            s3_objects.give_body(key, self.objects.write(s3_objects.describe(bucket, key), key.value))

    def _keep_bucket(self, request: S3Request, bucket: Any) -> None:  # noqa: ANN401
        if request.method == "DELETE":
            self.buckets.remove(request.bucket, request.settings)
        elif request.method == "PUT" and bucket is not None:
            kept = BucketRequest(
                bucket=request.bucket,
                region=bucket.region_name,
                created=bucket.creation_date.isoformat(),
                query=request.settings,
                headers=request.headers_to_keep(),
                body=base64.b64encode(request.body).decode(),
            )
            self.buckets.write(kept)

    def _take_back(self, request: S3Request) -> None:
        """Reset moto's memory to the disk's content after a change that could not be stored."""
        bucket = s3_objects.find_bucket(request.bucket)
        if bucket is None or not request.key:
            return
        for name in {*s3_objects.take_touched(bucket), request.key}:
            stored = self.objects.find(request.bucket, name)
            if stored is not None:
                s3_objects.restore_object(stored)
            elif bucket.keys.get(name) is not None:
                bucket.keys.pop(name)
        s3_objects.take_touched(bucket)

    def _restore(self) -> None:
        for request in self.buckets:
            reply = call(self.moto, _environ_of(request))
            if not reply.succeeded:
                log.error("bucket %s: %r was not restored: %s", request.bucket, request.query, reply.body.decode())
            bucket = s3_objects.find_bucket(request.bucket)
            if bucket is not None and not request.query:
                bucket.creation_date = type(bucket.creation_date).fromisoformat(request.created)
        counts = {True: 0, False: 0}
        for stored in self.objects:
            counts[s3_objects.restore_object(stored)] += 1
        log.info("restored %d objects; %d belong to deleted buckets", counts[True], counts[False])


def error_reply(status: str, code: str, message: str) -> Reply:
    """Return an error in S3's XML."""
    error = f"<Error><Code>{code}</Code><Message>{escape(message)}</Message></Error>"
    body = f'<?xml version="1.0" encoding="UTF-8"?>\n{error}'.encode()
    return Reply(status, [("Content-Type", "application/xml")], body)


def _environ_of(request: BucketRequest) -> dict[str, Any]:
    path = f"/{request.bucket}"
    credential = f"restore/20260101/{request.region}/s3/aws4_request"
    return {
        **request.headers,
        "REQUEST_METHOD": "PUT",
        "PATH_INFO": path,
        "RAW_URI": f"{path}?{request.query}" if request.query else path,
        "QUERY_STRING": request.query,
        "CONTENT_LENGTH": str(len(request.body_bytes)),
        "HTTP_AUTHORIZATION": f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders=host, Signature=0",
        "HTTP_HOST": "localhost",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(request.body_bytes),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
