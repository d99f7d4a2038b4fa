"""The objects of the review service fit each other, and the service that runs in them."""

from __future__ import annotations

import inspect
from ipaddress import ip_network

import pytest
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from services.review.config.settings import Settings
from services.review.server.background import Repeating
from services.review.server.health import health_routes
from services.review.server.serving import GRACEFUL_SECONDS
from tests.support.manifests import containers_of, of_kind, pod_of, selects

NOT_OURS = {"HOME", "FORWARDED_ALLOW_IPS"}
SECRETS = {
    "NIGHTLOOP_REVIEW_DATABASE": "postgresql+psycopg://review:x@db/review",
    "NIGHTLOOP_REVIEW_SECRET_KEY": "sixteen or more characters",
    "NIGHTLOOP_REVIEW_ACCESS_KEYS": '{"id": "secret"}',
}


@pytest.fixture
def settings(objects):
    (one,) = of_kind(objects, "ConfigMap")
    return one


def unknown(names):
    return sorted(set(names) - set(Settings.variables()) - NOT_OURS)


def test_every_variable_is_a_setting_of_the_service(deployment, job, settings):
    names = [name["name"] for pod in (deployment, job) for one in containers_of(pod_of(pod)) for name in one["env"]]
    assert unknown([*names, *settings["data"]]) == []
    assert unknown([*names, "NIGHTLOOP_REVIEW_RENAMED"]) == ["NIGHTLOOP_REVIEW_RENAMED"]


def test_secrets_come_from_the_secret_and_nothing_else_does(deployment, settings):
    secret = {name for name, field in Settings.variables().items() if not field.repr}
    assert not secret & set(settings["data"])
    (server,) = pod_of(deployment)["spec"]["containers"]
    assert {one["name"] for one in server["env"] if "valueFrom" in one} <= secret
    assert {one["name"] for one in server["env"] if "value" in one} == {"HOME"}


def test_the_service_understands_its_settings(deployment, settings):
    (server,) = pod_of(deployment)["spec"]["containers"]
    required = {
        one["name"]
        for one in server["env"]
        if "valueFrom" in one and not one["valueFrom"]["secretKeyRef"].get("optional", False)
    }
    assert required == set(SECRETS)
    read = Settings.from_environment({**settings["data"], **SECRETS})
    assert read.is_secure
    assert read.keys()
    assert read.signing_key()
    assert (read.host, [read.port]) == ("0.0.0.0", [port["containerPort"] for port in server["ports"]])


def test_the_pods_have_the_settings_of_this_build(deployment, settings):
    (server,) = pod_of(deployment)["spec"]["containers"]
    assert server["envFrom"] == [{"configMapRef": {"name": settings["metadata"]["name"]}}]


def test_kubernetes_sets_no_variable_of_a_service_of_this_name(objects, deployment, job):
    (service,) = of_kind(objects, "Service")
    variable = f"{service['metadata']['name'].upper().replace('-', '_')}_PORT"
    assert variable in Settings.variables(), "Kubernetes would set it to tcp://..."
    for pod in (deployment, job):
        assert pod_of(pod)["spec"]["enableServiceLinks"] is False


def test_probes_ask_what_the_service_answers(deployment):
    (server,) = pod_of(deployment)["spec"]["containers"]
    ports = {port["name"] for port in server["ports"]}
    asked = {probe: server[probe]["httpGet"] for probe in ("startupProbe", "livenessProbe", "readinessProbe")}
    assert {one["port"] for one in asked.values()} <= ports
    assert {one["path"] for one in asked.values()} == {route.path for route in health_routes()}
    assert asked["livenessProbe"]["path"] == "/healthz", "a database that is away must not restart the service"
    assert asked["readinessProbe"]["path"] == "/readyz"


def test_a_pod_that_stops_has_the_time_it_takes(deployment, settings):
    sending = inspect.signature(Repeating.stop).parameters["timeout"].default
    takes = int(settings["data"]["NIGHTLOOP_REVIEW_DRAIN_SECONDS"]) + GRACEFUL_SECONDS + sending
    assert pod_of(deployment)["spec"]["terminationGracePeriodSeconds"] > takes
    probe = pod_of(deployment)["spec"]["containers"][0]["readinessProbe"]
    noticed = probe["periodSeconds"] * probe["failureThreshold"]
    assert int(settings["data"]["NIGHTLOOP_REVIEW_DRAIN_SECONDS"]) > noticed, "balancers beyond the cluster ask too"


def test_a_rollout_waits_as_long_as_a_migration_may_take(deployment, job):
    (waiting,) = pod_of(deployment)["spec"]["initContainers"]
    waits = int(waiting["args"][waiting["args"].index("--seconds") + 1])
    assert job["spec"]["activeDeadlineSeconds"] <= waits < deployment["spec"]["progressDeadlineSeconds"]


