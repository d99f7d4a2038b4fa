"""Two detectors with a skill of their own on images whose objects are hard or easy for both."""

import numpy as np

from nightloop.domain.detection.precision.matching import Detections, Matches, Truth, match

CLASSES = 20


class Detectors:
    """Simulated holdouts and what detectors of a skill see in them.

    An object is found when skill + difficulty + luck is above 0. ``shared`` of the variance of the last two is the
    object's difficulty, the same for every detector: a model and its successor stand on one trunk and learned mostly
    from the same images. Measured on 50 photos between two models that the detector trained from one parent, each on 24
    images the other never saw: 0.98. Scores follow the same sum; boxes are off by 8 % of a side; two false boxes an
    image.
    """

    def __init__(self, shared: float = 0.9) -> None:
        self.shared = shared

    def holdout(self, generator, images=300):
        counts = 1 + generator.poisson(1.4, images)
        return [
            (generator.integers(0, CLASSES, count), self._boxes(generator, count), generator.normal(size=count))
            for count in counts
        ]

    def seen(self, generator, holdout, skill) -> Matches:
        truths = [Truth(boxes, class_ids) for class_ids, boxes, _ in holdout]
        return match(truths, [self._look(generator, image, skill) for image in holdout], class_count=CLASSES)

    def _look(self, generator, image, skill) -> Detections:
        class_ids, boxes, difficulty = image
        luck = generator.normal(size=len(class_ids))
        clarity = skill + np.sqrt(self.shared) * difficulty + np.sqrt(1 - self.shared) * luck
        found = np.flatnonzero(clarity > 0)
        false = generator.poisson(2.0)
        shaken = boxes[found] + generator.normal(0, 0.08, (len(found), 4)) * np.tile(boxes[found][:, 2:], 2)
        certainty = np.concatenate(
            [1.2 * clarity[found] + generator.normal(0, 0.5, len(found)), generator.normal(-0.3, 0.8, false)]
        )
        return Detections(
            np.concatenate([shaken, self._boxes(generator, false)]),
            np.concatenate([class_ids[found], generator.integers(0, CLASSES, false)]),
            1 / (1 + np.exp(-certainty)),
        )

    def _boxes(self, generator, count):
        return np.column_stack([generator.uniform(0, 300, (count, 2)), generator.uniform(40, 200, (count, 2))])
