"""Where tasks leave notes for one another: numbered logs, marks of notices; imported through `storage.layout`."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from nightloop.aws.storage import uris


@dataclass(frozen=True)
class LogFiles:
    """The entries of a numbered log: `LoopFiles.holds`, `LoopFiles.transform_owners`, `ModelFiles.owners`."""

    folder: str

    @property
    def entries(self) -> str:
        """The folder of the entries."""
        return uris.join(self.folder) + "/"

    def entry(self, number: int) -> str:
        """One entry; written by the attempt that takes or gives up the job or the endpoint."""
        return uris.join(self.folder, f"{number:06d}.json")

    @staticmethod
    def number_of(entry: str) -> int:
        """Return the number of an entry."""
        return int(uris.last(entry).removesuffix(".json"))


@dataclass(frozen=True)
class NoticeFiles:
    """The marks of the notices that were sent: `NightFiles.notices`, `LoopFiles.notices`."""

    folder: str

    def of_run(self, dag_id: str, run_id: str) -> NoticeFiles:
        """The marks of the notices that owners were sent about one run."""
        return NoticeFiles(uris.join(self.folder, dag_id, quote(run_id, safe="")))

    def mark(self, notice: str, channel: int) -> str:
        """Says that a notice was sent over a channel; written by a night's sensor or a task's callback."""
        return uris.join(self.folder, f"{notice}.{channel}.json")
