"""Every condition of the demo holds for a good night, and each fails by itself for its own reason."""

from __future__ import annotations

import copy
import json
from dataclasses import replace

import pytest

from local.demo.report.summary import CONDITIONS, Rerun, failed_conditions, render_table, write_summary

NIGHT = {
    "ds": "2026-11-22",
    "images": 80,
    "scored": 80,
    "score_errors": 0,
    "below_threshold": 48,
    "audit": 6,
    "reviews_opened": 52,
    "reviews_adopted": 0,
    "reviews_completed": 52,
    "manifest_lines": 52,
    "expectations": {"evaluated": 12, "failed": 0},
}
GOOD = {
    "data": "sprites",
    "nights": [NIGHT, {**NIGHT, "reviews_opened": 0, "reviews_adopted": 52}],
    "training": {"job": "voc-1", "adopted": False, "train_lines": 112},
    "evaluation": {"champion_map": 0.25, "challenger_map": 0.36, "p_better": 0.99, "holdout_images": 70},
    "promotion": {
        "decision": "promoted",
        "endpoint": "nightloop-voc",
        "endpoint_config_before": "a",
        "endpoint_config_after": "b",
    },
    "below_threshold_share": {"before": 0.6, "after": 0.4},
    "dag_runs": [{"dag_id": str(n), "run_id": "r", "state": "success", "seconds": 1.0} for n in range(4)],
    "seconds": {"install": 15.0, "total": 300.0},
    "urls": {},
}
RERUN = Rerun(manifest_bytes_equal=True, training_jobs_added=0)

SPOILED = {
    "more than 20 reviews were opened": lambda s: (
        s["nights"][0].update(reviews_opened=20, reviews_completed=20, manifest_lines=20)
        or s["nights"][1].update(reviews_adopted=20)
    ),
    "every review that was opened was completed": lambda s: s["nights"][0].update(
        reviews_completed=51, manifest_lines=51
    ),
    "every completed review is a line of the manifest": lambda s: s["nights"][0].update(manifest_lines=51),
    "every image was scored": lambda s: s["nights"][0].update(scored=79),
    "the manifest met every critical expectation": lambda s: s["nights"][0].update(
        expectations={"evaluated": 12, "failed": 12}
    ),
    "the new model is better on the holdout": lambda s: s["evaluation"].update(challenger_map=0.25),
    "the new model was promoted": lambda s: s["promotion"].update(decision="kept"),
    "the endpoint runs another configuration": lambda s: s["promotion"].update(endpoint_config_after="a"),
    "fewer images are below the threshold than before": lambda s: s["below_threshold_share"].update(after=0.6),
    "the same night again opened no review": lambda s: s["nights"][1].update(reviews_opened=1),
    "the same night again adopted every review": lambda s: s["nights"][1].update(reviews_adopted=51),
    "every DAG run succeeded": lambda s: s["dag_runs"][2].update(state="failed"),
}
SPOILED_RERUN = {
    "the same night again wrote the same manifest": replace(RERUN, manifest_bytes_equal=False),
    "the same night again trained nothing": replace(RERUN, training_jobs_added=1),
}


def test_a_good_night_meets_every_condition():
    assert failed_conditions(GOOD, RERUN) == []


@pytest.mark.parametrize("sentence", CONDITIONS)
def test_each_condition_can_fail_alone(sentence):
    summary, rerun = copy.deepcopy(GOOD), SPOILED_RERUN.get(sentence, RERUN)
    if sentence in SPOILED:
        SPOILED[sentence](summary)
    assert failed_conditions(summary, rerun) == [sentence]


def test_a_night_without_expectations_is_not_a_success():
    summary = copy.deepcopy(GOOD)
    summary["nights"][0]["expectations"] = {"evaluated": 0, "failed": 0}
    assert failed_conditions(summary, RERUN) == ["the manifest met every critical expectation"]


def test_a_warning_about_the_manifest_is_told_and_no_failure():
    summary = copy.deepcopy(GOOD)
    summary["nights"][0]["expectations"] = {"evaluated": 12, "failed": 1}
    assert failed_conditions(summary, RERUN) == []
    assert "11 expectations held, 1 warned" in render_table(summary)


def test_the_file_says_whether_it_is_ok(tmp_path):
    write_summary(GOOD, tmp_path / "build" / "summary.json", ok=False)
    written = json.loads((tmp_path / "build" / "summary.json").read_text())
    assert written == {"ok": False, **GOOD}
    assert list(written)[:2] == ["ok", "data"]


def test_the_table_shows_the_figures():
    table = render_table(GOOD)
    for figure in ("80 of 80", "60% before, 40% after", "52 of 52", "0.250 before, 0.360 after", "promoted"):
        assert figure in table
