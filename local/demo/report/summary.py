"""The results of a demo's night, and the conditions under which it counts as a success."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Summary = dict[str, Any]
LEAST_REVIEWS = 20


@dataclass(frozen=True)
class Rerun:
    """What the second run of the same night did not change, beside the numbers of its receipt."""

    manifest_bytes_equal: bool
    training_jobs_added: int


def _first(summary: Summary) -> dict[str, Any]:
    night: dict[str, Any] = summary["nights"][0]
    return night


def _second(summary: Summary) -> dict[str, Any]:
    night: dict[str, Any] = summary["nights"][1]
    return night


CONDITIONS: dict[str, Callable[[Summary, Rerun], bool]] = {
    "more than 20 reviews were opened": lambda s, _: _first(s)["reviews_opened"] > LEAST_REVIEWS,
    "every review that was opened was completed": lambda s, _: (
        _first(s)["reviews_completed"] == _first(s)["reviews_opened"]
    ),
    "every completed review is a line of the manifest": lambda s, _: (
        _first(s)["manifest_lines"] == _first(s)["reviews_completed"]
    ),
    "every image was scored": lambda s, _: (
        _first(s)["scored"] == _first(s)["images"] and _first(s)["score_errors"] == 0
    ),
    # A critical one fails its night, so those that failed here are warnings: a photo may have a very small box.
    "the manifest met every critical expectation": lambda s, _: (
        _first(s)["expectations"]["evaluated"] > _first(s)["expectations"]["failed"]
    ),
    "the new model is better on the holdout": lambda s, _: (
        s["evaluation"]["challenger_map"] > s["evaluation"]["champion_map"]
    ),
    "the new model was promoted": lambda s, _: s["promotion"]["decision"] == "promoted",
    "the endpoint runs another configuration": lambda s, _: (
        s["promotion"]["endpoint_config_after"] != s["promotion"]["endpoint_config_before"]
    ),
    "fewer images are below the threshold than before": lambda s, _: (
        s["below_threshold_share"]["after"] < s["below_threshold_share"]["before"]
    ),
    "the same night again opened no review": lambda s, _: _second(s)["reviews_opened"] == 0,
    "the same night again adopted every review": lambda s, _: (
        _second(s)["reviews_adopted"] == _first(s)["reviews_opened"]
    ),
    "the same night again wrote the same manifest": lambda _, rerun: rerun.manifest_bytes_equal,
    "the same night again trained nothing": lambda _, rerun: rerun.training_jobs_added == 0,
    "every DAG run succeeded": lambda s, _: (
        len(s["dag_runs"]) >= 4 and all(run["state"] == "success" for run in s["dag_runs"])
    ),
}


def failed_conditions(summary: Summary, rerun: Rerun) -> list[str]:
    """Return the conditions that do not hold."""
    return [sentence for sentence, holds in CONDITIONS.items() if not holds(summary, rerun)]


def write_summary(summary: Summary, path: Path, *, ok: bool) -> None:
    """Write the summary, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(path.name + ".unfinished")
    beside.write_text(json.dumps({"ok": ok, **summary}, indent=2) + "\n")
    beside.replace(path)


def render_table(summary: Summary) -> str:
    """Return the closing table."""
    night, share, maps = _first(summary), summary["below_threshold_share"], summary["evaluation"]
    again, seconds = _second(summary), summary["seconds"]
    rows = [
        ("images scored", f"{night['scored']} of {night['images']}"),
        ("below the threshold", f"{share['before']:.0%} before, {share['after']:.0%} after"),
        ("reviews", f"{night['reviews_completed']} of {night['reviews_opened']} completed"),
        ("images drawn for audit", str(night["audit"])),
        ("manifest", f"{night['manifest_lines']} lines, {_checked(night['expectations'])}"),
        ("trained on", f"{summary['training']['train_lines']} lines, job {summary['training']['job']}"),
        ("mAP@0.5 on the holdout", f"{maps['champion_map']:.3f} before, {maps['challenger_map']:.3f} after"),
        ("probability of better", f"{maps['p_better']:.3f} over {maps['holdout_images']} images"),
        ("decision", summary["promotion"]["decision"]),
        (
            "the same night again",
            f"{again['reviews_opened']} opened, {again['reviews_adopted']} adopted, nothing paid twice",
        ),
        ("seconds", f"{seconds['total']:.0f}, install {seconds['install']:.0f}"),
    ]
    width = max(len(name) for name, _ in rows)
    return "\n".join(f"  {name:<{width}}  {value}" for name, value in rows)


def _checked(expectations: dict[str, int]) -> str:
    held = expectations["evaluated"] - expectations["failed"]
    return f"{held} expectations held" + (f", {expectations['failed']} warned" if expectations["failed"] else "")
