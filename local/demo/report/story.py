"""The demo's order of events, and what is observed at each; nothing relies on a task's own report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from local.demo.driver.endpoint import share_below
from local.demo.report.pictures import Sides
from local.demo.report.summary import Rerun, Summary
from local.errors import NightError

if TYPE_CHECKING:
    from local.demo.driver.airflow_api import DagRun
    from local.demo.driver.night import Night
    from local.demo.report.loop_records import Records


@dataclass(frozen=True)
class State:
    """The services at one moment."""

    endpoint_config: str
    training_jobs: set[str]
    human_loops: set[str]

    @classmethod
    def of(cls, records: Records) -> State:
        """Look at the services now."""
        return cls(records.endpoint_config(), records.training_jobs(), records.loops())


@dataclass(frozen=True)
class Story:
    """One night, observed from outside."""

    runs: dict[str, DagRun]
    sides: Sides
    summary: Summary
    rerun: Rerun


def follow(night: Night, records: Records) -> Story:
    """Run bootstrap, night, training and the night again; look at the services before and after each."""
    runs = {"bootstrap": night.bootstrap()}
    at_first, before = State.of(records), night.detect()
    runs["night"] = night.first()
    receipt, manifest = records.night(night.night), records.manifest(night.night)
    runs["training"] = night.training()
    promoted, after = State.of(records), night.detect()
    events = night.asset_events()
    runs["again"] = night.again()
    night.training_again(events)
    at_last = State.of(records)
    sides = Sides(before, night.reviewer.answered, after)
    summary = {
        "data": night.dataset.name,
        "nights": [receipt, _receipt_again(night, records, promoted, at_last)],
        **_model(records, at_first, promoted),
        "below_threshold_share": _shares(night, sides),
        "dag_runs": [_run_row(run) for run in night.all_runs()],
    }
    added = len(at_last.training_jobs - promoted.training_jobs)
    return Story(runs, sides, summary, Rerun(records.manifest(night.night) == manifest, added))


def _receipt_again(night: Night, records: Records, before: State, after: State) -> dict[str, Any]:
    """Return the repeated night's row: a receipt is written once, so loops are counted at the review service."""
    adopted = records.planned_loops(night.night) & before.human_loops
    opened = after.human_loops - before.human_loops
    return {**records.night(night.night), "reviews_opened": len(opened), "reviews_adopted": len(adopted)}


def _model(records: Records, before: State, after: State) -> dict[str, Any]:
    started = after.training_jobs - before.training_jobs
    if len(started) != 1:
        raise NightError(f"the night started {len(started)} training jobs instead of one: {sorted(started)}")
    job = started.pop()
    evaluation, gate = (records.about_model(job, name) for name in ("evaluation.json", "gate.json"))
    runs_new = after.endpoint_config != before.endpoint_config
    return {
        "training": {"job": job, "adopted": job in before.training_jobs, "train_lines": records.train_lines(job)},
        "evaluation": {
            "champion_map": evaluation["champion"]["mean"],
            "challenger_map": evaluation["challenger"]["mean"],
            "p_better": evaluation["p_better"],
            "holdout_images": evaluation["images"],
        },
        "promotion": {
            "decision": "promoted" if gate["promote"] and runs_new else "kept",
            "endpoint": records.endpoint,
            "endpoint_config_before": before.endpoint_config,
            "endpoint_config_after": after.endpoint_config,
        },
    }


def _shares(night: Night, sides: Sides) -> dict[str, float]:
    threshold = night.loop["review"]["score_threshold"]
    before, after = (share_below(side, threshold) for side in (sides.before, sides.after))
    return {"before": round(before, 4), "after": round(after, 4)}


def _run_row(run: DagRun) -> dict[str, Any]:
    return {"dag_id": run.dag_id, "run_id": run.run_id, "state": run.state, "seconds": round(run.seconds, 1)}
