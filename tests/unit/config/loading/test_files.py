"""The loops' files: what is read, and that every mistake is named with its correction."""

import dataclasses
import pickle
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from nightloop.config import LoopConfig, LoopConfigError, LoopFileError, load_loop, load_loops, read_loop

ROOT = Path(__file__).resolve().parents[4]
SHIPPED = ROOT / "include" / "loops" / "voc.yaml"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    loops = tmp_path / "loops"
    loops.mkdir()
    monkeypatch.setenv("NIGHTLOOP_LOOPS", str(loops))
    return loops


def settings() -> dict[str, Any]:
    values: dict[str, Any] = yaml.safe_load(SHIPPED.read_text())
    return values


def write(folder: Path, values: Any, name: str = "voc.yaml") -> Path:
    path = folder / name
    path.write_text(yaml.safe_dump(values))
    return path


def minimal() -> dict[str, Any]:
    return {
        "name": "voc",
        "bucket": "nightloop-demo",
        "images": "s3://nightloop-demo/images/{ds}/",
        "seed": {"manifest": "s3://nightloop-demo/seed.manifest", "holdout": "s3://nightloop-demo/holdout.manifest"},
        "role_arn": "arn:aws:iam::123456789012:role/nightloop",
        "classes": ["cat", "dog"],
        "endpoint": {"name": "nightloop-voc"},
        "review": {"workteam_arn": "arn:aws:sagemaker:us-east-1:123456789012:workteam/private-crowd/reviewers"},
        "training": {"image": "object-detection:1", "first": {"epochs": 10}, "incremental": {}},
    }


def test_the_shipped_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NIGHTLOOP_LOOPS", raising=False)
    loop = load_loop("voc")
    assert loop.path == SHIPPED
    assert loop.template_path == ROOT / loop.review.template
    assert len(loop.classes) == 20
    assert loop.scoring == dataclasses.replace(
        loop.scoring, images_per_chunk=None, concurrency=4, read_timeout_seconds=70
    )
    assert (loop.gate.confidence, loop.gate.max_class_drop, loop.gate.approval) == (0.9, 0.3, "none")
    assert loop.training.first["epochs"] == "10"
    assert loop.training.incremental == loop.training.first | {
        "use_pretrained_model": "0",
        "epochs": "20",
        "learning_rate": "0.003",
        "mini_batch_size": "8",
    }
    assert load_loops() == ([loop], [])


def test_what_is_left_out_has_a_default(folder: Path) -> None:
    loop = read_loop(write(folder, minimal()))
    shipped = read_loop(SHIPPED)
    for field in ("schedule", "timezone", "owner", "prefix", "attribute", "scoring", "transform", "gate", "limits"):
        assert getattr(loop, field) == getattr(shipped, field)
    assert loop.review.task_count == 1
    assert loop.training.incremental == loop.training.first == {"epochs": "10"}


def test_settings_cannot_be_changed(folder: Path) -> None:
    loop = read_loop(write(folder, minimal()))
    with pytest.raises(dataclasses.FrozenInstanceError):
        loop.name = "other"  # type: ignore[misc]


def with_change(path: str, value: Any) -> dict[str, Any]:
    values = settings()
    *parents, last = path.split(".")
    target = values
    for parent in parents:
        target = target[parent]
    if value is ...:
        del target[last]
    else:
        target[last] = value
    return values


