"""Every DAG: it parses, it is documented, owned, tagged, retried, and its graph is the one that was agreed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from airflow.sdk import Asset
from airflow.serialization.serialized_objects import DagSerialization

GRAPH = Path(__file__).with_name("graph.json")
KINDS = ("bootstrap", "incremental_training", "nightly_review", "rollback_endpoint", "teardown")
TASKS = {
    "bootstrap": "create_task_ui create_flow_definition check_holdout train_seed_model create_model "
    "create_endpoint_config create_endpoint scale_endpoint register_model record_approval apply_retention",
    "nightly_review": "list_images score_images plan_reviews open_reviews wait_for_answers collect_answers "
    "open_tie_breaks build_manifest check_manifest write_receipt publish_manifest",
    "incremental_training": "build_cohort check_holdout check_cohort train create_model transform_champion "
    "transform_challenger evaluate register_model gate promote verify_endpoint record_approval promoted rejected "
    "undecided superseded write_receipt",
    "rollback_endpoint": "wait_for_endpoint choose_version transform quarantine roll_back verify_endpoint",
    "teardown": "confirm delete_serving delete_reviews delete_data",
}


@pytest.fixture(params=KINDS)
def dag(request, bag):
    return bag.dags[f"{request.param}_voc"]


def test_no_import_errors_and_no_other_dag(bag):
    assert bag.import_errors == {}
    assert sorted(bag.dags) == [f"{kind}_voc" for kind in KINDS]


@pytest.mark.parametrize("kind", KINDS)
def test_tasks_are_the_agreed_ones(bag, kind):
    assert {task.task_id for task in bag.dags[f"{kind}_voc"].tasks} == set(TASKS[kind].split())


def test_it_says_what_to_do_when_it_fails(dag):
    assert "## When this fails" in dag.doc_md
    assert dag.description
    named = [task.task_id for task in dag.tasks if task.task_id in dag.doc_md]
    assert len(named) >= len(dag.tasks) - 2


def test_tags_owner_and_name(dag):
    kind = dag.dag_id.removesuffix("_voc")
    assert set(dag.tags) == {"nightloop", "loop:voc", kind.replace("_", "-")}
    assert dag.owner == "nightloop"
    assert dag.dag_display_name == f"{kind.replace('_', ' ').capitalize()}: voc"
    assert (dag.catchup, dag.max_active_runs) == (False, 2 if kind == "nightly_review" else 1)
    starts_itself = kind in {"nightly_review", "incremental_training"}
    assert dag.is_paused_upon_creation is (None if starts_itself else False)


def test_every_task_is_tried_again_where_that_helps(dag):
    for task in dag.tasks:
        arguments = task.partial_kwargs if task.is_mapped else vars(task)
        assert arguments["retries"] >= 2, task.task_id
        assert "TransientError" in str(arguments["retry_policy"].serialize()), task.task_id


def test_graph_is_the_recorded_one(bag):
    """A changed graph shows in the diff: write graph.json anew with what this test found, and say why."""
    graph = {
        dag_id: {task.task_id: sorted(task.downstream_task_ids) for task in sorted(dag.tasks, key=lambda t: t.task_id)}
        for dag_id, dag in sorted(bag.dags.items())
    }
    assert graph == json.loads(GRAPH.read_text())


def test_it_can_be_stored(dag):
    stored = DagSerialization.to_dict(dag)
    restored = DagSerialization.from_dict(json.loads(json.dumps(stored)))
    assert set(restored.task_dict) == set(dag.task_dict)


def test_night_publishes_what_training_waits_for(bag):
    publish = bag.dags["nightly_review_voc"].get_task("publish_manifest")
    assert publish.outlets == [
        Asset(name="reviewed_voc", uri="s3://nightloop-demo/loops/voc/reviewed", group="nightloop")
    ]
    assert "s3://nightloop-demo/loops/voc/reviewed" in str(
        bag.dags["incremental_training_voc"].timetable.asset_condition
    )


def test_night_is_the_data_interval_of_the_loop_s_clock(bag):
    timetable = bag.dags["nightly_review_voc"].timetable
    assert type(timetable).__name__ == "CronDataIntervalTimetable"
    assert (timetable.expression, str(timetable.timezone)) == ("0 2 * * *", "UTC")


def test_templates_render_the_night_of_a_run(bag):
    from datetime import UTC, datetime
    from types import SimpleNamespace

    dag = bag.dags["nightly_review_voc"]
    template = dag.get_task("list_images").night
    run = SimpleNamespace(
        data_interval_start=datetime(2026, 11, 22, 2, tzinfo=UTC), run_after=datetime(2026, 11, 23, 2, tzinfo=UTC)
    )
    cases = (
        ({"night": None, "dry_run": False}, "nights/2026-11-22"),
        ({"night": "2026-11-05", "dry_run": False}, "nights/2026-11-05"),
        ({"night": None, "dry_run": True}, "dry-run-manual__2026-11-23T02.00/2026-11-22"),
    )
    for params, folder in cases:
        values = {"dag_run": run, "params": params, "run_id": "manual__2026-11-23T02:00"}
        rendered = dag.get_template_env().from_string(template).render(**values)
        assert rendered == f"s3://nightloop-demo/loops/voc/{folder}"


def test_the_list_of_a_night_waits_for_the_end_of_the_loop_s_day(bag):
    task = bag.dags["nightly_review_voc"].get_task("list_images")
    assert (task.timezone, task.plan_only) == ("UTC", "{{ params.dry_run }}")
    assert {"plan_only", "night", "images"} <= set(task.template_fields)


def test_nights_since_the_first_are_made_up_for_where_the_loop_s_file_says_so(bag, tmp_path, monkeypatch):
    from datetime import UTC, datetime

    import yaml
    from airflow.dag_processing.dagbag import DagBag

    assert bag.dags["nightly_review_voc"].catchup is False
    root = GRAPH.parents[2]
    loop = yaml.safe_load((root / "include/loops/voc.yaml").read_text())
    loop |= {"timezone": "Asia/Tokyo", "first_night": "2026-11-22"}
    (tmp_path / "voc.yaml").write_text(yaml.safe_dump(loop))
    monkeypatch.setenv("NIGHTLOOP_LOOPS", str(tmp_path))
    dags = DagBag(str(root / "dags")).dags
    nightly = dags["nightly_review_voc"]
    assert (nightly.catchup, nightly.start_date) == (True, datetime(2026, 11, 21, 15, tzinfo=UTC))
    assert not any(dag.catchup for name, dag in dags.items() if name != "nightly_review_voc")


def test_minutes_of_the_form_win_over_the_time_of_day(bag):
    dag = bag.dags["nightly_review_voc"]
    template = dag.get_task("wait_for_answers").answer_within_minutes
    rendered = [
        dag.get_template_env().from_string(template).render(params={"answer_within_minutes": given})
        for given in (None, "", 0, 2.5)
    ]
    assert rendered == ["600", "600", "0", "2.5"]


EMPTY = {
    ("bootstrap", "train_seed_model", "ordinal"): "0",
    ("incremental_training", "train", "ordinal"): "0",
    ("incremental_training", "build_cohort", "minimum_new_lines"): "10",
    ("incremental_training", "build_cohort", "release"): "",
    ("rollback_endpoint", "choose_version", "version"): "previous",
    ("rollback_endpoint", "quarantine", "reason"): "",
    ("teardown", "confirm", "given"): "",
    ("teardown", "delete_data", "given"): "",
}


@pytest.mark.parametrize(("kind", "task", "argument"), EMPTY)
@pytest.mark.parametrize("empty", [None, ""])
def test_a_field_of_the_form_that_is_empty_stands_for_its_default(bag, kind, task, argument, empty):
    dag = bag.dags[f"{kind}_voc"]
    template = getattr(dag.get_task(task), argument)
    rendered = dag.get_template_env().from_string(template).render(params=dict.fromkeys(dag.params, empty))
    assert rendered == EMPTY[kind, task, argument]


def test_only_what_is_needed_must_be_filled_in(bag):
    """Airflow's form starts nothing while a field is empty whose type does not hold null."""
    needed = {
        f"{dag.dag_id}.{name}"
        for dag in bag.dags.values()
        for name, param in ((name, dag.params.get_param(name)) for name in dag.params)
        if "null" not in param.schema["type"]
    }
    assert needed == {"nightly_review_voc.dry_run", "teardown_voc.confirm"}, "a switch is never empty"


