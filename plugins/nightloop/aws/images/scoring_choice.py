"""What scores a night, written down before anything is scored: no setting switches a night half way."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from nightloop.aws.errors import NightChangedError
from nightloop.aws.storage.object_store import JSON

if TYPE_CHECKING:
    from nightloop.aws.storage.layout import NightFiles, ScoringFiles
    from nightloop.aws.storage.object_store import ObjectStore

ENDPOINT: Final = "endpoint"
BATCH_TRANSFORM: Final = "batch_transform"
ASYNC_INFERENCE: Final = "async_inference"
AUTO: Final = "auto"


class ScoringChoice:
    """A night's choice between the live endpoint and Batch Transform.

    :param night: The night's files, its predictions among them.
    """

    def __init__(self, store: ObjectStore, night: NightFiles, files: ScoringFiles) -> None:
        self.store = store
        self.night = night
        self.files = files

    def read(self) -> str:
        """Return what was chosen; a night without a choice is the endpoint's."""
        stored = self.store.read_if_there(self.files.choice)
        return ENDPOINT if stored is None else str(json.loads(stored)["by"])

    def make(self, by: str, images: int, batch_from_images: int) -> str:
        """Choose for a night of so many images, once, and return what is chosen.

        A night whose scoring has begun without a choice stays the endpoint's.
        """
        stored = self.store.read_if_there(self.files.choice)
        if stored is None:
            chosen = self._chosen(by, images, batch_from_images)
            body = {"by": chosen, "images": images, "asked": by, "batch_from_images": batch_from_images}
            stored = self.store.write_once(self.files.choice, json.dumps(body, sort_keys=True).encode(), JSON)
        return str(json.loads(stored)["by"])

    def require_endpoint(self) -> None:
        """Make sure that the endpoint may score the night.

        :raises NightChangedError: if Batch Transform was chosen.
        """
        chosen = self.read()
        if chosen != ENDPOINT:
            raise NightChangedError(
                f"This night is scored by {chosen}, as {self.files.choice} says: scoring.by was changed since. Put it "
                "back to finish this night, or delete that object to score the rest of it by the endpoint."
            )

    def _chosen(self, by: str, images: int, batch_from_images: int) -> str:
        if any(True for _ in self.store.list(self.night.predictions_folder)):
            return ENDPOINT
        if by == AUTO:
            return BATCH_TRANSFORM if images >= batch_from_images else ENDPOINT
        return by
