import contextlib
import gzip
import io
import json
import os
import signal
import socket
import struct
import subprocess
import sys
import tarfile
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

ROOT = Path(__file__).parents[3]
CLASSES = 2  # 0 ball, 1 flag
BASIC = {"num_classes": CLASSES, "optimizer": "adam", "learning_rate": 0.002, "mini_batch_size": 4, "epochs": 6}


def scene(number: int, seed: int = 1, size=(240, 200)) -> tuple[bytes, dict]:
    """A drawing of a few balls and flags, and its label."""
    random = np.random.default_rng([seed, number])
    ground = np.linspace(random.integers(0, 120, 3), random.integers(120, 255, 3), size[1])
    image = Image.fromarray(np.repeat(ground[:, None], size[0], axis=1).astype(np.uint8))
    draw, annotations = ImageDraw.Draw(image), []
    for place in range(int(random.integers(1, 3))):
        side = int(random.integers(50, 90))
        left, top = place * 120 + int(random.integers(0, 30)), int(random.integers(0, size[1] - side))
        class_id = int(random.integers(CLASSES))
        _draw(draw, class_id, left, top, side)
        annotations.append({"class_id": class_id, "left": left, "top": top, "width": side, "height": side})
    body = io.BytesIO()
    image.save(body, "JPEG")
    return body.getvalue(), {
        "image_size": [{"width": size[0], "height": size[1], "depth": 3}],
        "annotations": annotations,
    }


def _draw(draw, class_id, left, top, side):
    corners = (left, top, left + side, top + side)
    if class_id == 0:
        draw.ellipse(corners, fill="orange", outline="black", width=3)
        draw.line((left, top + side // 2, left + side, top + side // 2), fill="black", width=3)
    else:
        draw.rectangle(corners, fill="white", outline="black", width=3)
        draw.rectangle((left, top, left + side // 2, top + side), fill="blue")


class PipeChannel:
    """The other side of a Pipe-mode channel: a FIFO an epoch, the next when the reader has closed the one before."""

    def __init__(self, folder: Path, channel: str, examples: list[tuple[bytes, dict]]):
        self.opened = 0
        self._path = lambda epoch: folder / f"{channel}_{epoch}"
        self._content = b"".join(_frame(image) + _frame(json.dumps(label).encode()) for image, label in examples)
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self):
        epoch = 0
        while not self._ending.is_set():
            os.mkfifo(self._path(epoch))
            with self._path(epoch).open("wb") as writer:
                if self._ending.is_set():
                    return
                self.opened += 1
                with contextlib.suppress(BrokenPipeError):  # the reader may close early
                    writer.write(self._content)
            epoch += 1

    def end(self):
        """Let the writer that waits for a reader go."""
        self._ending.set()
        for epoch in range(self.opened + 1):
            if self._path(epoch).exists():
                os.close(os.open(self._path(epoch), os.O_RDONLY | os.O_NONBLOCK))
        self._thread.join(10)
        assert not self._thread.is_alive()


def _frame(payload: bytes) -> bytes:
    return struct.pack("<II", 0xCED7230A, len(payload)) + payload + b"\0" * (-len(payload) % 4)


class Container:
    """One container's `/opt/ml` and the process that is started over it."""

    def __init__(self, base: Path):
        self.base = base
        self.root = ROOT
        self.pipes: dict[str, PipeChannel] = {}
        self._config: dict[str, dict] = {}
        for folder in ("input/config", "input/data", "model", "output"):
            (base / folder).mkdir(parents=True)

    def hyperparameters(self, **changed):
        values = {name: str(value) for name, value in (BASIC | changed).items()}
        (self.base / "input/config/hyperparameters.json").write_text(json.dumps(values))

    def pipe(self, channel, examples):
        self.declare(channel, "Pipe")
        self.pipes[channel] = PipeChannel(self.base / "input/data", channel, examples)

    def file(self, channel, name, content: bytes):
        self.declare(channel, "File")
        (self.base / "input/data" / channel).mkdir(exist_ok=True)
        (self.base / "input/data" / channel / name).write_bytes(content)

    def declare(self, channel, mode):
        """Put a channel into inputdataconfig.json."""
        self._config[channel] = {
            "TrainingInputMode": mode,
            "S3DistributionType": "FullyReplicated",
            "RecordWrapperType": "RecordIO" if mode == "Pipe" else "None",
        }
        (self.base / "input/config/inputdataconfig.json").write_text(json.dumps(self._config))

    def start(self, command, **environment) -> subprocess.Popen:
        return subprocess.Popen(
            [sys.executable, "-m", "services.detector", command],
            cwd=self.root,
            env=os.environ | {"SAGEMAKER_BASE_DIR": str(self.base), "PYTHONUNBUFFERED": "1"} | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def train(self) -> tuple[int, str]:
        """Run the job to its end: exit code and log."""
        process = self.start("train")
        try:
            log, _ = process.communicate(timeout=120)
        finally:
            process.kill()
            for pipe in self.pipes.values():
                pipe.end()
        return process.returncode, log

    @property
    def failure(self) -> str:
        return (self.base / "output/failure").read_text()

    def archive(self) -> bytes:
        """The model folder as model.tar.gz, as the platform makes it."""
        body = io.BytesIO()
        with gzip.GzipFile(fileobj=body, mode="wb", mtime=0) as packed, tarfile.open(fileobj=packed, mode="w") as tar:
            for path in sorted((self.base / "model").iterdir()):
                tar.add(path, path.name)
        return body.getvalue()


class Server:
    """A container that serves, and its address."""

    def __init__(self, container: Container):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        self.process = container.start("serve", SAGEMAKER_BIND_TO_PORT=str(self._port))
        started = time.monotonic()
        while self._ping() != 200:
            assert self.process.poll() is None, self.process.stdout.read()
            assert time.monotonic() - started < 60, "the server does not answer"
            time.sleep(0.05)

    def _ping(self):
        try:
            return self.request("/ping")[0]
        except urllib.error.URLError:
            return None

    def request(self, path, body=None, **headers) -> tuple[int, bytes]:
        """Status and body of one request; underscores of header names become hyphens."""
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        request = urllib.request.Request(f"http://127.0.0.1:{self._port}{path}", body, names)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()

    def stop(self) -> float:
        """Send SIGTERM; the seconds until the process has gone."""
        started = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        self.process.communicate(timeout=30)
        return time.monotonic() - started


@pytest.fixture
def container(tmp_path):
    return Container(tmp_path / "ml")


@pytest.fixture
def containers(tmp_path):
    """Make as many containers as a test needs."""
    return lambda name: Container(tmp_path / name)


def scenes(count, seed=1):
    return [scene(number, seed) for number in range(count)]


@pytest.fixture(scope="session")
def first_model(tmp_path_factory):
    """A container that has trained a first model from pipes: (container, exit code, log)."""
    container = Container(tmp_path_factory.mktemp("first") / "ml")
    container.hyperparameters(num_training_samples=12)
    container.pipe("train", scenes(12))
    container.pipe("validation", scenes(6, seed=2))
    code, log = container.train()
    return container, code, log


@pytest.fixture(scope="session")
def server(first_model):
    running = Server(first_model[0])
    yield running
    running.process.kill()
    running.process.communicate()
