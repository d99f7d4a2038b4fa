"""Pictures for the person who decides: the live model's boxes beside the new one's, over the true ones."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Final

from nightloop.aws.images.decoding import read_picture

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw

    from nightloop.domain.detection.boxes.predictions import Box
    from nightloop.domain.detection.evaluation.changed_images import Shown

_SIDE: Final = 420
_BAR: Final = 24
_GAP: Final = 8
_TRUTH: Final = (255, 255, 255)
_MODEL: Final = (255, 120, 0)
_INK: Final = (20, 20, 20)


def draw_comparison(body: bytes, shown: Shown) -> bytes:
    """Draw both models' boxes over one image; return a JPEG.

    True boxes are white lines. A model's boxes are orange, with class and score.

    :param body: The image as it is stored.
    :raises UnreadableImageError: if it is not an image.
    """
    from PIL import Image, ImageDraw

    picture = read_picture(body)
    image = Image.open(io.BytesIO(picture.body)).convert("RGB")
    scale = _SIDE / max(image.size)
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    panels = [(f"live model: {shown.before:.2f}", shown.champion), (f"new model: {shown.after:.2f}", shown.challenger)]
    canvas = Image.new("RGB", (2 * size[0] + _GAP, size[1] + _BAR), (255, 255, 255))
    for number, (title, boxes) in enumerate(panels):
        panel = _panel(image.resize(size), shown.truth, boxes, scale)
        left = number * (size[0] + _GAP)
        canvas.paste(panel, (left, _BAR))
        ImageDraw.Draw(canvas).text((left + 4, 5), title, fill=_INK, font_size=14)
    stream = io.BytesIO()
    canvas.save(stream, "JPEG", quality=85)
    return stream.getvalue()


def _panel(image: Image, truth: Sequence[Box], boxes: Sequence[Box], scale: float) -> Image:
    from PIL import ImageDraw

    pen = ImageDraw.Draw(image)
    for box in truth:
        _outline(pen, box, scale, _TRUTH, 1)
    for box in boxes:
        left, top = _outline(pen, box, scale, _MODEL, 2)
        text = f"{box.label} {box.score or 0:.2f}"
        place = (left + 2, max(0, top - 14))
        pen.rectangle(pen.textbbox(place, text, font_size=12), fill=_MODEL)
        pen.text(place, text, fill=_INK, font_size=12)
    return image


def _outline(pen: ImageDraw, box: Box, scale: float, colour: tuple[int, int, int], width: int) -> tuple[float, float]:
    left, top = box.left * scale, box.top * scale
    pen.rectangle((left, top, left + box.width * scale, top + box.height * scale), outline=colour, width=width)
    return left, top
