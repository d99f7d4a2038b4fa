"""Outlines, lines and points with the keyboard alone: no test here touches the mouse. The image is 400 x 300."""

import pytest

ROOF = {
    "label": "cat",
    "vertices": [{"x": 100, "y": 80}, {"x": 200, "y": 80}, {"x": 200, "y": 180}, {"x": 100, "y": 180}],
}
DOOR = {"label": "dog", "vertices": [{"x": 20, "y": 20}, {"x": 60, "y": 20}, {"x": 60, "y": 60}]}
SQUARE = [(100, 80), (200, 80), (200, 180), (100, 180)]


@pytest.fixture
def roof(open_tool):
    task = open_tool("crowd-polygon", initial_value=[ROOF, DOOR])
    task.tool.locator(".stage").focus()
    return task


def begin(open_tool, tag, **attributes):
    task = open_tool(tag, **attributes)
    task.tool.locator(".stage").focus()
    return task


def said(task):
    return task.tool.locator("#said").inner_text()


def test_an_outline_is_drawn_from_point_to_point(open_tool):
    task = begin(open_tool, "crowd-polygon")
    task.presses("2", "n")
    assert said(task) == "200, 150", "the cursor begins in the middle of what can be seen"
    task.presses("Enter", "Shift+ArrowRight", "Shift+ArrowRight", "Enter", "Control+ArrowDown", "Enter")
    assert "not closed yet" in task.tool.evaluate("(tool) => tool.validationMessage")
    task.presses("Enter")
    answer = task.submits()["annotatedResult"]

    assert answer["polygons"][0]["label"] == "dog"
    first, second, third = task.points()
    assert (first, second) == ((200, 150), (220, 150))
    assert third[0] == 220
    assert third[1] > 160


def test_an_outline_is_closed_on_its_first_point(open_tool):
    task = begin(open_tool, "crowd-polygon")
    task.presses("n", "Enter", "Shift+ArrowRight", "Enter", "Shift+ArrowDown", "Enter", "Shift+ArrowLeft")
    task.presses("Shift+ArrowUp", "Enter")

    assert task.points() == [(200, 150), (210, 150), (210, 160)]


def test_backspace_takes_the_last_point_back_and_crossing_is_refused(open_tool):
    task = begin(open_tool, "crowd-polygon")
    task.presses("n", "Enter", "Shift+ArrowRight", "Enter", "Shift+ArrowDown", "Enter")
    task.presses("Shift+ArrowUp", "Shift+ArrowUp", "ArrowLeft", "Enter")
    assert "must not cross" in task.tool.locator(".warning").inner_text()
    task.presses("Backspace", "Enter", "Enter")

    assert task.points() == [(200, 150), (210, 150), (209, 140)]


def test_tab_walks_the_shapes_and_after_enter_their_points(roof):
    roof.presses("Tab")
    assert roof.focused == "cat, outline 1 of 2, 4 points, the first at 100, 80"
    roof.presses("Enter", "Tab")
    assert said(roof) == "Point 2 of 4 at 200, 80"
    roof.presses("Shift+ArrowRight", "ArrowUp")
    assert roof.points(0) == [SQUARE[0], (210, 79), *SQUARE[2:]]
    roof.presses("Shift+Tab", "Shift+Tab")
    assert said(roof) == "Point 4 of 4 at 100, 180"
    roof.presses("Escape", "Tab")
    assert roof.focused.startswith("dog, outline 2 of 2")


def test_points_are_added_and_taken_out(roof):
    roof.presses("Tab", "Enter", "p")
    assert roof.points(0) == [SQUARE[0], (150, 80), *SQUARE[1:]]
    roof.presses("ArrowUp", "Delete", "Escape", "p")
    assert len(roof.points(0)) == 5
    roof.presses("Control+z", "Control+z", "Control+z", "Control+z")
    assert roof.points(0) == SQUARE
    assert roof.value()["initialValueModified"] is False


def test_the_whole_is_moved_relabelled_and_deleted(roof):
    roof.presses("Tab", "Shift+ArrowLeft", "ArrowDown", "3")
    assert roof.points(0) == [(x - 10, y + 1) for x, y in SQUARE]
    assert roof.value()["polygons"][0]["label"] == "bird"
    roof.presses("Delete")
    assert [each["label"] for each in roof.submits()["annotatedResult"]["polygons"]] == ["dog"]


@pytest.mark.parametrize(("tag", "name"), [("crowd-line", "lines"), ("crowd-polyline", "polylines")])
def test_lines_are_drawn(open_tool, tag, name):
    task = begin(open_tool, tag)
    task.presses("n", "Enter", "Shift+ArrowRight", "Enter")
    if tag == "crowd-polyline":
        task.presses("Enter")
    answer = task.submits()["annotatedResult"]

    assert answer[name] == [{"label": "cat", "vertices": [{"x": 200, "y": 150}, {"x": 210, "y": 150}]}]


def test_points_are_put_one_after_the_other(open_tool):
    task = begin(open_tool, "crowd-keypoint")
    task.presses("n", "Enter", "ArrowLeft")
    assert task.points() == [(199, 150)], "the point just put is selected: arrows move it"
    task.presses("n", "2", "Shift+ArrowDown", "Enter")

    assert task.value()["keypoints"] == [{"label": "cat", "x": 199, "y": 150}, {"label": "dog", "x": 199, "y": 160}]
    assert task.focused == "dog, point 2 of 2 at 199, 160"


def test_zoom_follows_the_cursor_and_labels_are_found_by_name(open_tool):
    task = begin(open_tool, "crowd-keypoint", labels=[f"label-{number:02}" for number in range(1, 21)])
    task.presses("n", "+", "+", "+", "+", "+", "+", *["Control+ArrowRight"] * 12)
    cursor = task.tool.locator(".cursor").bounding_box()
    stage = task.tool.locator(".stage").bounding_box()
    assert stage["x"] <= cursor["x"] + 17 <= stage["x"] + stage["width"]
    task.presses("l")
    task.page.keyboard.type("17")
    task.presses("Enter", "Enter")

    assert task.value()["keypoints"][0]["label"] == "label-17"


def test_enter_on_a_button_presses_the_button(open_tool):
    task = begin(open_tool, "crowd-polygon", initial_value=[ROOF])
    task.presses("Tab")
    task.tool.get_by_role("button", name="Add a point").focus()
    task.presses("Enter")

    assert len(task.points()) == 5


def test_the_shortcuts_panel_names_the_keys_of_the_tool(open_tool):
    task = begin(open_tool, "crowd-polygon")
    task.presses("?")

    assert "Start a new outline at the cursor" in task.tool.get_by_role("dialog").inner_text()
