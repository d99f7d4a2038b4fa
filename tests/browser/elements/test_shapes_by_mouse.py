"""Outlines, lines and points drawn and changed with the mouse; the image is 400 x 300."""

import pytest

ROOF = {
    "label": "cat",
    "vertices": [{"x": 100, "y": 80}, {"x": 200, "y": 80}, {"x": 200, "y": 180}, {"x": 100, "y": 180}],
}
SQUARE = [(100, 80), (200, 80), (200, 180), (100, 180)]
SIZE = {"width": 400, "height": 300}


def near(*points):
    """The points within one pixel: the mouse moves by screen pixels."""
    return [(pytest.approx(x, abs=1), pytest.approx(y, abs=1)) for x, y in points]


@pytest.fixture
def polygon(open_tool):
    return open_tool("crowd-polygon")


@pytest.fixture
def roof(open_tool):
    """One outline, selected by its border."""
    task = open_tool("crowd-polygon", initial_value=[ROOF])
    task.clicks((130, 80))
    return task


def test_clicks_draw_an_outline_and_the_first_point_closes_it(polygon):
    polygon.frame.get_by_role("button", name="dog").click()
    for point in [(50, 40), (150, 40), (150, 140), (52, 41)]:
        polygon.clicks(point)

    assert polygon.points() == near((50, 40), (150, 40), (150, 140))
    answer = polygon.submits()["annotatedResult"]
    assert answer["polygons"][0]["label"] == "dog"
    assert answer["inputImageProperties"] == SIZE
    assert set(answer) == {"polygons", "inputImageProperties"}


def test_enter_closes_an_outline_of_three_points_but_not_of_two(polygon):
    polygon.clicks((50, 40))
    polygon.clicks((150, 40))
    polygon.presses("Enter")
    assert "at least 3 points" in polygon.tool.locator(".warning").inner_text()
    polygon.clicks((150, 140))
    polygon.presses("Enter")

    assert len(polygon.points()) == 3
    assert polygon.tool.locator(".warning").is_hidden()


def test_edges_that_would_cross_are_refused_with_a_message(polygon):
    for point in [(50, 40), (150, 40), (150, 140), (100, 20)]:
        polygon.clicks(point)
    assert "must not cross" in polygon.tool.locator(".warning").inner_text()
    polygon.clicks((50, 140))
    polygon.presses("Enter")

    assert polygon.points() == near((50, 40), (150, 40), (150, 140), (50, 140))


def test_a_closing_edge_that_would_cross_is_refused(polygon):
    for point in [(50, 40), (150, 40), (150, 140), (250, 140), (250, 100), (100, 100)]:
        polygon.clicks(point)
    assert "must not cross" in polygon.tool.locator(".warning").inner_text()
    for point in [(250, 20), (300, 20), (300, 200)]:
        polygon.clicks(point)
    polygon.presses("Enter")

    assert "must not cross" in polygon.tool.locator(".warning").inner_text()
    assert polygon.value()["polygons"] == []


def test_undo_and_redo_while_drawing_and_after(polygon):
    for point in [(50, 40), (150, 40), (150, 140), (60, 140)]:
        polygon.clicks(point)
    polygon.presses("Control+z", "Control+z", "Control+y", "Enter")
    assert polygon.points() == near((50, 40), (150, 40), (150, 140))
    polygon.presses("Control+z")
    assert polygon.value()["polygons"] == []
    polygon.presses("Control+y")
    assert len(polygon.value()["polygons"]) == 1


def test_escape_drops_what_is_being_drawn_and_undo_brings_it_back(polygon):
    for point in [(50, 40), (150, 40), (150, 140)]:
        polygon.clicks(point)
    polygon.presses("Escape", "Enter", "Escape")
    assert polygon.value()["polygons"] == []
    polygon.presses("Control+z", "Enter")

    assert len(polygon.points()) == 3


def test_an_unfinished_outline_holds_the_form_back(polygon):
    polygon.clicks((50, 40))
    polygon.clicks((150, 40))
    polygon.frame.get_by_role("button", name="Submit").click()
    polygon.frame.locator("#message").get_by_text("not closed yet").wait_for()
    assert polygon.messages("crowd:submit") == []
    polygon.presses("Escape")

    assert polygon.submits()["annotatedResult"]["polygons"] == []


def test_a_border_selects_and_an_outline_may_begin_inside_another(roof):
    assert roof.paths.first.get_attribute("aria-pressed") == "true"
    for point in [(120, 100), (180, 100), (180, 160), (120, 100)]:
        roof.clicks(point)

    assert roof.points() == near((120, 100), (180, 100), (180, 160))
    assert roof.points(0) == SQUARE


def test_a_vertex_is_dragged(roof):
    roof.drags((200, 180), (230, 210))

    assert roof.points() == near(*SQUARE[:2], (230, 210), SQUARE[3])
    roof.presses("Control+z")
    assert roof.points() == SQUARE


