"""The box tool on a tablet: fingers only, with touch events as the browser itself gets them. The image is 400 x 300."""

import pytest

from tests.browser.elements.hand import Hand

CAT = {"label": "cat", "left": 100, "top": 80, "width": 60, "height": 40}


@pytest.fixture(scope="module")
def context(browser):
    context = browser.new_context(viewport={"width": 1024, "height": 768}, has_touch=True, is_mobile=True)
    context.set_default_timeout(30_000)
    return context


@pytest.fixture
def touch(open_boxes):
    task = open_boxes(initial_value=[CAT])
    return task, Hand(task)


def near(*corners):
    return pytest.approx(corners, abs=1)


def test_one_finger_draws(touch):
    task, hand = touch
    hand.drags((200, 150), (300, 250))

    assert len(task.corners()) == 2
    assert list(task.corners()[1][1:]) == near(200, 150, 300, 250)


def test_a_tap_selects_and_a_finger_moves(touch):
    task, hand = touch
    hand.taps((130, 100))
    assert task.boxes.nth(0).get_attribute("aria-pressed") == "true"
    hand.drags((130, 100), (200, 150))
    assert list(task.corners()[0][1:]) == near(170, 130, 230, 170)

    hand.taps((20, 20))
    assert task.tool.locator(".box.selected").count() == 0


@pytest.mark.parametrize("off", [(0, 0), (20, 20), (20, -10), (-5, 20)])
def test_a_finger_that_misses_a_handle_by_twenty_pixels_still_takes_it(touch, off):
    task, hand = touch
    hand.taps((130, 100))
    hand.drags((160, 120), (200, 160), off=off)

    assert list(task.corners()[0][1:]) == near(100, 80, 200, 160)


def test_the_area_of_a_handle_is_a_finger_wide(open_boxes):
    large = {"label": "cat", "left": 50, "top": 50, "width": 300, "height": 200}
    task = open_boxes(initial_value=[large])
    hand = Hand(task)
    hand.taps((200, 150))
    for off in [(-21, -21), (21, 21)]:
        hand.drags((350, 250), (340, 240), off=off)
        assert list(task.corners()[0][1:]) == near(50, 50, 340, 240), off
        task.presses("Control+z")


def test_two_fingers_zoom_and_move_and_draw_nothing(touch):
    task, hand = touch
    before = task.tool.locator("canvas.upper-canvas").bounding_box()["width"]
    held = task.on_page((200, 150))
    hand.touches("touchStart", (held[0] - 40, held[1]))
    hand.touches("touchStart", (held[0] - 40, held[1]), (held[0] + 40, held[1]))
    hand.touches("touchMove", (held[0] - 80, held[1] + 30), (held[0] + 80, held[1] + 30))
    hand.touches("touchEnd", (held[0] - 80, held[1] + 30))
    hand.touches("touchMove", (held[0] - 10, held[1] + 90))
    hand.touches("touchEnd")
    task.settle()

    assert task.tool.locator("canvas.upper-canvas").bounding_box()["width"] == pytest.approx(2 * before, rel=0.02)
    assert task.on_page((200, 150)) == pytest.approx((held[0], held[1] + 30), abs=3)
    assert task.corners() == [("cat", 100, 80, 160, 120)]


def test_a_drawing_finger_gives_way_to_a_pinch(touch):
    task, hand = touch
    one, other = task.on_page((200, 150)), task.on_page((320, 260))
    hand.touches("touchStart", one)
    hand.touches("touchMove", (one[0] + 15, one[1] + 15))
    hand.touches("touchStart", (one[0] + 15, one[1] + 15), other)
    hand.touches("touchMove", one, other)
    hand.touches("touchEnd")
    task.settle()

    assert len(task.corners()) == 1
    assert task.tool.locator(".sketch").count() == 0


def test_a_touch_that_the_system_takes_away_changes_nothing(touch):
    task, hand = touch
    hand.taps((130, 100))
    at = task.on_page((130, 100))
    hand.touches("touchStart", at)
    hand.touches("touchMove", (at[0] + 60, at[1] + 60))
    hand.touches("touchCancel")
    task.settle()

    assert task.corners() == [("cat", 100, 80, 160, 120)]


def test_a_long_press_opens_no_menu(touch):
    task, _ = touch
    opened = """(tool) => tool.shadowRoot.querySelector('.stage').dispatchEvent(
      new MouseEvent('contextmenu', { bubbles: true, cancelable: true, composed: true }))"""

    assert task.tool.evaluate(opened) is False, "the menu's event is held back"
    assert task.tool.locator(".stage").evaluate("(stage) => getComputedStyle(stage).touchAction") == "none"


def test_all_that_a_finger_presses_is_large_enough(touch):
    task, _ = touch
    for button in task.tool.locator(".tool").all():
        box = button.bounding_box()
        assert min(box["width"], box["height"]) >= 44
    assert task.tool.locator(".label-button").first.bounding_box()["height"] >= 38


def test_a_tap_after_a_finger_that_was_lifted_in_motion_counts(touch):
    task, hand = touch
    undo = task.tool.get_by_role("button", name="Undo", exact=True)
    for _ in range(4):
        hand.drags((200, 150), (300, 250))
        assert len(task.corners()) == 2
        undo.tap()
        task.settle()
        assert len(task.corners()) == 1


def test_a_whole_task_by_touch(touch):
    task, hand = touch
    task.frame.get_by_role("button", name="dog").tap()
    hand.drags((200, 150), (300, 250))
    hand.taps((130, 100))
    task.tool.get_by_role("button", name="Delete box", exact=True).tap()
    task.frame.get_by_role("button", name="Submit").tap()

    [box] = task.wait_for("crowd:submit")["answer"]["annotatedResult"]["boundingBoxes"]
    assert box.pop("label") == "dog"
    assert list(box.values()) == near(200, 150, 100, 100)
