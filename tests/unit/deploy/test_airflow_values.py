"""The value files of Airflow's Helm chart say what the chart, Airflow and Kubernetes understand, and no secret."""

from __future__ import annotations

import json
import re
from importlib.metadata import version
from importlib.resources import files

import jsonschema
import pytest
import yaml

from nightloop import __version__
from tests.support.manifests import DEPLOY, ROOT, VERSIONS
from tests.unit.deploy.chart_keys import CHART, KEYS

FILES = DEPLOY / "airflow"
EXECUTORS = {"celery-keda": "CeleryExecutor", "kubernetes-executor": "KubernetesExecutor"}
SECRET_WORDS = re.compile(
    r"password|secret_?key|fernet_key|token|broker_url|sql_alchemy_conn|result_backend$", re.IGNORECASE
)


def read(name):
    return yaml.safe_load((FILES / f"{name}.yaml").read_text())


def merged(under, over):
    """Merge as Helm does: maps by key, anything else is replaced."""
    if not (isinstance(under, dict) and isinstance(over, dict)):
        return over
    return {**under, **{key: merged(under[key], value) if key in under else value for key, value in over.items()}}


@pytest.fixture(scope="module", params=EXECUTORS)
def executor(request):
    return request.param


@pytest.fixture(scope="module")
def values(executor):
    return merged(read("values"), read(executor))


def leaves(value, path=""):
    """Yield each path that the chart's keys can name, with what stands there, and what no key names."""
    if path in KEYS:
        yield path, value
    elif isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from leaves(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner, f"{path}.*")
    else:
        yield path, value


def wrong(values):
    """List the paths that the chart has not, and those with something else than may stand there."""
    return [path for path, value in leaves(values) if path not in KEYS or not fits(value, KEYS[path])]


def fits(value, what):
    return takes(value, what) if isinstance(what, str) else type(value) is what


def takes(value, name):
    folder = files("kubernetes_validate") / "kubernetes-json-schema" / f"v{VERSIONS[-1]}.0-local-strict"
    schema = json.loads((folder / "_definitions.json").read_text())
    return jsonschema.Draft202012Validator({"$ref": f"#/$defs/{name}", "$defs": schema["$defs"]}).is_valid(value)


@pytest.mark.parametrize("name", ["values", *EXECUTORS, "example"])
def test_every_key_is_one_of_the_charts(name):
    assert wrong(read(name)) == []


@pytest.mark.parametrize(
    ("mistake", "path"),
    [
        ({"worker": {"replicas": 2}}, "worker.replicas"),
        ({"apiServer": {"replicas": "two"}}, "apiServer.replicas"),
        ({"scheduler": {"resources": {"limit": {"cpu": 1}}}}, "scheduler.resources"),
        ({"securityContexts": {"pod": {"runAsRoot": False}}}, "securityContexts.pod"),
        ({"workers": {"celery": {"sets": [{"queues": "scoring"}]}}}, "workers.celery.sets.*.queues"),
        ({"workers": {"celery": {"keda": {"minReplicas": 0}}}}, "workers.celery.keda.minReplicas"),
        ({"env": [{"nam": "X"}]}, "env.*"),
    ],
)
def test_a_mistake_is_found(mistake, path):
    assert wrong(mistake) == [path]


def unknown_options(config):
    from airflow.configuration import conf

    known = conf.configuration_description
    return [
        f"{section}.{option}"
        for section, options in config.items()
        for option in options
        if option not in known.get(section, {"options": {}})["options"]
    ]


def test_airflow_knows_every_option(values):
    assert unknown_options(values["config"]) == []
    assert unknown_options(read("example")["config"]) == []
    assert unknown_options({"core": {"paralelism": 1}, "celry": {"x": 1}}) == ["core.paralelism", "celry.x"]


def test_the_versions_are_those_of_this_code(values, executor):
    assert values["images"]["airflow"] == {
        "repository": "nightloop-airflow",
        "tag": __version__,
        "pullPolicy": "IfNotPresent",
    }
    assert values["airflowVersion"] == version("apache-airflow")
    assert values["executor"] == EXECUTORS[executor]
    assert read("example")["images"]["airflow"]["tag"] == __version__
    page = (ROOT / "docs/how-to/run-on-kubernetes.md").read_text()
    assert set(re.findall(r"--version (\S+)", page + (FILES / "values.yaml").read_text())) == {CHART}


def test_no_secret_stands_in_a_file(values):
    """Secrets are names of Secrets; a configuration option that is one comes from there, too."""
    options = [option for options in values["config"].values() for option in options]
    assert [option for option in options if SECRET_WORDS.search(option)] == []
    assert [one["name"] for one in values["env"] if SECRET_WORDS.search(one["name"])] == []
    names = {path: value for path, value in leaves(values) if path.lower().endswith("secretname")}
    assert len(names) >= 5
    assert all(re.fullmatch(r"airflow-[a-z-]+", name) for name in names.values())