WRONG = [
    # (setting, value; ... removes it) -> key in the error, words of the mend
    ("nmae", "voc", "nmae", "is not a setting; did you mean 'name'?"),
    ("reviews", {}, "reviews", "did you mean 'review'?"),
    ("review.score_treshold", 0.5, "review.score_treshold", "did you mean 'score_threshold'?"),
    ("gate.colour", 1, "gate.colour", "the settings here are metric, confidence"),
    ("path", "x", "path", "is not a setting"),
    ("review.answer_by", "7:30", "review.answer_by", "must be a time of day in quotes, such as '07:30', not '7:30'"),
    ("review.answer_by", 1050, "review.answer_by", "must be text, not 1050; put it in quotes"),
    ("review.deadline_timezone", "Berlin", "review.deadline_timezone", "must be a time zone such as UTC"),
    ("review.events_queue_url", "arn:aws:sqs:x", "review.events_queue_url", "must be the URL of an SQS queue"),
    ("limits.max_unscored_share", 2, "limits.max_unscored_share", "must be from 0 to 1, not 2"),
    ("notify.owners", [{"via": "fax"}], "notify.owners[0].via", "must be smtp, sns, slack or sqs, not 'fax'"),
    ("notify.owners", [{"to": "a@b.c"}], "notify.owners[0].via", "is missing; add it, such as smtp"),
    ("notify.owners", [{"via": "smtp", "to": "ann"}], "notify.owners[0].to", "must be mail addresses with commas"),
    ("notify.reviewers", [{"via": "sns", "to": "x"}], "notify.reviewers[0].to", "must be a topic's ARN"),
    ("notify.reviewers", [{"via": "slack", "to": "#x"}], "notify.reviewers[0].to", "must be left out"),
    ("notify.remind_before_minutes", [0], "notify.remind_before_minutes[0]", "must be from 1 to 10080, not 0"),
    ("notify.remind_before_minutes", ["1"], "notify.remind_before_minutes[0]", "must be a whole number, not '1'"),
    ("bucket", ..., "bucket", "is missing; add it, such as nightloop-demo"),
    ("seed.holdout", ..., "seed.holdout", "is missing; add it"),
    ("seed", "s3://b/seed", "seed", "must be a mapping of settings, not 's3://b/seed'"),
    ("seed", None, "seed", "must be a mapping of settings, not nothing"),
    ("bucket", 7, "bucket", "must be text, not 7; put it in quotes"),
    ("bucket", "No_Bucket", "bucket", "must be an S3 bucket's name, not 'No_Bucket'"),
    ("owner", None, "owner", "must be text, not nothing"),
    ("scoring.by", "batch", "scoring.by", "must be endpoint, batch_transform, async_inference or auto"),
    ("scoring.by", "async_inference", "scoring.by", "needs an endpoint with a queue: add endpoint.async_inference"),
    ("endpoint.async_inference", {}, "scoring.by", "must be async_inference or batch_transform, not endpoint"),
    ("scoring.batch_from_images", 0, "scoring.batch_from_images", "must be at least 1, not 0"),
    ("scoring.queue", "", "scoring.queue", "must have 1 to 256 characters, not ''"),
    ("scoring.pool", None, "scoring.pool", "must be text, not nothing"),
    ("scoring.transform", {"max_concurrent_transforms": 17}, "scoring.transform.max_concurrent_transforms", "to 16"),
    ("scoring.transform", {"instance_typ": "x"}, "scoring.transform.instance_typ", "did you mean 'instance_type'"),
    ("scoring.concurrency", "4", "scoring.concurrency", "must be a whole number, not '4'"),
    ("scoring.concurrency", 4.5, "scoring.concurrency", "must be a whole number, not 4.5"),
    ("scoring.concurrency", True, "scoring.concurrency", "must be a whole number, not true"),
    ("scoring.concurrency", 0, "scoring.concurrency", "must be from 1 to 100, not 0"),
    ("scoring.images_per_chunk", 10**6, "scoring.images_per_chunk", "must be from 1 to 10000, not 1000000"),
    ("review.score_threshold", 1.5, "review.score_threshold", "must be from 0 to 1, not 1.5"),
    ("review.score_threshold", "high", "review.score_threshold", "must be a number, not 'high'"),
    ("review.audit_share", -0.1, "review.audit_share", "must be from 0 to 1, not -0.1"),
    ("review.audit_share", float("nan"), "review.audit_share", "must be a finite number, not .nan"),
    ("review.task_count", 4, "review.task_count", "must be from 1 to 3, not 4"),
    ("review.title", "x" * 129, "review.title", "must have 1 to 128 characters, not 'xxxx"),
    ("review.keywords", ["a"] * 6, "review.keywords", "must have at most 5 entries, not - a"),
    ("review.keywords", "cat", "review.keywords", "must be a list, not 'cat'"),
    ("review.workteam_arn", "reviewers", "review.workteam_arn", "must be a work team's ARN"),
    ("review.template", "include/templates/none.html", "review.template", "none.html; add the template"),
    ("role_arn", "arn:aws:iam::1:user/me", "role_arn", "must be a role's ARN"),
    ("images", "s3://nightloop-demo/images/", "images", "must hold {ds}, which becomes the night's date"),
    ("images", "s3://nightloop-demo/{ds}/{hour}/", "images", "may hold no braces but {ds}"),
    ("images", "/images/{ds}", "images", "must be an S3 URI"),
    ("seed.holdout", "s3://nightloop-demo/seed/seed.manifest", "seed.holdout", "must not be the seed's manifest"),
    ("classes", [], "classes", "must have 1 to 250 entries, not []"),
    ("classes", ["cat", "dog", "cat"], "classes", "holds cat more than once"),
    ("classes", ["cat", ""], "classes[1]", "must have 1 to 127 characters, not ''"),
    ("classes", ["cat", True], "classes[1]", "must be text, not true; put it in quotes"),
    ("classes", "cat", "classes", "must be a list, not 'cat'"),
    ("attribute", "source-ref", "attribute", "must be a label attribute's name"),
    ("attribute", "boxes-metadata", "attribute", "must be a label attribute's name"),
    ("prefix", "/loops/", "prefix", "without '/' at either end"),
    ("endpoint.name", "night_loop", "endpoint.name", "letters, digits and '-'"),
    ("endpoint.instance_type", "m5.large", "endpoint.instance_type", "such as ml.m5.large, not 'm5.large'"),
    ("schedule", "0 2 * *", "schedule", "must be five cron fields"),
    ("schedule", "0 25 * * *", "schedule", "has '25' for the hour, which must lie between 0 and 23"),
    ("schedule", "@nightly", "schedule", "must be @daily or five cron fields"),
    ("schedule", "@hourly", "schedule", "must be @daily or five cron fields"),
    ("schedule", "@weekly", "schedule", "a night is a day, and each is run once"),
    ("schedule", "0 2 * * 1-5", "schedule", "leaves days out by its day of the week, in '0 2 * * 1-5'; write * there"),
    ("schedule", "0 2 * * 1", "schedule", "leaves days out by its day of the week"),
    ("schedule", "0 2 */2 * *", "schedule", "leaves days out by its day of the month"),
    ("schedule", "0 2 * 1-11 *", "schedule", "leaves days out by its month"),
    ("schedule", "0 2,14 * * *", "schedule", "fires 2 times a day, in '0 2,14 * * *'; name one minute and one hour"),
    ("schedule", "*/30 * * * *", "schedule", "fires 48 times a day"),
    (
        "first_night",
        date(2026, 11, 22),
        "first_night",
        "must be text, not 2026-11-22; put it in quotes",
    ),
    ("first_night", "2026-02-30", "first_night", "must be a date of the calendar, not '2026-02-30'"),
    ("first_night", "yesterday", "first_night", "must be a date in quotes, such as '2026-11-22'"),
    ("schedule", 5, "schedule", "must be text, not 5"),
    ("timezone", "Europe/Atlantis", "timezone", "must be a time zone such as UTC or Europe/Berlin"),
    ("timezone", "../etc", "timezone", "must be a time zone"),
    ("training.input_mode", "Tube", "training.input_mode", "must be Pipe or File, not 'Tube'"),
    ("training.negatives", ["keep"], "training.negatives", "must be leave-out or keep, not - keep"),
    ("training.first", [], "training.first", "must be a mapping, not []"),
    ("training.first.num_classes", 20, "training.first.num_classes", "leave it out: it follows from the classes"),
    ("training.first.learning_rat", 1, "training.first.learning_rat", "did you mean 'learning_rate'?"),
    ("training.first.learning_rate", 0, "training.first.learning_rate", "must be above 0 and at most 1"),
    ("training.first.learning_rate", "fast", "training.first.learning_rate", "must be a number, not 'fast'"),
    ("training.first.momentum", 2, "training.first.momentum", "must be from 0 to 1, not 2"),
    ("training.first.image_shape", 200, "training.first.image_shape", "must be at least 300, not 200"),
    ("training.first.optimizer", "adamw", "training.first.optimizer", "must be sgd, adam, rmsprop or adadelta"),
    ("training.first.epochs", [1], "training.first.epochs", "must be text or a number"),
    ("gate.confidence", 0.4, "gate.confidence", "must be above 0.5 and at most 1, not 0.4"),
    ("gate.confidence", 0.5, "gate.confidence", "must be above 0.5 and at most 1, not 0.5"),
    ("gate.min_holdout_images", 9, "gate.min_holdout_images", "must be at least 10, not 9"),
    ("gate.approval", "maybe", "gate.approval", "must be none or required, not 'maybe'"),
    ("name", "cars", "name", "must be 'voc', as the file is named, not 'cars'"),
    ("name", "a" * 21, "name", "must have at most 20 characters, not 'aaa"),
    ("name", "-voc", "name", "must be a-z, 0-9 and '-'"),
]


