"""Which images of the holdout a person is shown."""

import pytest

from nightloop.domain.detection.boxes.predictions import Box, Prediction
from nightloop.domain.detection.evaluation.changed_images import most_changed
from nightloop.domain.images.image import Image

CLASSES = ("cat", "dog")


def line(name):
    annotation = {"class_id": 0, "left": 0, "top": 0, "width": 10, "height": 10}
    return {"source-ref": name, "box": {"annotations": [annotation]}}


def prediction(name, model, share, class_id=0, score=0.9):
    """A detection that covers a share of the true box."""
    boxes = (Box(class_id, CLASSES[class_id], score, 0.0, 0.0, 10.0 * share, 10.0),) if share else ()
    return Prediction(Image(name, "", 0), model, 10, 10, boxes)


def chosen(shares, count=4, **changes):
    """Images by name, each with the shares the two models covered."""
    old = [prediction(name, "old", before) for name, (before, _) in shares.items()]
    new = [prediction(name, "new", after, **changes) for name, (_, after) in shares.items()]
    return most_changed([line(name) for name in shares], old, new, classes=CLASSES, attribute="box", count=count)


def test_the_most_gained_and_the_most_lost_are_shown():
    shares = {"a": (0.5, 1), "b": (0.6, 1), "c": (1, 0.5), "d": (1, 0.9), "e": (0.9, 1), "same": (1, 1), "f": (0.8, 1)}
    assert [image.source_ref for image in chosen(shares)] == ["a", "b", "d", "c"]
    assert [image.source_ref for image in chosen(shares, count=2)] == ["a", "c"]


def test_without_losses_all_places_go_to_gains():
    shares = {"a": (0.5, 1), "b": (0.6, 1), "c": (0.7, 1)}
    assert [image.source_ref for image in chosen(shares, count=2)] == ["a", "b"]


def test_an_image_without_a_change_is_not_shown():
    assert chosen({"a": (1, 1), "b": (0, 0)}) == []


def test_a_wrong_class_finds_nothing_and_counts_against_the_model():
    (image,) = chosen({"a": (1, 1)}, class_id=1)
    assert (image.before, image.after) == (pytest.approx(1), 0)


def test_an_unsure_detection_is_not_shown():
    (image,) = chosen({"a": (1, 1)}, score=0.1)
    assert image.challenger == ()
