"""Reports what in a template will not work here when it is previewed, not when a worker opens it."""

from __future__ import annotations

from dataclasses import dataclass
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from services.review.render.findings.blocking import ALLOW, CROWD_ASSETS, Policy
from services.review.render.findings.resources import Resource, of_script, of_style, of_tag
from services.review.render.frame.allowance import NOTHING
from services.review.render.markup.element_names import defined_elements, nameless_elements
from services.review.render.markup.registry import elements_with, known_elements

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from services.review.render.frame.allowance import Allowance

FORM = "crowd-form"
MOST_FINDINGS = 200
LONGEST_THING = 300
_DEEPEST_FRAME = 3
_LIQUID = ("{{", "{%")


@dataclass(frozen=True)
class Finding:
    """One thing a template's author should know; `code` is stable, `message` names the thing and the fix."""

    code: str
    message: str
    thing: str = ""


def report(
    html: str,
    granted: Iterable[str] = (),
    ungranted: Iterable[str] = (),
    allowance: Allowance = NOTHING,
    *,
    public_url: str = "",
    s3: tuple[str, ...] = (),
    liquid: bool = False,
) -> list[Finding]:
    """List the elements we do not have, a form that is missing, and what the frame's policy will not load.

    `granted` and `ungranted` are the addresses that `grant_read_access` opened and could not open. `liquid` is a
    template that is not rendered, so its input is unknown. There are at most 200 findings; then the last one counts the
    rest.
    """
    reader = _Reader(liquid=liquid)
    reader.feed(html)
    reader.close()
    policy = Policy(public_url, list(granted), allowance, s3)
    findings = [*_of_elements(reader, html), *_of_grants(ungranted, allowance), *_of_resources(reader, policy)]
    found = list({(finding.code, finding.thing): finding for finding in reversed(findings)}.values())[::-1]
    if len(found) <= MOST_FINDINGS:
        return found
    rest = len(found) - MOST_FINDINGS + 1
    return [*found[: MOST_FINDINGS - 1], Finding("More", f"and {rest} more of this kind", str(rest))]


def _of_elements(reader: _Reader, html: str) -> Iterator[Finding]:
    for tag in sorted(reader.crowd_tags - known_elements() - defined_elements(html)):
        yield Finding(
            "UnsupportedElement",
            f"<{tag}> is not an element this service has: workers see a notice and cannot submit",
            tag,
        )
    for tag in nameless_elements(html):
        yield Finding("NoName", f'<{tag}> has no name: its answer is named "{tag}"; give it a name of its own', tag)
    if not elements_with("form") & reader.crowd_tags:
        yield Finding("NoForm", "there is no <crowd-form>: workers cannot submit; put the controls into one", FORM)
    if reader.crowd_tags and not reader.loads_elements:
        yield Finding(
            "NoElements",
            'nothing loads the elements: add <script src="https://assets.crowd.aws/crowd-html-elements.js">',
        )


def _of_grants(ungranted: Iterable[str], allowance: Allowance) -> Iterator[Finding]:
    for address in dict.fromkeys(ungranted):
        if not allowance.allows(address):
            thing = address[:LONGEST_THING]
            yield Finding(
                "NotGranted", f"{thing} is not in S3, which grant_read_access opens: put it there, {ALLOW}", thing
            )


def _of_resources(reader: _Reader, policy: Policy) -> Iterator[Finding]:
    for resource in dict.fromkeys(reader.resources):
        code, words = policy.objection(resource)
        if code:
            thing = resource.address[:LONGEST_THING]
            yield Finding(code, f"{thing} {words}", thing)


class _Reader(HTMLParser):
    def __init__(self, *, liquid: bool, depth: int = 0) -> None:
        super().__init__()
        self.crowd_tags: set[str] = set()
        self.resources: list[Resource] = []
        self.loads_elements = False
        self._liquid = liquid
        self._depth = depth
        self._inside = ""
        self._text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag.startswith("crowd-"):
            self.crowd_tags.add(tag)
        # Of an attribute given twice, the first counts.
        attributes = {name: value or "" for name, value in reversed(attrs) if not self._is_unknown(value or "")}
        if tag == "script" and CROWD_ASSETS.match(attributes.get("src", "")):
            self.loads_elements = True
        self.resources.extend(of_tag(tag, attributes))
        if tag == "iframe" and attributes.get("srcdoc") and self._depth < _DEEPEST_FRAME:
            inner = _Reader(liquid=self._liquid, depth=self._depth + 1)
            inner.feed(attributes["srcdoc"])
            inner.close()
            self.resources.extend(inner.resources)
        if tag in {"script", "style"}:
            self._inside = tag
            self._text = []

    def handle_data(self, data: str) -> None:
        if self._inside:
            self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag != self._inside:
            return
        read = of_script if tag == "script" else of_style
        self.resources.extend(found for found in read("".join(self._text)) if not self._is_unknown(found.address))
        self._inside = ""

    def _is_unknown(self, text: str) -> bool:
        return self._liquid and any(mark in text for mark in _LIQUID)
