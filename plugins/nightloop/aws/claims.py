"""Whose a SageMaker job is: the attempt that started or adopted it last."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from nightloop.aws import uris
from nightloop.aws.store import JSON

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nightloop.aws.store import NightStore


@dataclass(frozen=True)
class Claim:
    """One entry of a job's log.

    :param attempt: Airflow's id of the task instance, which is another one for each try.
    :param given_up: Whether that attempt ended the job because a person ended its task.
    """

    attempt: str
    given_up: bool = False


class JobClaims:
    """The log of one job's owners: numbered S3 objects below a folder, each written once and never changed.

    Whoever writes the next number owns the job, and S3 lets only one do so (`If-None-Match: *`). So between the look
    and the deed nobody can come in between unseen: an attempt that has lost the job cannot stop it any more, and one
    that finds it given up knows that it is, or will be, stopped.

    :param folder: The S3 folder of this job's log.
    """

    def __init__(self, store: NightStore, folder: str) -> None:
        self.store = store
        self.folder = folder.rstrip("/") + "/"

    def take(self, attempt: str) -> bool:
        """Make the job this attempt's own, whoever had it; return False if it was given up and is nobody's any more."""
        while True:
            number, last = self._last()
            if last is not None and last.given_up:
                return False
            if last == Claim(attempt) or self._append(number + 1, Claim(attempt)):
                return True

    def give_up(self, attempt: str) -> bool:
        """End this attempt's ownership for good, before the job is stopped; return False if the job is not its own."""
        while True:
            number, last = self._last()
            if last is None or last.attempt != attempt:
                return False
            if last.given_up or self._append(number + 1, Claim(attempt, given_up=True)):
                return True

    def history(self) -> list[Claim]:
        """Return all entries, oldest first."""
        return [self._read(entry) for entry in self._entries()]

    def _last(self) -> tuple[int, Claim | None]:
        entries = list(self._entries())
        return len(entries), self._read(entries[-1]) if entries else None

    def _entries(self) -> Iterator[str]:
        return (entry.uri for entry in self.store.list(self.folder))

    def _read(self, uri: str) -> Claim:
        return Claim(**json.loads(self.store.read(uri)))

    def _append(self, number: int, claim: Claim) -> bool:
        body = json.dumps(asdict(claim)).encode()
        return self.store.write_new(uris.join(self.folder, f"{number:06d}.json"), body, JSON)
