"""The frozen trunk: NanoDet-g, pretrained on COCO, run by onnxruntime."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from services.detector.boxes.priors import Array, cell_centres, proposed_boxes
from services.detector.inputs.images import Picture

MODEL = Path(__file__).parents[1] / "assets" / "nanodet-g-trunk-fp16.onnx"
STRIDES = (8, 16, 32)
FEATURES = 256
COCO_CLASSES = 80
NECK_SCALE = 2  # brings the neck's maps to the spread of the head's maps
MEAN = np.array([103.53, 116.28, 123.675], dtype=np.float32)  # blue, green, red
DEVIATION = np.array([57.375, 57.12, 58.395], dtype=np.float32)


@dataclass(frozen=True)
class Cells:
    """The trunk's output for one image: features [A, F], prior boxes [A, 4], its own highest class logit [A]."""

    features: Array
    priors: Array
    objectness: Array


class Trunk:
    """Turns pictures into cells. Safe to call from several threads at once."""

    def __init__(self, threads: int) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # it shares its cores with Airflow
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(str(MODEL), options, providers=["CPUExecutionProvider"])
        self._input = self._session.get_inputs()[0].name

    def __call__(self, picture: Picture) -> Cells:
        """Run the trunk on one picture whose side is a multiple of the largest stride."""
        maps = self._session.run(None, {self._input: _normalised(picture.pixels)})
        side = picture.pixels.shape[0]
        features, priors, objectness = [], [], []
        for level, stride in enumerate(STRIDES):
            head, neck, raw = maps[level], maps[level + 3], maps[level + 6]
            features.append(np.concatenate([_rows(head), _rows(neck) * NECK_SCALE], axis=1))
            rows, columns = raw.shape[2:]
            centres = cell_centres(rows, columns, stride, side)
            objectness.append(_rows(raw)[:, :COCO_CLASSES].max(axis=1))
            priors.append(proposed_boxes(_rows(raw)[:, COCO_CLASSES:], centres, stride, side))
        return Cells(np.concatenate(features), np.concatenate(priors), np.concatenate(objectness))


def trunk_side(image_shape: int) -> int:
    """Return the side of the square for the trunk: `image_shape` rounded up to a multiple of the largest stride."""
    return -(-image_shape // STRIDES[-1]) * STRIDES[-1]


def _normalised(pixels: NDArray[np.uint8]) -> Array:
    blue_first = pixels[:, :, ::-1].astype(np.float32)
    scaled = (blue_first - MEAN) / DEVIATION
    batch: Array = np.ascontiguousarray(scaled.transpose(2, 0, 1)[np.newaxis])  # [1, 3, S, S]
    return batch


def _rows(feature_map: Array) -> Array:
    channels = feature_map.shape[1]
    rows: Array = feature_map[0].reshape(channels, -1).T
    return rows
