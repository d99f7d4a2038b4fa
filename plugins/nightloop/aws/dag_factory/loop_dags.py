"""What the DAG files share: which loops there are, and what every DAG of a loop has in common."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

from airflow.sdk import Asset, Param, get_parsing_context

from nightloop.aws.dag_factory.night import night_of
from nightloop.aws.dag_factory.retry_policy import RETRY_POLICY
from nightloop.aws.datasets.cohorts import DataSettings
from nightloop.aws.notifications.owners import OwnersNotifier
from nightloop.aws.notifications.reviewers import ReviewerNotices
from nightloop.aws.resources.flow_definition import FlowSettings
from nightloop.aws.resources.review_policy import Deciding
from nightloop.aws.resources.serving import ServingSettings
from nightloop.aws.storage.layout import LoopFiles, NightFiles, images_of
from nightloop.config import LoopConfig, LoopConfigError, load_loops
from nightloop.config.loading import PROJECT
from nightloop.domain.calendar.days import end_of_day

START: Final = datetime(2026, 1, 1, tzinfo=UTC)
EXPECTATIONS: Final = PROJECT / "include" / "expectations"
NIGHT: Final = "{{ night_of(dag_run, params) }}"
"""The night of a run of the nightly DAG: `night_macro` says which that is."""

NAMED_NIGHT: Final = Param(
    None,
    type=["null", "string"],
    format="date",
    title="Night, as 2026-11-22; empty: by the run's dates, else the last that is over",
)

ORDINAL: Final = Param(0, type=["null", "integer"], minimum=0, title="Above 0: train anew what was trained before")
"""Counts repeated trainings of the same; SageMaker never frees a training job's name."""


DRY_RUN: Final = Param(False, type="boolean", title="Dry run: only plan and say what it would cost; ask nobody")
PLAN_ONLY: Final = "{{ params.dry_run }}"

OVERLAPPING_NIGHTS: Final = 2
"""A night that waits for its reviewers does not hold up the next: a late answer goes to one of them only."""

RELEASE: Final = Param(
    None, type=["null", "string"], title="A rolled-back model whose reviews may be learned from again"
)


def form(name: str, empty: object = "") -> str:
    """Return a field of the trigger form as a template; `empty` stands for one that was left or made empty.

    Airflow's form sends null for such a field, and starts nothing while one is empty whose type does not hold null.
    """
    return f"{{{{ {empty!r} if params.{name} in (none, '') else params.{name} }}}}"


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
    return {
        "dag_id": f"{kind}_{loop.name}",
        "dag_display_name": f"{kind.replace('_', ' ').capitalize()}: {loop.name}",
        **_since(loop, kind),
        # What only people start has nothing to be paused for.
        "is_paused_upon_creation": None if kind in {"nightly_review", "incremental_training"} else False,
        "max_active_runs": OVERLAPPING_NIGHTS if kind == "nightly_review" else 1,
        "tags": ["nightloop", f"loop:{loop.name}", kind.replace("_", "-")],
        "default_args": {
            "owner": loop.owner,
            "retries": 3,
            "retry_delay": timedelta(minutes=1),
            "retry_policy": RETRY_POLICY,
            **_told(loop, "on_failure_callback", "failed"),
        },
    }


def _since(loop: LoopConfig, kind: str) -> dict[str, Any]:
    """Return since when a DAG runs, and whether runs it has missed are made up for."""
    if loop.first_night is None or kind != "nightly_review":
        return {"start_date": START, "catchup": False}
    before = date.fromisoformat(loop.first_night) - timedelta(days=1)
    return {"start_date": end_of_day(before, ZoneInfo(loop.timezone)), "catchup": True}


def receipt_arguments(loop: LoopConfig) -> dict[str, Any]:
    """Return what makes the task of a run's receipt tell the owners of it."""
    return _told(loop, "on_success_callback", "finished")


