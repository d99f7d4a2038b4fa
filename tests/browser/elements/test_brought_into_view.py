"""Whatever was looked at before, a command that goes to a shape shows the whole of it, large enough to be seen."""

from base64 import b64decode
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from tests.browser.elements.conftest import SCENE

LEAST = 20
"""CSS pixels of the longer side below which a shape would hardly be seen."""


def box(left, top, width=6, height=6, **more):
    return {"label": "cat", "left": left, "top": top, "width": width, "height": height, **more}


PHOTO = [box(0, 0), box(5994, 0), box(0, 3994), box(5994, 3994), box(3000, 2000), box(100, 50, 5800, 3900)]
PICTURES = {
    "photo": ((6000, 4000), PHOTO),
    "tiny": ((9, 7), [box(0, 0, 1, 1), box(8, 6, 1, 1), box(0, 0, 9, 7)]),
    "strip": ((12_000, 30), [box(0, 0, 12_000, 30), box(11_990, 26, 10, 4), box(0, 0, 3, 30)]),
    "tower": ((20, 9000), [box(0, 8999, 20, 1), box(0, 0, 1, 1), box(19, 0, 1, 9000)]),
}
ZOOMS = {"fitted": [], "1900 %": ["o"] + ["+"] * 13, "largest": ["+"] * 60, "smallest": ["-"] * 60}


def rectangle(task, locator):
    """Where something is in the frame, as the browser itself says: left, top, right, bottom."""
    task.settle()
    return locator.evaluate(
        "(e) => { const r = e.getBoundingClientRect(); return [r.left, r.top, r.right, r.bottom]; }"
    )


def assert_seen(task, locator, what, least=LEAST):
    left, top, right, bottom = rectangle(task, locator)
    stage = rectangle(task, task.tool.locator(".stage"))
    window = task.runs("() => [0, 0, innerWidth, innerHeight]")
    for place in (stage, window):
        inside = (left >= place[0] - 1, top >= place[1] - 1, right <= place[2] + 1, bottom <= place[3] + 1)
        assert all(inside), f"{what}: {(left, top, right, bottom)} is not within {place}"
    assert max(right - left, bottom - top) >= least, f"{what} is too small to be seen"
    scrolled = task.tool.locator(".stage").evaluate("(stage) => [stage.scrollLeft, stage.scrollTop]")
    assert scrolled == [0, 0], f"{what}: the stage was scrolled, of which the view knows nothing"


def open_photo(open_tool, site, size, tag="crowd-bounding-box", **attributes):
    site.put("/photo.svg", SCENE.format(width=size[0], height=size[1]), "image/svg+xml")
    task = open_tool(tag, src="/photo.svg", **attributes)
    task.tool.locator(".stage").focus()
    return task


def looks(task, zoom, pan):
    """Zoom by key and pan by wheel, without touching what is selected."""
    task.presses(*ZOOMS[zoom])
    stage = task.tool.locator(".stage").bounding_box()
    task.page.mouse.move(stage["x"] + 5, stage["y"] + stage["height"] - 5)
    task.page.keyboard.down("Shift")
    task.page.mouse.wheel(0, pan)
    task.page.keyboard.up("Shift")
    task.settle()


@pytest.mark.parametrize("zoom", ZOOMS)
@pytest.mark.parametrize("picture", PICTURES)
def test_tab_and_z_show_the_whole_box(open_tool, site, picture, zoom):
    size, boxes = PICTURES[picture]
    task = open_photo(open_tool, site, size, initial_value=boxes)
    for index in range(len(boxes)):
        looks(task, zoom, pan=700)
        task.presses("Tab")
        assert_seen(task, task.tool.locator(".box.selected"), f"box {index} after Tab")
        assert task.focused.startswith(f"cat, box {index + 1} of")
        looks(task, zoom, pan=-700)
        task.presses("z")
        assert_seen(task, task.tool.locator(".box.selected"), f"box {index} after Z")
    for index in reversed(range(len(boxes) - 1)):
        looks(task, zoom, pan=5000)
        task.presses("Shift+Tab")
        assert_seen(task, task.tool.locator(".box.selected"), f"box {index} after Shift+Tab")
    assert len(task.corners()) == len(boxes), "looking at boxes changes none"


