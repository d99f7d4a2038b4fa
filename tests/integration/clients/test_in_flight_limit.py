"""Images at the endpoint: never more than were allowed, whatever becomes of their connections."""

from __future__ import annotations

import json
import socket
import struct
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from nightloop.aws.hooks.invocation import InvocationHook

PLACES, THREADS, IMAGES = 3, 6, 24
ANSWER = json.dumps({"prediction": []}).encode()


class Endpoint(ThreadingHTTPServer):
    """Counts who is there at once; `behave` says how a call is answered."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, behave=lambda call: "answer"):
        super().__init__(("127.0.0.1", 0), Handler)
        self.behave = behave
        self.lock = threading.Lock()
        self.calls = self.now = self.most = 0

    def shutdown_request(self, request):
        request.close()  # without a farewell: what lingers for no time resets its connection


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        endpoint = self.server
        with endpoint.lock:
            endpoint.calls += 1
            call = endpoint.calls
            endpoint.now += 1
            endpoint.most = max(endpoint.most, endpoint.now)
        self.rfile.read(int(self.headers["Content-Length"]))
        time.sleep(0.01)
        with endpoint.lock:
            endpoint.now -= 1
        how = endpoint.behave(call)
        if how == "hang up":
            self.close_connection = True
            return
        breaks = how == "fail and break"
        self.send_response(500 if how.startswith("fail") else 200)
        self.send_header("Content-Length", str(len(ANSWER) + 10 * breaks))
        self.end_headers()
        self.wfile.write(ANSWER)
        if breaks:
            time.sleep(0.05)  # the client reads the first part, then its connection is reset
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True

    def log_message(self, *_):
        pass


@contextmanager
def serving(endpoint, monkeypatch):
    extra = {
        "region_name": "us-east-1",
        "endpoint_url": f"http://127.0.0.1:{endpoint.server_port}",
        "config_kwargs": {"retries": {"mode": "standard", "total_max_attempts": 2}},
    }
    value = {"conn_type": "aws", "login": "nightloop", "password": "secret", "extra": extra}
    monkeypatch.setenv("AIRFLOW_CONN_AWS_DEFAULT", json.dumps(value))
    thread = threading.Thread(target=endpoint.serve_forever)
    thread.start()
    try:
        yield
    finally:
        endpoint.shutdown()
        thread.join()
        endpoint.server_close()


def ask_all(hook):
    """Return how many images were answered and how many were not."""
    answered = []

    def ask():
        for _ in range(IMAGES // THREADS):
            try:
                hook.detect("live", b"an image", "image/jpeg")
            except Exception:  # noqa: BLE001 - which error it is, other tests say
                continue
            answered.append(True)

    _ = hook.client
    threads = [threading.Thread(target=ask, daemon=True) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive(), "it waits for a place that nobody gives back"
    return len(answered), IMAGES - len(answered)


def test_as_many_as_allowed_are_there_and_no_more(monkeypatch):
    endpoint = Endpoint()
    with serving(endpoint, monkeypatch):
        assert ask_all(InvocationHook(concurrency=PLACES)) == (IMAGES, 0)
    assert endpoint.most == PLACES


@pytest.mark.parametrize("how", ["hang up", "fail", "fail and break"])
def test_a_call_that_fails_gives_its_place_back(how, monkeypatch):
    endpoint = Endpoint(lambda call: how if call <= IMAGES else "answer")
    with serving(endpoint, monkeypatch):
        hook = InvocationHook(concurrency=PLACES)
        assert ask_all(hook)[1] > 0
        endpoint.behave, endpoint.most = lambda call: "answer", 0
        assert ask_all(hook) == (IMAGES, 0)
    assert endpoint.most == PLACES
