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
    """Return the headers of a page.

    A tab that a template opens is no longer in its sandbox; the opener policy of the portal's pages sees to it that
    such a tab and the task it was opened from have no hold of each other.
    """
    return {
        "Content-Security-Policy": policy,
        "Cache-Control": "no-store",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }
