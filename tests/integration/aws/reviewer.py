"""A person who answers reviews."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx

from tests.integration.aws.stack import PASSWORD

if TYPE_CHECKING:
    from tests.integration.aws.stack import Stack


class Reviewer:
    """A person at the portal, over its own pages."""

    def __init__(self, stack: Stack) -> None:
        self.portal = f"{stack.url('review')}/portal/"
        self.http = httpx.Client(follow_redirects=True, timeout=30, headers={"Origin": stack.url("review")})

    def signs_in(self, name: str = "ann") -> Reviewer:
        page = self.http.get(f"{self.portal}sign-in").text
        token = page.split('name="csrf_token" value="')[1].split('"')[0]
        form = {"csrf_token": token, "email": f"{name}@example.com", "password": PASSWORD}
        assert "sign-in" not in self.http.post(f"{self.portal}sign-in", data=form).url.path
        return self

    def answers(self, flow: str, boxes: list[dict[str, Any]], size: tuple[int, int] = (200, 100)) -> str:
        """Answer the next task of a flow; return the page's text, empty when no task waits."""
        shell = self.takes(flow)
        if shell is None:
            return ""
        frame = self.http.get(f"{shell.url}/frame").text
        self.submits(shell, boxes, size)
        return frame

    def takes(self, flow: str) -> httpx.Response | None:
        """Begin the next task of a flow; None when no task waits."""
        page = self.http.get(self.portal).text
        token = page.split('name="csrf_token" value="')[1].split('"')[0]
        shell = self.http.post(f"{self.portal}jobs/{flow}/start", data={"csrf_token": token})
        return shell if "/tasks/" in shell.url.path else None

    def submits(self, shell: httpx.Response, boxes: list[dict[str, Any]], size: tuple[int, int] = (200, 100)) -> None:
        """Answer a task that was begun."""
        token = shell.text.split('name="csrf-token" content="')[1].split('"')[0]
        properties = {"width": size[0], "height": size[1]}
        answer = {"annotatedResult": {"boundingBoxes": boxes, "inputImageProperties": properties}}
        done = self.http.post(
            f"{shell.url}/submit", json={"answer": answer, "seconds": 3.5}, headers={"X-CSRF-Token": token}
        )
        assert done.status_code == 200, done.text
