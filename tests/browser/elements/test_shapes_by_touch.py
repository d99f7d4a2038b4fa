"""Outlines, lines and points on a tablet, with fingers only; the image is 400 x 300."""

import pytest

from tests.browser.elements.hand import Hand

ROOF = {
    "label": "cat",
    "vertices": [{"x": 100, "y": 80}, {"x": 200, "y": 80}, {"x": 200, "y": 180}, {"x": 100, "y": 180}],
}


@pytest.fixture(scope="module")
def context(browser):
    context = browser.new_context(viewport={"width": 1024, "height": 768}, has_touch=True, is_mobile=True)
    context.set_default_timeout(30_000)
    return context


def near(*points):
    return [(pytest.approx(x, abs=1), pytest.approx(y, abs=1)) for x, y in points]


def test_taps_draw_an_outline(open_tool):
    task = open_tool("crowd-polygon")
    hand = Hand(task)
    for point in [(50, 40), (150, 40), (150, 140), (53, 43)]:
        hand.taps(point)

    assert len(task.submits()["annotatedResult"]["polygons"]) == 1
    assert task.points() == near((50, 40), (150, 40), (150, 140))


def test_a_finger_slides_the_point_to_its_place_and_buttons_finish_and_undo(open_tool):
    task = open_tool("crowd-polyline")
    hand = Hand(task)
    hand.taps((50, 40))
    hand.drags((100, 100), (150, 140))
    hand.taps((300, 200))
    task.tool.get_by_role("button", name="Undo").click()
    task.tool.get_by_role("button", name="Finish the line").click()

    assert task.points() == near((50, 40), (150, 140))


def test_a_finger_need_not_be_exact(open_tool):
    task = open_tool("crowd-polygon", initial_value=[ROOF])
    hand = Hand(task)
    hand.taps((150, 84))
    hand.drags((200, 180), (240, 200), off=(12, 9))
    assert task.points()[2] == near((240, 200))[0]
    task.tool.get_by_role("button", name="Delete outline or point").click()
    assert len(task.points()) == 3


def test_two_fingers_zoom_and_draw_nothing(open_tool):
    task = open_tool("crowd-keypoint")
    hand = Hand(task)
    one, other = task.on_page((150, 150)), task.on_page((250, 150))
    before = task.tool.locator("canvas.upper-canvas").bounding_box()["width"]
    hand.touches("touchStart", one)
    hand.touches("touchStart", one, other)
    hand.touches("touchMove", (one[0] - 60, one[1]), (other[0] + 60, other[1]))
    hand.touches("touchEnd")
    task.settle()

    assert task.tool.locator("canvas.upper-canvas").bounding_box()["width"] > before * 1.3
    assert task.value()["keypoints"] == []


def test_keypoints_and_lines(open_tool):
    task = open_tool("crowd-line")
    Hand(task).drags((50, 40), (150, 140))
    assert task.points() == near((50, 40), (150, 140))

    task = open_tool("crowd-keypoint")
    hand = Hand(task)
    hand.taps((50, 40))
    hand.drags((50, 40), (90, 80))
    assert task.points() == near((90, 80))
