"""A small HTTP server: the elements as the portal serves them, and the pages of one test."""

from __future__ import annotations

import threading
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from types import TracebackType

ELEMENTS = Path(__file__).parents[3] / "services" / "review" / "elements"


class Site:
    """Serves `/elements/*` from the repository and whatever a test has put; ends with its `with` block."""

    def __init__(self) -> None:
        self.pages: dict[str, tuple[str, bytes]] = {}
        self.policies: dict[str, str] = {}
        self.missing: list[str] = []
        self.cross_origin = True
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, self))
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    def __enter__(self) -> Site:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def put(self, path: str, content: str | bytes, content_type: str = "text/html; charset=utf-8") -> None:
        body = content.encode() if isinstance(content, str) else content
        self.pages[path] = (content_type, body)

    def clear(self) -> None:
        self.pages.clear()
        self.policies.clear()
        self.missing.clear()
        self.cross_origin = True


class _Handler(SimpleHTTPRequestHandler):
    extensions_map: ClassVar = {
        ".js": "text/javascript",
        ".html": "text/html; charset=utf-8",
        ".svg": "image/svg+xml",
        "": "text/plain",
    }
    protocol_version = "HTTP/1.1"

    def __init__(self, site: Site, *arguments: object) -> None:
        self.site = site
        super().__init__(*arguments, directory=str(ELEMENTS))  # type: ignore[arg-type]

    def do_GET(self) -> None:
        path = self.path.split("?")[0]
        if path.startswith("/elements/"):
            self.path = path.removeprefix("/elements")
            super().do_GET()
        elif path in self.site.pages:
            self._send(*self.site.pages[path])
        else:
            self.site.missing.append(path)
            self.send_error(HTTPStatus.NOT_FOUND)

    def end_headers(self) -> None:
        if self.site.cross_origin:
            self.send_header("Access-Control-Allow-Origin", "*")
        super().end_headers()

    def log_message(self, *arguments: object) -> None:
        """A quiet server: the browser's console tells what went wrong."""

    def _send(self, content_type: str, body: bytes) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        if policy := self.site.policies.get(self.path.split("?")[0]):
            self.send_header("Content-Security-Policy", policy)
        self.end_headers()
        self.wfile.write(body)
