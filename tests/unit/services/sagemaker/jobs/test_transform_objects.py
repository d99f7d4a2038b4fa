"""How often one payload is sent to a container."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from services.sagemaker.aws.s3 import S3Uri
from services.sagemaker.errors import JobStoppedError
from services.sagemaker.jobs.inputs import InputObject
from services.sagemaker.jobs.runner import Signals
from services.sagemaker.jobs.transform_objects import ALGORITHM, CLIENT, ObjectTransformer
from services.sagemaker.jobs.transform_plan import TransformPlan

ITEM = InputObject(S3Uri("bucket", "in/a"), "a")
REQUEST = {
    "TransformInput": {},
    "TransformOutput": {},
    "ModelClientConfig": {"InvocationsMaxRetries": 2},
}


class Store:
    def __init__(self):
        self.written = {}

    def read(self, _address):
        return b"payload"

    def write(self, address, body, _content_type):
        self.written[str(address)] = body


class Container:
    """Answers each post with the next status, and the last one from then on; 0 hangs up."""

    def __init__(self, statuses, meanwhile=lambda: None):
        self.statuses, self.posts = list(statuses), 0
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                self.rfile.read(int(self.headers["Content-Length"]))
                status = outer.statuses[min(outer.posts, len(outer.statuses) - 1)]
                outer.posts += 1
                meanwhile()
                if status:
                    self.send_response(status)
                    self.send_header("Content-Length", "2")
                    self.end_headers()
                    self.wfile.write(b"ok")

            def log_message(self, *_):
                """Print nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.02,)).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


def transform(container, store, signals):
    log = []
    transformer = ObjectTransformer(
        store,
        TransformPlan.make(REQUEST, {}),
        S3Uri("bucket", "out"),
        zipped=False,
        signals=signals,
        data_log=log.append,
    )
    try:
        return transformer.transform(ITEM, container.url), log
    finally:
        transformer.close()


@pytest.mark.parametrize(
    ("statuses", "posts", "blamed", "said"),
    [
        ([200], 1, None, None),
        ([500, 200], 2, None, None),
        ([0, 503, 200], 3, None, None),
        ([500], 3, ALGORITHM, "bucket/in/a: Bad HTTP status received from algorithm: 500"),
        ([500, 0], 3, ALGORITHM, "bucket/in/a: Unable to get response from algorithm"),
        ([400], 1, CLIENT, "bucket/in/a: ClientError: 400"),
        ([500, 404], 2, CLIENT, "bucket/in/a: ClientError: 404"),
    ],
)
def test_what_may_pass_is_sent_again_and_a_client_error_is_not(statuses, posts, blamed, said):
    store = Store()
    with Container(statuses) as container:
        failed, log = transform(container, store, Signals(threading.Event()))
    assert (container.posts, failed) == (posts, blamed)
    assert store.written == ({} if blamed else {"s3://bucket/out/a.out": b"ok"})
    assert log[:1] == ([said] if said else [])


def test_a_job_that_is_stopped_sends_nothing_again():
    signals = Signals(threading.Event())
    with Container([500], signals.stopped.set) as container:
        with pytest.raises(JobStoppedError):
            transform(container, Store(), signals)
        assert container.posts == 1
