"""The review service's objects are what Kubernetes takes, and nobody runs with more than is needed."""

from __future__ import annotations

import copy
import re

import kubernetes_validate
import pytest
import yaml

from nightloop import __version__
from tests.support.manifests import DEPLOY, VERSIONS, check, containers_of, of_kind, pod_of

OPERATORS_KIND = "ServiceMonitor"
"""Of the Prometheus operator: Kubernetes has no schema of it."""
UNITS = {"m": 0.001, "": 1, "Ki": 2**10, "Mi": 2**20, "Gi": 2**30}


@pytest.mark.parametrize("version", VERSIONS)
def test_kubernetes_takes_every_object(objects, version):
    kinds = [thing["kind"] for thing in objects if thing["kind"] != OPERATORS_KIND]
    assert {"Deployment", "Job", "Service", "Ingress", "ConfigMap", "NetworkPolicy"} <= set(kinds)
    assert {"HorizontalPodAutoscaler", "PodDisruptionBudget", "ServiceAccount"} <= set(kinds)
    for thing in objects:
        if thing["kind"] != OPERATORS_KIND:
            check(thing, version)


def put(path, value):
    def spoil(thing):
        *way, last = path
        for step in way:
            thing = thing[step]
        thing[last] = value

    return spoil


CONTAINER = ("spec", "template", "spec", "containers", 0)


@pytest.mark.parametrize(
    ("kind", "spoil", "said"),
    [
        ("Deployment", put((*CONTAINER, "readynessProbe"), {}), "readynessProbe"),
        ("Deployment", put((*CONTAINER, "securityContext", "runAsNonroot"), True), "runAsNonroot"),
        ("Deployment", put(("spec", "template", "spec", "terminationGracePeriodSeconds"), "long"), "long"),
        ("Deployment", lambda thing: thing["spec"].pop("selector"), "selector"),
        ("PodDisruptionBudget", put(("spec", "maxUnavailible"), 1), "maxUnavailible"),
        ("NetworkPolicy", put(("spec", "egress", 0, "port"), 53), "port"),
        ("HorizontalPodAutoscaler", put(("spec", "minReplicas"), "two"), "two"),
        ("Ingress", put(("spec", "tls", 0, "secret"), "x"), "secret"),
    ],
)
def test_a_mistake_is_refused(base, kind, spoil, said):
    thing = copy.deepcopy(of_kind(base, kind)[0])
    check(thing, VERSIONS[-1])
    spoil(thing)
    with pytest.raises(kubernetes_validate.ValidationError, match=said):
        check(thing, VERSIONS[-1])


def test_images_have_the_version_of_this_code(objects):
    images = {container["image"] for thing in running(objects) for container in containers_of(pod_of(thing))}
    assert {image.rpartition(":")[2] for image in images} == {__version__}
    assert {image.rpartition(":")[0].rpartition("/")[2] for image in images} == {"nightloop-services"}


def running(objects):
    return of_kind(objects, "Deployment") + of_kind(objects, "Job")


def test_no_process_is_root_or_may_become_it(objects):
    for thing in running(objects):
        spec = pod_of(thing)["spec"]
        assert spec["securityContext"]["runAsNonRoot"]
        assert spec["securityContext"]["runAsUser"] >= 1000
        assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert spec["automountServiceAccountToken"] is False
        assert not {"hostNetwork", "hostPID", "hostIPC"} & spec.keys()
        for container in containers_of(pod_of(thing)):
            confined = container["securityContext"]
            assert confined["allowPrivilegeEscalation"] is False
            assert confined["capabilities"] == {"drop": ["ALL"]}
            assert "privileged" not in confined


def test_the_only_place_to_write_is_a_folder_of_limited_size(objects):
    for thing in running(objects):
        assert [volume["emptyDir"].keys() for volume in pod_of(thing)["spec"]["volumes"]] == [{"sizeLimit"}]
        for container in containers_of(pod_of(thing)):
            assert container["securityContext"]["readOnlyRootFilesystem"]
            assert [mount["mountPath"] for mount in container["volumeMounts"]] == ["/tmp"]


def quantity(text):
    number, unit = re.fullmatch(r"(\d+)(m|Ki|Mi|Gi|)", str(text)).groups()
    return int(number) * UNITS[unit]


def test_every_container_asks_for_what_it_needs_and_has_a_limit(objects):
    for thing in running(objects):
        for container in containers_of(pod_of(thing)):
            asked, most = container["resources"]["requests"], container["resources"]["limits"]
            for what in ("cpu", "memory"):
                assert 0 < quantity(asked[what]) <= quantity(most[what]), container["name"]


def test_no_secret_is_among_the_objects(objects):
    assert of_kind(objects, "Secret") == []


def test_the_example_of_the_secret_has_no_value_and_every_key_that_is_used(objects):
    secret = yaml.safe_load((DEPLOY / "review/base/secret.example.yaml").read_text())
    check(secret, VERSIONS[-1])
    assert set(secret["stringData"].values()) == {""}
    used = {
        (reference["name"], reference["key"])
        for thing in running(objects)
        for container in containers_of(pod_of(thing))
        for variable in container["env"]
        if (reference := variable.get("valueFrom", {}).get("secretKeyRef"))
    }
    assert used == {(secret["metadata"]["name"], key) for key in secret["stringData"]}


def test_an_installation_says_of_itself_what_the_base_cannot_know(base, example):
    def said(objects):
        (account,), (ingress,) = of_kind(objects, "ServiceAccount"), of_kind(objects, "Ingress")
        (settings,) = of_kind(objects, "ConfigMap")
        database, server = sorted(of_kind(objects, "NetworkPolicy"), key=lambda one: one["metadata"]["name"])
        return {
            "namespace": account["metadata"].get("namespace"),
            "role": account["metadata"].get("annotations"),
            "host": (ingress["spec"]["rules"][0]["host"], ingress["spec"]["tls"][0]["hosts"]),
            "class": ingress["spec"].get("ingressClassName"),
            "url": settings["data"]["NIGHTLOOP_REVIEW_PUBLIC_URL"],
            "account": settings["data"]["NIGHTLOOP_REVIEW_ACCOUNT"],
            "proxies": settings["data"]["FORWARDED_ALLOW_IPS"],
            "database": database["spec"]["egress"][1]["to"][0]["ipBlock"]["cidr"],
            "ingress": server["spec"]["ingress"][0]["from"][0]["namespaceSelector"],
        }

    general, own = said(base), said(example)
    assert general["namespace"] is general["role"] is general["class"] is None
    assert [what for what in own if own[what] == general[what] or not own[what]] == []
    assert own["url"] == f"https://{own['host'][0]}"
    assert own["host"][1] == [own["host"][0]]
