"""Fingers on a screen, with touch events as the browser itself gets them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.browser.elements.tasks import Point, Task


class Hand:
    """Fingers on the screen, in points of the image."""

    def __init__(self, task: Task) -> None:
        self.task = task
        self.session = task.page.context.new_cdp_session(task.page)

    def touches(self, kind: str, *points: Point) -> None:
        """Send one event: where all fingers are now."""
        fingers = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(points)]
        self.session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": fingers})

    def drags(self, start: Point, end: Point, *, off: Point = (0, 0)) -> None:
        """Drag a finger; `off` are the screen's pixels by which it misses the start."""
        first, last = self.task.on_page(start), self.task.on_page(end)
        steps = [
            (first[0] + (last[0] - first[0]) * share + off[0], first[1] + (last[1] - first[1]) * share + off[1])
            for share in (0, 0.2, 0.6, 1)
        ]
        self.touches("touchStart", steps[0])
        for step in steps[1:]:
            self.touches("touchMove", step)
        self.touches("touchEnd")
        self.task.settle()

    def taps(self, point: Point) -> None:
        """Touch a point and let go."""
        at = self.task.on_page(point)
        self.touches("touchStart", at)
        self.touches("touchEnd")
        self.task.settle()