def test_the_page_names_every_secret(values):
    page = (ROOT / "docs/how-to/run-on-kubernetes.md").read_text()
    for path, name in leaves(values):
        if path.lower().endswith("secretname"):
            assert f"create secret generic {name}" in page, path
    for one in values["secret"]:
        assert re.search(rf"generic {one['secretName']} .*--from-file={one['secretKey']}\b", page)


def test_the_page_names_files_that_are_there():
    page = (ROOT / "docs/how-to/run-on-kubernetes.md").read_text()
    named = set(re.findall(r"-f (\S+)\.yaml", page)) - {"mine"}
    assert named == {"values", *EXECUTORS}


def test_an_installation_says_what_the_values_cannot_know(values):
    unknown = [path for path, value in options(values["config"]) if "CHANGE-ME" in str(value)]
    assert unknown == ["logging.remote_base_log_folder"]
    own = merged(values, read("example"))
    assert [path for path, value in options(own["config"]) if "CHANGE-ME" in str(value)] == []
    assert own["config"]["logging"]["remote_logging"] == "True", "the rest stays"
    assert own["images"]["airflow"]["repository"].endswith("/nightloop-airflow")


def options(config):
    return [(f"{section}.{name}", value) for section, given in config.items() for name, value in given.items()]


def test_the_connections_are_those_of_the_hooks(values):
    from nightloop.aws.hooks.a2i import A2IHook
    from nightloop.aws.hooks.s3 import PooledS3Hook

    wanted = {f"AIRFLOW_CONN_{hook.default_conn_name.upper()}" for hook in (A2IHook, PooledS3Hook)}
    assert {one["envName"] for one in values["secret"] if one["envName"].startswith("AIRFLOW_CONN_")} == wanted


def test_the_image_holds_what_the_values_count_on(values):
    """The Dockerfile and the values name the same folders and user."""
    dockerfile = (ROOT / "Dockerfile").read_text()
    (loops,) = [one["value"] for one in values["env"] if one["name"] == "NIGHTLOOP_LOOPS"]
    assert f"NIGHTLOOP_LOOPS={loops}" in dockerfile
    for folder in ("dags", "plugins", "include"):
        assert re.search(rf"^COPY {folder} /opt/airflow/{folder}$", dockerfile, re.MULTILINE)
    assert f"USER {values['uid']}:{values['gid']}" in dockerfile
    needs = (ROOT / "requirements-celery.lock").read_text()
    for package in ("celery", "cncf-kubernetes", "fab", "amazon"):
        assert f"\napache-airflow-providers-{package}==" in needs


def test_nobody_is_root_and_everything_has_a_limit(values):
    pod = values["securityContexts"]["pod"]
    assert (pod["runAsNonRoot"], pod["runAsUser"], pod["seccompProfile"]) == (True, 50000, {"type": "RuntimeDefault"})
    assert values["securityContexts"]["containers"]["capabilities"] == {"drop": ["ALL"]}
    started = ["apiServer", "scheduler", "dagProcessor", "triggerer", "statsd", "migrateDatabaseJob"]
    workers = values["workers"].get("celery") or values["workers"]["kubernetes"]
    for part in [*(values[name] for name in started), workers, *workers.get("sets", [])]:
        assert {"cpu", "memory"} == part["resources"]["requests"].keys() == part["resources"]["limits"].keys()
    groomed = [values[name] for name in ("scheduler", "dagProcessor", "triggerer")]
    for part in groomed + [one for one in [values["workers"].get("celery")] if one]:
        assert part["logGroomerSidecar"] == {"enabled": False}, "a container without a limit; logs are in S3"


def test_the_queues_and_the_pool_of_a_loop_are_served():
    celery = read("celery-keda")["workers"]["celery"]
    assert celery["enableDefault"], "the queue `default`"
    assert [one["queue"] for one in celery["sets"]] == ["scoring"]
    assert all(one["keda"]["enabled"] for one in [celery, *celery["sets"]])
    assert celery["keda"]["minReplicaCount"] >= 1, "short tasks start at once"
    assert celery["sets"][0]["keda"]["minReplicaCount"] == 0, "nothing outside the night"
    command = read("values")["migrateDatabaseJob"]["args"][-1]
    migrated, pooled = command.split(" && ")
    assert migrated == "airflow db migrate"
    compose = (ROOT / "deploy/compose/airflow-init.sh").read_text()
    assert pooled.startswith("airflow pools set scoring ")
    assert re.search(r"pools set .*scoring", compose), "the same pool as on one server"
