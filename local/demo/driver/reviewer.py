"""A scripted reviewer: signs in at the portal and answers each task through the portal's own pages, over HTTP.

It draws the true boxes and moves each edge by a seeded pixel or two, as a hand would. It says that it is a script: to
the portal by its user agent, to people in its output.
"""

from __future__ import annotations

import hashlib
import logging
import time
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlparse

import httpx
import numpy as np

from local.demo.driver.html import Form, Page
from local.errors import PortalError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from local.demo.images.dataset import Example, TrueBox

log = logging.getLogger(__name__)
USER_AGENT = "nightloop-scripted-reviewer (a script, not a person)"
JITTER = 2
SECONDS_TO_LOOK = 1.1
BOX_ELEMENT = "crowd-bounding-box"


class ScriptedReviewer:
    """One signed-in worker who knows the true boxes of `examples`."""

    def __init__(self, portal_url: str, examples: Iterable[Example], seed: int = 7) -> None:
        self.portal_url = portal_url
        # If an image is not a plain RGB picture, a loop shows a copy, named by the ETag of the original image.
        self.examples = {name: example for example in examples for name in (_stem(example.name), _etag(example))}
        self.seed = seed
        self.answered: dict[str, list[dict[str, Any]]] = {}
        self.signed_in = False
        self.http = httpx.Client(headers={"User-Agent": USER_AGENT}, follow_redirects=True, timeout=60)

    def sign_in(self, email: str, password: str) -> None:
        """Sign in as a person does: open the form, fill it, send it."""
        page = self._open(f"{self.portal_url}sign-in")
        form = next((form for form in page.forms if "password" in form.values), None)
        if form is None:
            raise PortalError(f"{self.portal_url}sign-in shows no form with a password")
        answer = self._send(form, f"{self.portal_url}sign-in", email=email, password=password)
        if "sign-in" in answer.url.path:
            raise PortalError(f"the portal did not let {email} in: {_visible_text(answer)}")
        self.signed_in = True

    def answer_waiting(self, told: Callable[[int], None] = lambda _: None) -> int:
        """Answer all waiting tasks and return how many; `told` gets the total after each."""
        before = len(self.answered)
        answer = self._get(self.portal_url)
        while (start := Page(answer.text).form_to("/start")) is not None:
            answer = self._send(start, str(answer.url))
            if "/tasks/" not in answer.url.path:
                # Between the list and the click, another worker got the last task.
                break
            while "/tasks/" in answer.url.path:
                answer = self._answer_task(answer)
                told(len(self.answered))
        return len(self.answered) - before

    def _answer_task(self, shell: httpx.Response) -> httpx.Response:
        """Answer the task a shell page shows and return the page that comes after it."""
        page = Page(shell.text)
        # The shell's JavaScript makes the frame; it opens and submits to these addresses.
        template = self._open(f"{shell.url}/frame")
        shown = time.monotonic()
        element = template.find(BOX_ELEMENT)
        if element is None:
            raise PortalError(f"the template of {shell.url.path} has no {BOX_ELEMENT}")
        image_url = element.attributes["src"]
        self._get(image_url)
        example = self._recognise(image_url)
        boxes = self._draw(example)
        answer = {element.attributes["name"]: _element_answer(element.attributes, example, boxes)}
        submit_url = httpx.URL(f"{shell.url}/submit")
        # An answer given in less than a second does not count.
        time.sleep(max(SECONDS_TO_LOOK - (time.monotonic() - shown), 0))
        body = {"answer": answer, "seconds": time.monotonic() - shown}
        submitted = self._submit(shell, submit_url, _csrf_token(page), body)
        self.answered[example.name] = boxes
        log.info("answered %s with %d boxes", example.name, len(boxes))
        return submitted

    def _submit(self, shell: httpx.Response, url: httpx.URL, token: str, body: dict[str, Any]) -> httpx.Response:
        """Send an answer as the shell's JavaScript does, and follow its next address."""
        answer = self.http.post(url, json=body, headers={CSRF_HEADER: token, "Origin": _origin(shell.url)})
        if answer.is_error:
            raise PortalError(f"the portal refused an answer with {answer.status_code}: {answer.text[:300]}")
        return self._get(str(shell.url.join(answer.json()["next"])))

    def _recognise(self, image_url: str) -> Example:
        stem = _stem(unquote(urlparse(image_url).path))
        example = self.examples.get(stem)
        if example is None:
            raise PortalError(f"a task shows {stem!r}, which is not an image of this demo")
        return example

    def _draw(self, example: Example) -> list[dict[str, Any]]:
        digest = hashlib.sha256(f"{self.seed}/{example.name}".encode()).digest()
        random = np.random.default_rng(int.from_bytes(digest[:8], "big"))
        return [_by_hand(box, example, random) for box in example.boxes]

    def _open(self, url: str) -> Page:
        return Page(self._get(url).text)

    def _get(self, url: str) -> httpx.Response:
        answer = self.http.get(url)
        if answer.is_error:
            raise PortalError(
                f"{answer.url.copy_with(query=None)} answered {answer.status_code}: {_visible_text(answer)}"
            )
        return answer

    def _send(self, form: Form, page_url: str, **filled: str) -> httpx.Response:
        url = httpx.URL(page_url)
        answer = self.http.post(
            url.join(form.action or page_url), data={**form.values, **filled}, headers={"Origin": _origin(url)}
        )
        if answer.status_code >= 500:
            raise PortalError(f"{form.action} answered {answer.status_code}: {_visible_text(answer)}")
        return answer


CSRF_HEADER = "X-CSRF-Token"


def _stem(path: str) -> str:
    return PurePosixPath(path).stem


def _etag(example: Example) -> str:
    return hashlib.md5(example.jpeg, usedforsecurity=False).hexdigest()


def _csrf_token(page: Page) -> str:
    meta = page.find("meta", name="csrf-token")
    if meta is None:
        raise PortalError("a task's page has no CSRF token")
    return meta.attributes["content"]


def _by_hand(box: TrueBox, example: Example, random: np.random.Generator) -> dict[str, Any]:
    """Return a box with each edge a little off, inside the image and at least one pixel large."""
    shifts = random.integers(-JITTER, JITTER + 1, 4)
    left = int(np.clip(box.left + shifts[0], 0, example.width - 1))
    top = int(np.clip(box.top + shifts[1], 0, example.height - 1))
    right = int(np.clip(box.left + box.width + shifts[2], left + 1, example.width))
    bottom = int(np.clip(box.top + box.height + shifts[3], top + 1, example.height))
    return {"label": box.label, "left": left, "top": top, "width": right - left, "height": bottom - top}


def _element_answer(attributes: dict[str, str], example: Example, boxes: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what the element would send."""
    size = {"width": example.width, "height": example.height}
    answer: dict[str, Any] = {"boundingBoxes": boxes, "inputImageProperties": size}
    if "initial-value" in attributes:
        answer["initialValueModified"] = True
    return answer


def _origin(url: httpx.URL) -> str:
    return f"{url.scheme}://{url.netloc.decode()}"


def _visible_text(answer: httpx.Response) -> str:
    return " ".join(answer.text.split())[:300]
