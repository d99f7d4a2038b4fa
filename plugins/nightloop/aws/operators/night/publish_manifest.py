"""Tells the training DAG that there is something new to learn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.sdk.exceptions import AirflowSkipException

from nightloop.aws.operators.base import NightOperator
from nightloop.aws.storage.night_files import read_lines

if TYPE_CHECKING:
    from airflow.sdk import Asset, Context


class PublishManifestOperator(NightOperator):
    """Update the asset of reviewed images; skipped, with a sentence, if the night has no new line.

    The asset's event carries the night, the manifest's address and its number of lines.

    Returns the manifest's address.

    :param asset: What the training DAG is scheduled on.
    """

    def __init__(self, *, asset: Asset, **kwargs: Any) -> None:
        super().__init__(outlets=[asset], **kwargs)
        self.asset = asset

    def execute(self, context: Context) -> str:
        """Publish the night's manifest."""
        lines = len(read_lines(self.store, self.files.manifest))
        if not lines:
            raise AirflowSkipException(f"The night of {self.files.date} has no newly reviewed image: nothing to learn.")
        context["outlet_events"][self.asset].extra = {
            "night": self.files.date,
            "manifest": self.files.manifest,
            "lines": lines,
        }
        return self.files.manifest
