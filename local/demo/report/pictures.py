"""Pictures of a few images side by side: the model before, the reviewer's boxes, the model after."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw, ImageFont

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from local.demo.driver.endpoint import Detection
    from local.demo.images.dataset import Example

PANEL = 420
STRIP, CAPTION, GAP = 52, 36, 12
BACKGROUND, INK, PALE = "#f6f6f4", "#1c1c1c", "#6a6a66"
BEFORE, PERSON, AFTER = "#b3261e", "#1a4fba", "#0b6b3a"
LEAST_SCORE = 0.3


@dataclass(frozen=True)
class Drawn:
    """A box as it is drawn: pixels of the image and the text beside it."""

    text: str
    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True)
class Sides:
    """What each side found, by the image's name: the model before, the reviewer, the model after."""

    before: dict[str, list[Detection]]
    reviewed: dict[str, list[dict[str, int | str]]]
    after: dict[str, list[Detection]]


def write_pictures(folder: Path, examples: Sequence[Example], sides: Sides, title: str) -> list[Path]:
    """Write one PNG for each example and one with all of them; returns their paths, that of all first."""
    rows = []
    for example in examples:
        panels = [
            _panel(example, _by_model(sides.before[example.name]), "Model before", BEFORE),
            _panel(example, [_by_person(box) for box in sides.reviewed[example.name]], "Reviewer's boxes", PERSON),
            _panel(example, _by_model(sides.after[example.name]), "Model after", AFTER),
        ]
        rows.append(_beside(panels))
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / "before-reviewer-after.png", *(folder / f"image-{n}.png" for n in range(1, len(rows) + 1))]
    for path, shown in zip(paths, [rows, *([row] for row in rows)], strict=True):
        _titled(shown, title).save(path)
    return paths


def choose_examples(examples: Iterable[Example], sides: Sides, count: int = 4) -> list[Example]:
    """Return the reviewed images whose best score rose most; equal ones by name."""

    def fall(example: Example) -> tuple[float, str]:
        return (_best(sides.before[example.name]) - _best(sides.after[example.name]), example.name)

    return sorted((example for example in examples if example.name in sides.reviewed), key=fall)[:count]


def _best(boxes: list[Detection]) -> float:
    return max((box.score for box in boxes), default=0.0)


def _by_model(boxes: list[Detection]) -> list[Drawn]:
    shown = [box for box in boxes if box.score >= LEAST_SCORE]
    return [Drawn(f"{box.label} {box.score:.2f}", box.left, box.top, box.width, box.height) for box in shown]


def _by_person(box: dict[str, int | str]) -> Drawn:
    left, top, width, height = (float(box[side]) for side in ("left", "top", "width", "height"))
    return Drawn(str(box["label"]), left, top, width, height)


def _panel(example: Example, boxes: list[Drawn], caption: str, colour: str) -> Image.Image:
    with Image.open(io.BytesIO(example.jpeg)) as image:
        scale = PANEL / max(image.size)
        shown = image.convert("RGB").resize([round(side * scale) for side in image.size], Image.Resampling.LANCZOS)
    panel = Image.new("RGB", (PANEL, shown.height + CAPTION), BACKGROUND)
    panel.paste(shown, ((PANEL - shown.width) // 2, CAPTION))
    pen = ImageDraw.Draw(panel)
    count = f"{len(boxes)} box" + ("" if len(boxes) == 1 else "es")
    pen.text((0, CAPTION / 2), caption, fill=colour, font=_font(20), anchor="lm")
    pen.text((PANEL, CAPTION / 2), count, fill=PALE, font=_font(16), anchor="rm")
    for box in boxes:
        _draw_box(pen, box, scale, (PANEL - shown.width) // 2, colour)
    return panel


def _draw_box(pen: ImageDraw.ImageDraw, box: Drawn, scale: float, shift: int, colour: str) -> None:
    left, top = box.left * scale + shift, box.top * scale + CAPTION
    right, bottom = left + box.width * scale, top + box.height * scale
    pen.rectangle((left, top, max(right, left + 1), max(bottom, top + 1)), outline=colour, width=3)
    font = _font(15)
    width = pen.textlength(box.text, font=font) + 8
    x = min(max(left, 0), PANEL - width)
    # Above the box if there is room, else inside it: never on the caption.
    y = top - 20 if top - 20 >= CAPTION else top
    pen.rectangle((x, y, x + width, y + 20), fill=colour)
    pen.text((x + 4, y + 10), box.text, fill="white", font=font, anchor="lm")


def _beside(panels: list[Image.Image]) -> Image.Image:
    height = max(panel.height for panel in panels)
    row = Image.new("RGB", (PANEL * len(panels) + GAP * (len(panels) - 1), height), BACKGROUND)
    for number, panel in enumerate(panels):
        row.paste(panel, (number * (PANEL + GAP), 0))
    return row


def _titled(rows: list[Image.Image], title: str) -> Image.Image:
    width = max(row.width for row in rows) + 2 * GAP
    height = STRIP + sum(row.height + GAP for row in rows)
    sheet = Image.new("RGB", (width, height), BACKGROUND)
    pen = ImageDraw.Draw(sheet)
    pen.rectangle((0, 0, width, STRIP - GAP), fill=INK)
    pen.text((GAP, (STRIP - GAP) / 2), title, fill="white", font=_font(18), anchor="lm")
    top = STRIP
    for row in rows:
        sheet.paste(row, (GAP, top))
        top += row.height + GAP
    return sheet


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)
