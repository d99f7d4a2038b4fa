"""What in a template will not work here: said when it is previewed, not when a worker sits before it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

from services.review.render.naming import defined_elements, nameless_elements

ELEMENTS_FOLDER = Path(__file__).parent.parent / "elements"
# Tags that only carry data for the element around them.
DATA_TAGS = frozenset({"crowd-slider-label"})
FORM = "crowd-form"
# These bring a form of their own.
FORMS = frozenset({FORM, "crowd-entity-annotation"})
CROWD_ASSETS = "https://assets.crowd.aws/"


@dataclass(frozen=True)
class Finding:
    """One thing a template's author should know; `code` is stable, `message` names the thing and the mend."""

    code: str
    message: str
    thing: str = ""


def report(html: str) -> list[Finding]:
    """List the elements we do not have, a form that is missing, and what the frame's policy will not load."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    known = known_elements()
    findings = [
        Finding(
            "UnsupportedElement",
            f"<{tag}> is not an element this service has: workers see a notice and cannot submit",
            tag,
        )
        for tag in sorted(reader.crowd_tags - known - defined_elements(html))
    ]
    findings += [
        Finding("NoName", f'<{tag}> has no name: its answer comes under "{tag}"; give it a name of its own', tag)
        for tag in nameless_elements(html)
    ]
    findings += [
        Finding("BlockedScript", f"{source} will not be loaded: put the script into the template itself", source)
        for source in sorted(reader.scripts)
    ]
    if not FORMS & reader.crowd_tags:
        findings.append(
            Finding("NoForm", "there is no <crowd-form>: workers cannot submit; put the controls into one", FORM)
        )
    if reader.crowd_tags and not reader.loads_elements:
        findings.append(
            Finding(
                "NoElements", f'nothing loads the elements: add <script src="{CROWD_ASSETS}crowd-html-elements.js">'
            )
        )
    return findings


@cache
def known_elements() -> frozenset[str]:
    """List the elements this service has: each is a file of its own name."""
    return DATA_TAGS | {path.stem for path in ELEMENTS_FOLDER.rglob("crowd-*.js")}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.crowd_tags: set[str] = set()
        self.scripts: set[str] = set()
        self.loads_elements = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag.startswith("crowd-"):
            self.crowd_tags.add(tag)
        source = dict(attrs).get("src") or ""
        if tag != "script" or not source:
            return
        if source.startswith(CROWD_ASSETS):
            self.loads_elements = True
        else:
            self.scripts.add(source)