def test_empty_nights_go_on(bag):
    assert bag.dags["nightly_review_voc"].get_task("plan_reviews").trigger_rule == "none_failed"
    assert bag.dags["incremental_training_voc"].get_task("write_receipt").trigger_rule == "none_failed_min_one_success"


def test_people_are_told_where_the_loop_s_file_says_so(tmp_path, monkeypatch):
    import yaml
    from airflow.dag_processing.dagbag import DagBag

    root = GRAPH.parents[2]
    loop = yaml.safe_load((root / "include/loops/voc.yaml").read_text())
    loop["review"] |= {"answer_by": "07:30", "deadline_timezone": "Europe/Berlin"}
    channel = {"via": "smtp", "to": "ann@example.com"}
    loop["notify"] = {"reviewers": [channel], "owners": [channel], "remind_before_minutes": [60]}
    (tmp_path / "voc.yaml").write_text(yaml.safe_dump(loop))
    monkeypatch.setenv("NIGHTLOOP_LOOPS", str(tmp_path))
    bag = DagBag(str(root / "dags"))
    assert bag.import_errors == {}
    for name in ("nightly_review_voc", "incremental_training_voc"):
        for task in bag.dags[name].tasks:
            callbacks = task.partial_kwargs if task.is_mapped else vars(task)
            assert callbacks["on_failure_callback"], task.task_id
        assert bag.dags[name].get_task("write_receipt").on_success_callback
        DagSerialization.to_dict(bag.dags[name])
    night = bag.dags["nightly_review_voc"]
    wait = night.get_task("wait_for_answers")
    assert (wait.answer_by, wait.deadline_timezone, night.params["answer_within_minutes"]) == (
        "07:30",
        "Europe/Berlin",
        None,
    )
    assert wait.notices.remind_before_minutes == (60,)


