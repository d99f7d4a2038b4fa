"""Where the `crowd-*` elements lie that a frame loads."""

from __future__ import annotations

from pathlib import Path

ELEMENTS_FOLDER = Path(__file__).parents[2] / "elements"
