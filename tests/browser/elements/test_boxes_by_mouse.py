"""The box tool with the mouse and with fingers, in the sandboxed frame; the image is 400 x 300."""

import pytest

CAT = {"label": "cat", "left": 100, "top": 80, "width": 60, "height": 40}
DOG = {"label": "dog", "left": 220, "top": 150, "width": 100, "height": 100}


def near(*corners):
    """The corners within one pixel: the mouse moves by screen pixels."""
    return pytest.approx(corners, abs=1)


def test_boxes_of_the_initial_value_are_there(open_boxes):
    task = open_boxes(initial_value=[CAT, DOG])

    assert task.corners() == [("cat", 100, 80, 160, 120), ("dog", 220, 150, 320, 250)]
    assert task.boxes.count() == 2
    assert task.boxes.nth(0).locator(".tag").inner_text() == "cat"


def test_drag_draws_a_box_of_the_chosen_label(open_boxes):
    task = open_boxes()
    task.frame.get_by_role("button", name="dog").click()
    task.drags((50, 40), (150, 100))

    [(label, *corners)] = task.corners()
    assert label == "dog"
    assert corners == near(50, 40, 150, 100)


def test_drag_in_any_direction_draws_the_same_box(open_boxes):
    task = open_boxes()
    task.drags((150, 100), (50, 40))

    assert list(task.corners()[0][1:]) == near(50, 40, 150, 100)


def test_a_box_drawn_over_the_border_ends_at_the_image(open_boxes):
    task = open_boxes()
    task.drags((350, 250), (430, 330))

    _, left, top, right, bottom = task.corners()[0]
    assert [left, top] == near(350, 250)
    assert (right, bottom) == (400, 300)


def test_a_click_draws_nothing(open_boxes):
    task = open_boxes()
    task.clicks((60, 60))

    assert task.corners() == []


def test_a_drag_along_one_line_draws_nothing(open_boxes):
    task = open_boxes()
    task.drags((50, 50), (120, 50))

    assert task.corners() == []


HANDLES = {
    "nw": (90, 65, 160, 120),
    "n": (100, 65, 160, 120),
    "ne": (100, 65, 150, 120),
    "e": (100, 80, 150, 120),
    "se": (100, 80, 150, 105),
    "s": (100, 80, 160, 105),
    "sw": (90, 80, 160, 105),
    "w": (90, 80, 160, 120),
}


def test_every_handle_resizes(open_boxes):
    task = open_boxes(initial_value=[CAT])
    task.clicks((130, 100))
    at = {"w": 100, "e": 160, "n": 80, "s": 120}
    reached = {}
    for handle in HANDLES:
        x = next((at[side] for side in handle if side in "we"), 130)
        y = next((at[side] for side in handle if side in "ns"), 100)
        assert task.boxes.locator(f'[data-handle="{handle}"]').is_visible()
        task.drags((x, y), (x - 10, y - 15))
        reached[handle] = task.corners()[0][1:]
        task.presses("Control+z")

    assert {handle: pytest.approx(corners, abs=1) for handle, corners in reached.items()} == HANDLES


def test_a_selected_box_moves_and_stops_at_the_border(open_boxes):
    task = open_boxes(initial_value=[CAT])
    task.clicks((130, 100))
    task.drags((130, 100), (170, 130))
    assert list(task.corners()[0][1:]) == near(140, 110, 200, 150)

    task.drags((170, 130), (170, -20))
    _, left, top, right, bottom = task.corners()[0]
    assert (top, bottom) == (0, 40)
    assert right - left == 60


def test_a_label_tag_takes_its_box(open_boxes):
    task = open_boxes(initial_value=[CAT])
    tag = task.boxes.locator(".tag").bounding_box()
    task.page.mouse.move(tag["x"] + 5, tag["y"] + 5)
    task.page.mouse.down()
    task.page.mouse.move(tag["x"] + 60, tag["y"] + 60, steps=3)
    task.page.mouse.up()
    task.settle()

    assert task.corners()[0][1] > 110
    assert task.boxes.count() == 1


