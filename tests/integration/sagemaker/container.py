"""A small algorithm container for the tests: `container.py train|serve`, only the standard library.

What it does is written in its hyperparameters (train) or in its model's model.json (serve).
"""

import hashlib
import json
import os
import signal
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

BASE = Path(os.environ.get("SAGEMAKER_BASE_DIR", "/opt/ml"))


def train() -> int:
    settings = json.loads((BASE / "input/config/hyperparameters.json").read_text())
    channels = json.loads((BASE / "input/config/inputdataconfig.json").read_text())
    if settings.get("ignore_sigterm"):
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    print(f"job {os.environ['TRAINING_JOB_NAME']} begins", flush=True)
    seen = {name: read_channel(name, channel, int(settings.get("epochs", 1))) for name, channel in channels.items()}
    (BASE / "model/model.json").write_text(json.dumps({"version": settings.get("version", "trained"), "seen": seen}))
    (BASE / "output/data").mkdir(parents=True, exist_ok=True)
    (BASE / "output/data/report.txt").write_text("done")
    print("[11/23/2026 03:00:00 INFO 1] #quality_metric: host=algo-1, epoch=0, validation mAP <score>=(0.1000)")
    print("[11/23/2026 03:00:00 INFO 1] #quality_metric: host=algo-1, epoch=1, validation mAP <score>=(0.2712)")
    print("[11/23/2026 03:00:00 INFO 1] #progress_metric: host=algo-1, completed 100.0 % of epochs")
    print("own loss: 0.5;", flush=True)
    time.sleep(float(settings.get("seconds", 0)))
    wait_for(settings.get("wait_for"))
    if "failure" in settings:
        (BASE / "output/failure").write_text(settings["failure"])
    return int(settings.get("exit_code", 0))


def wait_for(path: str | None) -> None:
    while path and not Path(path).exists():
        time.sleep(0.02)


def read_channel(name: str, channel: dict, epochs: int) -> object:
    if channel["TrainingInputMode"] != "Pipe":
        files = sorted(path for path in (BASE / "input/data" / name).rglob("*") if path.is_file())
        return {str(path.relative_to(BASE / "input/data" / name)): digest(path.read_bytes()) for path in files}
    read = []
    for epoch in range(epochs):
        fifo = BASE / f"input/data/{name}_{epoch}"
        while not fifo.exists():
            time.sleep(0.01)
        with fifo.open("rb") as stream:
            data = stream.read()
        read.append(records(data) if channel["RecordWrapperType"] == "RecordIO" else digest(data))
    return read


def records(data: bytes) -> list[str]:
    found, place = [], 0
    while place < len(data):
        magic, length = (
            int.from_bytes(data[place : place + 4], "little"),
            int.from_bytes(data[place + 4 : place + 8], "little"),
        )
        assert magic == 0xCED7230A
        found.append(digest(data[place + 8 : place + 8 + length]))
        place += 8 + (length + 3) // 4 * 4
    return found


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:12]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # an answer in one packet, not two with 40 ms of Nagle and delayed ACK between them
    model: ClassVar[dict] = {}

    def do_GET(self) -> None:
        self.answer(200 if self.path == "/ping" and self.model.get("ping", True) else 404, b"")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        command, _, argument = body[:256].decode("latin-1").partition(":")
        if command == "fail":
            self.answer(int(argument), b"the container says no", "text/plain")
            return
        if command == "sleep":
            time.sleep(float(argument))
        if command == "wait":
            wait_for(argument)
        if command == "exit":
            os._exit(int(argument))
        attributes = self.headers.get("X-Amzn-SageMaker-Custom-Attributes")
        reply = {
            "version": self.model.get("version"),
            "pid": os.getpid(),
            "bytes": len(body),
            "digest": digest(body),
            "content_type": self.headers.get("Content-Type"),
            "accept": self.headers.get("Accept"),
            "attributes": attributes,
            "inference_id": self.headers.get("X-Amzn-SageMaker-Inference-Id"),
            "batch": os.environ.get("SAGEMAKER_BATCH"),
        }
        extra = {"X-Amzn-SageMaker-Custom-Attributes": f"echo {attributes}"} if attributes else {}
        self.answer(200, json.dumps(reply).encode(), "application/json", extra)

    def answer(self, status: int, body: bytes, content_type: str = "text/plain", extra: dict | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": content_type, "Content-Length": str(len(body)), **(extra or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, form: str, *arguments: object) -> None:
        if "/ping" not in self.path:
            print(form % arguments, flush=True)


class Server(ThreadingHTTPServer):
    request_queue_size = 128
    daemon_threads = True


def serve() -> int:
    path = BASE / "model/model.json"
    Handler.model = json.loads(path.read_text()) if path.exists() else {}
    if Handler.model.get("exit"):
        print("cannot load the model", flush=True)
        return 1
    Server(("127.0.0.1", int(os.environ["SAGEMAKER_BIND_TO_PORT"])), Handler).serve_forever()
    return 0


if __name__ == "__main__":
    sys.exit({"train": train, "serve": serve}[sys.argv[1]]())
