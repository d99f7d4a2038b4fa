"""The box tool with the keyboard alone: no test here touches the mouse. The image is 400 x 300."""

import pytest

CAT = {"label": "cat", "left": 100, "top": 80, "width": 60, "height": 40}
DOG = {"label": "dog", "left": 220, "top": 150, "width": 100, "height": 100}
LABELS = [f"label-{number:02}" for number in range(1, 21)]


@pytest.fixture
def task(open_boxes):
    """Two boxes; the focus is where a person who just came with Tab has it."""
    task = open_boxes(initial_value=[CAT, DOG])
    task.tool.locator(".stage").focus()
    return task


def focused(task):
    return task.tool.evaluate("(tool) => tool.shadowRoot.activeElement.getAttribute('aria-label')")


def test_a_whole_task(task):
    task.presses("Tab", "ArrowRight", "ArrowRight", "Shift+ArrowDown", "3")
    task.presses("Tab", "Delete")
    task.presses("n", "Shift+ArrowLeft", "Control+ArrowRight", "2")
    answer = task.submits()["annotatedResult"]

    assert answer == {
        "boundingBoxes": [
            {"label": "bird", "left": 102, "top": 90, "width": 60, "height": 40},
            answer["boundingBoxes"][1],
        ],
        "inputImageProperties": {"width": 400, "height": 300},
        "initialValueModified": True,
    }
    assert answer["boundingBoxes"][1]["label"] == "dog"


def test_tab_goes_through_the_boxes_and_selects(task):
    task.presses("Tab")
    assert focused(task) == "cat, box 1 of 2, left 100, top 80, 60 by 40 pixels"
    task.presses("Tab")
    assert focused(task).startswith("dog, box 2 of 2")
    assert task.boxes.nth(1).get_attribute("aria-pressed") == "true"
    task.presses("Shift+Tab")
    assert focused(task).startswith("cat, box 1 of 2")


MOVES = {
    "ArrowLeft": (99, 80, 159, 120),
    "ArrowUp": (100, 79, 160, 119),
    "Shift+ArrowRight": (110, 80, 170, 120),
    "Shift+ArrowDown": (100, 90, 160, 130),
    "Control+ArrowRight": (100, 80, 161, 120),
    "Control+ArrowLeft": (100, 80, 159, 120),
    "Control+ArrowDown": (100, 80, 160, 121),
    "Control+Shift+ArrowUp": (100, 80, 160, 110),
    "Alt+ArrowLeft": (99, 80, 160, 120),
    "Alt+ArrowDown": (100, 81, 160, 120),
    "Alt+Shift+ArrowRight": (110, 80, 160, 120),
}


def test_arrows_move_and_resize(task):
    task.presses("Tab")
    reached = {}
    for key in MOVES:
        task.presses(key)
        reached[key] = task.corners()[0][1:]
        task.presses("Control+z")

    assert reached == MOVES


def test_a_box_cannot_leave_the_image_nor_shrink_to_nothing(task):
    task.presses("Tab", *["Shift+ArrowLeft"] * 12)
    assert task.corners()[0][1:] == (0, 80, 60, 120)
    task.presses(*["Control+Shift+ArrowLeft"] * 8)
    _, left, _, right, _ = task.corners()[0]
    assert right - left > 0


def test_delete(task):
    for key in ["Delete", "Backspace"]:
        task.presses("Tab", key)
        assert [corners[0] for corners in task.corners()] == ["dog"]
        task.presses(key)
        assert [corners[0] for corners in task.corners()] == ["dog"], "with no box selected nothing is deleted"
        task.presses("Control+z")


def test_new_box_in_the_middle_takes_the_focus(task):
    task.presses("n")

    assert task.corners()[2] == ("cat", 140, 105, 260, 195)
    assert focused(task).startswith("cat, box 3 of 3")
    task.presses("n")
    assert task.corners()[3][1:] != task.corners()[2][1:], "a second one must not hide the first"


