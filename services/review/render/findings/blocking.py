"""Tells which resources a page's policy (`frame.frame_policy`) blocks, and what to do instead."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from services.review.errors import InvalidLocation
from services.review.formats.s3_locations import S3Location
from services.review.render.findings.resources import Kind, Resource
from services.review.render.frame.allowance import origin_of
from services.review.render.frame.document import source_of

if TYPE_CHECKING:
    from collections.abc import Collection

    from services.review.render.frame.allowance import Allowance

CROWD_ASSETS = re.compile(r"https?://assets\.crowd\.aws/", re.IGNORECASE)
ALLOW = "or have its origin allowed with NIGHTLOOP_REVIEW_TEMPLATE_ORIGINS"
_MENDS = {
    Kind.SCRIPT: f"will not be loaded: put the script into the template itself, {ALLOW}",
    Kind.STYLE: f"will not be loaded: put the style into the template itself, {ALLOW}",
    Kind.FONT: f"will not be loaded: write the font as a data: address, {ALLOW}",
    Kind.IMAGE: f"will not be shown: give it in S3 with grant_read_access, or as a data: address, {ALLOW}",
    Kind.MEDIA: f"will not be played: give it in S3 with grant_read_access, {ALLOW}",
    Kind.FRAME: f"will not be framed: give it in S3 with grant_read_access, {ALLOW}, or link to it with target=_blank",
    Kind.FETCH: f"cannot be fetched: put its content into the task's input, or into S3 with grant_read_access, {ALLOW}",
    Kind.WORKER: "will not run: workers from blobs run where NIGHTLOOP_REVIEW_TEMPLATE_BLOB_WORKERS allows them",
    Kind.LINK: "will not be opened in place of the task: let the link open a new tab, with target=_blank",
    Kind.FORM: "receives nothing: forms of a template are sent nowhere; the controls in <crowd-form> become the answer",
    Kind.BASE: "has no effect as <base>: write full addresses",
    Kind.EVAL: "will not run: write the script without it, or have NIGHTLOOP_REVIEW_TEMPLATE_UNSAFE_EVAL allow it",
    Kind.DOWNLOAD: "will not be saved: link to it with target=_blank, without `download`",
}
_UNGRANTED = "is in S3 and was not granted, so workers will not see it: print it with `| grant_read_access`"
# What the page's own data origins may load; scripts and styles may not.
_DATA = ("data:", "blob:", "about:")
_SHOWN = frozenset({Kind.IMAGE, Kind.MEDIA, Kind.FRAME, Kind.FETCH})


class Policy:
    """What the policy of a page allows, for each resource."""

    def __init__(self, public_url: str, granted: Collection[str], allowance: Allowance, s3: tuple[str, ...]) -> None:
        self._base = public_url or "https://portal.invalid"
        self._elements = f"{self._base.rstrip('/')}/elements/"
        self._granted = {source_of(address) for address in granted}
        self._allowance = allowance
        self._s3 = s3

    def objection(self, resource: Resource) -> tuple[str, str]:
        """Return code and message for a resource that will be blocked, two empty texts for one that will not."""
        kind, address = resource.kind, resource.address
        if self._is_allowed(kind, address):
            return "", ""
        if kind in _SHOWN and self._is_in_s3(address):
            return f"Ungranted{'Image' if kind is Kind.IMAGE else 'Object'}", _UNGRANTED
        return f"Blocked{kind.value}", _MENDS[kind]

    def _is_allowed(self, kind: Kind, address: str) -> bool:
        if kind is Kind.EVAL:
            return self._allowance.unsafe_eval
        if kind is Kind.WORKER:
            return self._allowance.blob_workers and address.startswith("blob:")
        if kind in {Kind.LINK, Kind.FORM, Kind.BASE, Kind.DOWNLOAD}:
            return kind is Kind.FORM and address.startswith(("#", "javascript:"))
        ours = kind in {Kind.SCRIPT, Kind.STYLE} and CROWD_ASSETS.match(address)
        return bool(ours) or not address or address.startswith("#") or self._is_source(kind, address)

    def _is_source(self, kind: Kind, address: str) -> bool:
        if address.lower().startswith(_DATA):
            return kind not in {Kind.SCRIPT, Kind.STYLE}
        if kind is Kind.FRAME and address.lower().startswith("javascript:"):
            return True
        whole = urljoin(self._base, address) if not address.lower().startswith("s3:") else address
        if whole.startswith(self._elements) or self._allowance.allows(whole):
            return True
        return kind in _SHOWN and source_of(whole) in self._granted

    def _is_in_s3(self, address: str) -> bool:
        if address.lower().startswith("s3:"):
            return True
        try:
            S3Location.parse(address, self._s3)
        except InvalidLocation:
            return False
        return bool(origin_of(address))