def test_coming_back_to_the_selected_box_shows_it_again(open_tool, site):
    task = open_photo(open_tool, site, (6000, 4000), initial_value=[PHOTO[0], PHOTO[3]])
    task.presses("Tab", "Tab")
    task.tool.get_by_role("button", name="Show the image at its own size").click()
    looks(task, "1900 %", pan=-9000)
    task.tool.locator(".label-button").first.focus()
    task.presses("Shift+Tab")

    assert_seen(task, task.tool.locator(".box.selected"), "the box one comes back to")


def test_the_focus_that_comes_back_by_itself_moves_nothing(open_tool, site):
    task = open_photo(open_tool, site, (6000, 4000), initial_value=[PHOTO[0]])
    task.presses("Tab")
    looks(task, "1900 %", pan=900)
    before = rectangle(task, task.boxes)
    task.presses("?")
    task.tool.get_by_role("dialog", name="Shortcuts").wait_for()
    task.presses("Escape")

    assert task.focused.startswith("cat, box 1")
    assert rectangle(task, task.boxes) == pytest.approx(before, abs=0.01)


def test_accepting_undoing_and_adding_show_the_box_they_go_to(open_tool, site):
    guesses = [box(0, 0, score=0.4), box(5990, 3990, score=0.5)]
    task = open_photo(open_tool, site, (6000, 4000), initial_value=guesses)
    looks(task, "1900 %", pan=0)
    task.presses("a", "a")
    assert_seen(task, task.tool.locator(".box.selected"), "the next guess")
    task.presses("ArrowLeft")
    looks(task, "1900 %", pan=-9000)
    task.presses("Control+z")
    assert_seen(task, task.tool.locator(".box.selected"), "the box whose move is undone")
    task.presses("Escape", *ZOOMS["largest"], "n")
    assert_seen(task, task.tool.locator(".box.selected"), "the box that is added")


def test_a_press_moves_nothing_away_from_under_the_pointer(open_tool, site):
    task = open_photo(open_tool, site, (6000, 4000), initial_value=[PHOTO[4]])
    before = rectangle(task, task.boxes)
    task.clicks((3003, 2003))

    assert task.tool.locator(".box.selected").count() == 1
    assert rectangle(task, task.boxes) == pytest.approx(before, abs=0.01)


def test_at_the_edge_of_a_large_box_keys_do_not_zoom(open_tool, site):
    task = open_photo(open_tool, site, (6000, 4000), initial_value=[PHOTO[5]])
    task.presses("Tab", *ZOOMS["1900 %"])
    scale = task.tool.get_by_role("button", name="Show the whole image").inner_text()
    task.presses("Control+ArrowRight")

    assert task.corners()[0][3] == 5901
    assert task.tool.get_by_role("button", name="Show the whole image").inner_text() == scale


def test_a_box_larger_than_the_stage_is_not_moved_by_key_unseen(open_tool, site):
    task = open_photo(open_tool, site, (6000, 4000), initial_value=[box(0, 0, 3000, 3900)])
    task.presses("Tab", *ZOOMS["1900 %"])
    for _ in range(40):
        looks(task, "fitted", pan=3000)
    stage = rectangle(task, task.tool.locator(".stage"))
    assert rectangle(task, task.boxes)[2] < stage[0], "the box lies left of what is seen"
    task.presses("ArrowRight")

    assert task.corners()[0][1] == 1
    assert rectangle(task, task.boxes)[2] > stage[0] + 50


PATHS = {
    "crowd-polygon": [[(5990, 3990), (6000, 3990), (5995, 4000)], [(0, 0), (6000, 0), (6000, 4000), (0, 4000)]],
    "crowd-polyline": [[(0, 3999), (4, 4000)], [(0, 2000), (6000, 2000)]],
    "crowd-line": [[(5999, 0), (6000, 6)], [(3000, 0), (3000, 4000)]],
}


