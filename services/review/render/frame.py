"""The page inside the frame: the template's HTML, our elements in place of AWS's, and a policy that holds it in.

The page is not trusted. It runs in an origin of its own (the sandbox is in the header too, so that opening its address
directly gains nothing), reaches no network but the elements and the very objects it was granted, and sends no form
anywhere. What it has to say it posts to the shell around it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable

ELEMENTS_PATH = "/elements/index.js"
SANDBOX = "allow-scripts allow-forms"

_CROWD_SCRIPT = re.compile(
    r"<script\b[^>]*\bsrc\s*=\s*[\"']?https?://assets\.crowd\.aws/crowd-html-elements(-v2)?\.js[\"']?[^>]*>\s*</script\s*>",
    re.IGNORECASE,
)
_CROWD_STYLE = re.compile(r"<link\b[^>]*\bhref\s*=\s*[\"']?https?://assets\.crowd\.aws/[^>]*>", re.IGNORECASE)
# No policy of today's browsers reaches these, which would carry what the page shows to any host.
_GUARD = "<script>for (const name of ['RTCPeerConnection', 'webkitRTCPeerConnection']) delete window[name];</script>"
_DOCTYPE = re.compile(r"\s*(<!--.*?-->\s*)*<!doctype[^>]*>", re.IGNORECASE | re.DOTALL)


def frame_page(html: str, public_url: str, language: str = "en") -> str:
    """Make a rendered template a page that loads our elements, which speak `language`."""
    source = f"{public_url.rstrip('/')}{ELEMENTS_PATH}"
    module = f'<script type="module" crossorigin data-language="{language}" src="{source}"></script>'
    page, replaced = _CROWD_SCRIPT.subn(module, html, count=1)
    if replaced:
        page = _CROWD_SCRIPT.sub("", page)
    page = _CROWD_STYLE.sub("", page)
    doctype = _DOCTYPE.match(page)
    if doctype is None:
        return f"<!doctype html>\n{_GUARD}{page}"
    return f"{page[: doctype.end()]}{_GUARD}{page[doctype.end() :]}"


def frame_policy(public_url: str, granted: Iterable[str]) -> str:
    """Write the Content-Security-Policy of the page.

    Granted addresses are allowed with their path, not only their host: another object in the same S3 is not theirs.
    """
    elements = f"{public_url.rstrip('/')}/elements/"
    sources = " ".join(sorted(filter(None, {source_of(address) for address in granted})))
    directives = [
        "default-src 'none'",
        f"script-src {elements} 'unsafe-inline'",
        f"style-src {elements} 'unsafe-inline'",
        f"img-src data: blob: {elements} {sources}".rstrip(),
        f"media-src data: blob: {sources}".rstrip(),
        f"font-src data: {elements}",
        "connect-src 'none'",
        "form-action 'none'",
        "base-uri 'none'",
        "frame-ancestors 'self'",
        f"sandbox {SANDBOX}",
    ]
    return "; ".join(directives)


def source_of(address: str) -> str:
    """Write an address as a source of a policy: no query, and nothing that could end the directive.

    What is no address gives the empty text; a browser could not load it either.
    """
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    path = quote(parts.path, safe="/%:@!$&'()+=~-._")
    host = re.sub(r"[^A-Za-z0-9.:\[\]-]", "", parts.netloc.rpartition("@")[2])
    return f"{parts.scheme}://{host}{path}" if host else ""