def test_undo_and_redo(task):
    task.presses("Tab", "Shift+ArrowRight", "2", "Delete")
    assert len(task.corners()) == 1
    seen = []
    for _ in range(4):
        task.presses("Control+z")
        seen.append(task.corners()[0])
    cat = ("cat", 100, 80, 160, 120)
    assert seen == [("dog", 110, 80, 170, 120), ("cat", 110, 80, 170, 120), cat, cat]

    task.presses("Control+y", "Control+Shift+z", "Control+y", "Control+y")
    assert [corners[0] for corners in task.corners()] == ["dog"]


def test_escape_deselects_and_enter_does_nothing(task):
    task.presses("Tab", "Enter")
    assert task.messages("crowd:submit") == []
    task.presses("Escape", "ArrowRight", "Delete")

    assert task.corners() == [("cat", 100, 80, 160, 120), ("dog", 220, 150, 320, 250)]


def test_zoom_keys(task):
    width = lambda: task.tool.locator("canvas.upper-canvas").bounding_box()["width"]  # noqa: E731
    fitted = width()
    task.presses("+", "+")
    assert width() == pytest.approx(fitted * 1.25**2, rel=1e-3)
    task.presses("-")
    assert width() == pytest.approx(fitted * 1.25, rel=1e-3)
    task.presses("0")
    assert width() == pytest.approx(fitted, rel=1e-3)
    assert task.corners()[0] == ("cat", 100, 80, 160, 120)


def test_label_keys_without_a_selected_box_choose_for_the_next(task):
    task.presses("3", "n")

    assert task.corners()[2][0] == "bird"
    assert task.frame.get_by_role("button", name="bird").first.get_attribute("aria-pressed") == "true"


def test_a_label_is_found_by_name(open_boxes):
    task = open_boxes(labels=LABELS, initial_value=[CAT | {"label": "label-01"}])
    task.tool.locator(".stage").focus()
    task.presses("Tab", "l")
    task.page.keyboard.type("17")
    assert task.tool.locator(".label-button:visible").count() == 1
    task.presses("Enter")

    assert task.corners()[0][0] == "label-17"
    assert focused(task).startswith("label-17, box 1 of 1"), "the focus goes back to the box"
    task.presses("ArrowRight")
    assert task.corners()[0][1] == 101


def test_twenty_labels_fit_at_the_size_of_a_laptop(open_boxes):
    task = open_boxes(labels=LABELS)
    task.page.set_viewport_size({"width": 1280, "height": 720})
    task.settle()

    room = task.tool.locator(".label-list").evaluate("(list) => [list.scrollHeight, list.clientHeight]")
    assert room[0] <= room[1]


def test_keys_typed_into_a_field_are_not_for_the_tool(open_boxes):
    task = open_boxes(initial_value=[CAT], after='<crowd-input name="note" label="Note"></crowd-input>')
    task.tool.locator(".stage").focus()
    task.presses("Tab")
    task.frame.get_by_label("Note").focus()
    task.page.keyboard.type("n123l0")
    task.presses("Backspace", "ArrowLeft")

    assert task.corners() == [("cat", 100, 80, 160, 120)]
    assert task.submits()["note"] == "n123l"


def test_question_mark_shows_the_shortcuts(task):
    task.presses("?")
    dialog = task.tool.get_by_role("dialog")

    assert dialog.is_visible()
    assert "New box in the middle" in dialog.inner_text()
    task.presses("n", "Escape")
    assert not dialog.is_visible()
    assert len(task.corners()) == 2, "keys pressed in the dialog are not for the tool"


def test_changes_are_said_to_those_who_cannot_see(task):
    task.presses("Tab", "ArrowRight")
    assert task.tool.locator("#said").inner_text() == "left 101, top 80, 60 by 40"
    task.presses("Delete")
    assert task.tool.locator("#said").inner_text() == "cat deleted, 1 box left"