def test_a_vertex_dragged_over_an_edge_stays_where_it_was_allowed_last(roof):
    roof.drags((200, 180), (60, 120))

    (x, _) = roof.points()[2]
    assert x > 100
    assert roof.value()["initialValueModified"] is True


def test_a_vertex_is_put_on_an_edge(roof):
    roof.drags((150, 80), (150, 40))
    assert roof.points() == near(SQUARE[0], (150, 40), *SQUARE[1:])
    roof.clicks((200, 130))

    assert len(roof.points()) == 6
    assert roof.points()[3] == near((200, 130))[0]


def test_a_vertex_is_deleted_but_never_one_of_three(roof):
    roof.clicks((100, 80))
    roof.presses("Delete")
    assert roof.points() == SQUARE[1:]
    roof.clicks((200, 80))
    roof.presses("Delete")

    assert roof.points() == SQUARE[1:]
    assert "at least 3 points" in roof.tool.locator(".warning").inner_text()


@pytest.mark.parametrize("hold", [(150, 130), (130, 80)])
def test_the_whole_is_moved_by_its_inside_or_its_border_and_stops_at_the_image(roof, hold):
    roof.drags(hold, (hold[0] + 60, hold[1] - 20))
    assert roof.points() == near(*[(x + 60, y - 20) for x, y in SQUARE])
    roof.drags((hold[0] + 60, hold[1] - 20), (399, 299))

    assert max(x for x, _ in roof.points()) <= 400
    assert max(y for _, y in roof.points()) <= 300


def test_relabel_and_delete(roof):
    roof.presses("3")
    assert roof.value()["polygons"][0]["label"] == "bird"
    roof.presses("Delete")
    assert roof.value()["polygons"] == []


def test_a_label_tag_selects(open_tool):
    task = open_tool("crowd-polygon", initial_value=[ROOF])
    task.tool.locator(".tag").click()
    task.presses("2")

    assert task.value()["polygons"][0]["label"] == "dog"


def test_a_polyline_may_cross_itself_and_ends_on_its_last_point(open_tool):
    task = open_tool("crowd-polyline")
    for point in [(50, 40), (150, 140), (150, 40), (50, 140), (50, 140)]:
        task.clicks(point)
    assert task.points() == near((50, 40), (150, 140), (150, 40), (50, 140))
    for point in [(200, 40), (300, 40)]:
        task.clicks(point)
    task.presses("Enter")
    answer = task.submits()["annotatedResult"]

    assert [len(line["vertices"]) for line in answer["polylines"]] == [4, 2]
    assert answer["inputImageProperties"] == SIZE


def test_a_line_has_two_ends_by_clicks_or_by_a_drag(open_tool):
    task = open_tool("crowd-line")
    task.clicks((50, 40))
    task.clicks((150, 140))
    task.drags((200, 40), (300, 140))
    answer = task.submits()["annotatedResult"]

    lines = [[(point["x"], point["y"]) for point in line["vertices"]] for line in answer["lines"]]
    assert lines == [near((50, 40), (150, 140)), near((200, 40), (300, 140))]
    assert set(answer["lines"][0]) == {"label", "vertices"}


def test_a_line_keeps_two_ends(open_tool):
    task = open_tool(
        "crowd-line", initial_value={"lines": [ROOF | {"vertices": [{"x": 50, "y": 40}, {"x": 150, "y": 40}]}]}
    )
    task.clicks((70, 40))
    task.drags((150, 40), (150, 90))
    task.drags((100, 65), (100, 100))

    assert len(task.points()) == 2


def test_keypoints_are_put_moved_relabelled_and_deleted(open_tool):
    task = open_tool("crowd-keypoint")
    task.clicks((50, 40))
    task.frame.get_by_role("button", name="dog").click()
    task.presses("Escape")
    task.frame.get_by_role("button", name="bird").click()
    task.clicks((150, 140))
    task.drags((150, 140), (200, 150))
    task.clicks((300, 200))
    task.presses("Delete")
    answer = task.submits()["annotatedResult"]

    assert [point["label"] for point in answer["keypoints"]] == ["dog", "bird"]
    assert task.points(0) == near((50, 40))
    assert task.points(1) == near((200, 150))
    assert set(answer["keypoints"][0]) == {"label", "x", "y"}


def test_points_put_outside_the_image_land_on_its_border(open_tool):
    task = open_tool("crowd-line")
    task.drags((380, 280), (430, 320))

    assert task.points()[1] == (400, 300)


def test_zoomed_in_the_answer_is_still_in_pixels_of_the_image(open_tool):
    task = open_tool("crowd-polygon", initial_value=[ROOF])
    task.page.mouse.move(*task.on_page((150, 130)))
    task.page.mouse.wheel(0, -500)
    task.settle()
    for point in [(120, 100), (170, 100), (170, 150), (120, 100)]:
        task.clicks(point)

    assert task.points() == near((120, 100), (170, 100), (170, 150))
    assert task.points(0) == SQUARE
