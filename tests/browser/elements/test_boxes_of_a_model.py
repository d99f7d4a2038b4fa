"""A model's boxes: marked with their score until somebody touches them; the answer never speaks of it."""

import pytest

CAT = {"label": "cat", "left": 100, "top": 80, "width": 60, "height": 40}
DOG = {"label": "dog", "left": 220, "top": 150, "width": 100, "height": 100}
GUESSES = [CAT | {"score": 0.62}, DOG | {"confidence": 0.914}]


@pytest.fixture
def task(open_boxes):
    task = open_boxes(initial_value=GUESSES)
    task.tool.locator(".stage").focus()
    return task


def tags(task):
    return task.boxes.locator(".tag").all_inner_texts()


def marked(task):
    return task.tool.locator(".box.guess").count()


def test_scores_are_shown_and_never_answered(task):
    assert tags(task) == ["cat 62 %", "dog 91 %"]
    assert marked(task) == 2
    assert "62 percent sure" in task.boxes.nth(0).get_attribute("aria-label")
    assert task.tool.locator(".tally").inner_text() == "2 boxes; the model guessed 2"

    answer = task.submits()["annotatedResult"]
    assert answer["boundingBoxes"] == [CAT, DOG]
    assert answer["initialValueModified"] is False


@pytest.mark.parametrize(
    ("scores", "shown"),
    [
        ([0, 1], ["cat 0 %", "dog 100 %"]),
        ([62, 0.8], ["cat 62 %", "dog 1 %"]),  # one above 1: all are in percent
        ([101, 50], ["cat", "dog 50 %"]),
        ([-0.2, "0.5"], ["cat", "dog 50 %"]),
        ([None, "sure"], ["cat", "dog"]),
    ],
)
def test_a_score_is_a_share_or_percent(open_boxes, scores, shown):
    boxes = [box | {"score": score} for box, score in zip([CAT, DOG], scores, strict=True)]

    assert tags(open_boxes(initial_value=boxes)) == shown


@pytest.mark.parametrize(
    ("keys", "first"),
    [
        (["ArrowRight"], "cat"),
        (["Control+ArrowDown"], "cat"),
        (["3"], "bird"),
        (["a"], "cat"),
        (["ArrowRight", "Control+z"], "cat 62 %"),
        (["a", "Control+z"], "cat 62 %"),
        (["1"], "cat 62 %"),  # the label it has already
        (["Escape"], "cat 62 %"),
    ],
)
def test_what_is_touched_is_marked_no_longer(task, keys, first):
    task.presses("Tab", *keys)

    assert tags(task) == [first, "dog 91 %"]


def test_the_mouse_takes_the_mark_only_when_it_changes_the_box(task):
    task.clicks((130, 100))
    assert tags(task)[0] == "cat 62 %"
    task.drags((130, 100), (150, 100))
    assert tags(task)[0] == "cat"


def test_accepting_goes_from_guess_to_guess_and_changes_no_answer(task):
    task.presses("a")
    assert task.boxes.nth(0).get_attribute("aria-pressed") == "true", "the first press finds the first guess"
    task.presses("a")
    assert tags(task) == ["cat", "dog 91 %"]
    assert task.boxes.nth(1).get_attribute("aria-pressed") == "true"
    assert task.tool.locator("#said").inner_text() == "cat accepted"
    task.presses("a")

    assert tags(task) == ["cat", "dog"]
    assert task.tool.get_by_role("button", name="Accept the model’s guess").is_disabled()
    assert task.submits()["annotatedResult"] == {
        "boundingBoxes": [CAT, DOG],
        "inputImageProperties": {"width": 400, "height": 300},
        "initialValueModified": False,
    }


def test_all_can_be_deleted_in_one_step_for_nothing_to_label(task):
    task.presses("Shift+Delete")
    assert task.corners() == []
    assert task.tool.locator(".tally").inner_text() == "No boxes. If there is nothing to label, submit as it is."
    task.presses("Control+z")
    assert tags(task) == ["cat 62 %", "dog 91 %"]


def restored(task, boxes, size=(400, 300)):
    value = {"boundingBoxes": boxes, "inputImageProperties": dict(zip(["width", "height"], size, strict=True))}
    task.tool.evaluate("(tool, value) => tool.restore(value)", value)
    task.settle()


def test_restored_boxes_are_as_answered_and_untouched_guesses_stay_marked(task):
    bird = {"label": "bird", "left": 5, "top": 6, "width": 7, "height": 8}
    restored(task, [DOG, CAT | {"left": 101}, bird])

    assert task.value()["boundingBoxes"] == [DOG, CAT | {"left": 101}, bird]
    assert task.value()["initialValueModified"] is True
    assert tags(task) == ["dog 91 %", "cat", "bird"]
    task.presses("Control+z")
    assert len(task.corners()) == 3, "what was before the page was left cannot be undone"


def test_restoring_what_was_loaded_is_no_change(task):
    restored(task, [CAT, DOG])

    assert task.value()["initialValueModified"] is False
    assert marked(task) == 2


def test_restoring_nothing_drawn(task):
    restored(task, [])

    assert task.submits()["annotatedResult"]["boundingBoxes"] == []


def test_restore_before_the_image_is_there(open_boxes, site):
    task = open_boxes(src="/late.svg", initial_value=GUESSES, loaded=False)
    task.tool.locator(".failure").wait_for()
    restored(task, [CAT])
    site.put("/late.svg", *reversed(site.pages["/scene.svg"]))
    task.tool.get_by_role("button", name="Try again").click()
    task.tool.locator("img.photo.shown").wait_for()
    task.settle()

    assert task.value()["boundingBoxes"] == [CAT]
    assert tags(task) == ["cat 62 %"]


def test_a_restored_answer_is_read_as_carefully_as_an_initial_value(task):
    restored(task, [CAT | {"left": 390}, DOG | {"label": "yeti"}])

    assert task.value()["boundingBoxes"] == [CAT | {"left": 390, "width": 10}]
    assert "yeti" in task.tool.locator(".remarks").inner_text()