@pytest.fixture
def bag_of(tmp_path, monkeypatch):
    """Parse the DAG files for voc.yaml with other settings of a section."""
    import yaml
    from airflow.dag_processing.dagbag import DagBag

    def parse(section, **settings):
        root = GRAPH.parents[2]
        loop = yaml.safe_load((root / "include/loops/voc.yaml").read_text())
        loop[section] |= settings
        (tmp_path / "voc.yaml").write_text(yaml.safe_dump(loop))
        monkeypatch.setenv("NIGHTLOOP_LOOPS", str(tmp_path))
        return DagBag(str(root / "dags"))

    return parse


@pytest.mark.parametrize("by", ["batch_transform", "auto"])
def test_a_night_that_a_job_may_score_has_the_tasks_for_it(bag_of, by):
    found = bag_of("scoring", by=by)
    assert found.import_errors == {}
    dag = found.dags["nightly_review_voc"]
    added = {"choose_scoring", "prepare_images", "transform_images"}
    assert {task.task_id for task in dag.tasks} == {*TASKS["nightly_review"].split(), *added}
    follows = {name: dag.get_task(name).upstream_task_ids for name in (*added, "score_images", "plan_reviews")}
    assert follows == {
        "choose_scoring": {"list_images"},
        "prepare_images": {"choose_scoring"},
        "transform_images": {"choose_scoring", "prepare_images"},
        "score_images": {"list_images", "transform_images"},
        "plan_reviews": {"score_images"},
    }
    assert dag.get_task("score_images").partial_kwargs["trigger_rule"] == "none_failed"
    assert dag.get_task("choose_scoring").by == by
    DagSerialization.to_dict(dag)


def test_a_night_by_a_queue_has_the_tasks_of_the_endpoint_s(tmp_path, monkeypatch):
    import yaml
    from airflow.dag_processing.dagbag import DagBag

    root = GRAPH.parents[2]
    loop = yaml.safe_load((root / "include/loops/voc.yaml").read_text())
    loop["scoring"]["by"], loop["endpoint"]["async_inference"] = "async_inference", {}
    (tmp_path / "voc.yaml").write_text(yaml.safe_dump(loop))
    monkeypatch.setenv("NIGHTLOOP_LOOPS", str(tmp_path))
    found = DagBag(str(root / "dags"))
    assert found.import_errors == {}
    dag = found.dags["nightly_review_voc"]
    assert {task.task_id for task in dag.tasks} == set(TASKS["nightly_review"].split())
    assert dag.get_task("score_images").operator_class.__name__ == "ScoreQueuedImagesOperator"
    DagSerialization.to_dict(dag)


def test_tasks_that_handle_images_have_a_queue_and_a_pool(bag_of):
    dag = bag_of("scoring", by="auto", queue="scoring", pool="voc_images").dags["nightly_review_voc"]
    for task in dag.tasks:
        given = task.partial_kwargs if task.is_mapped else vars(task)
        places = (given.get("queue", "default"), given.get("pool", "default_pool"))
        handles = task.task_id in {"prepare_images", "score_images"}
        assert places == (("scoring", "voc_images") if handles else ("default", "default_pool")), task.task_id


def test_without_a_queue_airflow_s_own_default_counts(bag_of):
    dag = bag_of("scoring", queue=None).dags["nightly_review_voc"]
    assert dag.get_task("score_images").partial_kwargs["queue"] == dag.get_task("plan_reviews").queue
