"""What scoring gave in a night, counted while its predictions go by."""

from collections import Counter
from collections.abc import Iterable, Iterator

from nightloop.domain.detection.boxes.predictions import Prediction
from nightloop.domain.detection.selection.policies import is_unsure


class ScoringTally:
    """Counts predictions.

    :param score_threshold: A best score below it counts as below the threshold.
    """

    def __init__(self, score_threshold: float) -> None:
        self.score_threshold = score_threshold
        self.models = Counter[str]()
        """How many images each model was shown."""
        self.not_images = Counter[str]()
        """How many objects are no images, by the kind of file they are."""
        self.images = 0
        self.scored = 0
        self.failures = 0
        self.several_pictures = 0
        self.below_threshold = 0
        self.example = ""
        """The first failure, in words."""

    def passing(self, predictions: Iterable[Prediction]) -> Iterator[Prediction]:
        """Count the predictions, and pass them on."""
        for prediction in predictions:
            self._add(prediction)
            yield prediction

    def of(self, predictions: Iterable[Prediction]) -> "ScoringTally":
        """Count the predictions."""
        for _ in self.passing(predictions):
            pass
        return self

    @property
    def model(self) -> str | None:
        """The model that scored the night: the one of most images, if it changed in between."""
        ranked = self.models.most_common(1)
        return ranked[0][0] if ranked else None

    def _add(self, prediction: Prediction) -> None:
        self.models[prediction.model] += 1
        kind, failure = prediction.left_out_as, prediction.failure
        if kind is None:
            self.images += 1
        else:
            self.not_images[kind] += 1
        self.scored += prediction.error is None
        self.several_pictures += prediction.note is not None
        self.below_threshold += is_unsure(prediction, self.score_threshold)
        if failure is not None:
            self.failures += 1
            self.example = self.example or f"{prediction.image.uri}: {failure.code}: {failure.message}"
