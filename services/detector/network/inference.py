"""A trained model at work: image bytes -> detections."""

from dataclasses import dataclass

from services.detector.boxes.codec import decode as decode_boxes
from services.detector.boxes.nms import Detections, detect
from services.detector.boxes.priors import Array
from services.detector.contract.hyperparameters import parse_hyperparameters
from services.detector.inputs.images import decode as decode_image
from services.detector.network.artefact import Artefact
from services.detector.network.head import Parameters, forward, probabilities
from services.detector.network.trunk import Trunk, trunk_side


@dataclass(frozen=True)
class Result:
    """Detections of one image, and its upright size in pixels."""

    detections: Detections
    width: int
    height: int


def detect_cells(parameters: Parameters, features: Array, priors: Array, nms_threshold: float) -> Detections:
    """Score an image's cells and keep the best boxes: [A, F], [A, 4] -> detections."""
    scored = forward(parameters, features)
    return detect(probabilities(scored.logits), decode_boxes(scored.residuals, priors), nms_threshold)


class Model:
    """A trunk and a trained head. Safe to call from several threads at once."""

    def __init__(self, artefact: Artefact, trunk: Trunk) -> None:
        hyperparameters = parse_hyperparameters(artefact.hyperparameters)
        self._parameters = artefact.parameters
        self._trunk = trunk
        self._side = trunk_side(hyperparameters.image_shape)
        self._nms_threshold = hyperparameters.nms_threshold

    def __call__(self, body: bytes) -> Result:
        """Detect objects in an encoded image.

        :raises ImageError: if the bytes are not an image that can be used.
        """
        picture = decode_image(body, self._side)
        cells = self._trunk(picture)
        detections = detect_cells(self._parameters, cells.features, cells.priors, self._nms_threshold)
        return Result(detections, picture.width, picture.height)
