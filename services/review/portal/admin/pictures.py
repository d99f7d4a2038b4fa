"""Answers with boxes, drawn over their image."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from services.review.errors import ReviewError
from services.review.portal.security.csp import PORTAL_POLICY
from services.review.render.frame.document import source_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from services.review.reports.inspecting import LoopView
    from services.review.server.state import Review

MOST_BOXES = 500
# As many as the drawing tools have: a label has the same colour in all pictures of a page.
COLOURS = 8


@dataclass(frozen=True)
class Box:
    """One box, in pixels of the image."""

    label: str
    colour: int
    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True)
class Picture:
    """What one worker drew; width and height are the image's."""

    claim_id: str
    width: float
    height: float
    boxes: tuple[Box, ...]

    @property
    def labels(self) -> list[tuple[str, int]]:
        """The labels in the answer, with their colours."""
        return list({box.label: box.colour for box in self.boxes}.items())


@dataclass(frozen=True)
class Drawn:
    """The pictures of a review, their image (empty if it cannot be shown), and the policy that lets it load."""

    pictures: tuple[Picture, ...]
    image: str
    policy: str


def drawn_answers(review: Review, loop: LoopView) -> Drawn:
    """Draw the answers of a review that have boxes.

    The image is the first address that the template is granted, since an answer does not name its image.
    """
    colours: dict[str, int] = {}
    pictures = tuple(
        picture
        for claim in loop.claims
        if claim.answer is not None
        for picture in _pictures(claim.id, json.loads(claim.answer), colours)
    )
    image = _image(review, loop) if pictures else ""
    if not image:
        return Drawn(pictures, "", PORTAL_POLICY)
    return Drawn(pictures, image, PORTAL_POLICY.replace("img-src 'self'", f"img-src 'self' {source_of(image)}"))


def _image(review: Review, loop: LoopView) -> str:
    try:
        granted = review.rendering.granted(loop.template, loop.input_content, flow=loop.flow_name)
    except ReviewError:  # this page shows the review; the preview of its template reports the failure
        return ""
    return granted[0] if granted and source_of(granted[0]) else ""


def _pictures(claim_id: str, answer: Mapping[str, Any], colours: dict[str, int]) -> Iterator[Picture]:
    for value in answer.values():
        if not isinstance(value, dict) or not isinstance(value.get("boundingBoxes"), list):
            continue
        size = value.get("inputImageProperties")
        width, height = (_number(size, name) for name in ("width", "height"))
        if width and height:
            boxes = tuple(_boxes(value["boundingBoxes"][:MOST_BOXES], colours))
            yield Picture(claim_id, width, height, boxes)


def _boxes(boxes: list[object], colours: dict[str, int]) -> Iterator[Box]:
    for box in boxes:
        left, top, width, height = (_number(box, name) for name in ("left", "top", "width", "height"))
        if left is None or top is None or width is None or height is None:
            continue
        label = str(box.get("label", "")) if isinstance(box, dict) else ""
        yield Box(label, colours.setdefault(label, len(colours)) % COLOURS, left, top, width, height)


def _number(holder: object, name: str) -> float | None:
    value = holder.get(name) if isinstance(holder, dict) else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if math.isfinite(value) and value >= 0 else None
