"""A browser, a server, and a task in the portal's situation: a sandboxed frame with an opaque origin."""

from __future__ import annotations

import html
import json
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.elements.site_server import Site
from tests.browser.elements.tasks import Task

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, BrowserContext, Page

SHELL = """<!doctype html><title>shell</title>
<style>body {{ margin: 0 }} iframe {{ display: block; width: 100vw; height: 100vh; border: 0 }}</style>
<script>
  window.messages = [];
  addEventListener('message', (event) => {{
    const frame = document.querySelector('iframe');
    if (event.source === frame.contentWindow) window.messages.push({{ origin: event.origin, ...event.data }});
  }});
</script>
<iframe sandbox="allow-scripts allow-forms" src="{frame}"></iframe>"""
SCENE = """<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}">
<rect width="100%" height="100%" fill="#8fb3a0"/><circle cx="50%" cy="50%" r="40" fill="#c33"/></svg>"""


@pytest.fixture(scope="session")
def served() -> Iterator[Site]:
    with Site() as site:
        yield site


@pytest.fixture
def site(served: Site) -> Site:
    served.clear()
    served.put("/scene.svg", SCENE.format(width=400, height=300), "image/svg+xml")
    return served


@pytest.fixture(scope="module")
def context(browser: Browser) -> BrowserContext:
    context = browser.new_context(viewport={"width": 1100, "height": 640})
    context.set_default_timeout(30_000)
    return context


@pytest.fixture
def page(context: BrowserContext, site: Site) -> Iterator[Page]:
    """A page of its own for each test, which fails if a script on it failed."""
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    page.close()
    assert errors == []


@pytest.fixture
def open_task(page: Page, site: Site) -> Callable[[str], Task]:
    """Open a template's text as the portal would, and wait until its elements are ready."""

    def open_it(template: str, *, ready: bool = True) -> Task:
        head = '<!doctype html><meta charset="utf-8"><script type="module" src="/elements/index.js"></script>'
        site.put("/frame.html", head + template)
        site.put("/shell.html", SHELL.format(frame="/frame.html"))
        page.goto(f"{site.url}/shell.html")
        task = Task(page)
        if ready:
            task.wait_for("crowd:ready")
        return task

    return open_it


@pytest.fixture
def open_tool(open_task: Callable[[str], Task]) -> Callable[..., Task]:
    """Open a drawing tool by its tag; keyword arguments are its attributes, lists become JSON."""

    def open_it(tag: str, *, inside: str = "", after: str = "", loaded: bool = True, **attributes: Any) -> Task:
        given = {"name": "annotatedResult", "src": "/scene.svg", "labels": ["cat", "dog", "bird"]} | attributes
        written = " ".join(f'{name.replace("_", "-")}="{_attribute(value)}"' for name, value in given.items())
        task = open_task(f"<crowd-form><{tag} {written}>{inside}</{tag}>{after}</crowd-form>")
        task.tag = tag
        if loaded:
            task.frame.locator("img.photo.shown").wait_for()
        return task

    return open_it


@pytest.fixture
def open_boxes(open_tool: Callable[..., Task]) -> Callable[..., Task]:
    """Open the box tool."""
    return partial(open_tool, "crowd-bounding-box")


@pytest.fixture(scope="module")
def modules(context: BrowserContext, served: Site) -> Callable[..., Any]:
    """Run the body of an async function of `argument`, with `load(path)` to import a module of the elements."""
    page = context.new_page()
    page.goto(f"{served.url}/elements/boxes/example.svg")

    def run(body: str, argument: Any = None) -> Any:
        return page.evaluate(
            f"async (argument) => {{ const load = (p) => import('/elements/' + p); {body} }}", argument
        )

    return run


def _attribute(value: Any) -> str:
    return html.escape(value if isinstance(value, str) else json.dumps(value))