@pytest.mark.parametrize("zoom", ZOOMS)
@pytest.mark.parametrize("tag", PATHS)
def test_paths_are_shown_whole(open_tool, site, tag, zoom):
    shapes = [{"label": "cat", "vertices": [{"x": x, "y": y} for x, y in path]} for path in PATHS[tag]]
    task = open_photo(open_tool, site, (6000, 4000), tag, initial_value=shapes)
    for index in range(len(shapes)):
        looks(task, zoom, pan=3000)
        task.presses("Tab")
        assert_seen(task, task.tool.locator("g.path.selected .stroke"), f"path {index} after Tab")
        looks(task, zoom, pan=-3000)
        task.presses("z")
        assert_seen(task, task.tool.locator("g.path.selected .stroke"), f"path {index} after Z")


@pytest.mark.parametrize("zoom", ZOOMS)
def test_points_are_shown(open_tool, site, zoom):
    points = [
        {"label": "cat", "x": 0, "y": 0},
        {"label": "cat", "x": 6000, "y": 4000},
        {"label": "dog", "x": 9, "y": 3990},
    ]
    task = open_photo(open_tool, site, (6000, 4000), "crowd-keypoint", initial_value=points)
    for point in points:
        looks(task, zoom, pan=2000)
        task.presses("Tab")
        for key in ("Tab", "z"):
            x, y = task.on_page((point["x"], point["y"]))
            stage = task.tool.locator(".stage").bounding_box()
            assert stage["x"] <= x <= stage["x"] + stage["width"], f"{point} after {key}"
            assert stage["y"] <= y <= stage["y"] + stage["height"], f"{point} after {key}"
            looks(task, zoom, pan=-2000)
            task.presses("z")


@pytest.mark.parametrize("zoom", ZOOMS)
def test_painted_instances_are_shown_whole(open_tool, site, zoom):
    task = open_photo(open_tool, site, (2400, 1600), "crowd-instance-segmentation")
    task.presses(*["["] * 12)
    task.drags((2390, 1590), (2394, 1594))
    task.presses("n")
    task.drags((5, 5), (2300, 1200))
    task.tool.locator(".stage").focus()
    for left, top, right, bottom in painted(task):
        looks(task, zoom, pan=3000)
        task.presses("Tab")
        for key in ("Tab", "z"):
            stage = task.tool.locator(".stage").bounding_box()
            corners = [task.on_page((left, top)), task.on_page((right, bottom))]
            for x, y in corners:
                assert stage["x"] - 1 <= x <= stage["x"] + stage["width"] + 1, f"{(left, top)} after {key}"
                assert stage["y"] - 1 <= y <= stage["y"] + stage["height"] + 1, f"{(left, top)} after {key}"
            assert corners[1][0] - corners[0][0] >= LEAST
            looks(task, zoom, pan=-3000)
            task.presses("z")


def painted(task):
    """Where each instance lies in the picture of the answer: left, top, right, bottom."""
    value = task.value()
    picture = Image.open(BytesIO(b64decode(value["labeledImage"]["pngImageData"]))).convert("RGBA")
    for instance in value["instances"]:
        colour = (*bytes.fromhex(instance["color"][1:]), 255)
        rows, columns = np.nonzero((np.asarray(picture) == colour).all(axis=-1))
        yield columns.min(), rows.min(), columns.max() + 1, rows.max() + 1


def test_a_tool_further_down_a_long_page_is_scrolled_to(open_task, site):
    site.put("/photo.svg", SCENE.format(width=6000, height=4000), "image/svg+xml")
    tool = """<div style="height: 3000px"><a href="#">Up</a></div>
      <div style="height: 500px"><crowd-bounding-box name="b" src="/photo.svg" labels="['cat']"
      initial-value="[{label: 'cat', left: 5990, top: 3990, width: 6, height: 6}]"></crowd-bounding-box></div>
      <div style="height: 2000px"></div>"""
    task = open_task(f"<crowd-form>{tool}</crowd-form>")
    task.frame.locator("img.photo.shown").wait_for()
    task.tool.locator(".stage").focus()
    task.presses(*ZOOMS["1900 %"])
    task.runs("() => scrollTo(0, 0)")
    task.presses("Tab")

    assert_seen(task, task.tool.locator(".box.selected"), "the box in a long page")
