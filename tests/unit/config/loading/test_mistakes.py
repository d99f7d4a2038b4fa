"""A loop file with several mistakes: all of them at once, each with its line."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from nightloop.config import LoopConfigError, LoopFileError, load_loops, read_loop

SHIPPED = Path(__file__).resolve().parents[4] / "include" / "loops" / "voc.yaml"


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("NIGHTLOOP_LOOPS", str(tmp_path))
    return tmp_path / "voc.yaml"


def changed(*changes: tuple[str, str]) -> str:
    text = SHIPPED.read_text()
    for right, wrong in changes:
        assert text.count(right) == 1
        text = text.replace(right, wrong)
    return text


def mistakes(file: Path, text: str) -> dict[str | None, str]:
    """Return key -> problem, and check that each mistake stands where its key does."""
    file.write_text(text)
    with pytest.raises(LoopFileError) as caught:
        read_loop(file)
    found = caught.value.mistakes
    lines = text.splitlines()
    for mistake in found:
        if mistake.line and mistake.key and "missing" not in mistake.problem and not mistake.key.endswith("]"):
            assert lines[mistake.line - 1][mistake.column - 1 :].startswith(mistake.key.rpartition(".")[2])
    assert [mistake.line for mistake in found] == sorted(mistake.line for mistake in found)
    assert len(str(caught.value).splitlines()) == len(found)
    return {mistake.key: mistake.problem for mistake in found}


def test_all_mistakes_are_told_at_once_in_the_order_of_their_lines(file: Path) -> None:
    text = changed(
        ('"0 2 * * *"', '"0 2 * * 1"'),
        ("timezone: UTC", "timezone: Berlin"),
        ("bucket: nightloop-demo ", "buckett: nightloop-demo "),
        ("score_threshold: 0.5", "score_threshold: 1.5"),
        ("task_count: 1 ", 'task_count: "1" '),
        ("conditions: null", "conditions: none.json"),
        ("epochs: 10", "epochs: 0"),
        ("max_seconds: 3600", "max_seconds: 60"),
        ("owners: []", "owners: [{via: smtp, to: ann}, {to: ann@example.com}]"),
    )
    found = mistakes(file, text)
    assert list(found) == [
        "schedule",
        "timezone",
        "buckett",
        "review.score_threshold",
        "review.task_count",
        "selection.conditions",
        "training.first.epochs",
        "promotion.max_seconds",
        "notify.owners[0].to",
        "notify.owners[1].via",
    ]
    assert found["promotion.max_seconds"] == "must be from 600 to 28800, not 60"


def test_a_key_given_twice_names_both_lines_beside_the_other_mistakes(file: Path) -> None:
    text = changed(("timezone: UTC", "timezone: Berlin"), ("    epochs: 10\n", "    epochs: 10\n    epochs: 12\n"))
    found = mistakes(file, text)
    first = text.splitlines().index("    epochs: 10") + 1
    assert set(found) == {"timezone", "training.first.epochs"}
    assert found["training.first.epochs"] == f"is given twice: line {first} has it too; remove one of them"


def test_rules_between_sections_hold_whatever_else_is_wrong_in_them(file: Path) -> None:
    found = mistakes(
        file,
        changed(
            ("workteam_arn: arn", "workteam_arn: anr"),
            ("gold_share: 0.0", "gold_share: 0.1"),
            ("gold_agreement: 0.9", "gold_agreement: 9"),
            ("class_thresholds: {}", "class_thresholds: {dragon: 0.5}"),
            ("class_balance: 1.0", "class_balance: 2"),
        ),
    )
    assert found["trust.gold_share"] == "compares reviewers: review.task_count must be at least 2, not 1"
    assert found["selection.class_thresholds"] == "names dragon, which the loop's classes do not hold"
    assert set(found) > {"review.workteam_arn", "trust.gold_agreement", "selection.class_balance"}


def test_a_rule_is_not_told_of_a_setting_that_is_wrong_by_itself(file: Path) -> None:
    found = mistakes(file, changed(("gold_share: 0.0", "gold_share: 0.1"), ("task_count: 1 ", "task_count: one ")))
    assert set(found) == {"review.task_count"}


def test_a_misspelt_key_is_not_also_missing(file: Path) -> None:
    found = mistakes(file, changed(("role_arn: ", "rolearn: "), ("  holdout: ", "  hold_out: ")))
    assert found == {
        "rolearn": "is not a setting; did you mean 'role_arn'?",
        "seed.hold_out": "is not a setting; did you mean 'holdout'?",
    }


def test_each_hyperparameter_is_looked_at(file: Path) -> None:
    found = mistakes(
        file,
        changed(
            ("    epochs: 10\n", "    epochs: 0\n    num_classes: 20\n"),
            ("    epochs: 20\n", "    epoch: 20\n"),
        ),
    )
    assert found == {
        "training.first.epochs": "must be at least 1, not 0",
        "training.first.num_classes": "leave it out: it follows from the classes",
        "training.incremental.epoch": "is not a hyperparameter; did you mean 'epochs'?",
    }


def test_what_is_missing_is_placed_at_its_section(file: Path) -> None:
    text = changed(("  name: nightloop-voc\n", ""))
    file.write_text(text)
    with pytest.raises(LoopFileError) as caught:
        read_loop(file)
    (mistake,) = caught.value.mistakes
    assert mistake.key == "endpoint.name"
    assert text.splitlines()[mistake.line - 1] == "endpoint:"
    assert mistake.problem == "is missing; add it, such as nightloop-voc"


def test_the_lines_of_values_that_an_anchor_gives(file: Path) -> None:
    text = changed(
        ("endpoint:\n", "endpoint: &machine\n"),
        ("transform:\n  instance_type: ml.m5.large\n  instance_count: 1\n", "transform:\n  <<: *machine\n"),
    )
    found = mistakes(file, text)
    assert list(found) == ["transform.name", "transform.async_inference", "transform.autoscaling"]
    assert all(problem.startswith("is not a setting") for problem in found.values())


QUEUE = "async_inference: null           # {}"
SCALING = "autoscaling: null               # machines"


def scaled(autoscaling: str, queue: str = "null") -> str:
    by = ("by: endpoint ", "by: endpoint " if queue == "null" else "by: async_inference ")
    return changed((QUEUE, f"async_inference: {queue} #"), (SCALING, f"autoscaling: {autoscaling} #"), by)


SCALE = "min_instances: 1, max_instances: 4, target_per_instance: 120"


@pytest.mark.parametrize(
    ("autoscaling", "queue", "key", "words"),
    [
        (SCALE.replace("min_instances: 1", "min_instances: 0"), "null", "", "has 0 for min_instances: SageMaker keeps"),
        (f'{SCALE}, hours: {{begin: "22:00", end: "06:00", instances_outside: 0}}', "null", "", "hours.instances_outs"),
        (SCALE.replace("min_instances: 1", "min_instances: 2"), "{}", "", "has from 2 to 4 machines, and the endpoint"),
        (SCALE.replace("max_instances: 4", "max_instances: 0"), "{}", ".max_instances", "must be from 1 to 1000"),
        (SCALE.replace("target_per_instance: 120", "target_per_instance: 0"), "{}", ".target_per_instance", "above 0"),
        (f'{SCALE}, hours: {{begin: "06:00", end: "06:00"}}', "{}", ".hours.end", "another time than begin"),
        (f'{SCALE}, hours: {{begin: "6:00", end: "07:00"}}', "{}", ".hours.begin", "a time of day in quotes"),
        (f'{SCALE}, hours: {{begin: "22:00", end: "06:00", instances_outside: 5}}', "{}", ".hours", "at most max_inst"),
    ],
)
def test_what_sagemaker_would_refuse_is_refused_in_the_loop_file(
    file: Path, autoscaling: str, queue: str, key: str, words: str
) -> None:
    found = mistakes(file, scaled(f"{{{autoscaling}}}", queue))
    assert list(found) == [f"endpoint.autoscaling{key}"]
    assert words in found[f"endpoint.autoscaling{key}"]


def test_an_asynchronous_endpoint_may_have_no_machine(file: Path) -> None:
    none = SCALE.replace("min_instances: 1", "min_instances: 0")
    file.write_text(scaled(f'{{{none}, hours: {{begin: "22:00", end: "06:00", instances_outside: 0}}}}', "{}"))
    loop = read_loop(file)
    assert loop.endpoint.async_inference is not None
    assert loop.endpoint.autoscaling is not None
    assert loop.endpoint.autoscaling.min_instances == 0


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("first_night: 2026-02-30\n", "first_night: must be a date of the calendar"),
        ("classes: !!int many\n", "classes: must be a list"),
        ("1: x\non: y\n", "on: is not a setting"),
        ("? [a]: b\n", "is not YAML"),
        ("name: &name [*name]\n", "name: must be text"),
        ("name: \x00\n", "is not YAML"),
        ("[" * 5000, "it nests too deep"),
        ("a: 1\n---\nb: 2\n", ":2:1: is not YAML: expected a single document"),
    ],
    ids=["no such day", "no number", "keys that are no text", "list as key", "cycle", "NUL", "deep", "two documents"],
)
def test_odd_yaml_is_a_mistake_of_its_file_and_stops_no_other(file: Path, text: str, words: str) -> None:
    file.write_text(text)
    (file.parent / "cars.yaml").write_text(changed(("name: voc\n", "name: cars\n")))
    loops, broken = load_loops()
    assert [loop.name for loop in loops] == ["cars"]
    assert words in str(broken[0].error)


def test_the_mistakes_survive_the_way_to_another_process(file: Path) -> None:
    file.write_text("name: voc\n")
    with pytest.raises(LoopConfigError) as caught:
        read_loop(file)
    copied = pickle.loads(pickle.dumps(caught.value))
    assert (str(copied), copied.mistakes, copied.key) == (
        str(caught.value),
        caught.value.mistakes,
        caught.value.key,
    )


def test_a_metric_that_is_not_there_is_answered_with_those_that_are(file: Path) -> None:
    found = mistakes(file, changed(("metric: voc_ap50 ", "metric: map50 ")))
    assert found["gate.metric"].startswith("must be one of coco_ap, ")
    assert found["gate.metric"].endswith("voc_ap50, not 'map50'")