def test_the_ingress_controllers_network_is_believed_and_no_other(example, base):
    proxies = [of_kind(objects, "ConfigMap")[0]["data"]["FORWARDED_ALLOW_IPS"] for objects in (example, base)]
    believed = ProxyHeadersMiddleware(lambda *_: None, proxies[0]).trusted_hosts
    pods = ip_network(proxies[0])
    assert str(pods[7]) in believed
    assert str(pods.broadcast_address + 1) not in believed
    assert "127.0.0.1" not in believed
    assert proxies[1] == "", "the service then believes nobody"


def test_two_pods_at_least_and_never_none(objects, deployment):
    (scaler,), (budget,) = of_kind(objects, "HorizontalPodAutoscaler"), of_kind(objects, "PodDisruptionBudget")
    assert "replicas" not in deployment["spec"], "applying it again would undo what the autoscaler chose"
    target = {"apiVersion": deployment["apiVersion"], "kind": "Deployment", "name": deployment["metadata"]["name"]}
    assert scaler["spec"]["scaleTargetRef"] == target
    assert scaler["spec"]["minReplicas"] >= 2
    assert budget["spec"]["maxUnavailable"] == 1
    assert deployment["spec"]["strategy"]["rollingUpdate"]["maxUnavailable"] == 0
    spread = pod_of(deployment)["spec"]["topologySpreadConstraints"]
    assert [one["topologyKey"] for one in spread] == ["topology.kubernetes.io/zone", "kubernetes.io/hostname"]
    for one in spread:
        assert selects(one["labelSelector"]["matchLabels"], pod_of(deployment))


def test_selectors_find_the_services_pods_and_not_the_migrations(objects, deployment, job):
    (service,), (budget,) = of_kind(objects, "Service"), of_kind(objects, "PodDisruptionBudget")
    selectors = [
        service["spec"]["selector"],
        budget["spec"]["selector"]["matchLabels"],
        deployment["spec"]["selector"]["matchLabels"],
    ]
    for selector in selectors:
        assert selects(selector, pod_of(deployment))
        assert not selects(selector, pod_of(job))


def test_the_ways_in_lead_to_the_service(objects, deployment):
    (service,), (ingress,) = of_kind(objects, "Service"), of_kind(objects, "Ingress")
    (port,), (server,) = service["spec"]["ports"], pod_of(deployment)["spec"]["containers"]
    assert port["targetPort"] in {one["name"] for one in server["ports"]}
    (path,) = ingress["spec"]["rules"][0]["http"]["paths"]
    assert path["backend"]["service"] == {"name": service["metadata"]["name"], "port": {"name": port["name"]}}


def test_the_network_is_closed_but_for_what_is_needed(objects, deployment, job):
    policies = {one["metadata"]["name"]: one["spec"] for one in of_kind(objects, "NetworkPolicy")}
    database, server = policies["nightloop-review-database"], policies["nightloop-review-server"]
    assert all(policy["policyTypes"] == ["Ingress", "Egress"] for policy in policies.values())
    for pod in (deployment, job):
        assert selects(database["podSelector"]["matchLabels"], pod_of(pod)), "both reach PostgreSQL"
    assert selects(server["podSelector"]["matchLabels"], pod_of(deployment))
    assert not selects(server["podSelector"]["matchLabels"], pod_of(job))
    assert "ingress" not in database, "nobody calls a migration"
    (way_in,) = server["ingress"]
    assert way_in["ports"] == [{"protocol": "TCP", "port": "http"}]
    assert len(way_in["from"]) == 3
    ports = {port["port"] for policy in policies.values() for way in policy["egress"] for port in way["ports"]}
    assert ports == {53, 5432, 443, 80}
    (web,) = [way for way in server["egress"] if way["ports"][0]["port"] == 443]
    assert web["to"][0]["ipBlock"]["except"] == ["169.254.0.0/16"], "the node's own credentials"


def test_prometheus_finds_the_service_and_has_the_token(example):
    (monitor,), (service,) = of_kind(example, "ServiceMonitor"), of_kind(example, "Service")
    assert selects(monitor["spec"]["selector"]["matchLabels"], service)
    (endpoint,) = monitor["spec"]["endpoints"]
    assert endpoint["port"] in {port["name"] for port in service["spec"]["ports"]}
    assert endpoint["path"] == "/metrics"
    credentials = endpoint["authorization"]["credentials"]
    (deployment,) = of_kind(example, "Deployment")
    (server,) = pod_of(deployment)["spec"]["containers"]
    (token,) = [one for one in server["env"] if one["name"] == "NIGHTLOOP_REVIEW_METRICS_TOKEN"]
    assert credentials.items() <= token["valueFrom"]["secretKeyRef"].items()
