"""The pictures of a night."""

from __future__ import annotations

from PIL import Image

from local.demo.driver.endpoint import Detection, share_below
from local.demo.images.scenes import make_scenes
from local.demo.report.pictures import Sides, choose_examples, write_pictures


def detection(score):
    return Detection("cat", score, 20.0, 0.0, 100.0, 80.0)


def test_one_picture_an_image_and_one_of_all(tmp_path):
    examples = make_scenes("noto", 3, [1], "camera")
    reviewed = [{"label": "dog", "left": 1, "top": 2, "width": 250, "height": 20}]
    sides = Sides(
        before={example.name: [detection(0.1)] for example in examples},
        reviewed={example.name: reviewed for example in examples},
        after={example.name: [detection(0.9), detection(0.6)] for example in examples},
    )
    paths = write_pictures(tmp_path, examples, sides, "Night 2026-11-22")
    assert [path.name for path in paths] == ["before-reviewer-after.png", "image-1.png", "image-2.png", "image-3.png"]
    sizes = [Image.open(path).size for path in paths]
    assert sizes[0][0] == sizes[1][0] >= 3 * 400
    assert sizes[0][1] > 2.5 * sizes[1][1]
    assert len(Image.open(paths[1]).convert("RGB").getcolors(1_000_000)) > 100


def test_the_images_that_gained_most_are_shown():
    examples = make_scenes("noto", 4, [1], "camera")
    names = [example.name for example in examples]
    sides = Sides(
        before={name: [detection(0.4)] for name in names},
        reviewed={name: [] for name in names[:3]},
        after=dict(zip(names, [[], [detection(0.9)], [detection(0.5)], [detection(1.0)]], strict=True)),
    )
    assert [example.name for example in choose_examples(examples, sides, count=2)] == [names[1], names[2]]


def test_an_image_without_a_box_is_below_every_threshold():
    shares = share_below({"a": [], "b": [detection(0.5)], "c": [detection(0.49), detection(0.2)]}, 0.5)
    assert round(shares, 3) == round(2 / 3, 3)
