"""Erases an image: looked for again each time, so that a killed run is finished by the next."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from nightloop.aws.datasets.erased import ErasedImages
from nightloop.aws.erasing.search import Search
from nightloop.aws.errors import NightsUnderWayError, ReviewStillOpenError
from nightloop.aws.history.training_history import read_origins
from nightloop.aws.human_loops import lifecycle
from nightloop.aws.storage.layout import ImageTraces
from nightloop.aws.storage.night_files import read_lines
from nightloop.aws.storage.object_store import JSON, JSON_LINES
from nightloop.aws.storage.old_versions import delete_old_versions

if TYPE_CHECKING:
    from nightloop.aws.datasets.cohorts import Cohorts
    from nightloop.aws.erasing.search import Finding, Found
    from nightloop.aws.hooks.a2i import A2IHook


class ImageErasure:
    """Everything that a loop and its reviews keep of one image.

    :param cohorts: What the loop learns from.
    :param a2i: Where its reviews are.
    """

    def __init__(self, cohorts: Cohorts, a2i: A2IHook, image: str) -> None:
        self.cohorts = cohorts
        self.store = cohorts.store
        self.files = cohorts.files
        self.a2i = a2i
        self.image = image

    def look(self) -> tuple[Found, dict[str, Any]]:
        """Find all there is, and say it in JSON values."""
        found = Search(self.store, self.files, self.image).look()
        lists = (self.cohorts.settings.seed, self.cohorts.settings.holdout)
        return found, {
            "image": self.image,
            "delete": [one.object.uri for one in found.findings if one.action == "delete"],
            "rewrite": {one.object.uri: one.rows for one in found.findings if one.action == "rewrite"},
            "reviews": sorted(found.reviews),
            "identical": sorted(found.identical),
            "yours": [uri for uri in lists if self._names_it(uri, found)],
            "nights_under_way": self.nights_under_way(),
            **self._models(found),
        }

    def erase(self, found: Found, told: dict[str, Any], *, while_nights_run: bool = False) -> dict[str, Any]:
        """Erase what was found; return what the image's mark says.

        :raises NightsUnderWayError: unless told otherwise; a night that runs may still write what it has read.
        :raises ReviewStillOpenError: if somebody works on a review of it; it is given to nobody else.
        """
        if told["nights_under_way"] and not while_nights_run:
            raise NightsUnderWayError(
                f"Nights {', '.join(told['nights_under_way'])} have no receipt yet and may write what they have read. "
                "Erase when they have ended, or say --while-nights-run and erase again afterwards."
            )
        mark = ErasedImages(self.store, self.files).mark(
            self.image, {key: told[key] for key in ("learned_by", "inherited_by")}
        )
        still_open = [name for name in sorted(found.reviews) if not self._is_deleted(name)]
        if still_open:
            raise ReviewStillOpenError(
                f"Somebody works on {', '.join(still_open)}. No more of it is shown; erase again when they are done."
            )
        if found.reviews:
            found = Search(self.store, self.files, self.image).look()  # the reviews that ended now have left answers
        for finding in found.findings:
            self._carry_out(finding, found)
        return mark

    def nights_under_way(self) -> list[str]:
        """List the nights that have begun and have no receipt."""
        ended = self.cohorts.nights()
        return [night for night in self.store.folders(self.files.nights) if night not in ended]

    def _is_deleted(self, name: str) -> bool:
        lifecycle.stop(self.a2i, name)
        try:
            lifecycle.delete(self.a2i, name)
        except ReviewStillOpenError:
            return False
        return True

    def _carry_out(self, finding: Finding, found: Found) -> None:
        uri = finding.object.uri
        if finding.action == "delete":
            self.store.delete(uri)
        else:
            if ImageTraces.is_document(uri):
                document = found.names.without(json.loads(self.store.read(uri)))
                lines, kind = [json.dumps(document, sort_keys=True, ensure_ascii=False).encode()], JSON
            else:
                lines = [line for line in self.store.read_lines(uri) if not found.names.is_in_line(line)]
                kind = JSON_LINES
            self.store.replace_lines(uri, lines, etag=finding.object.etag, content_type=kind)
        delete_old_versions(self.store, uri)

    def _names_it(self, uri: str, found: Found) -> bool:
        return any(found.names.is_in_line(line) for line in self.store.read_lines(uri))

    def _models(self, found: Found) -> dict[str, list[str]]:
        from nightloop.domain.lineage.origins import descendants

        origins = read_origins(self.store, self.files)
        learned = {
            model
            for model, origin in origins.items()
            if any(
                found.names.is_in(row)
                for uri in (origin.train, origin.validation)
                for row in read_lines(self.store, uri)
            )
        }
        inherited = descendants(learned, origins.values()) - learned
        return {"learned_by": sorted(learned), "inherited_by": sorted(inherited)}