def audit_arguments(loop: LoopConfig) -> dict[str, Any]:
    """Return what the live model's quality is estimated with."""
    return {"class_count": len(loop.classes), "audit_share": loop.review.audit_share, "seed": loop.review.seed}


def _told(loop: LoopConfig, callback: str, outcome: Literal["failed", "finished"]) -> dict[str, Any]:
    owners = loop.notify.owners
    folder = loop_files(loop).notices
    return {callback: OwnersNotifier(outcome=outcome, loop=loop.name, channels=owners, folder=folder)} if owners else {}


def document(dag_file: str) -> str:
    """Return what a DAG says of itself: the Markdown beside its file."""
    return Path(dag_file).with_suffix(".md").read_text(encoding="utf-8")


def part(task_id: str, key: str) -> str:
    """Return one entry of the mapping a task will return, as a template."""
    return f"{{{{ ti.xcom_pull(task_ids='{task_id}')['{key}'] }}}}"


def gate_arguments(loop: LoopConfig) -> dict[str, Any]:
    """Return what a new model must prove."""
    names = ("confidence", "max_class_drop", "min_class_objects", "min_holdout_images")
    return {name: getattr(loop.gate, name) for name in names}


def check_arguments(loop: LoopConfig, suite: str) -> dict[str, Any]:
    """Return what a manifest is checked against."""
    samples = {"num_training_samples": part("build_cohort", "train_lines")} if suite == "cohort" else {}
    return {"suite_path": str(EXPECTATIONS / f"{suite}.json"), "data": DataSettings.of(loop), **samples}


def holdout_arguments(loop: LoopConfig) -> dict[str, Any]:
    """Return what a holdout must be."""
    return {"data": DataSettings.of(loop), "minimum_images": loop.gate.min_holdout_images}


def evaluation_arguments(loop: LoopConfig) -> dict[str, Any]:
    """Return how two models are compared."""
    draws = {"bootstrap_rounds": loop.gate.bootstrap_rounds, "seed": loop.gate.seed}
    return {"data": DataSettings.of(loop), "metric": loop.gate.metric, **draws}


def registry_arguments(loop: LoopConfig) -> dict[str, Any]:
    """Return what every model of a loop is registered with."""
    return {"serving": ServingSettings.of(loop), "loop_folder": loop_files(loop).folder, "gate": gate_arguments(loop)}


def approval_arguments(loop: LoopConfig) -> dict[str, Any]:
    """Return what a person is asked, and until when."""
    within = timedelta(minutes=loop.gate.approval_within_minutes)
    return {"loop": loop.name, "data": DataSettings.of(loop), "response_timeout": within}


def promote_arguments(loop: LoopConfig) -> dict[str, Any]:
    """Return what must still hold when a new model goes live: what it was compared with, where it comes from."""
    champion = part("transform_champion", "model")
    return {"serving": ServingSettings.of(loop), "champion": champion, "attribute": loop.attribute}


def outcome_arguments(loop: LoopConfig, asking: str) -> dict[str, Any]:
    """Return how a training records and shows what became of its model, whatever happened before.

    :param asking: The task that asks a person; empty if none does.
    """
    tasks = {"gate_task_id": "gate", "approval_task_id": asking, "promote_task_id": "promote"}
    return {**tasks, "loop_folder": loop_files(loop).folder, "show_outcome": True, "trigger_rule": "all_done"}


def training_receipt_arguments(loop: LoopConfig) -> dict[str, Any]:
    """Return what a training's receipt is written with, whichever way its model went."""
    rule = "none_failed_min_one_success"
    return {"loop": loop.name, "trigger_rule": rule, **receipt_arguments(loop)}


def verify_arguments(loop: LoopConfig) -> dict[str, Any]:
    """Return how an endpoint shows that it runs a model."""
    return {
        "endpoint_name": loop.endpoint.name,
        "data": DataSettings.of(loop),
        "images": loop.promotion.verify_images,
    }


