"""The keys of Airflow's Helm chart that our value files use, and what stands at each.

They are taken from the documentation of chart 1.22.0. No package index that this project installs from has the chart,
so these tests cannot render it; `helm template` refuses an unknown key by the chart's own schema.

A path ends with what may stand there: a type, or the name of a Kubernetes type. `*` is any item of a list.
"""

from __future__ import annotations

CHART = "1.22.0"

_EACH = {"resources": "io.k8s.api.core.v1.ResourceRequirements"}
_DEPLOYED = {"replicas": int, **_EACH, "serviceAccount.annotations": dict}
_BUDGET = {"podDisruptionBudget.enabled": bool, "podDisruptionBudget.config": dict}
_NO_GROOMER = {"logGroomerSidecar.enabled": bool}
_KEDA = {
    "keda.enabled": bool,
    "keda.pollingInterval": int,
    "keda.cooldownPeriod": int,
    "keda.minReplicaCount": int,
    "keda.maxReplicaCount": int,
    "keda.advanced.horizontalPodAutoscalerConfig.behavior": (
        "io.k8s.api.autoscaling.v2.HorizontalPodAutoscalerBehavior"
    ),
}


def _below(prefix: str, *groups: dict[str, type | str]) -> dict[str, type | str]:
    return {f"{prefix}.{path}": what for group in groups for path, what in group.items()}


KEYS: dict[str, type | str] = {
    "airflowVersion": str,
    "images.airflow.repository": str,
    "images.airflow.tag": str,
    "images.airflow.pullPolicy": str,
    "executor": str,
    "dags.persistence.enabled": bool,
    "dags.gitSync.enabled": bool,
    "env.*": "io.k8s.api.core.v1.EnvVar",
    "fernetKeySecretName": str,
    "apiSecretKeySecretName": str,
    "jwtSecretName": str,
    "data.metadataSecretName": str,
    "data.brokerUrlSecretName": str,
    "data.resultBackendSecretName": str,
    "secret.*.envName": str,
    "secret.*.secretName": str,
    "secret.*.secretKey": str,
    "postgresql.enabled": bool,
    "redis.enabled": bool,
    "createUserJob.enabled": bool,
    "migrateDatabaseJob.args": list,
    **_below("migrateDatabaseJob", _EACH),
    "uid": int,
    "gid": int,
    "securityContexts.pod": "io.k8s.api.core.v1.PodSecurityContext",
    "securityContexts.containers": "io.k8s.api.core.v1.SecurityContext",
    "config": dict,
    "logs.persistence.enabled": bool,
    **_below("apiServer", _DEPLOYED, _BUDGET),
    **_below("scheduler", _DEPLOYED, _BUDGET, _NO_GROOMER),
    **_below("dagProcessor", _DEPLOYED, _NO_GROOMER, {"enabled": bool}),
    **_below("triggerer", _DEPLOYED, _NO_GROOMER, {"persistence.enabled": bool}),
    **_below("statsd", _EACH, {"enabled": bool}),
    **_below("workers.celery", _DEPLOYED, _NO_GROOMER, _KEDA),
    "workers.serviceAccount.annotations": dict,
    "workers.celery.enableDefault": bool,
    "workers.celery.persistence.enabled": bool,
    "workers.celery.terminationGracePeriodSeconds": int,
    "workers.celery.sets.*.name": str,
    "workers.celery.sets.*.queue": str,
    **_below("workers.celery.sets.*", _EACH, _KEDA),
    **_below("workers.kubernetes", _EACH, {"serviceAccount.annotations": dict}),
}
