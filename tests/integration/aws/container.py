"""A container under the `/opt/ml` contract whose model finds red rectangles: its skill grows with every training.

The first generation sees each rectangle beside where it is, unsurely; the ones trained on from it see it in its place.
With the hyperparameter `learns` set to `slowly`, each sees one shade of grey in sixteen more than the one before.
Run as `python container.py train|serve`. With the hyperparameter `held_by`, a folder, a training does not end while a
file `train` is there, and its model does not begin to serve while a file `serve` is.
"""

from __future__ import annotations

import io
import json
import os
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from PIL import Image, ImageOps

BASE = Path(os.environ.get("SAGEMAKER_BASE_DIR", "/opt/ml"))
PERSON = 14


def train() -> int:
    parameters = json.loads((BASE / "input/config/hyperparameters.json").read_text())
    channels = json.loads((BASE / "input/config/inputdataconfig.json").read_text())
    time.sleep(float(parameters.get("seconds", "0")))
    _wait_while_held(parameters, "train")
    if parameters.get("fail") == "yes":
        (BASE / "output").mkdir(exist_ok=True)
        (BASE / "output/failure").write_text("the test asked for a failure")
        return 1
    sizes = {name: len(_read(name, channel)) for name, channel in channels.items() if name != "model"}
    generation = int(parameters.get("generation", "0"))
    if "model" in channels:
        generation = _parent() + (parameters.get("learns") != "nothing")
    model = {"generation": generation, "bytes": sizes, "slow": float(parameters.get("slow", 0))}
    model |= {name: text for name, text in parameters.items() if name in {"held_by", "learns"}}
    (BASE / "model/model.json").write_text(json.dumps(model))
    print(
        "[11/23/2026 03:00:00 INFO 1] #quality_metric: host=algo-1, epoch=0, validation mAP <score>=(0.5)", flush=True
    )
    return 0


def _wait_while_held(settings: dict[str, str], step: str) -> None:
    while "held_by" in settings and Path(settings["held_by"], step).exists():
        time.sleep(0.1)


def _read(name: str, channel: dict[str, str]) -> bytes:
    assert channel["TrainingInputMode"] == "Pipe"
    return (BASE / f"input/data/{name}_0").read_bytes()


def _parent() -> int:
    import tarfile

    archive = next((BASE / "input/data/model").rglob("*.tar.gz"))
    with tarfile.open(archive) as tar:
        member = next(entry for entry in tar.getmembers() if entry.name.endswith("model.json"))
        return json.load(tar.extractfile(member))["generation"]


class Handler(BaseHTTPRequestHandler):
    generation = 0
    slow = 0.0
    slowly = False

    def do_GET(self) -> None:
        self._answer(200, b"")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        try:
            image = ImageOps.exif_transpose(Image.open(io.BytesIO(body))).convert("RGB")
        except OSError as error:
            self._answer(400, f"not an image: {error}".encode())
            return
        if image.getpixel((0, 0))[2] > 200 and image.getpixel((0, 0))[0] < 60:
            self._answer(500, b"this model cannot stand blue")
            return
        time.sleep(self.slow)
        self._answer(200, json.dumps({"prediction": detect(image, self.generation, slowly=self.slowly)}).encode())

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        """Say nothing for each request."""


def detect(image: Image.Image, generation: int, *, slowly: bool = False) -> list[list[float]]:
    red, green, _ = image.split()
    mask = Image.eval(red, lambda value: 255 * (value > 150))
    mask.paste(0, mask=Image.eval(green, lambda value: 255 * (value > 110)))
    box = mask.getbbox()
    if box is None:
        return []
    ratios = [box[0] / image.width, box[1] / image.height, box[2] / image.width, box[3] / image.height]
    unsure = generation == 0 or (slowly and image.getpixel((0, 0))[0] % 16 >= generation)
    if unsure:
        width = ratios[2] - ratios[0]
        ratios = [ratios[0] + 0.7 * width, ratios[1], ratios[2] + 0.7 * width, ratios[3]]
    return [[PERSON, 0.4 if unsure else 0.9, *ratios]]


def serve() -> int:
    model = json.loads(next(BASE.joinpath("model").rglob("model.json")).read_text())
    _wait_while_held(model, "serve")
    Handler.generation, Handler.slow = model["generation"], model.get("slow", 0.0)
    Handler.slowly = model.get("learns") == "slowly"
    ThreadingHTTPServer(("127.0.0.1", int(os.environ["SAGEMAKER_BIND_TO_PORT"])), Handler).serve_forever()
    return 0


if __name__ == "__main__":
    sys.exit({"train": train, "serve": serve}[sys.argv[1]]())