def transform_arguments(loop: LoopConfig) -> dict[str, Any]:
    """Return what both runs over the holdout have in common."""
    return {
        "loop": loop.name,
        "data": DataSettings.of(loop),
        "instance_type": loop.transform.instance_type,
        "instance_count": loop.transform.instance_count,
        "tags": loop.tags,
    }


def loop_files(loop: LoopConfig) -> LoopFiles:
    """Return where what all nights share lies."""
    return LoopFiles.of(loop)


def night_macro(loop: LoopConfig) -> dict[str, Any]:
    """Return what `NIGHT` needs to be rendered, for the DAG's `user_defined_macros`."""
    return {"night_of": partial(night_of, timezone=loop.timezone, scheduled=loop.schedule is not None)}


def night_arguments(loop: LoopConfig) -> dict[str, Any]:
    """Return what the steps of a night that may bear failures have in common."""
    return {"night": night_files(loop).folder, "limits": loop.limits}


def minutes_to_answer(loop: LoopConfig) -> Param:
    """Return the field of the trigger form that overrides the loop's deadline."""
    minutes, until = loop.review.answer_within_minutes, loop.review.answer_by
    title = f"Minutes the reviewers have; empty: {minutes if until is None else f'until {until}'}"
    return Param(minutes if until is None else None, type=["null", "number"], minimum=0, title=title)


def training_form(loop: LoopConfig) -> dict[str, Param]:
    """Return the fields of the training DAG's trigger form."""
    least, title = loop.training.minimum_new_lines, "Fewest new images to train on; empty: "
    minimum = Param(least, type=["null", "integer"], minimum=0, title=f"{title}{least}")
    return {"ordinal": ORDINAL, "minimum_new_lines": minimum, "release": RELEASE}


def waiting_arguments(loop: LoopConfig) -> dict[str, Any]:
    """Return how long and by what means a night waits for its reviewers."""
    empty = loop.review.answer_within_minutes if loop.review.answer_by is None else ""
    return {
        "answer_within_minutes": form("answer_within_minutes", empty),
        "answer_by": loop.review.answer_by,
        "deadline_timezone": loop.deadline_timezone,
        "poll_seconds": loop.review.poll_seconds,
        "events_queue_url": loop.review.events_queue_url,
        "notices": ReviewerNotices.of(loop),
    }


def night_files(loop: LoopConfig) -> NightFiles:
    """Return the files of the run's night, as templates; a dry run has files of its own."""
    files = loop_files(loop)
    real, tried = files.night(NIGHT).folder, files.tried_night("{{ run_id | replace(':', '.') }}", NIGHT).folder
    return NightFiles(f"{{% if params.dry_run %}}{tried}{{% else %}}{real}{{% endif %}}")


def listing_arguments(loop: LoopConfig) -> dict[str, Any]:
    """Return which images a night lists, and whose day must be over by then."""
    return {
        "images": images_of(loop, NIGHT),
        "images_per_chunk": loop.scoring.images_per_chunk,
        "timezone": loop.timezone,
        "plan_only": PLAN_ONLY,
    }


def planning_arguments(loop: LoopConfig) -> dict[str, Any]:
    """Return what a night plans its reviews with."""
    review = loop.review
    return {
        "loop": loop.name,
        "score_threshold": review.score_threshold,
        "audit_share": review.audit_share,
        "seed": review.seed,
        "attribute": loop.attribute,
        "deciding": Deciding.of(loop),
        "plan_only": PLAN_ONLY,
    }


def asking_arguments(loop: LoopConfig) -> dict[str, Any]:
    """Return what all that opens reviews has in common."""
    return {
        "flow_definition_name": FlowSettings.of(loop).name,
        "initial_box_score": loop.review.initial_box_score,
    }


def reviewed(loop: LoopConfig) -> Asset:
    """Return the asset of a loop's reviewed images: the nightly DAG updates it, training is scheduled on it."""
    return Asset(name=f"reviewed_{loop.name}", uri=loop_files(loop).reviewed, group="nightloop")
