"""An oracle for average precision: the textbook's loops, sharing nothing with the code under test."""

import math
from fractions import Fraction

import numpy as np
import pytest

from nightloop.domain.detection.precision.matching import Detections, Truth


def overlap(a, b) -> float:
    wide = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    high = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    if wide <= 0 or high <= 0:
        return 0.0
    shared = wide * high
    return shared / (a[2] * a[3] + b[2] * b[3] - shared)


class Oracle:
    """Truths and detections are lists per image of (class, box) and (class, score, box)."""

    def average_precision(self, truths, detections, label) -> float:
        total = sum(item[0] == label for image in truths for item in image)
        if total == 0:
            return math.nan
        found = [
            (score, number, box)
            for number, image in enumerate(detections)
            for kind, score, box in image
            if kind == label
        ]
        found.sort(key=lambda item: -item[0])
        taken, curve, hits = set(), [], 0
        for rank, (_, number, box) in enumerate(found, start=1):
            best, best_index = 0.0, None
            for index, (kind, true_box) in enumerate(truths[number]):
                if kind == label and overlap(box, true_box) > best:
                    best, best_index = overlap(box, true_box), index
            if best >= 0.5 and (number, best_index) not in taken:
                taken.add((number, best_index))
                hits += 1
            curve.append((hits / total, hits / rank))
        area, last = 0.0, 0.0
        for recall in sorted({recall for recall, _ in curve}):
            area += (recall - last) * max(precision for other, precision in curve if other >= recall)
            last = recall
        return area

    def eleven_points(self, truths, detections, label, ignored=frozenset()) -> float:
        """As VOC 2007; recalls are fractions, so that 3 of 10 is 0.3. ``ignored`` holds (image, index) pairs."""
        total = sum(
            item[0] == label and (number, index) not in ignored
            for number, image in enumerate(truths)
            for index, item in enumerate(image)
        )
        if total == 0:
            return math.nan
        found = [(s, n, b) for n, image in enumerate(detections) for k, s, b in image if k == label]
        taken, curve, rank = set(), [], 0
        for _, number, box in sorted(found, key=lambda item: -item[0]):
            overlaps = [(overlap(box, b), -i) for i, (kind, b) in enumerate(truths[number]) if kind == label]
            best, index = max(overlaps, default=(0.0, 1))
            if best >= 0.5 and (number, -index) in ignored:
                continue
            rank += 1
            if best >= 0.5:
                taken.add((number, -index))
            curve.append((Fraction(len(taken), total), len(taken) / rank))
        levels = [Fraction(tenth, 10) for tenth in range(11)]
        return sum(max((p for recall, p in curve if recall >= level), default=0.0) for level in levels) / 11

    def mean(self, truths, detections, class_count) -> float:
        values = [self.average_precision(truths, detections, label) for label in range(class_count)]
        values = [value for value in values if not math.isnan(value)]
        return sum(values) / len(values) if values else math.nan


@pytest.fixture(scope="session")
def oracle() -> Oracle:
    return Oracle()


class Scenes:
    """Random images, and their arrays."""

    def random(self, generator, images=6, class_count=3, *, truths=4, detections=8, scores=11):
        all_truths, all_detections = [], []
        for _ in range(images):
            true = [
                (int(generator.integers(class_count)), self.box(generator)) for _ in range(generator.integers(truths))
            ]
            found = []
            for _ in range(generator.integers(detections)):
                kind, box = int(generator.integers(class_count)), self.box(generator)
                if true and generator.random() < 0.7:  # near a true object, often of its class
                    near, true_box = true[generator.integers(len(true))]
                    box = tuple(value + generator.integers(-3, 4) for value in true_box)
                    box = (box[0], box[1], max(box[2], 1), max(box[3], 1))
                    kind = near if generator.random() < 0.8 else kind
                # Few different scores, so that equal ones occur.
                found.append((kind, int(generator.integers(scores)) / max(scores - 1, 1), box))
            all_truths.append(true)
            all_detections.append(found)
        return all_truths, all_detections

    def box(self, generator):
        left, top = generator.integers(0, 30, 2)
        width, height = generator.integers(4, 20, 2)
        return (int(left), int(top), int(width), int(height))

    def truth(self, image) -> Truth:
        boxes = np.array([box for _, box in image], float).reshape(-1, 4)
        return Truth(boxes, np.array([kind for kind, _ in image], dtype=np.int64))

    def detections(self, image) -> Detections:
        boxes = np.array([box for _, _, box in image], float).reshape(-1, 4)
        kinds = np.array([kind for kind, _, _ in image], dtype=np.int64)
        return Detections(boxes, kinds, np.array([score for _, score, _ in image], float))


@pytest.fixture(scope="session")
def scenes() -> Scenes:
    return Scenes()