@pytest.mark.parametrize(
    ("path", "value", "key", "words"), WRONG, ids=[f"{path}={value!r:.30}" for path, value, *_ in WRONG]
)
def test_a_mistake_is_named_with_its_correction(folder: Path, path: str, value: Any, key: str, words: str) -> None:
    file = write(folder, with_change(path, value))
    with pytest.raises(LoopFileError) as caught:
        read_loop(file)
    found = {mistake.key: mistake for mistake in caught.value.mistakes}
    assert caught.value.path == file
    assert words in found[key].problem
    line, column = found[key].line, found[key].column
    assert f"{file}:{line}:{column}: {key}: {found[key].problem}" in str(caught.value).splitlines()


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("schedule", None),
        ("schedule", "30 23 1-31 JAN-dec sun-SAT"),
        ("schedule", "0 */24 */1 1-12/1 1-7"),
        ("schedule", "5,5 2 * * *"),
        ("schedule", "@daily"),
        ("first_night", "2026-11-22"),
        ("review.score_threshold", 1),
        ("review.score_threshold", 0.0),
        ("training.first.my_own_setting", "x"),
        ("training.first.lr_scheduler_step", "3,6"),
        ("training.first.early_stopping", True),
        ("gate.confidence", 1),
        ("timezone", "Asia/Tokyo"),
    ],
)
def test_what_may_be_said(folder: Path, path: str, value: Any) -> None:
    loop = read_loop(write(folder, with_change(path, value)))
    assert isinstance(loop, LoopConfig)


