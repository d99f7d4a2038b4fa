"""The page inside the frame: the template's HTML, our elements in place of AWS's, and a policy that confines it.

The page is not trusted. It runs in an origin of its own (the sandbox is also in the header, so opening its address
directly gains nothing). It reaches only the elements, the granted objects and what an administrator allows, and sends
no form anywhere. It posts its messages to the shell around it.

It may open tabs and dialogs. A tab it opens is outside the sandbox, so that the page there works. The portal's
Cross-Origin-Opener-Policy (`portal/security/csp.py`) ensures that neither can reach the other.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from services.review.render.frame.allowance import NOTHING
from services.review.render.frame.texts import TEXTS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from services.review.render.frame.allowance import Allowance

ELEMENTS_PATH = "/elements/index.js"
SANDBOX = "allow-scripts allow-forms allow-modals allow-popups allow-popups-to-escape-sandbox"
# Browsers read at most 256 KiB of headers. If too many objects are granted for their paths to fit, the policy has their
# folders; other objects there have no signature and stay closed.
LONGEST_SOURCES = 60_000

_CROWD_SCRIPT = re.compile(
    r"<script\b[^>]*\bsrc\s*=\s*[\"']?https?://assets\.crowd\.aws/crowd-html-elements(-v2)?\.js[\"']?[^>]*>\s*</script\s*>",
    re.IGNORECASE,
)
_CROWD_STYLE = re.compile(r"<link\b[^>]*\bhref\s*=\s*[\"']?https?://assets\.crowd\.aws/[^>]*>", re.IGNORECASE)
_DOCTYPE = re.compile(r"\s*(<!--.*?-->\s*)*<!doctype[^>]*>", re.IGNORECASE | re.DOTALL)


def frame_page(html: str, public_url: str, language: str = "en") -> str:
    """Turn a rendered template into a page that loads our elements, in `language`."""
    source = f"{public_url.rstrip('/')}{ELEMENTS_PATH}"
    module = f'<script type="module" crossorigin data-language="{language}" src="{source}"></script>'
    page, replaced = _CROWD_SCRIPT.subn(module, html, count=1)
    if replaced:
        page = _CROWD_SCRIPT.sub("", page)
    page = _CROWD_STYLE.sub("", page)
    guard = guard_script(language)
    doctype = _DOCTYPE.match(page)
    if doctype is None:
        return f"<!doctype html>\n{guard}{page}"
    return f"{page[: doctype.end()]}{guard}{page[doctype.end() :]}"


def guard_script(language: str) -> str:
    """Write our script that runs before any of the template's (`frame-guard.js`)."""
    told = json.dumps({"texts": TEXTS.get(language, TEXTS["en"])}, ensure_ascii=False)
    return f"<script>({_guard()})({told})</script>"


@cache
def _guard() -> str:
    source = (Path(__file__).parent / "frame-guard.js").read_text(encoding="utf-8")
    return source[source.index("(told)") :].rstrip().removesuffix(";")


def frame_policy(public_url: str, granted: Iterable[str], allowance: Allowance = NOTHING) -> str:
    """Write the Content-Security-Policy of the page.

    Granted addresses are allowed with their path, not only their host: other objects in the same S3 are not granted.
    What may be shown may also be fetched, framed and embedded; scripts, styles and fonts come from allowed origins
    only.
    """
    elements = f"{public_url.rstrip('/')}/elements/"
    origins = " ".join(allowance.origins)
    scripts = ["'unsafe-inline'", origins, "'unsafe-eval'" if allowance.unsafe_eval else ""]
    directives = [
        f"default-src data: blob: {elements} {origins} {_sources(granted)}",
        f"script-src {elements} {' '.join(scripts)}",
        f"style-src {elements} 'unsafe-inline' {origins}",
        f"font-src data: {elements} {origins}",
        "worker-src blob:" if allowance.blob_workers else "worker-src 'none'",
        "manifest-src 'none'",
        "form-action 'none'",
        "base-uri 'none'",
        "frame-ancestors 'self'",
        f"sandbox {SANDBOX}",
    ]
    return "; ".join(" ".join(directive.split()) for directive in directives)


def _sources(granted: Iterable[str]) -> str:
    addresses = set(filter(None, map(source_of, granted)))
    sources = " ".join(sorted(addresses))
    if len(sources) <= LONGEST_SOURCES:
        return sources
    folders = " ".join(sorted({f"{address.rpartition('/')[0]}/" for address in addresses}))
    return folders if len(folders) <= LONGEST_SOURCES else folders[:LONGEST_SOURCES].rpartition(" ")[0]


def source_of(address: str) -> str:
    """Write an address as a source of a policy: no query, and nothing that could end the directive.

    An invalid address gives an empty text; a browser could not load it either.
    """
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    path = quote(parts.path, safe="/%:@!$&'()+=~-._")
    host = re.sub(r"[^A-Za-z0-9.:\[\]-]", "", parts.netloc.rpartition("@")[2])
    return f"{parts.scheme}://{host}{path}" if host else ""
