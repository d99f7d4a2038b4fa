"""What comes from outside and should not: the box tool draws what it can and says what it did not."""

import json

import pytest

CAT = {"label": "cat", "left": 100, "top": 80, "width": 60, "height": 40}
NAMES = [
    "<script>window.broken = true</script>",
    "</textarea><img src=x onerror='window.broken = true'>",
    "{{ task.input }} {% raw %}",
    "'single' \"double\" `back` \\",
    "long " * 60,
    "قطة سوداء",
    "👩‍👩‍👧‍👦 家族",
    "\u202egnirts",
    "&lt;b&gt;",
    "__proto__",
    "toString",
]


def remarks(task):
    return task.tool.locator(".remarks").inner_text()


def test_labels_are_text_and_never_markup(open_boxes):
    boxes = [CAT | {"label": name, "top": 20 * index} for index, name in enumerate(NAMES)]
    task = open_boxes(labels=NAMES, initial_value=boxes)

    assert task.tool.evaluate("(tool) => tool.labels") == NAMES
    names = "(tool, selector) => Array.from(tool.shadowRoot.querySelectorAll(selector), (each) => each.textContent)"
    assert task.tool.evaluate(names, ".label-button .name") == NAMES
    assert task.tool.evaluate(names, ".box .tag") == NAMES
    assert task.runs("() => window.broken") is None
    assert task.tool.locator(".box *:not(.tag, .handle)").count() == 0
    assert [box["label"] for box in task.submits()["annotatedResult"]["boundingBoxes"]] == NAMES


def test_a_long_label_keeps_its_tag_and_its_button_narrow(open_boxes):
    task = open_boxes(labels=["x" * 300], initial_value=[CAT | {"label": "x" * 300}])
    task.clicks((130, 100))

    assert task.boxes.locator(".tag").bounding_box()["width"] < 400
    assert task.tool.locator(".labels").bounding_box()["width"] < 260


def test_a_label_that_is_an_object_s_own_word_counts_as_any_other(open_boxes):
    task = open_boxes(labels=["toString", "__proto__"])
    task.tool.locator(".stage").focus()
    task.presses("n", "2", "n")

    assert task.tool.locator(".count").all_inner_texts() == ["", "2"]


BROKEN = [
    CAT | {"left": float("nan")},
    CAT | {"width": 0},
    CAT | {"height": -10},
    CAT | {"left": 4000},
    CAT | {"top": -500},
    CAT | {"left": None},
    CAT | {"left": ""},
    CAT | {"left": "ten"},
    CAT | {"left": [100]},
    CAT | {"width": float("inf")},
    {"label": "cat"},
    {},
    None,
    7,
    "cat",
]


def test_boxes_that_are_none_are_not_drawn_and_are_counted(open_boxes):
    task = open_boxes(initial_value=[*BROKEN, CAT])

    assert task.corners() == [("cat", 100, 80, 160, 120)]
    assert remarks(task) == f"Boxes that have no size inside the image were not drawn: {len(BROKEN)}."


def test_unknown_labels_are_named_as_text_and_cut_short(open_boxes):
    unknown = ["<i>", "y" * 300, *(f"label-{number}" for number in range(20))]
    task = open_boxes(initial_value=[CAT | {"label": label} for label in unknown])

    assert task.corners() == []
    assert '"<i>"' in remarks(task)
    assert remarks(task).endswith("were not drawn: 22.")
    assert len(remarks(task)) < 250


def test_boxes_over_the_border_are_cut_off_to_whole_pixels(open_boxes):
    huge = {"label": "cat", "left": -1e9, "top": -1e9, "width": 2e9 + 0.5, "height": 2e9 + 0.25}
    task = open_boxes(initial_value=[huge, CAT | {"left": 380.5, "width": 99.9}])

    assert task.corners() == [("cat", 0, 0, 400, 300), ("cat", 381, 80, 400, 120)]
    assert remarks(task) == "Boxes cut off at the border of the image: 2."
    for box in task.submits()["annotatedResult"]["boundingBoxes"]:
        assert all(isinstance(box[side], int) for side in ["left", "top", "width", "height"])


@pytest.mark.parametrize("value", ["{}", "7", "'cat'", "{boundingBoxes: 5}", "[[]]", "{boundingBoxes: {length: 9}}"])
def test_an_initial_value_that_is_no_list_of_boxes_draws_nothing(open_boxes, value):
    task = open_boxes(initial_value=value)

    assert task.corners() == []
    assert task.submits()["annotatedResult"]["boundingBoxes"] == []


def test_ten_thousand_boxes_are_refused_beyond_the_limit_and_the_page_lives(open_boxes):
    boxes = [CAT | {"left": number % 340, "top": number % 260} for number in range(10_000)]
    task = open_boxes(initial_value=json.dumps(boxes))

    assert remarks(task) == "At most 1000 boxes can be shown; left out: 9000."
    assert len(task.value()["boundingBoxes"]) == 1000
    task.tool.locator(".stage").focus()
    task.presses("n")
    assert task.tool.locator(".warning").inner_text() == "There are already 1000 boxes, and no more can be drawn."
    task.presses("Tab", "Delete")
    assert not task.tool.locator(".warning").is_visible()
    task.presses("n")
    assert len(task.submits()["annotatedResult"]["boundingBoxes"]) == 1000


def test_a_remark_can_be_put_away(open_boxes):
    task = open_boxes(initial_value=[CAT | {"width": 0}])
    task.tool.get_by_role("button", name="Close").click()

    assert not task.tool.locator(".remark").is_visible()
