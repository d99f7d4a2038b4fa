"""Headers of the portal's own pages."""

from __future__ import annotations

# `frame-src 'self'` also keeps a template from steering its frame to another site with what it has read.
PORTAL_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "frame-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'self'",  # an error page may stand in the frame of a task
    ]
)


def page_headers(policy: str = PORTAL_POLICY) -> dict[str, str]:
    """Return the headers of a page."""
    return {
        "Content-Security-Policy": policy,
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }
