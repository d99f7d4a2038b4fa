"""Keeps what a rolled-back model learned out of training, until a person releases it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from nightloop.aws.errors import QuarantineError
from nightloop.aws.storage.object_store import JSON

if TYPE_CHECKING:
    from nightloop.aws.storage.layout import LoopFiles
    from nightloop.aws.storage.object_store import ObjectStore
    from nightloop.domain.lineage.origins import LineKey
    from nightloop.domain.lineage.quarantine import Quarantine


class Quarantines:
    """The quarantined lines of a loop, a file for each rolled-back model; a release is a file beside it."""

    def __init__(self, store: ObjectStore, files: LoopFiles) -> None:
        self.store = store
        self.files = files

    def put(self, quarantine: Quarantine) -> str:
        """Write a quarantine once, and take back an earlier release; return its address."""
        from nightloop.domain.rows.jsonl import dump_line

        uri = self.files.quarantine(quarantine.model)
        self.store.write_once(uri, (dump_line(quarantine.to_json()) + "\n").encode(), JSON)
        self.store.delete(self.files.release(quarantine.model))
        return uri

    def models(self) -> list[str]:
        """List the rolled-back models whose lines are in quarantine now."""
        models = [self.files.quarantined_model(entry.uri) for entry in self.store.list(self.files.quarantines)]
        return [model for model in models if self.store.describe(self.files.release(model)) is None]

    def held(self) -> set[LineKey]:
        """Return the lines that are in quarantine now."""
        from nightloop.domain.lineage.quarantine import Quarantine

        files = [self.store.read(self.files.quarantine(model)) for model in self.models()]
        return {key for body in files for key in Quarantine.from_json(json.loads(body)).lines}

    def release(self, model: str, by: str) -> None:
        """Release a rolled-back model's lines, so that models may learn from them again.

        :param by: The run that releases them.
        :raises QuarantineError: if no line is in quarantine because of this model.
        """
        from nightloop.domain.rows.jsonl import dump_line

        if self.store.describe(self.files.quarantine(model)) is None:
            raise QuarantineError(
                f"Nothing is in quarantine because of {model!r}. In quarantine are the lines of: "
                f"{', '.join(self.models()) or 'no model'}."
            )
        self.store.write_once(self.files.release(model), (dump_line({"model": model, "by": by}) + "\n").encode(), JSON)
