"""The page of a task before it is shown: the template as a text, and a script that fetches what it will need."""

from __future__ import annotations

import json
from functools import cache

from services.review.render.markup.registry import ELEMENTS_FOLDER

SCRIPT = "ahead/ahead.js"


def page_ahead(page: str, public_url: str) -> str:
    """Wrap a frame's page so that none of it runs until the page around shows it (`elements/ahead/ahead.js`)."""
    root = f"{public_url.rstrip('/')}/elements"
    links = "".join(f'<link rel="modulepreload" crossorigin href="{root}/{path}">' for path in _modules())
    text = json.dumps(page).replace("<", "\\u003c")
    return (
        f'<!doctype html>\n<meta charset="utf-8">{links}<script type="application/json" id="page">{text}</script>'
        f'<script type="module" crossorigin src="{root}/{SCRIPT}"></script>'
    )


@cache
def _modules() -> tuple[str, ...]:
    """List the elements' modules, which the browser would otherwise find one import after the other."""
    paths = (path.relative_to(ELEMENTS_FOLDER).as_posix() for path in ELEMENTS_FOLDER.rglob("*.js"))
    return tuple(sorted(path for path in paths if path != SCRIPT))
