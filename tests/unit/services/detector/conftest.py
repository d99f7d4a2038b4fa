import json
import struct
from io import BytesIO

import numpy as np
import pytest
from hypothesis import strategies as st
from PIL import Image

from services.detector.contract.folders import Folders

BOX = st.tuples(*[st.floats(0, 0.9)] * 2, *[st.floats(0.01, 0.5)] * 2).map(
    lambda box: [box[0], box[1], box[0] + box[2], box[1] + box[3]]
)


def boxes(*rows) -> np.ndarray:
    """Rows of left, top, right, bottom."""
    return np.array(rows, dtype=np.float32).reshape(-1, 4)


def brute_iou(a, b) -> float:
    """Intersection over union of two boxes, one number after the other."""
    shared = max(min(a[2], b[2]) - max(a[0], b[0]), 0) * max(min(a[3], b[3]) - max(a[1], b[1]), 0)
    union = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - shared
    return shared / union


def encoded(size=(64, 48), mode="RGB", form="JPEG", colour="#808080", **options) -> bytes:
    """An image of one colour, as bytes."""
    body = BytesIO()
    Image.new(mode, size, colour).save(body, form, **options)
    return body.getvalue()


def frame(payload: bytes, flag: int = 0) -> bytes:
    """One RecordIO frame, made by hand."""
    return struct.pack("<II", 0xCED7230A, flag << 29 | len(payload)) + payload + b"\0" * (-len(payload) % 4)


def label(*objects: tuple[int, float, float, float, float], size=(64, 48)) -> dict:
    """The label of an image: objects are class_id, left, top, width, height."""
    keys = ("class_id", "left", "top", "width", "height")
    return {
        "image_size": [{"width": size[0], "height": size[1], "depth": 3}],
        "annotations": [dict(zip(keys, one, strict=True)) for one in objects],
    }


class Job:
    """The `/opt/ml` folder of one job, laid out by hand."""

    def __init__(self, base):
        self.folders = Folders(base)
        self.folders.config.mkdir(parents=True)
        self.folders.data.mkdir(parents=True)

    def configure(self, **channels: str) -> None:
        """Write inputdataconfig.json: channel name -> input mode."""
        config = {name: {"TrainingInputMode": mode} for name, mode in channels.items()}
        (self.folders.config / "inputdataconfig.json").write_text(json.dumps(config))

    def hyperparameters(self, **values) -> None:
        """Write hyperparameters.json, every value as a string."""
        texts = {name: str(value) for name, value in values.items()}
        (self.folders.config / "hyperparameters.json").write_text(json.dumps(texts))

    def put(self, name: str, content: bytes) -> None:
        """Write a file below input/data."""
        path = self.folders.data / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


@pytest.fixture
def job(tmp_path):
    return Job(tmp_path / "ml")


@pytest.fixture
def generator():
    return np.random.default_rng(20261123)
