"""Decides whether a model that was proven better may still take the live one's place."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from nightloop.aws.datasets.quarantine import Quarantines
from nightloop.aws.history.training_history import read_origins
from nightloop.aws.hooks.registry import ROLLED_BACK
from nightloop.aws.storage.night_files import iterate_lines

if TYPE_CHECKING:
    from nightloop.aws.hooks.registry import RegistryHook
    from nightloop.aws.storage.layout import LoopFiles
    from nightloop.aws.storage.object_store import ObjectStore
    from nightloop.domain.lineage.origins import ModelOrigin

log = logging.getLogger(__name__)


class Succession:
    """What has happened since a model was compared: promotions, roll-backs, quarantines.

    :param loop: The loop's name.
    :param attribute: The label attribute of the loop's manifests.
    """

    def __init__(self, store: ObjectStore, files: LoopFiles, registry: RegistryHook, loop: str, attribute: str) -> None:
        self.store = store
        self.files = files
        self.registry = registry
        self.loop = loop
        self.attribute = attribute

    def objection(self, challenger: str, champion: str, live: str) -> str | None:
        """Return in a sentence why a model may no longer go live; None if it may.

        :param champion: The model it was compared with.
        :param live: The model the endpoint runs now.
        :raises LineageError: if the challenger is not known.
        """
        from nightloop.domain.lineage.origins import ancestry

        if live not in {challenger, champion}:
            return f"{challenger} was compared with {champion}, and the endpoint runs {live} by now."
        line = ancestry(challenger, read_origins(self.store, self.files))
        return self._rejected(challenger, line) or self._quarantined(challenger, line[0])

    def _rejected(self, challenger: str, line: list[ModelOrigin]) -> str | None:
        rejected = {version.model: version for version in self.registry.versions(self.loop, status="Rejected")}
        itself = rejected.get(challenger)
        if itself is not None and itself.outcome == ROLLED_BACK:
            return f"{challenger} was rolled back itself: {itself.why.rstrip('.')}."
        for parent in (origin.parent_model for origin in line):
            if parent in rejected:
                return f"{challenger} goes on from {parent}, which is Rejected: {rejected[parent].why.rstrip('.')}."
        return None

    def _quarantined(self, challenger: str, origin: ModelOrigin) -> str | None:
        from nightloop.domain.lineage.origins import line_key

        held = Quarantines(self.store, self.files).held()
        if not held:
            return None
        lines = (line for uri in (origin.train, origin.validation) for line in iterate_lines(self.store, uri))
        found = sorted({line_key(line, self.attribute) for line in lines} & held)
        if not found:
            return None
        return (
            f"{challenger} learned {len(found)} lines that are in quarantine now, as that about {found[0].source_ref}."
        )
