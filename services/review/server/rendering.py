"""Rendering for the API and the portal: which jobs exist, for whom, and what they are granted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError

from services.review.errors import TemplateFailed
from services.review.formats.task_input import input_digest
from services.review.render.job import Job
from services.review.render.pool.renderers import Renderers

if TYPE_CHECKING:
    from collections.abc import Callable

    from services.review.config.settings import Settings
    from services.review.formats.s3_locations import S3Location
    from services.review.render.findings.report import Finding
    from services.review.render.job import Done
    from services.review.s3.store import S3Store

# A caller of the API can try again; a worker would wait at an empty page.
API_WAITING = 6
PORTAL_WAITING = 24
PREVIEW_SECONDS = 900
# Any JSON text up to this many characters is read in milliseconds.
QUICKLY_READ = 2**16


class Rendering:
    """Renders templates in processes that can be ended.

    Every method raises TemplateFailed, RenderingBusy, and InvalidInput for an input that is not a JSON object.
    """

    def __init__(self, settings: Settings, store: S3Store) -> None:
        self._settings = settings
        self._store = store
        self._allowances = settings.allowances()
        self._renderers = Renderers(settings.render_processes)
        self._s3 = tuple(filter(None, {settings.s3_endpoint_url, settings.s3_browser_endpoint_url}))

    def start(self) -> None:
        """Start the processes."""
        self._renderers.start()

    def close(self) -> None:
        """End the processes."""
        self._renderers.close()

    def check(self, template: str, name: str, *, caller: str) -> tuple[Finding, ...]:
        """Parse a template and report what in it will not work, as far as that shows without an input."""
        job = Job(template, public_url=self._settings.public_url, allowance=self._allowances.for_template(name))
        return self._renderers.run(job, _grant_nothing, caller=f"api {caller}", most_waiting=API_WAITING).findings

    def preview(self, template: str, name: str, input_content: str, *, caller: str, language: str = "en") -> Done:
        """Render a template for a preview: its page, its policy, and what in it will not work."""
        job = self._job(template, name, input_content, language, page=True, findings=True)
        return self._renderers.run(
            job, self._granting(PREVIEW_SECONDS), caller=f"api {caller}", most_waiting=API_WAITING
        )

    def page(self, template: str, name: str, input_content: str, *, flow: str, language: str, seconds: int) -> Done:
        """Render the page of a worker's task; its granted addresses work for `seconds`."""
        job = self._job(template, name, input_content, language, page=True)
        return self._renderers.run(job, self._granting(seconds), caller=f"flow {flow}", most_waiting=PORTAL_WAITING)

    def labels(self, template: str, input_content: str, *, flow: str) -> Done:
        """Render a task for the labels its drawing tools have."""
        job = self._job(template, "", input_content, labels=True)
        return self._renderers.run(
            job, lambda location: location.uri, caller=f"flow {flow}", most_waiting=PORTAL_WAITING
        )

    def granted(self, template: str, input_content: str, *, flow: str) -> tuple[str, ...]:
        """Render a task for the addresses it is granted."""
        job = self._job(template, "", input_content)
        grant = self._granting(PREVIEW_SECONDS)
        return self._renderers.run(job, grant, caller=f"flow {flow}", most_waiting=PORTAL_WAITING).granted

    def digest(self, input_content: str, *, caller: str) -> str:
        """Digest an input; one that takes long to read is read in a rendering process."""
        if len(input_content) <= QUICKLY_READ:
            return input_digest(input_content)
        job = Job("", input_content, digest=True)
        return self._renderers.run(job, _grant_nothing, caller=f"api {caller}", most_waiting=API_WAITING).digest

    def _job(self, template: str, name: str, input_content: str, language: str = "en", **wanted: bool) -> Job:
        return Job(
            template,
            input_content,
            public_url=self._settings.public_url,
            language=language,
            s3=self._s3,
            allowance=self._allowances.for_template(name),
            **wanted,
        )

    def _granting(self, seconds: int) -> Callable[[S3Location], str]:
        def grant(location: S3Location) -> str:
            try:
                return self._store.sign(location, seconds)
            # A wrong place is not always a BotoCoreError: an endpoint that cannot contain it raises a ValueError.
            except (BotoCoreError, ValueError) as error:
                raise TemplateFailed(f"access to {location.uri} cannot be granted: {error}") from error

        return grant


def _grant_nothing(location: S3Location) -> str:
    return location.uri