@pytest.mark.parametrize(
    "schedule",
    [
        "60 * * * *",
        "* * 0 * *",
        "* * * 13 *",
        "* * * * 8",
        "* * * * mo",
        "5-1 * * * *",
        "*/0 * * * *",
        "a b c d e",
        "1- * * * *",
    ],
)
def test_a_schedule_airflow_would_refuse_is_refused(folder: Path, schedule: str) -> None:
    with pytest.raises(LoopConfigError, match="schedule"):
        read_loop(write(folder, with_change("schedule", schedule)))


def test_nights_are_made_up_for_only_where_they_are_scheduled(folder: Path) -> None:
    with pytest.raises(LoopConfigError, match="first_night: needs a schedule"):
        read_loop(write(folder, settings() | {"first_night": "2026-11-22", "schedule": None}))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name: [", "is not YAML"),
        ("name: voc\nbucket: b\nname: voc\n", "name: is given twice: line 1 has it too; remove one of them"),
        ("", "must be a mapping of settings, not nothing"),
        ("- voc", "must be a mapping of settings"),
        ("name: !!python/object:os.system {}", "is not YAML"),
    ],
)
def test_a_file_that_is_no_mapping_is_refused(folder: Path, text: str, words: str) -> None:
    path = folder / "voc.yaml"
    path.write_text(text)
    with pytest.raises(LoopConfigError, match=words):
        read_loop(path)


