"""Workers of a benchmark, as their browsers behave: forms, cookies, tokens."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

from benchmarks.review.seed import PASSWORD, worker_email

if TYPE_CHECKING:
    import httpx

_TOKEN = re.compile(r'name="csrf-token" content="([^"]+)"')
_TASK = re.compile(r"/portal/tasks/([0-9a-f]{32})")


class Worker:
    """One signed-in worker."""

    def __init__(self, browser: httpx.AsyncClient) -> None:
        self._browser = browser
        self._token = ""

    async def signs_in(self, number: int) -> None:
        """Sign in as the worker of this number."""
        await self._reads("/portal/sign-in")
        form = {"email": worker_email(number), "password": PASSWORD}
        answer = await self._sends("/portal/sign-in", **form)
        if answer.headers.get("location") != "/portal/":
            raise RuntimeError(f"worker {number} cannot sign in: {answer.status_code}")
        await self._reads("/portal/")

    async def starts(self, flow: str) -> tuple[str | None, float]:
        """Press *Start working*; answer the task, None when there is none, and the seconds it took."""
        begun = time.perf_counter()
        answer = await self._sends(f"/portal/jobs/{flow}/start")
        seconds = time.perf_counter() - begun
        if answer.status_code != 303:
            raise RuntimeError(f"starting failed: {answer.status_code} {answer.text[:300]}")
        found = _TASK.search(answer.headers["location"])
        return (found[1] if found else None), seconds

    async def sees(self, task: str) -> None:
        """Say that a task's page is on screen."""
        headers = {"X-CSRF-Token": self._token}
        answer = await self._browser.post(f"/portal/tasks/{task}/shown", json={}, headers=headers)
        if answer.status_code != 200:
            raise RuntimeError(f"showing failed: {answer.status_code} {answer.text[:300]}")

    async def gives_back(self, task: str) -> None:
        """Press *Stop working*."""
        answer = await self._sends(f"/portal/tasks/{task}/release")
        if answer.status_code != 303:
            raise RuntimeError(f"giving back failed: {answer.status_code}")

    async def submits(self, task: str, label: str) -> tuple[str | None, float]:
        """Submit an answer; answer the next task, None after the last, and the seconds it took."""
        begun = time.perf_counter()
        body = {"answer": {"animal": {"label": label}}, "seconds": 0.1}
        headers = {"X-CSRF-Token": self._token}
        answer = await self._browser.post(f"/portal/tasks/{task}/submit", json=body, headers=headers)
        seconds = time.perf_counter() - begun
        if answer.status_code != 200:
            raise RuntimeError(f"submitting failed: {answer.status_code} {answer.text[:300]}")
        found = _TASK.search(answer.json()["next"])
        return (found[1] if found else None), seconds

    async def _reads(self, path: str) -> None:
        answer = await self._browser.get(path)
        answer.raise_for_status()
        found = _TOKEN.search(answer.text)
        if found is None:
            raise RuntimeError(f"{path} has no token for forms")
        self._token = found[1]

    async def _sends(self, path: str, **fields: str) -> httpx.Response:
        return await self._browser.post(path, data={"csrf_token": self._token, **fields})