def test_inside_a_box_that_is_not_selected_one_can_draw(open_boxes):
    task = open_boxes(initial_value=[DOG])
    task.drags((240, 170), (300, 230))

    assert len(task.corners()) == 2
    assert task.corners()[0] == ("dog", 220, 150, 320, 250)


def test_shift_draws_inside_the_selected_box(open_boxes):
    task = open_boxes(initial_value=[DOG])
    task.clicks((270, 200))
    task.page.keyboard.down("Shift")
    task.drags((240, 170), (300, 230))
    task.page.keyboard.up("Shift")

    assert len(task.corners()) == 2
    assert task.corners()[0] == ("dog", 220, 150, 320, 250)


def test_click_selects_the_smallest_box_around(open_boxes):
    inner = {"label": "bird", "left": 240, "top": 170, "width": 30, "height": 30}
    task = open_boxes(initial_value=[inner, DOG])
    task.clicks((255, 185))
    assert task.boxes.nth(0).get_attribute("aria-pressed") == "true"

    task.clicks((300, 240))
    assert task.boxes.nth(1).get_attribute("aria-pressed") == "true"

    task.clicks((20, 20))
    assert task.tool.locator(".box.selected").count() == 0


def test_a_label_relabels_the_selected_box(open_boxes):
    task = open_boxes(initial_value=[CAT, DOG])
    task.clicks((130, 100))
    task.frame.get_by_role("button", name="bird").click()

    assert [corners[0] for corners in task.corners()] == ["bird", "dog"]


def test_buttons_delete_undo_and_redo(open_boxes):
    task = open_boxes(initial_value=[CAT, DOG])
    button = {name: task.tool.get_by_role("button", name=name, exact=True) for name in ["Delete box", "Undo", "Redo"]}
    assert all(each.is_disabled() for each in button.values())

    task.clicks((130, 100))
    button["Delete box"].click()
    assert [corners[0] for corners in task.corners()] == ["dog"]
    button["Undo"].click()
    assert [corners[0] for corners in task.corners()] == ["cat", "dog"]
    button["Redo"].click()
    assert [corners[0] for corners in task.corners()] == ["dog"]


def test_zoom_and_pan_keep_pixels(open_boxes):
    task = open_boxes(initial_value=[CAT])
    before = task.corners()
    task.page.mouse.move(*task.on_page((130, 100)))
    task.page.mouse.wheel(0, -700)
    task.settle()
    zoomed = task.tool.locator("canvas.upper-canvas").bounding_box()
    assert zoomed["width"] > 1000
    assert task.corners() == before

    task.drags((170, 90), (180, 110))
    assert list(task.corners()[-1][1:]) == near(170, 90, 180, 110)

    task.page.keyboard.down("Space")
    start = task.on_page((130, 100))
    task.page.mouse.move(*start)
    task.page.mouse.down()
    task.page.mouse.move(start[0] + 80, start[1] + 40, steps=3)
    task.page.mouse.up()
    task.page.keyboard.up("Space")
    assert task.on_page((130, 100)) == pytest.approx((start[0] + 80, start[1] + 40), abs=1)
    assert len(task.corners()) == 2


def test_wheel_keeps_the_point_under_the_mouse(open_boxes):
    task = open_boxes()
    at = task.on_page((300, 120))
    task.page.mouse.move(*at)
    task.page.mouse.wheel(0, -300)

    assert task.on_page((300, 120)) == pytest.approx(at, abs=1)


def test_crosshair_follows_the_mouse_over_the_image_only(open_boxes):
    task = open_boxes()
    lines = task.tool.locator(".line")
    task.page.mouse.move(*task.on_page((100, 100)))
    task.settle()
    assert lines.nth(0).is_visible()
    assert task.tool.locator(".pencil").inner_text() == "cat"

    task.page.mouse.move(*task.on_page((-3, 100)))
    task.settle()
    assert not lines.nth(0).is_visible()
