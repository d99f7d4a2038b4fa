"""What a worker does in a task, as sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import FrameLocator, Locator, Page

Point = tuple[float, float]


class Task:
    """A task in its frame, with the shell page around it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.tag = "crowd-bounding-box"
        self.frame: FrameLocator = page.frame_locator("iframe")

    def messages(self, kind: str) -> list[dict[str, Any]]:
        """All messages of a type that the shell received so far."""
        return self.page.evaluate("(kind) => messages.filter((message) => message.type === kind)", kind)

    def wait_for(self, kind: str, count: int = 1) -> dict[str, Any]:
        """Wait for the n-th message of a type; the message."""
        wanted = "([kind, count]) => messages.filter((message) => message.type === kind)[count - 1]"
        return self.page.wait_for_function(wanted, arg=[kind, count]).json_value()

    def tells(self, message: dict[str, Any]) -> None:
        """Send a message of the shell to the frame."""
        self.page.evaluate("(m) => document.querySelector('iframe').contentWindow.postMessage(m, '*')", message)

    def submits(self) -> dict[str, Any]:
        """Press Submit; the answer."""
        before = len(self.messages("crowd:submit"))
        self.frame.get_by_role("button", name="Submit").click()
        return self.wait_for("crowd:submit", before + 1)["answer"]

    def runs(self, script: str, argument: Any = None) -> Any:
        """Evaluate a function in the frame."""
        return self.page.frames[1].evaluate(script, argument)

    # A drawing tool

    @property
    def tool(self) -> Locator:
        return self.frame.locator(self.tag)

    @property
    def focused(self) -> str | None:
        """What is read aloud of the place that has the focus in the tool."""
        return self.tool.evaluate("(tool) => tool.shadowRoot.activeElement?.getAttribute('aria-label')")

    @property
    def paths(self) -> Locator:
        return self.tool.locator("g.path")

    @property
    def boxes(self) -> Locator:
        return self.tool.locator(".box:not(.sketch)")

    def value(self) -> dict[str, Any]:
        """The tool's live answer."""
        return self.tool.evaluate("(tool) => tool.value")

    def corners(self) -> list[tuple[str, int, int, int, int]]:
        """The boxes as (label, left, top, right, bottom)."""
        return [
            (box["label"], box["left"], box["top"], box["left"] + box["width"], box["top"] + box["height"])
            for box in self.value()["boundingBoxes"]
        ]

    def points(self, index: int = -1) -> list[tuple[int, int]]:
        """The vertices of one of the paths drawn, the last if not said."""
        [name] = [key for key, value in self.value().items() if isinstance(value, list)]
        path = self.value()[name][index]
        return [(point["x"], point["y"]) for point in path.get("vertices", [path])]

    def on_page(self, point: Point) -> Point:
        """Where on the page a point of the image lies now."""
        size = self.value()["inputImageProperties"]
        self.settle()
        image = self.tool.locator("canvas.upper-canvas").bounding_box()
        assert image is not None
        return image["x"] + point[0] * image["width"] / size["width"], image["y"] + point[1] * image["height"] / size[
            "height"
        ]

    def drags(self, start: Point, end: Point) -> None:
        """Drag the mouse from one point of the image to another, as a hand does: in steps."""
        start_at, end_at = self.on_page(start), self.on_page(end)
        self.page.mouse.move(*start_at)
        self.page.mouse.down()
        self.page.mouse.move(*end_at, steps=4)
        self.page.mouse.up()
        self.settle()

    def clicks(self, point: Point) -> None:
        """Click a point of the image."""
        self.page.mouse.click(*self.on_page(point))
        self.settle()

    def presses(self, *keys: str) -> None:
        """Press keys one after the other."""
        for key in keys:
            self.page.keyboard.press(key)
        self.settle()

    def settle(self) -> None:
        """Let the tool paint what changed."""
        self.runs("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
