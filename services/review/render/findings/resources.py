"""Finds what a page would load from elsewhere, as far as its text shows it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping


class Kind(StrEnum):
    """What a resource is loaded as; the value ends the code of a finding (`BlockedScript`)."""

    SCRIPT = "Script"
    STYLE = "Style"
    FONT = "Font"
    IMAGE = "Image"
    MEDIA = "Media"
    FRAME = "Frame"
    FETCH = "Fetch"
    WORKER = "Worker"
    LINK = "Link"
    FORM = "Form"
    BASE = "Base"
    EVAL = "Eval"
    DOWNLOAD = "Download"


@dataclass(frozen=True)
class Resource:
    """A resource a page would load, and its address."""

    kind: Kind
    address: str


_ATTRIBUTES = {
    "script": (("src", Kind.SCRIPT), ("href", Kind.SCRIPT), ("xlink:href", Kind.SCRIPT)),
    "img": (("src", Kind.IMAGE),),
    "image": (("href", Kind.IMAGE), ("xlink:href", Kind.IMAGE)),
    "feimage": (("href", Kind.IMAGE), ("xlink:href", Kind.IMAGE)),
    "use": (("href", Kind.IMAGE), ("xlink:href", Kind.IMAGE)),
    "input": (("src", Kind.IMAGE), ("formaction", Kind.FORM)),
    "button": (("formaction", Kind.FORM),),
    "body": (("background", Kind.IMAGE),),
    "table": (("background", Kind.IMAGE),),
    "td": (("background", Kind.IMAGE),),
    "video": (("src", Kind.MEDIA), ("poster", Kind.IMAGE)),
    "audio": (("src", Kind.MEDIA),),
    "track": (("src", Kind.MEDIA),),
    "iframe": (("src", Kind.FRAME),),
    "frame": (("src", Kind.FRAME),),
    "embed": (("src", Kind.FRAME),),
    "object": (("data", Kind.FRAME),),
    "form": (("action", Kind.FORM),),
    "base": (("href", Kind.BASE),),
}
_LINKS = {
    "stylesheet": Kind.STYLE,
    "icon": Kind.IMAGE,
    "apple-touch-icon": Kind.IMAGE,
    "modulepreload": Kind.SCRIPT,
    "manifest": Kind.FETCH,
    "prefetch": Kind.FETCH,
}
_PRELOADS = {
    "script": Kind.SCRIPT,
    "style": Kind.STYLE,
    "font": Kind.FONT,
    "image": Kind.IMAGE,
    "audio": Kind.MEDIA,
    "video": Kind.MEDIA,
    "track": Kind.MEDIA,
}
_QUOTED = r"\s{0,20}[\"'`]([^\"'`\s<>]{1,4000})[\"'`]"
_CALLS: tuple[tuple[re.Pattern[str], Kind], ...] = (
    (
        re.compile(rf"\b(?:fetch|EventSource|WebSocket|sendBeacon|axios(?:\.\w{{1,10}})?|ajax|getJSON)\({_QUOTED}"),
        Kind.FETCH,
    ),
    (re.compile(rf"\.open\(\s{{0,20}}[\"']\w{{1,10}}[\"']\s{{0,20}},{_QUOTED}"), Kind.FETCH),
    (re.compile(rf"\burl\s{{0,20}}:{_QUOTED}"), Kind.FETCH),
    (re.compile(rf"\b(?:Worker|SharedWorker)\({_QUOTED}"), Kind.WORKER),
    (re.compile(rf"\b(?:importScripts|getScript|import)\({_QUOTED}"), Kind.SCRIPT),
    (re.compile(rf"\bimport\b[^\"'`;()]{{0,400}}{_QUOTED}"), Kind.SCRIPT),
    (re.compile(rf"\.src\s{{0,20}}={_QUOTED}"), Kind.IMAGE),
    (re.compile(rf"\blocation(?:\.href)?\s{{0,20}}={_QUOTED}"), Kind.LINK),
)
_BLOB_WORKER = re.compile(r"\b(?:Worker|SharedWorker)\(\s{0,20}(?![\"'`\s])")
_EVAL = re.compile(r"\beval\(|\bnew\s{1,20}Function\(|\bset(?:Timeout|Interval)\(\s{0,20}[\"'`]")
_ABSOLUTE = re.compile(r"(?:[a-z][a-z0-9+.-]{0,20}:)?//", re.IGNORECASE)
_IMPORT = re.compile(r"@import\s{0,20}(?:url\(\s{0,20})?[\"']?([^\"')\s;]{1,4000})", re.IGNORECASE)
_URL = re.compile(r"\burl\(\s{0,20}[\"']?([^\"')]{1,4000}?)[\"']?\s{0,20}\)", re.IGNORECASE)
_FONT = re.compile(r"\.(?:woff2?|ttf|otf|eot)(?:[?#]|$)", re.IGNORECASE)
_REFRESH = re.compile(r"^\s*[\d.]*\s*[;,]\s*(?:url\s*=)?\s*[\"']?([^\"']+)", re.IGNORECASE)


def of_tag(tag: str, attributes: Mapping[str, str]) -> Iterator[Resource]:
    """Read what a tag with these attributes loads or leads to."""
    for name, kind in _ATTRIBUTES.get(tag, ()):
        if attributes.get(name):
            yield Resource(kind, attributes[name].strip())
    if tag in {"img", "source"}:
        yield from (Resource(Kind.IMAGE, address) for address in _of_srcset(attributes.get("srcset", "")))
    if tag == "source" and attributes.get("src"):
        yield Resource(Kind.MEDIA, attributes["src"].strip())
    if tag.startswith("crowd-") and attributes.get("src"):
        yield Resource(Kind.IMAGE, attributes["src"].strip())
    special: Callable[[Mapping[str, str]], Iterator[Resource]] | None = _SPECIAL.get(tag)
    if special:
        yield from special(attributes)
    if attributes.get("style"):
        yield from of_style(attributes["style"])
    for name, value in attributes.items():
        if name.startswith("on") and value:
            yield from of_script(value)


def of_style(css: str) -> Iterator[Resource]:
    """Read the `url(...)` and `@import` of a style."""
    imported = {found[1] for found in _IMPORT.finditer(css)}
    yield from (Resource(Kind.STYLE, address) for address in sorted(imported))
    for found in _URL.finditer(css):
        address = found[1].strip()
        if address not in imported:
            yield Resource(Kind.FONT if _FONT.search(address) else Kind.IMAGE, address)


def of_script(code: str) -> Iterator[Resource]:
    """Read the addresses that a script loads and writes as one text; computed addresses are not found."""
    for pattern, kind in _CALLS:
        for found in pattern.finditer(code):
            # `url:` and `import` also appear where nothing is loaded, so only full addresses count.
            if "${" not in found[1] and (kind is not Kind.FETCH or _ABSOLUTE.match(found[1]) or "(" in found[0]):
                yield Resource(kind, found[1])
    if _EVAL.search(code):
        yield Resource(Kind.EVAL, "eval")
    if _BLOB_WORKER.search(code):
        yield Resource(Kind.WORKER, "blob:")


def _of_srcset(text: str) -> Iterator[str]:
    for candidate in text.split(", ") if "data:" in text else text.split(","):
        address = candidate.strip().partition(" ")[0]
        if address:
            yield address


def _of_link(attributes: Mapping[str, str]) -> Iterator[Resource]:
    address = attributes.get("href", "").strip()
    for relation in attributes.get("rel", "").lower().split():
        kind = (
            _PRELOADS.get(attributes.get("as", "").lower(), Kind.FETCH)
            if relation == "preload"
            else _LINKS.get(relation)
        )
        if kind and address:
            yield Resource(kind, address)


def _of_meta(attributes: Mapping[str, str]) -> Iterator[Resource]:
    if attributes.get("http-equiv", "").lower() == "refresh":
        found = _REFRESH.match(attributes.get("content", ""))
        if found:
            yield Resource(Kind.LINK, found[1].strip())


def _of_anchor(attributes: Mapping[str, str]) -> Iterator[Resource]:
    address = attributes.get("href", "").strip()
    if not address or address.lower().startswith(("javascript:", "mailto:", "tel:")):
        return
    if "download" in attributes:
        yield Resource(Kind.DOWNLOAD, address)
    elif attributes.get("target", "").lower() in {"", "_self", "_parent", "_top"} and not address.startswith("#"):
        yield Resource(Kind.LINK, address)


_SPECIAL: dict[str, Callable[[Mapping[str, str]], Iterator[Resource]]] = {
    "link": _of_link,
    "meta": _of_meta,
    "a": _of_anchor,
    "area": _of_anchor,
}
