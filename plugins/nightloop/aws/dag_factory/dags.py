"""What the DAG files share: which loops there are, and what every DAG of a loop has in common."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from airflow.sdk import Asset, get_parsing_context

from nightloop.aws.dag_factory.loop_files import loop_files
from nightloop.aws.dag_factory.notices import owners_told_of
from nightloop.aws.dag_factory.retry_policy import RETRY_POLICY
from nightloop.config import LoopConfig, LoopConfigError, load_loops
from nightloop.domain.calendar.days import end_of_day

START: Final = datetime(2026, 1, 1, tzinfo=UTC)

OVERLAPPING_NIGHTS: Final = 2
"""A night that waits for its reviewers does not hold up the next: a late answer goes to one of them only."""


def loops(kind: str) -> list[LoopConfig]:
    """Return the loops whose DAG of one kind (`nightly_review`, ...) this process needs.

    A worker that runs one task needs one DAG; the DAG processor needs all.
    """
    wanted = get_parsing_context().dag_id
    try:
        usable, _ = load_loops()
    except LoopConfigError:
        return []  # `invalid_loops` shows why
    return [loop for loop in usable if wanted in {None, f"{kind}_{loop.name}"}]


def arguments(loop: LoopConfig, kind: str) -> dict[str, Any]:
    """Return what every DAG of a loop is made with."""
    told = owners_told_of("failed", loop)
    return {
        "dag_id": f"{kind}_{loop.name}",
        "dag_display_name": f"{kind.replace('_', ' ').capitalize()}: {loop.name}",
        **_since(loop, kind),
        # A DAG that only people start need not be paused.
        "is_paused_upon_creation": None if kind in {"nightly_review", "incremental_training"} else False,
        "max_active_runs": OVERLAPPING_NIGHTS if kind == "nightly_review" else 1,
        "tags": ["nightloop", f"loop:{loop.name}", kind.replace("_", "-")],
        "default_args": {
            "owner": loop.owner,
            "retries": 3,
            "retry_delay": timedelta(minutes=1),
            "retry_policy": RETRY_POLICY,
            **({"on_failure_callback": told} if told else {}),
        },
    }


def _since(loop: LoopConfig, kind: str) -> dict[str, Any]:
    """Return when a DAG's runs begin, and whether Airflow catches up on runs it has missed."""
    if loop.first_night is None or kind != "nightly_review":
        return {"start_date": START, "catchup": False}
    before = date.fromisoformat(loop.first_night) - timedelta(days=1)
    return {"start_date": end_of_day(before, ZoneInfo(loop.timezone)), "catchup": True}


def document(dag_file: str) -> str:
    """Return what a DAG says about itself: the Markdown beside its file."""
    return Path(dag_file).with_suffix(".md").read_text(encoding="utf-8")


def reviewed(loop: LoopConfig) -> Asset:
    """Return the asset of a loop's reviewed images: the nightly DAG updates it, training is scheduled on it."""
    return Asset(name=f"reviewed_{loop.name}", uri=loop_files(loop).reviewed, group="nightloop")
