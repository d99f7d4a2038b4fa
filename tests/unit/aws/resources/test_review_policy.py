"""Settings of what is reviewed and whom to believe, from the loop's file to the domain."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from nightloop.aws.dag_factory.night_run import NightRun
from nightloop.aws.dag_factory.review_tasks import tie_breaks
from nightloop.aws.resources.review_policy import Deciding
from nightloop.config import Budget, LoopConfig, LoopConfigError, Selection, Trust, read_loop
from nightloop.domain.detection.selection import Effort, Policies
from nightloop.domain.errors import SelectionError

SHIPPED = Path(__file__).resolve().parents[4] / "include" / "loops" / "voc.yaml"
CONDITIONS = {"Conditions": [{"ConditionType": "Sampling", "ConditionParameters": {"RandomSamplingPercentage": 5}}]}


def loop(folder: Path, **sections: Any) -> LoopConfig:
    values = yaml.safe_load(SHIPPED.read_text())
    for section, changes in sections.items():
        values[section] |= changes
    path = folder / "voc.yaml"
    path.write_text(yaml.safe_dump(values))
    return read_loop(path)


def test_the_shipped_settings_are_the_defaults_and_change_nothing(tmp_path) -> None:
    shipped = loop(tmp_path)
    assert (shipped.selection, shipped.budget, shipped.trust) == (Selection(), Budget(), Trust())
    deciding = Deciding.of(shipped)
    assert deciding.policies() == Policies()
    assert deciding.effort() == Effort()
    assert (deciding.limits().reviews, deciding.limits().minutes, deciding.limits().money) == (None, None, None)


def test_every_setting_arrives(tmp_path) -> None:
    (tmp_path / "mine.json").write_text(json.dumps(CONDITIONS))
    selection = {
        "no_detection": False,
        "uncertain_band": [0.2, 0.6],
        "class_thresholds": {"dog": 0.7},
        "class_margin": 0.2,
        "class_overlap": 0.7,
        "least_box_score": 0.15,
        "conditions": "mine.json",
        "class_balance": 1,
        "near_duplicate_bits": 6,
    }
    budget = {"reviews": 5, "minutes": 30, "money": 2.5, "seconds_per_review": 4, "seconds_per_object": 6}
    deciding = Deciding.of(
        loop(tmp_path, selection=selection, budget=budget, review={"task_count": 2, "price_per_review": 0.1})
    )
    policies = deciding.policies()
    assert policies.uncertain_band == (0.2, 0.6)
    assert policies.class_thresholds == {"dog": 0.7}
    assert (policies.no_detection, policies.class_margin, policies.class_overlap) == (False, 0.2, 0.7)
    assert (policies.least_box_score, policies.class_balance, policies.near_duplicate_bits) == (0.15, 1.0, 6)
    assert len(policies.conditions) == 1
    limits = deciding.limits()
    assert (limits.reviews, limits.minutes, limits.money, limits.price) == (5, 30, 2.5, 0.1)
    assert deciding.effort() == Effort(4, 6, reviewers=2)


@pytest.mark.parametrize(
    ("review", "trust", "steps"),
    [
        ({}, {}, ["open_tie_breaks"]),
        ({"task_count": 2}, {}, ["measure_reviewers", "open_tie_breaks"]),
        ({"task_count": 3}, {"tie_break_below": 0.7}, ["measure_reviewers", "open_tie_breaks"]),
    ],
)
def test_every_loop_asks_again_and_one_that_compares_reviewers_measures_them(tmp_path, review, trust, steps) -> None:
    made = loop(tmp_path, review=review, trust=trust)
    assert [step.task_id for step in tie_breaks(made, NightRun.templates(made))] == steps


def test_conditions_that_cannot_be_read_name_their_file(tmp_path) -> None:
    (tmp_path / "mine.json").write_text('{"Conditions": [{"Xor": []}]}')
    deciding = Deciding.of(loop(tmp_path, selection={"conditions": "mine.json"}))
    with pytest.raises(SelectionError, match=r"mine\.json: Conditions\[0\]: must hold And, Or or Not"):
        deciding.policies()


MISTAKES = [
    ("selection", {"uncertain_band": [0.6, 0.2]}, "must be empty or the lowest and the highest score"),
    ("selection", {"uncertain_band": [0.6]}, "must be empty or the lowest and the highest score"),
    ("selection", {"uncertain_band": [0.6, 2]}, "must be from 0 to 1, not 2"),
    ("selection", {"class_thresholds": {"dragon": 0.5}}, "names dragon, which the loop's classes do not hold"),
    ("selection", {"class_thresholds": {"dog": 5}}, "must be from 0 to 1, not 5"),
    ("selection", {"class_thresholds": {"dog": "high"}}, "must be a number"),
    ("selection", {"class_thresholds": [0.5]}, "must be a mapping"),
    ("selection", {"near_duplicate_bits": 65}, "must be from 0 to 64, not 65"),
    ("selection", {"conditions": "nowhere.json"}, "there is no file"),
    ("selection", {"class_margins": 0.2}, "did you mean 'class_margin'"),
    ("budget", {"reviews": -1}, "must be at least 0"),
    ("budget", {"reviews": 2.5}, "must be a whole number"),
    ("trust", {"gold_share": 0.1}, "review.task_count must be at least 2"),
    ("trust", {"tie_break_below": 0.7}, "review.task_count must be at least 2"),
]


@pytest.mark.parametrize(("section", "changes", "words"), MISTAKES, ids=[words for _, _, words in MISTAKES])
def test_a_mistake_is_named_with_its_mend(tmp_path, section, changes, words) -> None:
    with pytest.raises(LoopConfigError, match=words) as caught:
        loop(tmp_path, **{section: changes})
    assert str(caught.value.key).startswith(section)
