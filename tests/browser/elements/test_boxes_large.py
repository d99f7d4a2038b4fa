"""The box tool under load: a photograph of 4000 x 3000 pixels, many boxes, a hand that drags without a pause.

The bounds are generous: here one busy processor draws everything. Run with `-s` to see the figures.
"""

from __future__ import annotations

import math
from io import BytesIO

import pytest

image = pytest.importorskip("PIL.Image")

MOVES = 100
LONGEST_TASK_MILLISECONDS = 200
WATCH = """() => {
  window.watched = { frames: [], tasks: [] };
  new PerformanceObserver((list) => watched.tasks.push(...list.getEntries().map((entry) => entry.duration)))
    .observe({ type: 'longtask' });
  let before = performance.now();
  const frame = (now) => {
    watched.frames.push(now - before);
    before = now;
    watched.request = requestAnimationFrame(frame);
  };
  watched.request = requestAnimationFrame(frame);
}"""
SEEN = """() => {
  cancelAnimationFrame(watched.request);
  const frames = watched.frames.sort((one, other) => one - other);
  const at = (share) => frames[Math.min(frames.length - 1, Math.floor(frames.length * share))];
  return { count: frames.length, p50: at(0.5), p95: at(0.95), longest: Math.max(0, ...watched.tasks) };
}"""


@pytest.fixture(scope="module")
def photo():
    noise = image.effect_noise((1000, 750), 60).resize((4000, 3000)).convert("RGB")
    body = BytesIO()
    noise.save(body, "JPEG", quality=85)
    return body.getvalue()


@pytest.fixture
def open_photo(open_boxes, site, photo):
    def open_it(count, *, score=False):
        site.put("/photo.jpg", photo, "image/jpeg")
        columns = math.ceil(math.sqrt(count * 4 / 3))
        cell = 4000 // columns
        shape = {"width": cell * 2 // 3, "height": cell * 2 // 3}
        corners = [{"left": i % columns * cell, "top": i // columns * cell} for i in range(count)]
        boxes = [{"label": "cat"} | corner | shape | ({"score": 0.5} if score else {}) for corner in corners]
        task = open_boxes(src="/photo.jpg", initial_value=boxes)
        assert task.value()["inputImageProperties"] == {"width": 4000, "height": 3000}
        return task

    return open_it


CENTRE = (55, 55)  # of the first box, however many there are


def measured(task, what, act, *, bound=LONGEST_TASK_MILLISECONDS):
    """Frame times and the longest task while something is done; they are printed for whoever looks.

    Other programs may take the processor away for a moment: what is too slow is undone and done again, twice at most.
    """
    for _ in range(3):
        task.settle()
        task.runs(WATCH)
        act()
        task.settle()
        seen = task.runs(SEEN)
        print(f"{what}: {seen['count']} frames, p50 {seen['p50']:.0f} ms, p95 {seen['p95']:.0f} ms, ", end="")
        print(f"longest task {seen['longest']:.0f} ms")
        if seen["longest"] <= bound:
            break
        task.presses("Control+z")
    return seen


def drag(task, start, end):
    first, last = task.on_page(start), task.on_page(end)
    task.page.mouse.move(*first)
    task.page.mouse.down()
    task.page.mouse.move(*last, steps=MOVES)
    task.page.mouse.up()


@pytest.mark.parametrize("zoomed", [False, True], ids=["whole", "zoomed"])
def test_dragging_one_of_sixty_boxes_never_holds_the_page_up(open_photo, zoomed):
    task = open_photo(60, score=True)
    task.clicks(CENTRE)
    if zoomed:
        task.presses("z")
    before = task.corners()[0]
    seen = measured(task, "drag of 60", lambda: drag(task, CENTRE, (155, 135)))

    assert task.corners()[0][1:3] == pytest.approx((before[1] + 100, before[2] + 80), abs=8)
    assert seen["longest"] <= LONGEST_TASK_MILLISECONDS


def test_zooming_and_panning_sixty_boxes(open_photo):
    task = open_photo(60)

    def look_around():
        task.page.mouse.move(*task.on_page((2000, 1500)))
        for step in range(30):
            task.page.mouse.wheel(0, -60 if step < 15 else 60)
        task.page.keyboard.down("Space")
        drag(task, (2000, 1500), (2300, 1700))
        task.page.keyboard.up("Space")

    assert measured(task, "zoom and pan of 60", look_around)["longest"] <= LONGEST_TASK_MILLISECONDS


def test_five_hundred_boxes_stay_usable(open_photo):
    task = open_photo(500)
    task.tool.locator(".stage").focus()
    task.presses("Tab")
    seen = measured(task, "drag of 500", lambda: drag(task, CENTRE, (600, 600)), bound=2 * LONGEST_TASK_MILLISECONDS)

    assert task.corners()[0][1] > 400
    assert seen["longest"] <= 2 * LONGEST_TASK_MILLISECONDS


def test_dragging_touches_the_dragged_box_only(open_photo):
    task = open_photo(60)
    task.clicks(CENTRE)
    task.tool.evaluate(
        """(tool) => {
          window.touched = new Set();
          new MutationObserver((changes) => {
            for (const { target } of changes) touched.add(target.closest?.('.box')?.dataset.id);
          }).observe(tool.shadowRoot.querySelector('.shapes'), { subtree: true, attributes: true, childList: true });
        }"""
    )
    start, end = task.on_page(CENTRE), task.on_page((900, 900))
    task.page.mouse.move(*start)
    task.page.mouse.down()
    task.runs("() => touched.clear()")
    task.page.mouse.move(*end, steps=5)
    task.settle()

    assert task.runs("() => touched.size") == 1
    task.page.mouse.up()
