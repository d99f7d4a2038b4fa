"""What the tasks of a night know about their run."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Self

from nightloop.aws.dag_factory.forms import form
from nightloop.aws.dag_factory.loop_files import loop_files
from nightloop.aws.dag_factory.night import night_of
from nightloop.aws.storage.layout import NightFiles

if TYPE_CHECKING:
    from nightloop.config import LoopConfig

_NIGHT: Final = "{{ night_of(dag_run, params) }}"
"""The night of a run of the nightly DAG: `night_macro` says which that is."""


@dataclass(frozen=True)
class NightRun:
    """A night and how it is run: values, or the templates that become them.

    :param date: The night, as 2026-11-22.
    :param files: Its files; a dry run has files of its own.
    :param plan_only: Whether it is a dry run.
    :param answer_within_minutes: How long the reviewers have; empty: until the loop's time of day.
    """

    date: str
    files: NightFiles
    plan_only: bool | str = False
    answer_within_minutes: float | str = ""

    @classmethod
    def templates(cls, loop: LoopConfig) -> Self:
        """Return the templates that read the night of a run, and its trigger form."""
        files = loop_files(loop)
        real, tried = files.night(_NIGHT).folder, files.tried_night("{{ run_id | replace(':', '.') }}", _NIGHT).folder
        empty = loop.review.answer_within_minutes if loop.review.answer_by is None else ""
        return cls(
            date=_NIGHT,
            files=NightFiles(f"{{% if params.dry_run %}}{tried}{{% else %}}{real}{{% endif %}}"),
            plan_only="{{ params.dry_run }}",
            answer_within_minutes=form("answer_within_minutes", empty),
        )


def night_macro(loop: LoopConfig) -> dict[str, Any]:
    """Return what the templates of a night need to be rendered, for the DAG's `user_defined_macros`."""
    return {"night_of": partial(night_of, timezone=loop.timezone, scheduled=loop.schedule is not None)}