def test_bytes_that_are_no_text_are_refused(folder: Path) -> None:
    path = folder / "voc.yaml"
    path.write_bytes(b"name: \xff")
    with pytest.raises(LoopConfigError, match="cannot be read"):
        read_loop(path)


def test_an_unknown_loop_is_refused_and_the_others_listed(folder: Path) -> None:
    for name in ("cars", "birds"):
        write(folder, settings() | {"name": name}, f"{name}.yaml")
    with pytest.raises(LoopConfigError, match=r"no loop 'car', did you mean 'cars'\?; the loops are birds, cars"):
        load_loop("car")
    assert load_loop("cars").name == "cars"


def test_a_broken_loop_does_not_stop_the_others(folder: Path) -> None:
    write(folder, settings())
    write(folder, with_change("images", "s3://bucket/images/") | {"name": "cars"}, "cars.yaml")
    write(folder, settings() | {"name": "birds"}, "birds.yml")
    (folder / "notes.txt").write_text("not a loop")
    (folder / "schema.json").write_text("{}")
    loops, broken = load_loops()
    assert [loop.name for loop in loops] == ["voc"]
    assert [(item.stem, item.error.key) for item in broken] == [("birds", None), ("cars", "images")]
    assert "must be named birds.yaml" in str(broken[0].error)
    assert broken[1].path == folder / "cars.yaml"


def test_two_loops_must_not_share_an_endpoint(folder: Path) -> None:
    write(folder, settings())
    write(folder, settings() | {"name": "cars"}, "cars.yaml")
    birds = settings() | {"name": "birds", "endpoint": {"name": "nightloop-birds"}}
    write(folder, birds, "birds.yaml")
    loops, broken = load_loops()
    assert [loop.name for loop in loops] == ["birds"]
    assert [(item.stem, item.error.key) for item in broken] == [("cars", "endpoint.name"), ("voc", "endpoint.name")]
    (mistake,) = broken[0].error.mistakes
    assert mistake.problem == "'nightloop-voc' is the endpoint of voc too; give each loop its own"
    lines = (folder / "cars.yaml").read_text().splitlines()
    assert lines[mistake.line - 1] == "  name: nightloop-voc"


@pytest.mark.parametrize("load", [load_loops, lambda: load_loop("voc")])
def test_no_loops_at_all_is_a_clear_error(folder: Path, monkeypatch: pytest.MonkeyPatch, load: Any) -> None:
    with pytest.raises(LoopConfigError, match="holds no loop; add a file"):
        load()
    monkeypatch.setenv("NIGHTLOOP_LOOPS", str(folder / "none"))
    with pytest.raises(LoopConfigError, match="no such folder of loops; make it, or set NIGHTLOOP_LOOPS"):
        load()


def test_a_template_may_lie_beside_the_loop(folder: Path) -> None:
    (folder / "own.liquid.html").write_text("<crowd-form></crowd-form>")
    loop = read_loop(write(folder, with_change("review.template", "own.liquid.html")))
    assert loop.template_path == folder / "own.liquid.html"


def test_an_error_survives_the_way_to_another_process(folder: Path) -> None:
    error = LoopConfigError("must be text", path=folder / "voc.yaml", key="name")
    copied = pickle.loads(pickle.dumps(error))
    assert (str(copied), copied.key, copied.path) == (str(error), error.key, error.path)


def test_reading_the_loops_imports_nothing_heavy() -> None:
    program = (
        "import sys; sys.path.insert(0, 'plugins'); import nightloop.config; nightloop.config.load_loops();"
        "heavy = ('numpy', 'airflow', 'boto3', 'pandas', 'nightloop.domain');"
        "print([name for name in heavy if name in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
