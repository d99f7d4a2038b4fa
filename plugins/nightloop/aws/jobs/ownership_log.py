"""Whose a SageMaker job is: the attempt that started or adopted it last."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from nightloop.aws.storage.numbered_log import NumberedLog

if TYPE_CHECKING:
    from nightloop.aws.storage.object_store import ObjectStore


@dataclass(frozen=True)
class Owner:
    """One entry of a job's log.

    :param attempt: Airflow's id of the task instance, which is another one for each try.
    :param given_up: Whether that attempt ended the job because a person ended its task.
    """

    attempt: str
    given_up: bool = False


class OwnershipLog:
    """The log of one job's owners: the attempt that writes the next entry owns the job.

    Nobody can come in unseen between a look and an entry. An attempt that has lost the job can no longer stop it. An
    attempt that finds the job given up knows that it is, or will be, stopped.

    :param folder: The S3 folder of this job's log.
    """

    def __init__(self, store: ObjectStore, folder: str) -> None:
        self.log = NumberedLog(store, folder)

    def take(self, attempt: str) -> bool:
        """Make the job this attempt's own, even if another had it; return False if it was given up for good."""
        while True:
            number, last = self._last()
            if last is not None and last.given_up:
                return False
            if last == Owner(attempt) or self._append(number + 1, Owner(attempt)):
                return True

    def give_up(self, attempt: str) -> bool:
        """End this attempt's ownership for good, before the job is stopped; return False if it does not own the job."""
        while True:
            number, last = self._last()
            if last is None or last.attempt != attempt:
                return False
            if last.given_up or self._append(number + 1, Owner(attempt, given_up=True)):
                return True

    def history(self) -> list[Owner]:
        """Return all entries, oldest first."""
        return [Owner(**values) for values in self.log.entries()]

    def _last(self) -> tuple[int, Owner | None]:
        number, values = self.log.last()
        return number, None if values is None else Owner(**values)

    def _append(self, number: int, owner: Owner) -> bool:
        return self.log.append(number, asdict(owner))
