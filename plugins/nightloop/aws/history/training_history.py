"""What the loop's models were made of, and what they learned from."""

from __future__ import annotations

import json
import logging
from collections import Counter
from typing import TYPE_CHECKING

from nightloop.aws.errors import NightIncompleteError
from nightloop.aws.storage.layout import ModelFiles
from nightloop.aws.storage.night_files import iterate_lines

if TYPE_CHECKING:
    from nightloop.aws.storage.layout import LoopFiles
    from nightloop.aws.storage.object_store import ObjectStore
    from nightloop.domain.lineage.origins import ModelOrigin

log = logging.getLogger(__name__)


def read_origins(store: ObjectStore, files: LoopFiles) -> dict[str, ModelOrigin]:
    """Read what each of the loop's models was made of, by model."""
    from nightloop.domain.lineage.origins import ModelOrigin

    uris = [entry.uri for entry in store.list(files.models_folder) if ModelFiles.is_origin(entry.uri)]
    origins = [ModelOrigin.from_json(json.loads(store.read(uri))) for uri in uris]
    return {origin.model: origin for origin in origins}


def images_per_class(store: ObjectStore, files: LoopFiles, model: str, attribute: str) -> Counter[str]:
    """Count in how many images of its cohort a model learned each class; 0 for a model from elsewhere.

    If the cohort no longer exists, a warning says so; that fails no night.
    """
    from nightloop.domain.detection.manifest.reader import labels_of

    counts: Counter[str] = Counter()
    origin = read_origins(store, files).get(model)
    try:
        for uri in (origin.train, origin.validation) if origin else ():
            for line in iterate_lines(store, uri):
                counts.update(labels_of(line, attribute))
    except NightIncompleteError as error:
        log.warning("What %s learned from is not known: %s", model, error)
    return counts
