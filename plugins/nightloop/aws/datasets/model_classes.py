"""The class list that each model was trained on, beside its artefact: a model knows classes as numbers only."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING

from nightloop.aws.errors import ClassesChangedError
from nightloop.aws.storage.layout import ModelFiles
from nightloop.aws.storage.object_store import JSON
from nightloop.domain.detection.boxes.classes import class_list_problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nightloop.aws.storage.object_store import ObjectStore

log = logging.getLogger(__name__)


class ModelClasses:
    """Writes and reads `classes.json` beside models' artefacts; it holds for all models of that folder."""

    def __init__(self, store: ObjectStore) -> None:
        self.store = store

    def keep(self, artefact: str, classes: Sequence[str]) -> None:
        """Write down the class list that a training job got, once.

        :raises ClassesChangedError: if another list is already written down for the artefact.
        """
        body = json.dumps(list(classes), ensure_ascii=False).encode()
        uri = ModelFiles.classes(artefact)
        self._compare(artefact, _parsed(self.store.write_once(uri, body, JSON), uri), classes)

    def check(self, model: str, artefact: str | None, classes: Sequence[str]) -> None:
        """Make sure that a loop's class list is the model's; warn about a model without a stored list.

        :raises ClassesChangedError: if names, order or number differ.
        """
        uri = ModelFiles.classes(artefact) if artefact and artefact.startswith("s3://") else None
        stored = self.store.read_if_there(uri) if uri else None
        if uri is None or stored is None:
            log.warning(
                "Which classes model %s was trained on is not written down: they are taken to be the loop's. To have "
                "them compared, write them as a JSON list to %s.",
                model,
                uri or "classes.json beside its artefact",
            )
            return
        self._compare(model, _parsed(stored, uri), classes)

    @staticmethod
    def _compare(model: str, stored: Sequence[str], classes: Sequence[str]) -> None:
        if problem := class_list_problem(classes, stored):
            raise ClassesChangedError(
                f"The classes of the loop's file are not those of model {model}: {problem}. Nothing was done. Put the "
                f"list back ({json.dumps(list(stored), ensure_ascii=False)}); for other classes make another loop, "
                "with a name, an endpoint, a seed and a holdout of its own."
            )


def _parsed(body: bytes, uri: str) -> list[str]:
    try:
        found = json.loads(body)
    except ValueError:
        found = None
    if not isinstance(found, list) or not all(isinstance(label, str) for label in found):
        raise ClassesChangedError(f"{uri} is not a JSON list of class names. Correct it, or delete it.")
    return found
