"""The fields of the trigger forms, and the templates that read them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

from airflow.sdk import Param

from nightloop.aws.operators.training.choose_version import CHOOSE, PREVIOUS

if TYPE_CHECKING:
    from nightloop.config import LoopConfig

ORDINAL: Final = Param(0, type=["null", "integer"], minimum=0, title="Above 0: train again what was trained before")
"""Counts repeated trainings of the same; SageMaker never frees a training job's name."""


def form(name: str, empty: object = "") -> str:
    """Return a field of the trigger form as a template; `empty` stands for a field that is empty.

    Airflow's form sends null for an empty field, and starts nothing while a field is empty whose type does not allow
    null.
    """
    return f"{{{{ {empty!r} if params.{name} in (none, '') else params.{name} }}}}"


def night_form(loop: LoopConfig) -> dict[str, Param]:
    """Return the fields of the nightly DAG's trigger form."""
    minutes, until = loop.review.answer_within_minutes, loop.review.answer_by
    has = f"Minutes the reviewers have; empty: {minutes if until is None else f'until {until}'}"
    night = "Night, as 2026-11-22; empty: by the run's dates, else the last that is over"
    given = minutes if until is None else None
    return {
        "night": Param(None, type=["null", "string"], format="date", title=night),
        "answer_within_minutes": Param(given, type=["null", "number"], minimum=0, title=has),
        "dry_run": Param(False, type="boolean", title="Dry run: only plan and say what it would cost; ask nobody"),
    }


@dataclass(frozen=True)
class TrainingForm:
    """What the trigger form of a training says: values, or the templates that become them.

    :param ordinal: A number above 0 trains again what was trained before.
    :param minimum_new_lines: With fewer new lines than this there is no training.
    :param release: A rolled-back model whose lines may be learned from again; empty for none.
    """

    minimum_new_lines: int | str
    ordinal: int | str = 0
    release: str = ""

    @classmethod
    def templates(cls, loop: LoopConfig) -> Self:
        """Return the templates that read the form of a run."""
        least = loop.training.minimum_new_lines
        return cls(form("minimum_new_lines", least), form("ordinal", 0), form("release"))

    @staticmethod
    def fields(loop: LoopConfig) -> dict[str, Param]:
        """Return the fields of the form."""
        least, title = loop.training.minimum_new_lines, "Fewest new images to train on; empty: "
        minimum = Param(least, type=["null", "integer"], minimum=0, title=f"{title}{least}")
        release = "A rolled-back model whose reviews may be learned from again"
        return {
            "ordinal": ORDINAL,
            "minimum_new_lines": minimum,
            "release": Param(None, type=["null", "string"], title=release),
        }


def rollback_form() -> dict[str, Param]:
    """Return the fields of the rollback DAG's trigger form."""
    proposals, title = [PREVIOUS, CHOOSE], f"{PREVIOUS}, {CHOOSE} or a version's number"
    return {
        "version": Param(PREVIOUS, type=["null", "string"], examples=proposals, title=title),
        "reason": Param(None, type=["null", "string"], title="Why the live model is rolled back"),
    }


def teardown_form(loop: LoopConfig) -> dict[str, Param]:
    """Return the fields of the teardown DAG's trigger form."""
    data = f"Write {loop.name} to also delete all it learned; empty: it stays"
    return {
        "confirm": Param("", type="string", title=f"Write {loop.name} to confirm"),
        "delete_data": Param(None, type=["null", "string"], title=data),
    }
