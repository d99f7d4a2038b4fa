"""Headers of the portal's own pages."""

from __future__ import annotations

# `frame-src 'self'` also stops a template from sending its frame to another site with what it has read.
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
        "frame-ancestors 'self'",  # the frame of a task may show an error page
    ]
)


def page_headers(policy: str = PORTAL_POLICY) -> dict[str, str]:
    """Return the headers of a page.

    A tab that a template opens is no longer in its sandbox. The opener policy of the portal's pages ensures that such a
    tab and its task cannot reach each other.
    """
    return {
        "Content-Security-Policy": policy,
        "Cache-Control": "no-store",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }
